"""What every family of detectors offers, and which family a model file is of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from recognition.engines.scrfd_detector import ScrfdDetector
from recognition.engines.yunet import YuNet
from recognition.packs import roles
from recognition.types import DetectedFace, Picture


class Detector(Protocol):
    """Finds faces in RGB pictures. Its methods may be called by several threads."""

    def find(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[list[DetectedFace]]:
        """Return the faces of each picture, in its pixels; boxes may reach beyond it. `fast`: in one pass."""

    def find_near(self, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
        """Return the same for pictures of one large face each; others may be missed where it is found."""


def opened(path: Path) -> Detector:
    """Return the detector in that file. Raises UnknownForm, or one of runtimes.ERRORS."""
    return YuNet(path) if roles.is_yunet(path) else ScrfdDetector(path)
