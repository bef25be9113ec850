"""What a JPEG will cost, read from its markers (ITU-T T.81, B.1) before anything is decoded.

A progressive JPEG tells its picture in several scans, each of which goes through all of it. A scan of a few bytes is
valid, so that 200 kB can ask for thousands of passes over 60 megapixels.
"""

import struct
from dataclasses import dataclass
from typing import Final

from recognition.pictures.containers import jpeg
from recognition.pictures.decoders import exif_size
from recognition.pictures.decoders.refusals import not_an_image, too_complex

# Cameras write one scan, encoders for the web ten, and those that try every split of the coefficients some twenty.
MAX_SCANS = 50
# Comments, metadata, tables. Long XMP comes in pieces of 64 kB, of which a whole file has four hundred.
MAX_SEGMENTS = 2_000
# EXIF and the index of further pictures: one segment each. Readers put several of EXIF together.
MAX_METADATA = 5
# What is decoded in the process that was asked: an ordinary progressive JPEG of 60 megapixels, 0.4 to 1.2 seconds.
PLAIN_WORK = 600_000_000
PLAIN_SEGMENTS = 100
# Blocks of pixels that are decoded together have at most this side, so a thin picture is as wide.
_UNIT = 32

_APP1, _APP2, _APP13 = 0xE1, 0xE2, 0xED
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_HUFFMAN_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})


@dataclass(slots=True)
class JpegOutline:
    """What the markers say. `scans` are counted up to the end of the picture."""

    width: int = 0
    height: int = 0
    components: int = 0
    precision: int = 0
    frame: int = 0
    frames: int = 0
    scans: int = 0
    segments: int = 0
    photoshop: int = 0
    metadata: int = 0
    modest: bool = True

    @property
    def work(self) -> int:
        """Pixels that are gone through, over all scans."""
        padded = [-(-side // _UNIT) * _UNIT for side in (self.width, self.height)]
        return padded[0] * padded[1] * self.scans

    @property
    def is_plain(self) -> bool:
        """Whether it is of the usual kind, and as much work as a large photo at the most."""
        return (
            self.frames == 1
            and self.frame in _HUFFMAN_FRAMES
            and self.precision == 8
            and self.components in (1, 3)
            and min(self.width, self.height) > 0
            and self.work <= PLAIN_WORK
            and self.segments <= PLAIN_SEGMENTS
            and self.metadata <= 2
            and self.photoshop <= 1
            and self.modest
        )


def read_outline(data: bytes) -> JpegOutline:
    """Return what the markers say. Raise PictureRefused `image_too_complex`, or `not_an_image` without any scan."""
    outline = JpegOutline()
    for marker, start, end in jpeg.walk_segments(data):
        outline.segments += 1
        if outline.segments > MAX_SEGMENTS:
            raise too_complex("parts")
        if marker == jpeg.START_OF_SCAN:
            outline.scans += 1
            if outline.scans > MAX_SCANS:
                raise too_complex("scans")
        elif marker in _FRAMES:
            _note_frame(outline, marker, data[start : start + 6])
        else:
            _note_metadata(outline, marker, data, start, end)
            if outline.metadata > MAX_METADATA:
                raise too_complex("metadata")
    if not outline.scans:
        raise not_an_image()
    return outline


def _note_frame(outline: JpegOutline, marker: int, content: bytes) -> None:
    outline.frames += 1
    outline.frame = marker
    if len(content) == 6:
        outline.precision, outline.height, outline.width, outline.components = struct.unpack(">BHHB", content)


def _note_metadata(outline: JpegOutline, marker: int, data: bytes, start: int, end: int) -> None:
    head = data[start : start + 6]
    if marker == _APP13:
        outline.photoshop += 1
    elif (marker, head) == (_APP1, b"Exif\x00\x00"):
        outline.metadata += 1
        outline.modest &= exif_size.is_modest(data[start + 6 : end])
    elif (marker, head[:4]) == (_APP2, b"MPF\x00"):
        outline.metadata += 1
        outline.modest &= exif_size.is_modest(data[start + 4 : end])
