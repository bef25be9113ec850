"""The first directory of a TIFF file (TIFF 6.0; BigTIFF), of which raw files of cameras are a kind."""

import struct
from typing import Final, NamedTuple

from recognition.pictures.containers import Container

# Byte order, and whether offsets have 64 bits.
_KINDS: Final = {b"II*\0": ("<", False), b"MM\0*": (">", False), b"II+\0": ("<", True), b"MM\0+": (">", True)}
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_SUBFILE_TYPE, _PHOTOMETRIC, _DNG_VERSION = 254, 262, 50706
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES = 273, 279, 324, 325
_REDUCED = 1
# Samples as a sensor sees them: a mosaic of colours (TIFF/EP), and linear ones (DNG).
_SENSOR: Final = (32803, 34892)
_MOST_TAGS, _MOST_VALUES = 4096, 2_000_000
# What reading at a place that no file has raises: behind the end, and beyond what a place can be (BigTIFF).
_NO_SUCH_PLACE: Final = (struct.error, OverflowError)


class _Value(NamedTuple):
    """Where the values of a tag are, and how many of which type."""

    kind: int
    number: int
    at: int


def read(data: bytes) -> Container:
    """Return the file as one part: Pillow reads its tags, and turns the picture as they say."""
    return Container(pixels=data, turns_itself=True, is_whole=_is_whole(data))


def is_tiff(data: bytes) -> bool:
    return data[:4] in _KINDS


def is_raw(data: bytes) -> bool:
    """Return whether the file holds what a sensor saw, and at most a small picture in its first directory.

    It can be told from the beginning of the files that cameras write.
    """
    tags = _read_directory(data)
    if data[8:10] == b"CR" or _DNG_VERSION in tags:
        return True
    small = (_first(data, tags, _SUBFILE_TYPE) or 0) & _REDUCED
    return bool(small) or _first(data, tags, _PHOTOMETRIC) in _SENSOR


def _is_whole(data: bytes) -> bool:
    """Return whether every strip or tile of the first picture lies in the file."""
    tags = _read_directory(data)
    for offsets, sizes in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        ends = map(sum, zip(_values(data, tags, offsets), _values(data, tags, sizes), strict=False))
        if max(ends, default=0) > len(data):
            return False
    return bool(tags)


def _read_directory(data: bytes) -> dict[int, _Value]:
    """Return the tags of the first directory; empty where it is not in these bytes."""
    if not is_tiff(data):
        return {}
    order, is_big = _KINDS[data[:4]]
    entry, inline, offset = (20, 8, "Q") if is_big else (12, 4, "I")
    try:
        (start,) = struct.unpack_from(order + offset, data, 8 if is_big else 4)
        (count,) = struct.unpack_from(order + ("Q" if is_big else "H"), data, start)
        found: dict[int, _Value] = {}
        first = start + (8 if is_big else 2)
        for at in range(first, first + entry * min(count, _MOST_TAGS), entry):
            tag, kind, number = struct.unpack_from(f"{order}HH{offset}", data, at)
            place = at + entry - inline
            if _SIZES.get(kind, 1) * number > inline:
                (place,) = struct.unpack_from(order + offset, data, place)
            found[tag] = _Value(kind, number, place)
    except _NO_SUCH_PLACE:
        return {}
    return found


def _first(data: bytes, tags: dict[int, _Value], tag: int) -> int | None:
    return next(iter(_values(data, tags, tag, most=1)), None)


def _values(data: bytes, tags: dict[int, _Value], tag: int, *, most: int = _MOST_VALUES) -> tuple[int, ...]:
    """Return a tag's whole numbers; empty where it has none, or they lie behind the end of the file."""
    value = tags.get(tag)
    letter = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}.get(value.kind) if value else None
    if value is None or letter is None:
        return ()
    order, _is_big = _KINDS[data[:4]]
    try:
        return struct.unpack_from(f"{order}{min(value.number, most)}{letter}", data, value.at)
    except _NO_SUCH_PLACE:
        return ()
