"""Alignment: crop a face upright and at a fixed scale, by its landmarks."""

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.types import FloatArray, Landmarks, Picture, Transform

ARCFACE_SIZE = 112
# Where ArcFace networks expect the five landmarks in a crop of 112x112: `arcface_dst` of InsightFace's face_align.py.
ARCFACE_TEMPLATE: Landmarks = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


def align_face(picture: Picture, landmarks: Landmarks) -> Picture:
    """Return the ArcFace crop of a face, uint8 RGB (112, 112, 3). `landmarks`: (5, 2) in pixels of `picture`."""
    return warp_square(picture, similarity_transform(landmarks, ARCFACE_TEMPLATE), size=ARCFACE_SIZE)


def warp_square(picture: Picture, transform: Transform, *, size: int) -> Picture:
    """Return the crop of `size` x `size` pixels that `transform`, (2, 3), maps the picture onto.

    Interpolation is bilinear; what lies beyond the picture's edge is black.
    """
    crop = cv2.warpAffine(picture, transform, (size, size), flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0))
    return np.asarray(crop, np.uint8)


def warp_square_averaged(picture: Picture, transform: Transform, *, size: int) -> Picture:
    """Return the same crop as `warp_square`, but average the pixels of a larger face instead of sampling them."""
    scale = float(np.hypot(transform[0, 0], transform[1, 0]))
    if scale > 0.75:  # linear interpolation still uses nearly every pixel
        return warp_square(picture, transform, size=size)
    left, top, right, bottom = _visible_area(picture, transform, size=size)
    if right <= left or bottom <= top:
        return np.zeros((size, size, 3), np.uint8)
    area = picture[top:bottom, left:right]
    width, height = (max(1, round(side * scale)) for side in (right - left, bottom - top))
    small = np.asarray(cv2.resize(area, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    # Map pixels of `small` back to those of `picture`; the centre of a pixel lies half a pixel from its corner.
    fx, fy = (right - left) / width, (bottom - top) / height
    to_picture = np.array([[fx, 0, left + (fx - 1) / 2], [0, fy, top + (fy - 1) / 2], [0, 0, 1]])
    return warp_square(small, transform @ to_picture, size=size)


def _visible_area(picture: Picture, transform: Transform, *, size: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the part of the picture that the crop shows, with a margin of 4 pixels."""
    corners = (
        np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]]) @ cv2.invertAffineTransform(transform).T
    )
    height, width = picture.shape[:2]
    left, top = np.maximum(corners.min(axis=0) - 4, 0).astype(int)
    right, bottom = np.minimum(corners.max(axis=0) + 5, (width, height)).astype(int)
    return int(left), int(top), int(right), int(bottom)


def similarity_transform(source: FloatArray, target: FloatArray) -> Transform:
    """Return the rotation, scale and shift, (2, 3), that bring points `source` (n, 2) closest to `target` (n, 2).

    Least squares in closed form (Umeyama 1991). In the plane a rotation with a scale is one complex factor, and such a
    factor cannot mirror, so no reflection has to be ruled out.
    """
    a, b = _to_complex(source), _to_complex(target)
    a_mean, b_mean = a.mean(), b.mean()
    factor = np.vdot(a - a_mean, b - b_mean) / max(np.vdot(a - a_mean, a - a_mean).real, 1e-12)
    shift = b_mean - factor * a_mean
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])


def _to_complex(points: FloatArray) -> NDArray[np.complex128]:
    numbers: NDArray[np.complex128] = points[:, 0].astype(np.float64) + 1j * points[:, 1].astype(np.float64)
    return numbers
