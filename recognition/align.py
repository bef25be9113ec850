"""A face turned upright and scaled to a fixed frame, from its landmarks."""

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.types import FloatArray, Picture

ARCFACE_SIZE = 112
# Where ArcFace networks expect the five landmarks in a 112x112 crop: `arcface_dst` of InsightFace's face_align.py.
ARCFACE_TEMPLATE: FloatArray = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


def aligned(picture: Picture, landmarks: FloatArray) -> Picture:
    """The ArcFace crop of a face: uint8 RGB (112, 112, 3). `landmarks`: (5, 2), pixels of `picture`."""
    return warped(picture, similarity_transform(landmarks, ARCFACE_TEMPLATE), size=ARCFACE_SIZE)


def warped(picture: Picture, transform: NDArray[np.float64], *, size: int) -> Picture:
    """The square of `size` pixels that `transform` (2, 3) maps onto; black beyond the picture's edge."""
    found = cv2.warpAffine(picture, transform, (size, size), flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0))
    return np.asarray(found, np.uint8)


def reduced(picture: Picture, transform: NDArray[np.float64], *, size: int) -> Picture:
    """As `warped`, but averaging the pixels of a larger face instead of picking some of them."""
    scale = float(np.hypot(transform[0, 0], transform[1, 0]))
    if scale > 0.75:
        return warped(picture, transform, size=size)
    left, top, right, bottom = _seen(picture, transform, size=size)
    if right <= left or bottom <= top:
        return np.zeros((size, size, 3), np.uint8)
    part = picture[top:bottom, left:right]
    width, height = (max(1, round(side * scale)) for side in (right - left, bottom - top))
    small = np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    # From pixels of `small` back to those of `picture`; pixel centres lie at half a pixel.
    fx, fy = (right - left) / width, (bottom - top) / height
    back = np.array([[fx, 0, left + (fx - 1) / 2], [0, fy, top + (fy - 1) / 2], [0, 0, 1]])
    return warped(small, transform @ back, size=size)


def _seen(picture: Picture, transform: NDArray[np.float64], *, size: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what the crop shows of the picture, with a little margin."""
    corners = (
        np.array([[0, 0, 1], [size, 0, 1], [0, size, 1], [size, size, 1]]) @ cv2.invertAffineTransform(transform).T
    )
    height, width = picture.shape[:2]
    left, top = np.maximum(corners.min(axis=0) - 4, 0).astype(int)
    right, bottom = np.minimum(corners.max(axis=0) + 5, (width, height)).astype(int)
    return int(left), int(top), int(right), int(bottom)


def similarity_transform(source: FloatArray, target: FloatArray) -> NDArray[np.float64]:
    """The rotation, scale and shift, (2, 3), that take points `source` (n, 2) nearest to `target` (n, 2).

    Least squares in closed form (Umeyama 1991). For points in a plane a rotation and a scale are one complex factor,
    and a complex factor cannot mirror, so there is no reflection to guard against.
    """
    a, b = _complex(source), _complex(target)
    a_mean, b_mean = a.mean(), b.mean()
    factor = np.vdot(a - a_mean, b - b_mean) / max(np.vdot(a - a_mean, a - a_mean).real, 1e-12)
    shift = b_mean - factor * a_mean
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])


def _complex(points: FloatArray) -> NDArray[np.complex128]:
    found: NDArray[np.complex128] = points[:, 0].astype(np.float64) + 1j * points[:, 1].astype(np.float64)
    return found
