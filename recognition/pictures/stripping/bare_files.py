"""The bare files of pictures: what is needed to show them, byte for byte, and nothing else.

What is kept is listed, and everything unknown goes: besides EXIF, XMP and IPTC, makers put places and serial numbers
into comments, further pictures and films behind the first one, and blocks of their own.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

# JPEG (ITU-T T.81, table B.1): frames, tables, scans, restart intervals. Application blocks are looked at one by one.
_JPEG_KEPT: Final = {*range(0xC0, 0xD0), *range(0xDA, 0xE0)}
_APP0, _APP2, _APP14, _SCAN, _END = 0xE0, 0xE2, 0xEE, 0xDA, 0xD9
# In the data of a scan: a marker that is neither a stuffed zero nor a restart.
_NEXT_MARKER: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT".split()
)
_WEBP_KEPT: Final = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"))
# Of VP8X, in its first byte: there is EXIF, there is XMP.
_WEBP_TAGGED: Final = 0x08 | 0x04


class DamagedFile(ValueError):
    """The file is not built as its format asks for."""


def bare_jpeg(file: bytes) -> bytes:
    """Return the first picture of a JPEG file, with its colour profile. Raise DamagedFile."""
    return b"\xff\xd8" + b"".join(_jpeg_parts(file)) + b"\xff\xd9"


def _jpeg_parts(file: bytes) -> Iterator[bytes]:
    at = 2
    while at + 2 <= len(file):
        if file[at] != 0xFF:
            raise DamagedFile("a marker is missing")
        marker = file[at + 1]
        if marker == _END:
            return
        if marker == 0xFF:  # filling
            at += 1
            continue
        size = int.from_bytes(file[at + 2 : at + 4], "big")
        if size < 2:
            raise DamagedFile("a segment has no size")
        content = file[at + 4 : at + 2 + size]
        yield _jpeg_segment(marker, content)
        at += 2 + size
        if marker == _SCAN:
            found = _NEXT_MARKER.search(file, at)
            end = found.start() if found else len(file)
            yield file[at:end]
            at = end


def _jpeg_segment(marker: int, content: bytes) -> bytes:
    """Return the segment where it is kept, else nothing. JFIF is kept without the small picture in it."""
    if marker == _APP0 and content.startswith(b"JFIF\0"):
        content = content[:12] + b"\0\0"
    elif not (
        marker in _JPEG_KEPT
        or (marker == _APP2 and content.startswith(b"ICC_PROFILE\0"))
        or (marker == _APP14 and content.startswith(b"Adobe"))
    ):
        return b""
    return b"\xff" + bytes([marker]) + (len(content) + 2).to_bytes(2, "big") + content


def bare_png(file: bytes) -> bytes:
    """Return the picture of a PNG file with its colours. Raise DamagedFile."""
    return file[:8] + b"".join(_png_chunks(file))


def _png_chunks(file: bytes) -> Iterator[bytes]:
    at, kind = 8, b""
    while kind != b"IEND":
        size, kind = int.from_bytes(file[at : at + 4], "big"), file[at + 4 : at + 8]
        whole = file[at : at + 12 + size]
        if len(whole) < 12 + size:
            raise DamagedFile("a chunk is cut off")
        if kind == b"iCCP":
            whole = _rename_profile(whole)
        if kind in _PNG_KEPT:
            yield whole
        at += 12 + size


def _rename_profile(chunk: bytes) -> bytes:
    """Return the colour profile under a name that says nothing: programs write any text there."""
    content = b"iCCP" + b"ICC\0" + chunk[8:-4].partition(b"\0")[2]
    return (len(content) - 4).to_bytes(4, "big") + content + zlib.crc32(content).to_bytes(4, "big")


def bare_webp(file: bytes) -> bytes:
    """Return the picture of a WebP file, moving or not, with its colour profile. Raise DamagedFile."""
    content = b"WEBP" + b"".join(_webp_chunks(file))
    return b"RIFF" + len(content).to_bytes(4, "little") + content


def _webp_chunks(file: bytes) -> Iterator[bytes]:
    at, end = 12, min(len(file), 8 + int.from_bytes(file[4:8], "little"))
    while at + 8 <= end:
        kind, size = file[at : at + 4], int.from_bytes(file[at + 4 : at + 8], "little")
        whole = file[at : at + 8 + size + size % 2]
        if len(whole) < 8 + size:
            raise DamagedFile("a chunk is cut off")
        if kind == b"VP8X" and size:
            whole = whole[:8] + bytes([whole[8] & ~_WEBP_TAGGED]) + whole[9:]
        if kind in _WEBP_KEPT:
            yield whole
        at += 8 + size + size % 2
