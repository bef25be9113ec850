"""The boxes of an ISO media file, as HEIC and AVIF are (ISO/IEC 14496-12 and 23008-12)."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from recognition.pictures.containers import MOST_MISSING_BYTES, Container

_FULL: Final = 4  # version and flags, with which some boxes begin
_TURNING: Final = (b"irot", b"imir")
# The boxes that hold a picture, JPEG XL's among them. Behind these some programs write what is no box at all.
_PICTURE: Final = (b"ftyp", b"meta", b"moov", b"mdat", b"idat", b"jxlc", b"jxlp", b"brob", b"jbrd")
# Cameras write some dozen.
_MOST_BOXES = 10_000


class _Box(NamedTuple):
    """`missing`: how many bytes of it lie behind the end of the file."""

    kind: bytes
    content: bytes
    missing: int


def read(data: bytes) -> Container:
    """Return what the boxes of an ISO media file say of its primary picture; without metadata, which decoders give.

    Decoders get the whole file: in it metadata are items as the picture is, found by their places. What is missing of a
    file that is cut off is zeros: libheif decodes nothing without its last bytes, but what comes before as it is.
    """
    boxes = list(_walk(data))
    properties = _primary_properties(_find(boxes, b"meta")[_FULL:])
    colours = (box.content for box in properties if box.kind == b"colr" and box.content[:4] == b"nclx")
    nclx, missing = next(colours, b""), _missing_bytes(boxes)
    return Container(
        pixels=data + b"\0" * min(missing, MOST_MISSING_BYTES),
        cicp=(_number(nclx[4:6]), _number(nclx[6:8])) if nclx else None,
        turns_itself=any(box.kind in _TURNING for box in properties),
        is_whole=missing == 0 and _has_samples(boxes),
    )


def is_whole(data: bytes) -> bool:
    """Return whether the last of the boxes ends where the file does."""
    return _missing_bytes(_walk(data)) == 0


def _missing_bytes(boxes: Iterable[_Box]) -> int:
    """Return how many bytes of the picture lie behind the end of the file; of what is behind the picture, none."""
    return max((box.missing for box in boxes if box.kind in _PICTURE), default=0)


def join_boxes(data: bytes, kind: bytes, *, skip: int = 0) -> bytes:
    """Return the contents of all boxes of that kind, each without its first `skip` bytes; empty without one."""
    return b"".join(box.content[skip:] for box in _walk(data) if box.kind == kind)


def _has_samples(boxes: list[_Box]) -> bool:
    """Return whether the box with the picture itself is there; small ones stand among the metadata."""
    return any(box.kind == b"mdat" for box in boxes) or b"idat" in _find(boxes, b"meta")


def _primary_properties(meta: bytes) -> list[_Box]:
    """Return the properties of the primary picture, or all there are where the file does not say whose they are."""
    boxes = list(_walk(meta))
    parts = list(_walk(_find(boxes, b"iprp")))
    properties = list(_walk(_find(parts, b"ipco")))
    primary = _find(boxes, b"pitm")
    indices = _associations(_find(parts, b"ipma")).get(_number(primary[_FULL:]))
    if indices is None:
        return properties
    return [properties[index - 1] for index in indices if 0 < index <= len(properties)]


def _associations(content: bytes) -> dict[int, list[int]]:
    """Return for each item the numbers of its properties, counted from 1 (ISO/IEC 23008-12, 9.3)."""
    wide_items, wide_indices = content[:1] >= b"\x01", bool(content[3:4] and content[3] & 1)
    at, found = 8, {}
    for _ in range(min(_number(content[4:8]), _MOST_BOXES)):
        size = 4 if wide_items else 2
        item, count = _number(content[at : at + size]), _number(content[at + size : at + size + 1])
        at += size + 1
        width = 2 if wide_indices else 1
        # The highest bit says whether a reader must understand the property.
        mask = 0x7FFF if wide_indices else 0x7F
        found[item] = [_number(content[i : i + width]) & mask for i in range(at, at + count * width, width)]
        at += count * width
    return found


def _walk(data: bytes) -> Iterator[_Box]:
    """Yield the boxes that follow each other; the last one of a file that is cut off has what is there of it."""
    at = 0
    for _ in range(_MOST_BOXES):
        if len(data) - at < 8:
            return
        size, header = _number(data[at : at + 4]), 8
        if size == 1:
            size, header = _number(data[at + 8 : at + 16]), 16
        elif size == 0:
            size = len(data) - at
        if size < header:
            return
        yield _Box(data[at + 4 : at + 8], data[at + header : at + size], max(0, at + size - len(data)))
        at += size


def _find(boxes: list[_Box], kind: bytes) -> bytes:
    return next((box.content for box in boxes if box.kind == kind), b"")


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
