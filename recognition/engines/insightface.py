"""Any InsightFace model pack: SCRFD or RetinaFace, and ArcFace.

Only these two models of a pack are loaded, from local paths, and run here (scrfd.py, arcface.py): InsightFace's own
`FaceAnalysis` would try to download, and runs the recogniser once for each face.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from recognition import calibration, contracts, packs, runtimes
from recognition.align import aligned
from recognition.engines.arcface import Embedder
from recognition.engines.base import parted
from recognition.engines.scrfd import SIDE, Detector, Found, UnknownForm
from recognition.packs import ModelFile, Pack
from recognition.runtimes import Network
from recognition.types import Box, DetectedFace, FloatArray, Picture

Model = TypeVar("Model")
# A face of more than this share of the picture's shorter side is looked at with half a picture of margin around it. On
# 600 LFW pairs of tight crops (benchmarks/lfw_pairs.py) accuracy rises from 0.958 to 0.997; a margin of a quarter
# gives 0.982.
TIGHT = 0.4


class InsightFaceEngine:
    """Satisfies FaceEngine. Its sessions may be called by several threads at once."""

    name = "insightface"

    def __init__(self, pack: Pack) -> None:
        """Raises FacePassError 503 `model_corrupt` where a file is not what was installed, or does not run."""
        packs.verify(pack)
        self.model = pack.name
        self.license = pack.license
        self.contract_id = contracts.of_pack(pack)
        self.calibration = calibration.shipped(contracts.recogniser_of_pack(pack))
        self._detector = _loaded(Detector, pack, pack.detector)
        self._embedder = _loaded(Embedder, pack, pack.recogniser)
        self.dimension = self._embedder.dimension

    def detect(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[list[DetectedFace]]:
        """A face that fills the picture is found, and marked well, only with a margin around it: such a picture, and
        one without faces, is looked at once more with one.
        """
        seen = self._detector.detect(pictures, fast=fast)
        found = [_faces(each, picture) for each, picture in zip(seen, pictures, strict=True)]
        tight = [] if fast else [index for index, faces in enumerate(found) if _is_tight(faces, pictures[index])]
        margins = [max(pictures[index].shape[:2]) // 2 for index in tight]
        framed = [_with_margin(pictures[index], margin) for index, margin in zip(tight, margins, strict=True)]
        for index, margin, each in zip(tight, margins, self._detector.detect(framed, fast=True), strict=True):
            found[index] = _faces(each, pictures[index], margin=margin) or found[index]
        return found

    def embed_many(self, pairs: Sequence[tuple[Picture, Sequence[DetectedFace]]]) -> list[FloatArray]:
        crops = [aligned(picture, face.landmarks) for picture, faces in pairs for face in faces]
        return parted(self._embedder.describe(crops), pairs)

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> FloatArray:
        return self.embed_many([(picture, faces)])[0]


def opens(path: Path) -> None:
    """Raises FacePassError 503 `model_corrupt` where onnxruntime can not open the file."""
    try:
        Network(path)
    except runtimes.ERRORS as error:
        raise packs.corrupt(path.parent.name, f"{path.name}: {error}") from error


def _loaded(kind: Callable[[Path], Model], pack: Pack, file: ModelFile) -> Model:
    try:
        return kind(file.path)
    except (*runtimes.ERRORS, UnknownForm) as error:
        raise packs.corrupt(pack.name, f"{file.path.name}: {error}") from error


def _is_tight(faces: Sequence[DetectedFace], picture: Picture) -> bool:
    """Whether the largest face takes so much of the picture that its landmarks are poor, or none was found.

    A picture of at most half the detector's side loses nothing by a margin, so there what was found is not asked.
    """
    if not faces or max(picture.shape[:2]) <= SIDE // 2:
        return True
    return bool(max(faces[0].box.width, faces[0].box.height) > TIGHT * min(picture.shape[:2]))


def _with_margin(picture: Picture, margin: int) -> Picture:
    framed = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    return np.asarray(framed, np.uint8)


def _faces(found: Found, picture: Picture, *, margin: int = 0) -> list[DetectedFace]:
    """Largest first, without what lies beyond the picture."""
    faces = [
        _face(corners - margin, landmarks - margin, float(score))
        for corners, landmarks, score in zip(found.corners, found.landmarks, found.scores, strict=True)
    ]
    faces = [replace(face, box=face.box.clipped(picture)) for face in faces]
    return sorted((face for face in faces if face.box.area > 0), key=lambda face: -face.box.area)


def _face(corners: FloatArray, landmarks: FloatArray, score: float) -> DetectedFace:
    left, top, right, bottom = map(float, corners)
    box = Box(left, top, right - left, bottom - top)
    return DetectedFace(box, np.asarray(landmarks, np.float32), score=min(1.0, score))
