"""The header of a Windows bitmap."""

import struct

from recognition.pictures.containers import Container

_INFO_HEADER = 40
_UNCOMPRESSED = (0, 3)
# Of the header after the file's own: of OS/2, and of Windows since 3.0 (version 4 and 5 say more of colours).
HEADER_SIZES = (12, 16, 40, 52, 56, 64, 108, 124)


def read(data: bytes) -> Container:
    """Return the file as one part: it has no metadata that anybody writes."""
    return Container(pixels=data, is_whole=_is_whole(data))


def _is_whole(data: bytes) -> bool:
    """Return whether the rows are all there; of compressed ones only the decoder can tell."""
    try:
        start, header, width, height, _planes, depth, compression = struct.unpack_from("<IIiiHHI", data, 10)
    except struct.error:
        return False
    if header < _INFO_HEADER or compression not in _UNCOMPRESSED:
        return True
    row = (abs(width) * depth + 31) // 32 * 4
    return bool(len(data) >= start + row * abs(height))
