"""The protocol that every face engine satisfies. FacePass knows engines by this protocol only."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from recognition.calibration import Calibration
from recognition.packs.licenses import License
from recognition.types import Descriptors, DetectedFace, Picture

# A picture with faces of it, whose coordinates are pixels of that picture.
PictureFaces = tuple[Picture, Sequence[DetectedFace]]


class FaceEngine(Protocol):
    """Detects and describes faces. One instance per process, made after the fork; threads may call its methods.

    Pictures are upright, uint8 RGB of shape (height, width, 3).
    """

    name: str
    """`onnx`, or `fake` in tests."""
    model: str
    """The pack in use, such as `opencv_zoo`."""
    dimension: int
    """Length of a raw descriptor, at most 512."""
    contract_id: str
    """Digest of weights and preprocessing: only descriptors with the same one may be compared."""
    license: License
    calibration: Calibration
    """Turns cosines of this engine's descriptors into similarities."""

    unmistakable_score: float
    """An upright face of at least this score is one. Below, it may be a face on its side or upside down."""

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, close_up: bool = False
    ) -> list[list[DetectedFace]]:
        """Return the faces of each picture, in pixels of that picture, largest first; boxes lie inside the picture.

        `fast`: detect in one pass, which may miss small faces and those that fill the picture. `close_up`: each picture
        shows one large face, as a selfie does; where that is found, others of less than 80 pixels may be missed.
        """

    def embed_many(self, pairs: Sequence[PictureFaces]) -> list[Descriptors]:
        """Return raw descriptors of the faces of several pictures, which share the network's runs.

        One float32 array (len(faces), dimension) for each picture; each row has unit length.
        """

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> Descriptors:
        """Return `embed_many` for one picture: float32 (len(faces), dimension)."""


def split_by_picture(descriptors: Descriptors, pairs: Sequence[PictureFaces]) -> list[Descriptors]:
    """Return, for each picture, its rows of `descriptors`, which holds all faces of all pictures in order."""
    ends = np.cumsum([len(faces) for _picture, faces in pairs])
    return np.split(descriptors, ends[:-1]) if pairs else []
