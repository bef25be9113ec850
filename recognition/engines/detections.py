"""The boxes, landmarks and scores that one pass of a detector gives, before duplicates are removed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.engines.suppression import non_maximum_suppression
from recognition.types import Box, DetectedFace, FloatArray, Landmarks


class UnsupportedNetwork(ValueError):
    """The network's inputs or outputs are not of a form that FacePass can run."""


@dataclass(frozen=True, slots=True)
class Detections:
    """Detected faces, in pixels of the picture or of the network's input, float32.

    `corners`: (n, 4), left, top, right, bottom. `landmarks`: (n, 5, 2). `scores`: (n,), 0..1.
    """

    corners: FloatArray
    landmarks: FloatArray
    scores: FloatArray

    @classmethod
    def concatenated(cls, parts: Sequence["Detections"]) -> "Detections":
        """Return the detections of several passes over one picture, or over parts of it, one after the other."""
        return cls(
            np.concatenate([np.zeros((0, 4), np.float32), *(part.corners for part in parts)]),
            np.concatenate([np.zeros((0, 5, 2), np.float32), *(part.landmarks for part in parts)]),
            np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)]),
        )

    def suppressed(self, *, threshold: float) -> "Detections":
        """Return one detection for each face. `threshold`: the intersection over union above which two are one."""
        kept = non_maximum_suppression(self.corners, self.scores, threshold=threshold)
        return Detections(self.corners[kept], self.landmarks[kept], self.scores[kept])

    def longer_sides(self) -> FloatArray:
        """Return the longer side of each box, (n,)."""
        return np.asarray((self.corners[:, 2:] - self.corners[:, :2]).max(axis=1, initial=0), np.float32)

    def up_to(self, side: float) -> "Detections":
        """Return the detections whose box is at most that wide and high."""
        return self._select(self.longer_sides() <= side)

    def _select(self, kept: NDArray[np.bool_]) -> "Detections":
        return Detections(self.corners[kept], self.landmarks[kept], self.scores[kept])

    def shifted(self, by: FloatArray) -> "Detections":
        """Return the detections moved by `by`, (2,): x and y."""
        return Detections(self.corners + np.tile(by, 2), self.landmarks + by, self.scores)

    def scaled(self, factor: float) -> "Detections":
        """Return the detections in a picture that was scaled by that factor."""
        size = np.float32(factor)
        return Detections(self.corners * size, self.landmarks * size, self.scores)

    def to_faces(self) -> list[DetectedFace]:
        return list(map(_to_face, self.corners, self.landmarks, self.scores))


def _to_face(corners: FloatArray, landmarks: Landmarks, score: float) -> DetectedFace:
    left, top, right, bottom = map(float, corners)
    points = np.asarray(landmarks, np.float32)
    return DetectedFace(Box(left, top, right - left, bottom - top), points, score=min(1.0, float(score)))
