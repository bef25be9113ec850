"""Take a picture file apart: what decoders need for its pixels, and what is said about them beside.

Decoders are given no metadata, so that no metadata, however large or broken, decides whether a picture can be shown.
"""

from dataclasses import dataclass

# A file that is cut off is filled up with zeros for decoders that want a whole one; its header may claim gigabytes.
MOST_MISSING_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Container:
    """A picture file in its parts. Metadata that are missing or cannot be read are empty.

    `pixels`: the file without metadata. `exif`: a TIFF structure; `xmp`: a packet; `icc`: a profile.
    `cicp`: colour primaries and transfer characteristics as ITU-T H.273 numbers them (PNG's cICP, HEIF's nclx).
    `gamma`, `chromaticities`: of PNG's gAMA and cHRM; x and y of white, red, green, blue. `is_srgb`: PNG's sRGB.
    `turns_itself`: the decoder turns the picture as the file says, whatever EXIF says (HEIF's irot and imir).
    `is_whole`: False where the end of the file is missing.
    """

    pixels: bytes
    exif: bytes = b""
    xmp: bytes = b""
    icc: bytes = b""
    cicp: tuple[int, int] | None = None
    gamma: float | None = None
    chromaticities: tuple[float, ...] | None = None
    is_srgb: bool = False
    turns_itself: bool = False
    is_whole: bool = True
