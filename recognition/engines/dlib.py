"""dlib: HOG detector, five landmarks, ResNet of 128 numbers. Free weights, in place after `pip install`.

dlib itself finds the faces; its network runs on onnxruntime (see dlib_network.py).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Self

import cv2
import dlib
import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from recognition import calibration, contracts, dlib_files
from recognition.align import reduced, similarity_transform
from recognition.engines import dlib_network
from recognition.engines.base import parted
from recognition.types import Box, DetectedFace, FloatArray, Picture

# The HOG detector sees faces from 80 pixels on. At twice the size it finds those of 40 in 250 ms for a 1600-pixel
# picture on one core (64 ms as it is). A larger picture is looked at as if it had 1600 pixels.
UPSCALE = 2.0
LONGEST, LONGEST_FAST = 3200, 1600
# A picture of up to this many pixels, such as a part of a large one, is enlarged even where it shall be fast.
SMALL = 1280
# A selfie's face is large. In a picture of this many pixels it is found in 10 ms (800 pixels: 40); and where it is this
# wide there, a second face of half its area is no less than the 80 pixels that the detector sees.
NEAR_SIDE, NEAR_FACE = 400, 120
# 99 % of the event's faces score 0.2 or more, phantoms around 0 (dlib's own threshold). Where nobody reaches the first
# threshold the second holds: it finds the face of 2 selfies in 40 that 0 misses.
THRESHOLD, SECOND_THRESHOLD = 0.1, -0.2
# Where nobody reaches that either, the best face holds that fills this share of the picture's shorter side: of 1136
# tight portraits the second threshold misses 5 and this one none. Its score tells that it is not to be trusted.
LAST_THRESHOLD, LAST_SHARE = -0.6, 0.25
CHIP = 150
# Where the network expects eye centres and the base of the nose in its 150x150 chip: dlib's mean shape of five points
# (image_transforms/interpolation.h, get_face_chip_details), corners of each eye averaged, with its padding of 0.25.
_MEAN_SHAPE = np.array([[0.2273300, 0.2213958], [0.7528140, 0.2212330], [0.4901123, 0.6277975]])
CHIP_TEMPLATE: FloatArray = ((_MEAN_SHAPE + 0.25) / 1.5 * CHIP).astype(np.float32)
# dlib marks the base of the nose where ArcFace marks its tip. On the line from between the eyes the tip lies at 0.74 of
# the way: 0.571 eye distances in ArcFace's template, 0.773 in dlib's mean shape.
TIP_OF_BASE = 0.738
# The corners of the mouth are not marked at all; they are placed as in ArcFace's template, in eye distances.
MOUTH_BELOW, MOUTH_HALF_WIDTH = 1.155, 0.415


@dataclass(frozen=True, slots=True)
class Whitening:
    """A shift and a linear map, (128,) and (128, 128), after which people spread more alike in all directions.

    Fitted by benchmarks/calibrate.py. The shift takes away most of the mean, not all: what is left of it tells apart,
    by the angle, faces that differ much from the mean from those that do not. On LFW people that it has not seen, the
    true match rate at FMR 1e-3 is 0.93 (0.91 with the whole mean and a shrinkage of 0.3, 0.84 with the shift alone;
    plain descriptors reach 0.93 as well, but find fewer photos of an event without errors).
    """

    shift: FloatArray
    matrix: FloatArray

    @classmethod
    def load(cls) -> Self:
        with np.load(dlib_files.WHITENING) as held:
            return cls(held["shift"], held["matrix"])

    @classmethod
    def fit(cls, raw: FloatArray, people: Sequence[str], *, shrinkage: float = 0.4, share: float = 0.85) -> Self:
        """From raw descriptors (n, 128) and who each shows. People weigh alike.

        `shrinkage` evens out the spread before it is undone; `share` of the mean is taken away.
        """
        labels = np.array(people)
        centres = np.array([raw[labels == name].mean(axis=0) for name in sorted(set(people))])
        spread, axes = np.linalg.eigh(np.cov(centres.T))
        spread = (1 - shrinkage) * spread + shrinkage * spread.mean()
        matrix = axes @ np.diag(spread**-0.5) @ axes.T
        return cls((share * centres.mean(axis=0)).astype(np.float32), matrix.astype(np.float32))

    def save(self) -> None:
        np.savez(dlib_files.WHITENING, shift=self.shift, matrix=self.matrix)

    def apply(self, raw: FloatArray) -> FloatArray:
        return unit(np.asarray((raw - self.shift) @ self.matrix, np.float32))


class DlibEngine:
    """Satisfies FaceEngine. dlib's objects are not safe for threads, so one detection runs at a time."""

    name = "dlib"
    model = dlib_files.MODEL
    dimension = 128
    license = dlib_files.LICENSE

    def __init__(self) -> None:
        self.contract_id = contracts.of_dlib()
        self.calibration = calibration.shipped(contracts.recogniser_of_dlib())
        self._detector = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(str(dlib_files.landmarks()))
        self._network = dlib_network.Network(dlib_files.network(), folder=settings.HOME / "models" / "dlib")
        self._space = Whitening.load()
        self._lock = threading.Lock()

    def detect(
        self, pictures: Sequence[Picture], *, fast: bool = False, near: bool = False
    ) -> list[list[DetectedFace]]:
        """`near`: made smaller first; as it is where that shows no large face, and enlarged where that shows nobody."""
        return [self._near(picture) if near else self._looked(picture, fast=fast) for picture in pictures]

    def _near(self, picture: Picture) -> list[DetectedFace]:
        longest = max(picture.shape[:2])
        smaller = NEAR_SIDE / longest
        if smaller < 1:
            faces = self._faces(picture, upscale=smaller, lowest=THRESHOLD)
            if faces and faces[0].box.width * smaller >= NEAR_FACE:
                return faces
        as_it_is = min(1.0, LONGEST_FAST / longest)
        return self._faces(picture, upscale=as_it_is, lowest=THRESHOLD) or self._looked(picture)

    def _looked(self, picture: Picture, *, fast: bool = False) -> list[DetectedFace]:
        return self._faces(picture, upscale=_upscale(picture, fast=fast))

    def embed_many(self, pairs: Sequence[tuple[Picture, Sequence[DetectedFace]]]) -> list[FloatArray]:
        """Whitened: raw descriptors are all alike (mean cosine 0.83) and vary most in what tells people apart least."""
        chips = [chip(picture, face.landmarks) for picture, faces in pairs for face in faces]
        return parted(self._space.apply(self._described(chips)), pairs)

    def embed(self, picture: Picture, faces: Sequence[DetectedFace]) -> FloatArray:
        return self.embed_many([(picture, faces)])[0]

    def raw(self, picture: Picture, faces: Sequence[DetectedFace]) -> FloatArray:
        """The network's output, float32 (n, 128), each of unit length: the mean of the face and its mirror image."""
        return self._described([chip(picture, face.landmarks) for face in faces])

    def _described(self, chips: Sequence[Picture]) -> FloatArray:
        if not chips:
            return np.zeros((0, self.dimension), np.float32)
        stack = np.stack(chips)
        return unit(self._network.describe(stack) + self._network.describe(stack[:, :, ::-1]))

    def _faces(self, picture: Picture, *, upscale: float, lowest: float = LAST_THRESHOLD) -> list[DetectedFace]:
        """`upscale`: of the picture that the detector sees. Landmarks are not looked for in a smaller one."""
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        seen = cv2.resize(grey, None, fx=upscale, fy=upscale, interpolation=_interpolation(upscale))
        marking, scale = (grey, 1.0) if upscale < 1 else (seen, upscale)
        with self._lock:
            boxes, scores, _ = self._detector.run(seen, 0, lowest)
            kept = _kept(boxes, scores, side=min(seen.shape))
            places = [_scaled(boxes[index], scale / upscale) for index in kept]
            marked = [self._landmarks(marking, place) for place in places]
        faces = [
            _face(place, scores[index], points, upscale=scale)
            for index, place, points in zip(kept, places, marked, strict=True)
        ]
        faces = [replace(face, box=face.box.clipped(picture)) for face in faces]
        return sorted(faces, key=lambda face: -face.box.width * face.box.height)


def _kept(boxes: Sequence[dlib.rectangle], scores: Sequence[float], *, side: int) -> Sequence[int]:
    """Those that reach the first threshold which anybody reaches. `side`: the shorter one of the picture."""
    for threshold in (THRESHOLD, SECOND_THRESHOLD):
        if reached := [index for index, score in enumerate(scores) if score >= threshold]:
            return reached
    large = [index for index, box in enumerate(boxes) if box.width() >= LAST_SHARE * side]
    return sorted(large, key=lambda index: scores[index])[-1:]


def _interpolation(upscale: float) -> int:
    """Pixels are averaged where the picture is made smaller, so that none is passed over."""
    return cv2.INTER_AREA if upscale < 1 else cv2.INTER_LINEAR


def _scaled(box: dlib.rectangle, factor: float) -> dlib.rectangle:
    left, top, right, bottom = (round(side * factor) for side in (box.left(), box.top(), box.right(), box.bottom()))
    return dlib.rectangle(left, top, right, bottom)


def _upscale(picture: Picture, *, fast: bool) -> float:
    longest: int = max(picture.shape[:2])
    if fast and longest > SMALL:
        return min(1.0, LONGEST_FAST / longest)
    return min(UPSCALE, LONGEST / longest)


def chip(picture: Picture, landmarks: FloatArray) -> Picture:
    """The crop that the network takes: RGB (150, 150, 3), from five landmarks in pixels of `picture`."""
    between = landmarks[:2].mean(axis=0)
    base = between + (landmarks[2] - between) / TIP_OF_BASE
    points = np.array([landmarks[0], landmarks[1], base], np.float32)
    return reduced(picture, similarity_transform(points, CHIP_TEMPLATE), size=CHIP)


def unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _face(box: dlib.rectangle, score: float, marked: dlib.full_object_detection, *, upscale: float) -> DetectedFace:
    corners = np.array([[point.x, point.y] for point in marked.parts()], np.float32) / upscale
    place = Box(box.left(), box.top(), box.width(), box.height()).scaled(1 / upscale)
    return DetectedFace(place, five_points(corners), score=1 / (1 + exp(-3 * score)))


def five_points(marked: FloatArray) -> NDArray[np.float32]:
    """dlib's five points (eye corners, base of the nose) to eyes, nose tip and estimated corners of the mouth."""
    left, right, base = marked[0:2].mean(axis=0), marked[2:4].mean(axis=0), marked[4]
    between, axis = (left + right) / 2, left - right
    down = np.array([-axis[1], axis[0]], np.float32)
    mouth = between + MOUTH_BELOW * down
    corners = [mouth - MOUTH_HALF_WIDTH * axis, mouth + MOUTH_HALF_WIDTH * axis]
    return np.array([right, left, between + TIP_OF_BASE * (base - between), *corners], np.float32)
