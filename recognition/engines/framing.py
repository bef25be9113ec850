"""Crops of a picture, margins around it, and canvases of a network's input size."""

from dataclasses import dataclass

import cv2
import numpy as np

from recognition.types import Box, DetectedFace, Picture


def picture_box(picture: Picture, *, margin: bool) -> Box:
    """Return the picture's own rectangle; with `margin` enlarged by half its longer side on each side."""
    height, width = picture.shape[:2]
    edge = max(height, width) // 2 if margin else 0
    return Box(-edge, -edge, width + 2 * edge, height + 2 * edge)


def square_around(face: DetectedFace) -> Box:
    """Return a square of twice the face's longer side with the face in its middle: as much margin as `picture_box`."""
    half = round(longer_side(face))
    x, y = round(face.box.x + face.box.width / 2), round(face.box.y + face.box.height / 2)
    return Box(x - half, y - half, 2 * half, 2 * half)


def longer_side(face: DetectedFace) -> float:
    """Return the longer side of the face's box in pixels."""
    return max(face.box.width, face.box.height)


def crop_padded(picture: Picture, box: Box) -> Picture:
    """Return the part of the picture in that box, in whole pixels; what lies beyond the picture is black."""
    height, width = picture.shape[:2]
    left, top, right, bottom = map(int, (box.x, box.y, box.x + box.width, box.y + box.height))
    inside = picture[max(0, top) : bottom, max(0, left) : right]
    above, below, before, after = (max(0, edge) for edge in (-top, bottom - height, -left, right - width))
    if not any((above, below, before, after)):
        return inside
    return np.asarray(cv2.copyMakeBorder(inside, above, below, before, after, cv2.BORDER_CONSTANT), np.uint8)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture scaled by `factor` on a black canvas, with its top left corner at `corner` (x, y)."""

    pixels: Picture
    factor: float
    corner: tuple[int, int]


def fit_to_canvas(
    picture: Picture, *, height: int, width: int, enlarge: float = np.inf, margin: bool = False
) -> Canvas:
    """Return the picture on a canvas of that size, as large as fits.

    `enlarge`: the largest factor. `margin`: in the middle, with half its longer side around it where the canvas is a
    square; without, at the top left. Pixels are averaged where the picture is made much smaller.
    """
    picture_height, picture_width = picture.shape[:2]
    share = 0.5 if margin else 1.0
    factor = min(share * height / picture_height, share * width / picture_width, enlarge)
    size = (min(width, max(1, round(picture_width * factor))), min(height, max(1, round(picture_height * factor))))
    left, top = ((width - size[0]) // 2, (height - size[1]) // 2) if margin else (0, 0)
    pixels = np.zeros((height, width, 3), np.uint8)
    interpolation = cv2.INTER_AREA if factor < 0.5 else cv2.INTER_LINEAR
    pixels[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=interpolation)
    return Canvas(pixels, factor, (left, top))
