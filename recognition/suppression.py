"""One face, one box: greedy non-maximum suppression."""

import numpy as np
from numpy.typing import NDArray

from recognition.types import FloatArray


def suppressed(corners: FloatArray, scores: FloatArray, *, threshold: float) -> NDArray[np.intp]:
    """Indices of the boxes to keep, best score first.

    `corners`: (n, 4), left, top, right, bottom in pixels, both ends inside the box as InsightFace counts them. A box
    goes where its intersection over union with a kept one is above `threshold`.
    """
    left, top, right, bottom = corners.T
    areas = (right - left + 1) * (bottom - top + 1)
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while len(waiting):
        best, rest = waiting[0], waiting[1:]
        kept.append(best)
        across = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest]) + 1
        down = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest]) + 1
        shared = np.maximum(0, across) * np.maximum(0, down)
        waiting = rest[shared / (areas[best] + areas[rest] - shared) <= threshold]
    return np.array(kept, np.intp)
