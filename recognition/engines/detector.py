"""The protocol of detectors, and which of them reads a model file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from recognition.engines.scrfd_detector import ScrfdDetector
from recognition.engines.yunet import YuNet
from recognition.packs import roles
from recognition.types import DetectedFace, Picture


class Detector(Protocol):
    """Detects faces in RGB pictures. Its methods may be called by several threads."""

    unmistakable_score: float
    """See FaceEngine."""

    def detect(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[list[DetectedFace]]:
        """Return the faces of each picture, in its pixels; boxes may reach beyond it. `fast`: in one pass."""

    def detect_close_ups(self, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
        """Return the same for pictures of one large face each; where that is found, others may be missed."""


def open_detector(path: Path) -> Detector:
    """Return the detector in that file. Raise UnsupportedNetwork, or one of `network.ERRORS`."""
    return YuNet(path) if roles.is_yunet(path) else ScrfdDetector(path)
