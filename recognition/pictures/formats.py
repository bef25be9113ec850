"""Detect the format of a file from its first bytes. Its name and a browser's Content-Type prove nothing."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Format:
    """A format that FacePass accepts. `pillow` is the name of Pillow's plugin."""

    name: str
    mime: str
    extension: str
    pillow: str


JPEG = Format("JPEG", "image/jpeg", ".jpg", "JPEG")
PNG = Format("PNG", "image/png", ".png", "PNG")
WEBP = Format("WebP", "image/webp", ".webp", "WEBP")
HEIC = Format("HEIC", "image/heic", ".heic", "HEIF")
ACCEPTED: Final = (JPEG, PNG, WEBP, HEIC)

# How many bytes `detect_format` needs.
HEAD_BYTES = 512

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}

# Formats that people do send; naming them in the refusal tells people what to do.
_REFUSED: Final = (
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "BigTIFF"),
    (b"IIRO", "ORF raw"),
    (b"FUJIFILM", "RAF raw"),
    (b"BM", "BMP"),
    (b"%PDF", "PDF"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x1aE\xdf\xa3", "video"),
)


def detect_format(head: bytes) -> Format | str | None:
    """Return an accepted format, the name of one that is refused, or None for unknown bytes."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF":
        return WEBP if head[8:12] == b"WEBP" else "RIFF"
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if b"<svg" in head.lower():
        return "SVG"
    return next((name for magic, name in _REFUSED if head.startswith(magic)), None)


def _iso_media(head: bytes) -> Format | str:
    """Tell HEIC, AVIF and MP4 apart by the brands of their common container; `mif1` alone could be HEIC or AVIF."""
    box = head[: int.from_bytes(head[:4], "big")]
    brands = {box[8:12], *(box[i : i + 4] for i in range(16, len(box), 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return HEIC if brands & _HEIC_BRANDS else "video"
