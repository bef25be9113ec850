"""What a pass of a detector gives, before every face is there once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.suppression import suppressed
from recognition.types import Box, DetectedFace, FloatArray


class UnknownForm(ValueError):
    """The network is not a detector of a form that is known here."""


@dataclass(frozen=True, slots=True)
class Detections:
    """Faces in pixels of the picture: corners (n, 4) left, top, right, bottom; landmarks (n, 5, 2); scores (n,)."""

    corners: FloatArray
    landmarks: FloatArray
    scores: FloatArray

    @classmethod
    def joined(cls, parts: Sequence["Detections"]) -> "Detections":
        """Return the detections of several passes over one picture, or over parts of it, one after the other."""
        return cls(
            np.concatenate([np.zeros((0, 4), np.float32), *(part.corners for part in parts)]),
            np.concatenate([np.zeros((0, 5, 2), np.float32), *(part.landmarks for part in parts)]),
            np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)]),
        )

    def once_each(self, *, threshold: float) -> "Detections":
        """Return one detection for each face. `threshold`: the intersection over union from which two are one."""
        kept = suppressed(self.corners, self.scores, threshold=threshold)
        return Detections(self.corners[kept], self.landmarks[kept], self.scores[kept])

    def sides(self) -> FloatArray:
        """Return the longer side of each box, (n,)."""
        return np.asarray((self.corners[:, 2:] - self.corners[:, :2]).max(axis=1, initial=0), np.float32)

    def up_to(self, side: float) -> "Detections":
        """Return those whose box is at most that wide and high."""
        return self._only(self.sides() <= side)

    def _only(self, kept: NDArray[np.bool_]) -> "Detections":
        return Detections(self.corners[kept], self.landmarks[kept], self.scores[kept])

    def moved(self, by: FloatArray) -> "Detections":
        """Return them moved by `by`, (2,): x and y."""
        return Detections(self.corners + np.tile(by, 2), self.landmarks + by, self.scores)

    def scaled(self, factor: float) -> "Detections":
        size = np.float32(factor)
        return Detections(self.corners * size, self.landmarks * size, self.scores)

    def faces(self) -> list[DetectedFace]:
        return list(map(_face, self.corners, self.landmarks, self.scores))


def _face(corners: FloatArray, landmarks: FloatArray, score: float) -> DetectedFace:
    left, top, right, bottom = map(float, corners)
    points = np.asarray(landmarks, np.float32)
    return DetectedFace(Box(left, top, right - left, bottom - top), points, score=min(1.0, float(score)))
