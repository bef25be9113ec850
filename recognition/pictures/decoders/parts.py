"""How many parts a PNG or a WebP has, and how much EXIF.

Millions of empty parts fit into a file, and each takes a reader's time. EXIF: see `exif_size.py`.
"""

from dataclasses import dataclass
from typing import Final, Literal

from recognition.pictures.decoders.refusals import too_complex
from recognition.pictures.formats import PNG, WEBP, Format

# A PNG of 25 MB in pieces of 8 kB, as encoders write it, has three thousand.
MAX_PARTS = 20_000
# A JPEG's EXIF has 64 kB at the most.
MAX_METADATA_BYTES = 256_000
_METADATA: Final = (b"eXIf", b"EXIF")


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the first part begins, where in a part its length is, and what it has beside its content."""

    start: int
    length_at: int
    order: Literal["big", "little"]
    frame: int
    alignment: int


_LAYOUTS: Final = {PNG: _Layout(8, 0, "big", 12, 1), WEBP: _Layout(12, 4, "little", 8, 2)}


def check_parts(data: bytes, form: Format) -> None:
    """Raise PictureRefused `image_too_complex` for a PNG or WebP of too many parts, or with too much EXIF."""
    layout = _LAYOUTS.get(form)
    if layout is None:
        return
    at, parts = layout.start, 0
    while at + 8 <= len(data):
        parts += 1
        if parts > MAX_PARTS:
            raise too_complex("parts")
        length = int.from_bytes(data[at + layout.length_at : at + layout.length_at + 4], layout.order)
        kind_at = at + 4 - layout.length_at
        if min(length, len(data) - at) > MAX_METADATA_BYTES and data[kind_at : kind_at + 4] in _METADATA:
            raise too_complex("metadata")
        at += layout.frame + -(-length // layout.alignment) * layout.alignment
