"""What a picture looks like in 64 bits, by which shots of one burst are known, and how sharp it is.

The hash is pHash (Zauner 2010): the lowest frequencies of the picture's cosine transform, each above the median or not.
Scaling, compression and exposure leave it nearly as it is; what moves changes some of its bits.
"""

from typing import Final

import cv2
import numpy as np

from recognition.types import Picture

BITS: Final = 64
_SIDE, _FREQUENCIES = 32, 8
# The standard deviation of a picture in which nothing is to be seen, whose hash would be its noise.
_LEAST_CONTRAST = 4.0
# Sharpness is measured at this longest side, so that it can be compared among photos of different sizes.
_SHARPNESS_SIDE = 640


def hash_picture(picture: Picture) -> int | None:
    """Return the hash as PostgreSQL's bigint holds it (signed); None for a picture of one colour."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    if small.std() < _LEAST_CONTRAST:
        return None
    lowest = cv2.dct(small)[:_FREQUENCIES, :_FREQUENCIES].ravel()
    bits = np.packbits(lowest > np.median(lowest[1:]))
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def count_differences(one: int, other: int) -> int:
    """Return how many of the 64 bits of two hashes differ."""
    differing: int = (one ^ other) & (2**BITS - 1)
    return differing.bit_count()


def measure_sharpness(picture: Picture) -> float:
    """Return the variance of the Laplacian: more is sharper, among pictures of the same scene."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    scale = _SHARPNESS_SIDE / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())
