"""A check of HEIC files before libheif's Python binding reads them, and their pixels."""

from io import BytesIO

import pi_heif
from PIL import Image

_HEADER = 4  # an ISO box is a 32-bit size, a type of four letters, then its content


def is_safe(data: bytes) -> bool:
    """Return False for a HEIC file whose item names would crash the process.

    pi_heif 1.4 makes Python strings of the names in `infe` boxes (ISO 14496-12, 8.11.6) without checking them; bytes
    that are not UTF-8 give it a null pointer, which it dereferences, and there is no exception to catch. Cameras write
    ASCII there.
    """
    at = data.find(b"infe")
    while at >= 0:
        size = int.from_bytes(data[max(0, at - _HEADER) : at], "big")
        # Where the letters are not a box's type but occur by chance, the number before them is rarely a possible size.
        if size in (0, 1) or (
            size <= len(data) - at + _HEADER and not _names(data[at + 4 : at - _HEADER + size]).isascii()
        ):
            return False
        at = data.find(b"infe", at + 1)
    return True


def decode(data: bytes) -> Image.Image:
    """Return the primary picture, turned as the container says. Raise what libheif raises for damaged pixels.

    Opened by way of Pillow, a damaged picture would be a blank one, because files that are cut off are accepted there.
    """
    image: Image.Image = pi_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True).to_pillow()
    return image


def _names(content: bytes) -> bytes:
    """Return what follows version, flags, item number and protection: the item's type, name and content type."""
    return content[10 if content[:1] == b"\x03" else 8 :]
