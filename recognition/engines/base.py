"""What every face engine offers. FacePass knows engines by this protocol only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recognition.calibration import Calibration
from recognition.types import DetectedFace, FloatArray, Picture


@dataclass(frozen=True, slots=True)
class License:
    """Who may use the weights. `commercial` is False where they are for non-commercial research only."""

    name: str
    commercial: bool


class FaceEngine(Protocol):
    """Finds and describes faces. One instance per process, made after the fork; threads may call its methods."""

    name: str
    """`onnx`, or `fake` in tests."""
    model: str
    """The pack in use, such as `opencv_zoo`."""
    dimension: int
    """Length of a raw descriptor, at most 512."""
    contract_id: str
    """Digest of weights and preprocessing: descriptors may be compared only where it is the same."""
    license: License
    calibration: Calibration

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, near: bool = False
    ) -> list[list[DetectedFace]]:
        """The faces of each picture, in pixels of that picture, largest first.

        `fast`: one pass, which may miss small faces and those that fill the picture. `near`: each shows one large
        face, as a selfie does; others of less than 80 pixels may be missed where it is found.
        """

    def embed_many(self, pairs: Sequence[tuple[Picture, Sequence[DetectedFace]]]) -> list[FloatArray]:
        """Raw descriptors of the faces of several pictures, which share the network's runs.

        One float32 array (len(faces), dimension) for each picture, each row of unit length.
        """

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> FloatArray:
        """The same for one picture."""


def parted(descriptors: FloatArray, pairs: Sequence[tuple[Picture, Sequence[DetectedFace]]]) -> list[FloatArray]:
    """Rows for all faces of all pictures, given back to each picture."""
    ends = np.cumsum([len(faces) for _picture, faces in pairs])
    return np.split(descriptors, ends[:-1]) if pairs else []
