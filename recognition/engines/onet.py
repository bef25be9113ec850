"""MTCNN's last stage, O-Net, which marks five landmarks in a crop of a face (Zhang et al. 2016).

A detector for faces of all sizes marks small and turned faces roughly, and a crop that is aligned to rough landmarks is
described badly: on hard events the same detector and recogniser find 0.84 of the photos with YuNet's own landmarks and
0.92 with these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from recognition.align import warp_square_averaged
from recognition.engines import framing
from recognition.engines.detections import UnsupportedNetwork
from recognition.runtimes.network import Network
from recognition.types import DetectedFace, FloatArray, Landmarks, Picture

# Side of the network's input in pixels.
CROP_SIDE = 48
MEAN, SCALE = 127.5, 1 / 128
# The crop's side as a share of the longer side of the detector's box. On hard events of people whom no report uses, of
# 0.75, 0.8, 0.85, 1.0, 1.1, 1.2 and 1.3 this one gives the best true match rate at FMR 1e-4 (0.878; 0.842 with 1.0).
CROP_SHARE = 0.85
# Below this probability of a face the detector's landmarks are kept.
PROBABILITY = 0.7
# YuNet marks a face that lies on its side or is upside down as if it stood upright. Where the network is less certain
# than CERTAIN that a face is upright, and sees a face in another direction with at least the probability ROTATED and at
# most half the doubt, the face is rotated that way. For faces rotated by 90 and 180 degrees that probability is 0.91 to
# 1.00; of 829 faces of hard events, all of them upright, this rotates none.
CERTAIN, ROTATED = 0.99, 0.9
# The five points of a mirrored crop in the order of the unmirrored one: eyes and corners of the mouth change places.
MIRRORED_ORDER = [1, 0, 2, 4, 3]
# x of a mirrored point is 1 - x, in shares of the crop.
_MIRROR_SCALE, _MIRROR_SHIFT = np.array([-1, 1], np.float32), np.array([1, 0], np.float32)
# The network's outputs by the length of a row: the box (unused), landmarks (five x, then five y), and the probabilities
# of "no face" and "face".
_OUTPUT_ORDER = {4: 0, 10: 1, 2: 2}


class LandmarkMarker:
    """Its `mark` may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raise UnsupportedNetwork, or one of `network.ERRORS`."""
        self._network = Network(path)
        if self._network.shape[1:] != (CROP_SIDE, CROP_SIDE, 3):
            raise UnsupportedNetwork(_("its input is not a crop of 48x48"))

    def mark(self, picture: Picture, faces: Sequence[DetectedFace]) -> list[DetectedFace]:
        """Return the faces in order, with new landmarks, in pixels of `picture`, where the network sees a face.

        Each face is marked twice: in a crop that is level by the detector's landmarks, in the best of four directions,
        and then in a crop that is level by the landmarks found: at 30 degrees the detector's are off by several.
        """
        first = [marked.face for marked in self._mark_in_best_direction(picture, faces)]
        second = self._mark_crops(picture, first)
        return [
            marked.face if marked.probability >= PROBABILITY else face
            for marked, face in zip(second, first, strict=True)
        ]

    def _mark_in_best_direction(self, picture: Picture, faces: Sequence[DetectedFace]) -> "list[_Marked]":
        """Return the faces marked as upright or rotated; with their own landmarks where no direction shows a face."""
        upright = self._mark_crops(picture, faces)
        doubtful = [index for index, marked in enumerate(upright) if marked.probability < CERTAIN]
        rotated = self._mark_crops(picture, [faces[index] for index in doubtful], turns=(1, 2, 3))
        best = list(upright)
        for index, marked in zip(doubtful, rotated, strict=True):
            doubt = 1 - upright[index].probability
            if marked.probability >= ROTATED and 1 - marked.probability <= doubt / 2:
                best[index] = marked
            elif upright[index].probability < PROBABILITY:
                best[index] = replace(upright[index], face=faces[index])
        return best

    def _mark_crops(
        self, picture: Picture, faces: Sequence[DetectedFace], *, turns: Sequence[int] = (0,)
    ) -> "list[_Marked]":
        """Return each face as marked in the most probable of these quarter turns."""
        crops = [_LevelCrop.around(face, turns=turn) for face in faces for turn in turns]
        if not crops:
            return []
        points, probabilities = self._run([crop.cut_from(picture) for crop in crops])
        best = probabilities.reshape(len(faces), -1).argmax(axis=1) + np.arange(len(faces)) * len(turns)
        return [
            _Marked(replace(face, landmarks=crops[i].to_picture(points[i])), float(probabilities[i]))
            for face, i in zip(faces, best, strict=True)
        ]

    def _run(self, crops: Sequence[Picture]) -> tuple[FloatArray, FloatArray]:
        """Return landmarks (n, 5, 2) as shares of the crop and probabilities of a face (n,).

        Landmarks are the mean over the crop and its mirror image, probabilities the lower of the two.
        """
        values = (np.stack(crops).astype(np.float32) - MEAN) * SCALE
        # The network was made with a library that counts columns before rows, so it takes (n, width, height, 3).
        outputs = self._network.run(np.concatenate([values, values[:, :, ::-1]]).transpose(0, 2, 1, 3))
        _box, marks, probabilities = sorted(outputs, key=lambda output: _OUTPUT_ORDER[output.shape[1]])
        count = len(crops)
        points = np.stack([marks[:, :5], marks[:, 5:]], axis=2)
        mirrored = points[count:][:, MIRRORED_ORDER] * _MIRROR_SCALE + _MIRROR_SHIFT
        landmarks = np.asarray((points[:count] + mirrored) / 2, np.float32)
        return landmarks, np.minimum(probabilities[:count, 1], probabilities[count:, 1])


@dataclass(frozen=True, slots=True)
class _Marked:
    """A face with the landmarks found in one crop, and the probability that the crop shows a face."""

    face: DetectedFace
    probability: float


class _LevelCrop:
    """A square of the picture around a face, rotated so that the eyes are level."""

    def __init__(self, centre: NDArray[np.float64], side: float, angle: float) -> None:
        """`centre`: (x, y) in pixels of the picture; `angle` in radians, clockwise in the picture."""
        across, down = np.cos(angle) * side, np.sin(angle) * side
        self._axes = np.array([[across, -down], [down, across]])
        self._corner = centre - self._axes @ [0.5, 0.5]

    @classmethod
    def around(cls, face: DetectedFace, *, turns: int = 0) -> "_LevelCrop":
        """Return the crop rotated by so many quarter turns from where the eyes are level."""
        box = face.box
        across, down = face.landmarks[1] - face.landmarks[0]
        centre = np.array([box.x + box.width / 2, box.y + box.height / 2])
        angle = float(np.arctan2(down, across)) + turns * np.pi / 2
        return cls(centre, CROP_SHARE * framing.longer_side(face), angle)

    def cut_from(self, picture: Picture) -> Picture:
        """Return the square as uint8 RGB (48, 48, 3)."""
        to_crop = np.linalg.inv(self._axes) * CROP_SIDE
        transform = np.column_stack([to_crop, -to_crop @ self._corner])
        return warp_square_averaged(picture, transform, size=CROP_SIDE)

    def to_picture(self, points: FloatArray) -> Landmarks:
        """Return points given as shares of the square, (5, 2), in pixels of the picture."""
        return np.asarray(points @ self._axes.T + self._corner, np.float32)
