"""A guard in front of libheif's Python binding."""

_HEADER = 4  # an ISO box is a 32-bit size, a type of four letters, then its content


def is_safe(data: bytes) -> bool:
    """False for a HEIC file whose item names would end the process.

    pi_heif 1.4 makes Python strings of the names in `infe` boxes (ISO 14496-12, 8.11.6) without checking them; bytes
    that are not UTF-8 give it a null pointer that it then follows, and there is no exception to catch. Cameras write
    ASCII there.
    """
    at = data.find(b"infe")
    while at >= 0:
        size = int.from_bytes(data[max(0, at - _HEADER) : at], "big")
        # Elsewhere than in a box these letters stand by chance, behind a number that is no size.
        if size in (0, 1) or (
            size <= len(data) - at + _HEADER and not _names(data[at + 4 : at - _HEADER + size]).isascii()
        ):
            return False
        at = data.find(b"infe", at + 1)
    return True


def _names(content: bytes) -> bytes:
    """What follows version, flags, item number and protection: the item's type, name and content type."""
    return content[10 if content[:1] == b"\x03" else 8 :]
