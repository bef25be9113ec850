"""Any model pack: a detector, a recogniser, and where the pack has one, a network that marks landmarks.

The networks are loaded from local paths and run here, not by the libraries that they come from: InsightFace's
`FaceAnalysis` would try to download, and runs the recogniser once for each face; OpenCV's classes know one runtime.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from recognition import calibration, packs
from recognition.engines import detector
from recognition.engines.base import parted
from recognition.engines.detections import UnknownForm
from recognition.engines.onet import LandmarkMarker
from recognition.engines.recogniser import Recogniser
from recognition.packs import ModelFile, Pack, contracts
from recognition.runtimes import network
from recognition.runtimes.network import Network
from recognition.types import DetectedFace, FloatArray, Picture

Model = TypeVar("Model")


class PackEngine:
    """Satisfies FaceEngine. Its sessions may be called by several threads at once."""

    name = packs.ENGINE

    def __init__(self, pack: Pack) -> None:
        """Raises FacePassError 503 `model_corrupt` where a file is not what was installed, or does not run."""
        packs.verify(pack)
        self.model = pack.name
        self.license = pack.license
        self.contract_id = contracts.of_pack(pack)
        self.calibration = calibration.shipped(contracts.recogniser_of_pack(pack))
        self._detector = _loaded(detector.opened, pack, pack.detector)
        self._recogniser = _loaded(Recogniser, pack, pack.recogniser)
        self._marker = _loaded(LandmarkMarker, pack, pack.landmarks) if pack.landmarks else None
        self.dimension = self._recogniser.dimension

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, near: bool = False
    ) -> list[list[DetectedFace]]:
        found = self._detector.find_near(pictures) if near else self._detector.find(pictures, fast=fast)
        return [self._finished(*each) for each in zip(pictures, found, strict=True)]

    def _finished(self, picture: Picture, faces: Sequence[DetectedFace]) -> list[DetectedFace]:
        """Marked, without what lies beyond the picture, largest first."""
        marked = self._marker.mark(picture, faces) if self._marker else faces
        inside = [replace(face, box=face.box.clipped(picture)) for face in marked]
        return sorted((face for face in inside if face.box.area > 0), key=lambda face: -face.box.area)

    def embed_many(self, pairs: Sequence[tuple[Picture, Sequence[DetectedFace]]]) -> list[FloatArray]:
        """A pack that marks landmarks is run as well as we know, others just as InsightFace runs them."""
        faces = [(picture, face.landmarks) for picture, faces in pairs for face in faces]
        describe = self._recogniser.describe_both_ways if self._marker else self._recogniser.describe
        return parted(describe(faces), pairs)

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> FloatArray:
        return self.embed_many([(picture, faces)])[0]


def opens(path: Path) -> None:
    """Raises FacePassError 503 `model_corrupt` where onnxruntime can not open the file."""
    try:
        Network(path)
    except network.ERRORS as error:
        raise packs.corrupt(path.parent.name, f"{path.name}: {error}") from error


def _loaded(kind: Callable[[Path], Model], pack: Pack, file: ModelFile) -> Model:
    try:
        return kind(file.path)
    except (*network.ERRORS, UnknownForm) as error:
        raise packs.corrupt(pack.name, f"{file.path.name}: {error}") from error
