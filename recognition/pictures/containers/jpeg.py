"""The segments of a JPEG file (ITU-T T.81, annex B)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from recognition.pictures.containers import Container

START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
_START_OF_IMAGE, _COMMENT, _END = 0xD8, 0xFE, b"\xff\xd9"
# The next marker, in what a scan holds as well: not a byte 0xFF of the data, nor a restart, nor a filler.
_MARKER: Final = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")
# APP0 (JFIF) and APP14 (Adobe) say how the samples are to be understood. The other application segments are metadata.
_METADATA: Final = frozenset({*range(0xE1, 0xEE), 0xEF, _COMMENT})
_EXIF, _XMP, _ICC = b"Exif\x00", b"http://ns.adobe.com/xap/1.0/\x00", b"ICC_PROFILE\x00"


def read(data: bytes) -> Container:
    """Return the parts of a JPEG file; of one with several pictures (MPO), the first is meant."""
    kept, metadata, scan = [data[:2]], [], len(data)
    for marker, start, end in walk_segments(data):
        if marker == START_OF_SCAN:
            scan = start - 4
            break
        if marker == _START_OF_IMAGE or end < start:
            continue
        if marker in _METADATA:
            metadata.append(data[start:end])
        else:
            kept.append(data[start - 4 : end])
    return Container(
        pixels=b"".join(kept) + data[scan:],
        exif=next((content[6:] for content in metadata if content.startswith(_EXIF)), b""),
        xmp=next((content[len(_XMP) :] for content in metadata if content.startswith(_XMP)), b""),
        icc=_join_profile(content[len(_ICC) :] for content in metadata if content.startswith(_ICC)),
        # Within the samples 0xFF is always followed by a zero or a restart marker, so these two bytes are the end.
        is_whole=data.find(_END, scan) >= 0,
    )


def walk_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of the content of each segment, up to the end of the picture or of the data.

    The end lies before the start where a segment has no length. What follows a scan's header is searched for the next
    marker, as is whatever makes no sense between two segments.
    """
    at = 2
    while found := _MARKER.search(data, at):
        marker, start = found[1][0], found.end()
        if marker == END_OF_IMAGE:
            return
        length = int.from_bytes(data[start : start + 2], "big")
        yield marker, start + 2, start + length
        at = start if marker == _START_OF_IMAGE or length < 2 else start + length


def _join_profile(pieces: Iterable[bytes]) -> bytes:
    """Return the ICC profile of its pieces, which begin with their number and their count; empty if one is missing."""
    numbered = {piece[0]: piece for piece in pieces if len(piece) > 2}
    count = next(iter(numbered.values()))[1] if numbered else 0
    if sorted(numbered) != list(range(1, count + 1)):
        return b""
    return b"".join(numbered[n][2:] for n in sorted(numbered))
