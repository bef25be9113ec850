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
from recognition.engines.scrfd import CLOSE_SIDE, NEAR_SIDE, SIDE, SMALL_SIDE, Detector, Found, UnknownForm
from recognition.packs import ModelFile, Pack
from recognition.runtimes import Network
from recognition.types import Box, DetectedFace, FloatArray, Picture

Model = TypeVar("Model")
# A face of more than this share of the picture's shorter side is looked at with half a picture of margin around it. On
# 600 LFW pairs of tight crops (benchmarks/lfw_pairs.py) accuracy rises from 0.958 to 0.997; a margin of a quarter
# gives 0.982.
TIGHT = 0.4
# From this share of the picture's longer side on, a face that a glance shows is the picture's subject, and a glance
# would show another that is nearly as large.
LARGE = 0.25


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
        self._detector = _loaded(Detector, pack, pack.detector)
        self._embedder = _loaded(Embedder, pack, pack.recogniser)
        self.dimension = self._embedder.dimension

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, near: bool = False
    ) -> list[list[DetectedFace]]:
        """A face that fills the picture is found, and marked well, only with a margin around it. So a picture in which
        a glance shows such a face is looked at with a margin at once; one that shows nobody is looked at both ways.
        """
        if near:
            return [self._near(picture) for picture in pictures]
        if fast:
            return self._looked(pictures, [False] * len(pictures))
        glances = self._detector.glance(pictures)
        framed = [_is_tight(_faces(*seen), seen[1]) for seen in zip(glances, pictures, strict=True)]
        found = self._looked(pictures, framed, glances)
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
        self, pictures: Sequence[Picture], framed: Sequence[bool], glances: Sequence[Found] = ()
    ) -> list[list[DetectedFace]]:
        """With a margin where `framed`, else together with what a glance showed."""
        parts = [_whole(picture, margin=each) for picture, each in zip(pictures, framed, strict=True)]
        seen = self._detector.look(list(map(_cut, pictures, parts)))
        if glances:
            seen = [
                whole if each else Found.of([glance, whole])
                for whole, glance, each in zip(seen, glances, framed, strict=True)
            ]
        return [_faces(*each) for each in zip(seen, pictures, parts, strict=True)]

    def _near(self, picture: Picture) -> list[DetectedFace]:
        """A large face that a glance shows alone is looked at closely; else the whole picture, with a margin and, where
        that shows nobody, without.
        """
        if not self._detector.takes_sizes:
            return self._looked([picture], [True])[0] or self._looked([picture], [False])[0]
        glanced = _faces(self._detector.near(picture, side=SMALL_SIDE), picture)
        if len(glanced) == 1 and _longer(glanced[0]) >= LARGE * max(picture.shape[:2]):
            part = _around(glanced[0])
            faces = _faces(self._detector.near(_cut(picture, part), side=CLOSE_SIDE), picture, part)
            if len(faces) == 1:
                return faces
        part = _whole(picture, margin=True)
        seen = self._detector.near(_cut(picture, part), side=NEAR_SIDE)
        return _faces(seen, picture, part) or self._looked([picture], [False])[0]

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
    return bool(faces) and _longer(faces[0]) > TIGHT * min(picture.shape[:2])


def _longer(face: DetectedFace) -> float:
    return max(face.box.width, face.box.height)


def _whole(picture: Picture, *, margin: bool) -> Box:
    height, width = picture.shape[:2]
    edge = max(height, width) // 2 if margin else 0
    return Box(-edge, -edge, width + 2 * edge, height + 2 * edge)


def _around(face: DetectedFace) -> Box:
    """The square with the face in its middle, as large as with the margin that a tight crop gets."""
    half = round(_longer(face))
    x, y = round(face.box.x + face.box.width / 2), round(face.box.y + face.box.height / 2)
    return Box(x - half, y - half, 2 * half, 2 * half)


def _cut(picture: Picture, part: Box) -> Picture:
    """That part, in whole pixels; what lies beyond the picture is black."""
    height, width = picture.shape[:2]
    left, top, right, bottom = map(int, (part.x, part.y, part.x + part.width, part.y + part.height))
    inside = picture[max(0, top) : bottom, max(0, left) : right]
    above, below, before, after = (max(0, edge) for edge in (-top, bottom - height, -left, right - width))
    if not any((above, below, before, after)):
        return inside
    return np.asarray(cv2.copyMakeBorder(inside, above, below, before, after, cv2.BORDER_CONSTANT), np.uint8)


def _faces(seen: Found, picture: Picture, part: Box | None = None) -> list[DetectedFace]:
    """Each once, largest first, without what lies beyond the picture. `seen`: in pixels of that part of it."""
    found = seen.once_each()
    shift = np.array([part.x, part.y] if part else [0, 0], np.float32)
    faces = [
        _face(corners + np.tile(shift, 2), landmarks + shift, float(score))
        for corners, landmarks, score in zip(found.corners, found.landmarks, found.scores, strict=True)
    ]
    faces = [replace(face, box=face.box.clipped(picture)) for face in faces]
    return sorted((face for face in faces if face.box.area > 0), key=lambda face: -face.box.area)


def _face(corners: FloatArray, landmarks: FloatArray, score: float) -> DetectedFace:
    left, top, right, bottom = map(float, corners)
    box = Box(left, top, right - left, bottom - top)
    return DetectedFace(box, np.asarray(landmarks, np.float32), score=min(1.0, score))
