"""Greedy non-maximum suppression: one box for each face."""

import numpy as np
from numpy.typing import NDArray

from recognition.types import FloatArray


def non_maximum_suppression(corners: FloatArray, scores: FloatArray, *, threshold: float) -> NDArray[np.intp]:
    """Return the indices of the boxes to keep, best score first.

    `corners`: (n, 4), left, top, right, bottom in pixels; both ends count as inside the box, as in InsightFace.
    `scores`: (n,). A box is dropped where its intersection over union with a kept one is above `threshold`.
    """
    left, top, right, bottom = corners.T
    areas = (right - left + 1) * (bottom - top + 1)
    candidates = np.argsort(-scores, kind="stable")
    kept = []
    while len(candidates):
        best, rest = candidates[0], candidates[1:]
        kept.append(best)
        across = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest]) + 1
        down = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest]) + 1
        shared = np.maximum(0, across) * np.maximum(0, down)
        candidates = rest[shared / (areas[best] + areas[rest] - shared) <= threshold]
    return np.array(kept, np.intp)
