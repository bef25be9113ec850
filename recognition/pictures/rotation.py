"""Turning a picture clockwise by quarters: its pixels, what was found in it, and the orientation that its file states.

`rotation` is always in degrees, 0, 90, 180 or 270, and comes on top of the EXIF orientation.
"""

import base64
from typing import Final

import exiv2
import numpy as np

from recognition.pictures.tag_editing import edit_tags
from recognition.pictures.thumbnails import BLUR_SIDE
from recognition.types import Box, Picture

ROTATIONS: Final = (0, 90, 180, 270)
# EXIF orientations, each a quarter further clockwise than the one before: pictures as they are, and mirrored ones.
_PLAIN: Final = (1, 6, 3, 8)
_MIRRORED: Final = (2, 7, 4, 5)
_EXIF_ORIENTATION: Final = "Exif.Image.Orientation"
_XMP_ORIENTATION: Final = "Xmp.tiff.Orientation"

Point = tuple[float, float]


def turn_picture(picture: Picture, rotation: int) -> Picture:
    """Return the picture turned clockwise."""
    return np.ascontiguousarray(np.rot90(picture, -rotation // 90)) if rotation else picture


def turn_box(box: Box, rotation: int, *, width: float, height: float) -> Box:
    """Return where a box is after its picture was turned, which was `width` x `height` before."""
    (left, top), (right, bottom) = (
        turn_point(point, rotation, width=width, height=height)
        for point in ((box.x, box.y), (box.x + box.width, box.y + box.height))
    )
    return Box(min(left, right), min(top, bottom), abs(right - left), abs(bottom - top))


def turn_point(point: Point, rotation: int, *, width: float, height: float) -> Point:
    """Return where a point is after its picture was turned, which was `width` x `height` before."""
    x, y = point
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[rotation]


def turn_blur(blur: str, rotation: int) -> str:
    """Return the placeholder of `encode_blur` for the turned picture; empty where there was none."""
    if not blur:
        return blur
    pixels = np.frombuffer(base64.b64decode(blur), np.uint8).reshape(BLUR_SIDE, BLUR_SIDE, 3)
    return base64.b64encode(turn_picture(pixels, rotation).tobytes()).decode()


def turn_file(jpeg: bytes, rotation: int) -> bytes | None:
    """Return a copy of a JPEG file that is shown turned: the same pixels, with another orientation.

    The small picture that cameras put into it goes, because programs show it as it is. None where the file's tags
    cannot be read.
    """

    def turn(image: exiv2.Image) -> None:
        tags, xmp = image.exifData(), image.xmpData()
        former = int(tags[_EXIF_ORIENTATION].toInt64()) if _EXIF_ORIENTATION in tags else 1
        orientation = turn_orientation(former, rotation)
        tags[_EXIF_ORIENTATION] = exiv2.UShortValue(orientation)
        exiv2.ExifThumb(tags).erase()
        if _XMP_ORIENTATION in xmp:
            xmp[_XMP_ORIENTATION] = str(orientation)

    return edit_tags(jpeg, turn)


def turn_orientation(orientation: int, rotation: int) -> int:
    """Return the EXIF orientation of a file that has this one, after a turn. What is no orientation counts as 1."""
    cycle = _MIRRORED if orientation in _MIRRORED else _PLAIN
    at = cycle.index(orientation) if orientation in cycle else 0
    return cycle[(at + rotation // 90) % 4]
