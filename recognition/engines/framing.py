"""Parts of a picture that are looked at by themselves, and margins around it."""

import cv2
import numpy as np

from recognition.types import Box, DetectedFace, Picture


def whole(picture: Picture, *, margin: bool) -> Box:
    """Return the picture's own rectangle; with a margin of half its longer side where `margin`."""
    height, width = picture.shape[:2]
    edge = max(height, width) // 2 if margin else 0
    return Box(-edge, -edge, width + 2 * edge, height + 2 * edge)


def around(face: DetectedFace) -> Box:
    """Return the square with the face in its middle, as large as with the margin that a tight crop gets."""
    half = round(longer_side(face))
    x, y = round(face.box.x + face.box.width / 2), round(face.box.y + face.box.height / 2)
    return Box(x - half, y - half, 2 * half, 2 * half)


def longer_side(face: DetectedFace) -> float:
    return max(face.box.width, face.box.height)


def cut(picture: Picture, part: Box) -> Picture:
    """Return that part, in whole pixels; what lies beyond the picture is black."""
    height, width = picture.shape[:2]
    left, top, right, bottom = map(int, (part.x, part.y, part.x + part.width, part.y + part.height))
    inside = picture[max(0, top) : bottom, max(0, left) : right]
    above, below, before, after = (max(0, edge) for edge in (-top, bottom - height, -left, right - width))
    if not any((above, below, before, after)):
        return inside
    return np.asarray(cv2.copyMakeBorder(inside, above, below, before, after, cv2.BORDER_CONSTANT), np.uint8)


def fitted(
    picture: Picture, *, height: int, width: int, enlarge: float = np.inf, margin: bool = False
) -> tuple[Picture, float, tuple[int, int]]:
    """Return the picture on a black canvas, by which factor it was scaled, and where its corner lies (x, y).

    `enlarge`: the largest factor. `margin`: in the middle, with half its longer side around it where the canvas is a
    square; else at the top left. Pixels are averaged where the picture is made much smaller.
    """
    tall, wide = picture.shape[:2]
    room = 0.5 if margin else 1.0
    factor = min(room * height / tall, room * width / wide, enlarge)
    size = (min(width, max(1, round(wide * factor))), min(height, max(1, round(tall * factor))))
    left, top = ((width - size[0]) // 2, (height - size[1]) // 2) if margin else (0, 0)
    canvas = np.zeros((height, width, 3), np.uint8)
    interpolation = cv2.INTER_AREA if factor < 0.5 else cv2.INTER_LINEAR
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=interpolation)
    return canvas, factor, (left, top)
