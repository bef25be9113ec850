"""The engine of a model pack: a detector, a recogniser, and where the pack has one, a network that marks landmarks.

The networks are loaded from local paths and run here, not by the libraries that they come from: InsightFace's
`FaceAnalysis` would try to download, and runs the recogniser once for each face; OpenCV's classes know one runtime.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from recognition import calibration
from recognition.engines import detector
from recognition.engines.base import PictureFaces, split_by_picture
from recognition.engines.detections import UnsupportedNetwork
from recognition.engines.onet import LandmarkMarker
from recognition.engines.recogniser import Recogniser
from recognition.packs import contracts, installed
from recognition.packs.installed import ModelFile, Pack
from recognition.runtimes import network
from recognition.runtimes.network import Network
from recognition.types import Descriptors, DetectedFace, Picture

Model = TypeVar("Model")


class PackEngine:
    """Satisfies FaceEngine. Its methods may be called by several threads at once."""

    name = installed.ENGINE

    def __init__(self, pack: Pack) -> None:
        """Raise FacePassError 503 `model_corrupt` where a file is not what was installed, or cannot be run."""
        installed.verify_pack(pack)
        self.model = pack.name
        self.license = pack.license
        self.contract_id = contracts.compute_contract_id(pack)
        self.calibration = calibration.load_calibration(contracts.calibration_key(pack))
        self._detector = _load_model(detector.open_detector, pack, pack.detector)
        self.unmistakable_score = self._detector.unmistakable_score
        self._recogniser = _load_model(Recogniser, pack, pack.recogniser)
        self._marker = _load_model(LandmarkMarker, pack, pack.landmarks) if pack.landmarks else None
        self.dimension = self._recogniser.dimension

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, close_up: bool = False
    ) -> list[list[DetectedFace]]:
        source = self._detector
        detected = source.detect_close_ups(pictures) if close_up else source.detect(pictures, fast=fast)
        return [self._mark_and_clip(*pair) for pair in zip(pictures, detected, strict=True)]

    def _mark_and_clip(self, picture: Picture, faces: Sequence[DetectedFace]) -> list[DetectedFace]:
        """Return the faces with their final landmarks, boxes clipped to the picture, largest first."""
        marked = self._marker.mark(picture, faces) if self._marker else faces
        clipped = [replace(face, box=face.box.clipped(picture)) for face in marked]
        return sorted((face for face in clipped if face.box.area > 0), key=lambda face: -face.box.area)

    def embed_many(self, pairs: Sequence[PictureFaces]) -> list[Descriptors]:
        faces = [(picture, face.landmarks) for picture, faces in pairs for face in faces]
        # Packs that mark landmarks get the better way to embed. The others stay comparable with InsightFace's results.
        embed = self._recogniser.embed_with_mirror if self._marker else self._recogniser.embed
        return split_by_picture(embed(faces), pairs)

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> Descriptors:
        return self.embed_many([(picture, faces)])[0]


def require_openable(path: Path) -> None:
    """Raise FacePassError 503 `model_corrupt` where onnxruntime cannot open the file."""
    try:
        Network(path)
    except network.ERRORS as error:
        raise installed.corrupt_pack_error(path.parent.name, f"{path.name}: {error}") from error


def _load_model(open_file: Callable[[Path], Model], pack: Pack, file: ModelFile) -> Model:
    try:
        return open_file(file.path)
    except (*network.ERRORS, UnsupportedNetwork) as error:
        raise installed.corrupt_pack_error(pack.name, f"{file.path.name}: {error}") from error
