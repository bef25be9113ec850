"""How much a block of EXIF would have a reader copy, by its own account, without copying any of it.

A TIFF directory names a place and a length for each value, and nothing keeps a thousand values from being the same
whole block: 64 kB of EXIF can stand for 170 MB, and 25 MB of it for a terabyte.
"""

import struct
from typing import Final

_ORDERS: Final = {b"II*\x00": "<", b"MM\x00*": ">"}
# Bytes of one value by its type (TIFF 6.0, page 15, and TIFF/EP's IFD).
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
# EXIF's own directory, that of positions, that of interoperability.
_FOLDERS: Final = frozenset({0x8769, 0x8825, 0xA005})
# Cameras write less than the 64 kB of one JPEG segment; thumbnails are not among the values.
MODEST_BYTES = 500_000


def is_modest(block: bytes) -> bool:
    """Return whether the directories that are read state less than MODEST_BYTES of values. Nonsense does not."""
    order = _ORDERS.get(block[:4])
    if order is None:
        return False
    try:
        stated, folders = _stated_bytes(block, struct.unpack_from(order + "I", block, 4)[0], order)
        for folder in folders:
            more, inner = _stated_bytes(block, folder, order)
            stated += more + sum(_stated_bytes(block, start, order)[0] for start in inner)
    except struct.error:
        return False
    return stated <= MODEST_BYTES


def _stated_bytes(block: bytes, start: int, order: str) -> tuple[int, list[int]]:
    """Return the bytes that the directory's values are said to have, and where further directories are, three at most.

    Raise struct.error where it does not end in the block.
    """
    (count,) = struct.unpack_from(order + "H", block, start)
    stated, folders = 0, []
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, number, value = struct.unpack_from(order + "HHII", block, at)
        stated += _SIZES.get(kind, 1) * number
        if tag in _FOLDERS:
            folders.append(value)
    return stated, folders[-len(_FOLDERS) :]
