"""InsightFace's detectors, and where in a picture they look: at the whole of it, with a margin, around one face.

A face that fills the picture is found, and marked well, only with a margin around it. So a picture in which a glance
shows such a face is looked at with a margin at once; one that shows nobody is looked at both ways.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from recognition.engines import framing
from recognition.engines.detections import Detections
from recognition.engines.framing import longer_side
from recognition.engines.scrfd import CLOSE_SIDE, NEAR_SIDE, NMS, SIDE, SMALL_SIDE, Scrfd
from recognition.types import Box, DetectedFace, Picture

# A face of more than this share of the picture's shorter side is looked at with half a picture of margin around it. On
# 600 LFW pairs of tight crops (benchmarks/lfw_pairs.py) accuracy rises from 0.958 to 0.997; a margin of a quarter
# gives 0.982.
TIGHT = 0.4
# From this share of the picture's longer side on, a face that a glance shows is the picture's subject, and a glance
# would show another that is nearly as large.
LARGE = 0.25


class ScrfdDetector:
    """Satisfies Detector."""

    def __init__(self, path: Path) -> None:
        """Raises UnknownForm, or one of runtimes.ERRORS."""
        self.network = Scrfd(path)

    def find(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[list[DetectedFace]]:
        if fast:
            return self._looked(pictures, [False] * len(pictures))
        glances = self.network.glance(pictures)
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
        self, pictures: Sequence[Picture], framed: Sequence[bool], glances: Sequence[Detections] = ()
    ) -> list[list[DetectedFace]]:
        """With a margin where `framed`, else together with what a glance showed."""
        parts = [framing.whole(picture, margin=each) for picture, each in zip(pictures, framed, strict=True)]
        seen = self.network.look(list(map(framing.cut, pictures, parts)))
        if glances:
            seen = [
                whole if each else Detections.joined([glance, whole])
                for whole, glance, each in zip(seen, glances, framed, strict=True)
            ]
        return [_faces(*each) for each in zip(seen, pictures, parts, strict=True)]

    def find_near(self, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
        return [self._near(picture) for picture in pictures]

    def _near(self, picture: Picture) -> list[DetectedFace]:
        """A large face that a glance shows alone is looked at closely; else the whole picture, with a margin and, where
        that shows nobody, without.
        """
        if not self.network.takes_sizes:
            return self._looked([picture], [True])[0] or self._looked([picture], [False])[0]
        glanced = _faces(self.network.near(picture, side=SMALL_SIDE), picture)
        if len(glanced) == 1 and longer_side(glanced[0]) >= LARGE * max(picture.shape[:2]):
            part = framing.around(glanced[0])
            faces = _faces(self.network.near(framing.cut(picture, part), side=CLOSE_SIDE), picture, part)
            if len(faces) == 1:
                return faces
        part = framing.whole(picture, margin=True)
        seen = self.network.near(framing.cut(picture, part), side=NEAR_SIDE)
        return _faces(seen, picture, part) or self._looked([picture], [False])[0]


def _is_tight(faces: Sequence[DetectedFace], picture: Picture) -> bool:
    """Whether the largest face takes so much of the picture that its landmarks are poor.

    A picture of at most half the detector's side loses nothing by a margin, so there what was found is not asked.
    """
    if max(picture.shape[:2]) <= SIDE // 2:
        return True
    return bool(faces) and longer_side(faces[0]) > TIGHT * min(picture.shape[:2])


def _faces(seen: Detections, picture: Picture, part: Box | None = None) -> list[DetectedFace]:
    """Each once, largest first, without what lies beyond the picture. `seen`: in pixels of that part of it."""
    corner = np.array([part.x, part.y] if part else [0, 0], np.float32)
    found = seen.once_each(threshold=NMS).moved(corner).faces()
    faces = [replace(face, box=face.box.clipped(picture)) for face in found]
    return sorted((face for face in faces if face.box.area > 0), key=lambda face: -face.box.area)
