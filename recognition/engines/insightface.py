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

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, near: bool = False
    ) -> list[list[DetectedFace]]:
        """A face that fills the picture is found, and marked well, only with a margin around it. So a picture in which
        a glance shows such a face is looked at with a margin at once; one that shows nobody is looked at both ways.
        """
        if fast:
            return self._looked(pictures, [False] * len(pictures))
        nothing = [Found.of([])] * len(pictures)
        glances = nothing if near else self._detector.glance(pictures)
        framed = [near or _is_tight(_faces(*seen), seen[1]) for seen in zip(glances, pictures, strict=True)]
        found = self._looked(pictures, framed, glances, near=near)
        again = [
            index
            for index, faces in enumerate(found)
            if not faces or (not framed[index] and _is_tight(faces, pictures[index]))
        ]
        second = self._looked([pictures[index] for index in again], [not framed[index] for index in again])
        for index, faces in zip(again, second, strict=True):
            found[index] = faces or found[index]
        return found

    def _looked(
        self,
        pictures: Sequence[Picture],
        framed: Sequence[bool],
        glances: Sequence[Found] = (),
        *,
        near: bool = False,
    ) -> list[list[DetectedFace]]:
        """With a margin where `framed`, else together with what a glance showed."""
        margins = [max(picture.shape[:2]) // 2 * each for picture, each in zip(pictures, framed, strict=True)]
        look = self._detector.near if near else self._detector.look
        seen = look(list(map(_with_margin, pictures, margins)))
        if glances:
            seen = [
                whole if each else Found.of([glance, whole])
                for whole, glance, each in zip(seen, glances, framed, strict=True)
            ]
        return [_faces(*each) for each in zip(seen, pictures, margins, strict=True)]

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
    """Whether the largest face takes so much of the picture that its landmarks are poor.

    A picture of at most half the detector's side loses nothing by a margin, so there what was found is not asked.
    """
    if max(picture.shape[:2]) <= SIDE // 2:
        return True
    return bool(faces) and max(faces[0].box.width, faces[0].box.height) > TIGHT * min(picture.shape[:2])


def _with_margin(picture: Picture, margin: int) -> Picture:
    if not margin:
        return picture
    framed = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    return np.asarray(framed, np.uint8)


def _faces(seen: Found, picture: Picture, margin: int = 0) -> list[DetectedFace]:
    """Each once, largest first, without what lies beyond the picture."""
    found = seen.once_each()
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
