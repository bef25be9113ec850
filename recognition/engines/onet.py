"""MTCNN's last stage, O-Net, which marks five landmarks in a crop of a face (Zhang et al. 2016).

A detector of many sizes marks small and turned faces roughly, and a crop that is aligned to rough landmarks is
described badly: on hard events the same detector and recogniser find 0.84 of the photos with YuNet's own landmarks and
0.92 with these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from recognition.align import reduced
from recognition.engines import framing
from recognition.engines.detections import UnknownForm
from recognition.runtimes.network import Network
from recognition.types import DetectedFace, FloatArray, Picture

CROP = 48
MEAN, SCALE = 127.5, 1 / 128
# The crop's side, as a share of the longer side of the detector's box. On hard events of people whom no report uses, of
# 0.75, 0.8, 0.85, 1.0, 1.1, 1.2 and 1.3 this one gives the best true match rate at FMR 1e-4 (0.878; 0.842 with 1.0).
SHARE = 0.85
# Below this probability of a face the detector's landmarks stay.
PROBABILITY = 0.7
# A face that lies on its side or its head is marked by YuNet as if it stood. Where the network is less sure than SURE
# of that, and in another direction sees a face with at least the probability TURNED and half the doubt, the face lies
# so. For faces turned by 90 and 180 degrees that probability is 0.91 to 1.00; of 829 faces of hard events, none of
# which lies, this turns none.
SURE, TURNED = 0.99, 0.9
# Points of a mirrored crop, in the order of the unmirrored one: the eyes and the corners of the mouth change places.
MIRRORED = [1, 0, 2, 4, 3]
_FLIP, _EDGE = np.array([-1, 1], np.float32), np.array([1, 0], np.float32)


class LandmarkMarker:
    """Its `mark` may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raises UnknownForm, or one of runtimes.ERRORS."""
        self._network = Network(path)
        if self._network.shape[1:] != (CROP, CROP, 3):
            raise UnknownForm(_("its input is no crop of 48x48"))

    def mark(self, picture: Picture, faces: Sequence[DetectedFace]) -> list[DetectedFace]:
        """Return the faces with landmarks in pixels of `picture`, marked anew where the network sees a face.

        A face is looked at upright by the detector's landmarks, or as it lies, and then upright by those found: at 30
        degrees the detector's are off by several.
        """
        marked = [seen.face for seen in self._directed(picture, faces)]
        again = self._looked(picture, marked)
        return [
            seen.face if seen.probability >= PROBABILITY else face for seen, face in zip(again, marked, strict=True)
        ]

    def _directed(self, picture: Picture, faces: Sequence[DetectedFace]) -> "list[_Marked]":
        """Return the faces marked in the direction in which they are upright; unmarked where they are seen in none."""
        found = self._looked(picture, faces)
        doubtful = [index for index, seen in enumerate(found) if seen.probability < SURE]
        turned = self._looked(picture, [faces[index] for index in doubtful], turns=(1, 2, 3))
        for index, seen in zip(doubtful, turned, strict=True):
            doubt = 1 - found[index].probability
            if seen.probability >= TURNED and 1 - seen.probability <= doubt / 2:
                found[index] = seen
            elif found[index].probability < PROBABILITY:
                found[index] = replace(found[index], face=faces[index])
        return found

    def _looked(
        self, picture: Picture, faces: Sequence[DetectedFace], *, turns: Sequence[int] = (0,)
    ) -> "list[_Marked]":
        """Return each face as marked in that quarter turn in which it is most probable."""
        views = [_View.of(face, turns=turn) for face in faces for turn in turns]
        if not views:
            return []
        points, probabilities = self._points([view.crop(picture) for view in views])
        best = probabilities.reshape(len(faces), -1).argmax(axis=1) + np.arange(len(faces)) * len(turns)
        return [
            _Marked(replace(face, landmarks=views[at].in_picture(points[at])), float(probabilities[at]))
            for face, at in zip(faces, best, strict=True)
        ]

    def _points(self, crops: Sequence[Picture]) -> tuple[FloatArray, FloatArray]:
        """Return landmarks (n, 5, 2) as shares of the crop and probabilities (n,): the mean over crop and mirror image.

        The network was made with a library that counts columns before rows, so it takes (n, width, height, 3).
        """
        upright = (np.stack(crops).astype(np.float32) - MEAN) * SCALE
        outputs = self._network.run(np.concatenate([upright, upright[:, :, ::-1]]).transpose(0, 2, 1, 3))
        _box, marks, probabilities = sorted(outputs, key=lambda output: _ORDER[output.shape[1]])
        count = len(crops)
        points = np.stack([marks[:, :5], marks[:, 5:]], axis=2)
        mirrored = points[count:][:, MIRRORED] * _FLIP + _EDGE
        found = np.asarray((points[:count] + mirrored) / 2, np.float32)
        return found, np.minimum(probabilities[:count, 1], probabilities[count:, 1])


# By the length of an output's row: the box is not used, landmarks are five x and five y, then no face and a face.
_ORDER = {4: 0, 10: 1, 2: 2}


@dataclass(frozen=True, slots=True)
class _Marked:
    """A face with the landmarks of one view, and the probability that the view shows a face."""

    face: DetectedFace
    probability: float


class _View:
    """A square of the picture around a face, turned so that its eyes are level."""

    def __init__(self, centre: NDArray[np.float64], side: float, angle: float) -> None:
        across, down = np.cos(angle) * side, np.sin(angle) * side
        self._axes = np.array([[across, -down], [down, across]])
        self._corner = centre - self._axes @ [0.5, 0.5]

    @classmethod
    def of(cls, face: DetectedFace, *, turns: int = 0) -> "_View":
        """Turned by `turns` quarters from where the eyes are level."""
        box = face.box
        across, down = face.landmarks[1] - face.landmarks[0]
        centre = np.array([box.x + box.width / 2, box.y + box.height / 2])
        angle = float(np.arctan2(down, across)) + turns * np.pi / 2
        return cls(centre, SHARE * framing.longer_side(face), angle)

    def crop(self, picture: Picture) -> Picture:
        turn = np.linalg.inv(self._axes) * CROP
        return reduced(picture, np.column_stack([turn, -turn @ self._corner]), size=CROP)

    def in_picture(self, points: FloatArray) -> FloatArray:
        """Return points given as shares of the square, (5, 2), in pixels of the picture."""
        return np.asarray(points @ self._axes.T + self._corner, np.float32)
