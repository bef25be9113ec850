"""OpenCV Zoo's YuNet: preprocessing and decoding as in OpenCV's FaceDetectorYN (modules/objdetect/src/face_detect.cpp).

For each of three strides the network gives, for each cell of the stride's grid, the probability of a class and of an
object, a box (offset of the centre from the cell's corner and logarithms of width and height) and five landmarks
(offsets from the cell's corner), all in strides.
"""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from recognition.engines import framing
from recognition.engines.detections import Detections, UnknownForm
from recognition.runtimes.network import Network
from recognition.runtimes.selftest_results import ROUGHLY
from recognition.types import DetectedFace, FloatArray, Picture

STRIDES = (8, 16, 32)
KINDS = ("cls", "obj", "bbox", "kps")
# Height and width of the inputs. YuNet sees faces of about 10 to 300 pixels. In a photo of 2400 pixels the large inputs
# show those of 10 to 300, and the small one, with half a picture of margin, those of 40 to 2400. On hard events
# (make_event.py --hard) 2400 pixels find 0.990 of the faces, 1600 pixels 0.961 and 3200 pixels 0.994 for 1.8 times
# the time.
LARGE, MIDDLE, SMALL = (1600, 2400), (1088, 1600), (640, 640)
# A photo is seen in the middle input first, in 0.44 of the time. Where that shows nobody, a face of fewer pixels, or
# something that may be a face (HINT), the large input is used instead: it shows more small, covered and turned faces.
SMALL_FACE, HINT = 96, 0.3
# Pixels of a large input. Of larger faces it shows parts as faces; the small input shows them whole, in 80 and more.
LARGEST = 600
# A small picture gains nothing by being made still larger.
ENLARGE = 2.0
# A picture of at most this side is seen in the small input, with its margin, in its full size.
SMALL_PICTURE = 320
# At 0.6 a hard event of 860 faces has 5 to 14 phantoms, at 0.5 twice as many for three faces more. 0.3 is OpenCV's own
# threshold of overlap.
SCORE, NMS = 0.6, 0.3


class _Planes(threading.local):
    """What the networks are fed with, by its shape; each thread has its own."""

    def __init__(self) -> None:
        self.of: dict[tuple[int, ...], NDArray[np.float32]] = {}


class YuNet:
    """Satisfies Detector. Its methods may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raises UnknownForm, or one of runtimes.ERRORS."""
        self._path = path
        self._networks = {SMALL: self._opened(SMALL)}
        self._lock = threading.Lock()
        self._kept = _Planes()
        if sorted(self._networks[SMALL].outputs) != sorted(_names()):
            raise UnknownForm(_("it has other outputs than YuNet"))

    def find(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[list[DetectedFace]]:
        return [self._once_each(picture, fast=fast) for picture in pictures]

    def find_near(self, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
        """Look at the whole picture with a margin, and again as `find` does where that shows nobody."""
        near = [self._glance(picture).once_each(threshold=NMS).faces() for picture in pictures]
        return [found or self._once_each(picture) for found, picture in zip(near, pictures, strict=True)]

    def _once_each(self, picture: Picture, *, fast: bool = False) -> list[DetectedFace]:
        if max(picture.shape[:2]) <= SMALL_PICTURE:
            passes = [self._glance(picture)]
        elif fast:
            passes = [self._look(picture, LARGE)]
        else:
            passes = [self._look_closely(picture), self._glance(picture)]
        return Detections.joined(passes).once_each(threshold=NMS).faces()

    def _glance(self, picture: Picture) -> Detections:
        return self._seen(SMALL, framing.fitted(picture, height=SMALL[0], width=SMALL[1], margin=True))

    def _look_closely(self, picture: Picture) -> Detections:
        hints = self._look(picture, MIDDLE, score=HINT)
        factor = _factor(picture, MIDDLE)
        sure = hints.once_each(threshold=NMS)
        if len(sure.scores) and sure.scores.min() >= SCORE and sure.sides().min() * factor >= SMALL_FACE:
            return sure.up_to(LARGEST / factor)
        return self._look(picture, LARGE).up_to(LARGEST / _factor(picture, LARGE))

    def _look(self, picture: Picture, size: tuple[int, int], *, score: float = SCORE) -> Detections:
        height, width = _turned_like(picture, size)
        framed = framing.fitted(picture, height=height, width=width, enlarge=ENLARGE)
        return self._seen((height, width), framed, score=score)

    def _seen(
        self, size: tuple[int, int], framed: tuple[Picture, float, tuple[int, int]], *, score: float = SCORE
    ) -> Detections:
        canvas, factor, corner = framed
        network = self._network(size)
        outputs = dict(zip(network.outputs, network.run(self._planes(canvas)), strict=True))
        cells = [_decoded(outputs, stride=stride, columns=size[1] // stride, score=score) for stride in STRIDES]
        return Detections.joined(cells).moved(-np.array(corner, np.float32)).scaled(1 / factor)

    def _planes(self, canvas: Picture) -> NDArray[np.float32]:
        """As `cv2.dnn.blobFromImage` with `swapRB`: (1, 3, height, width), blue first; in a tenth of its time.

        They stay this thread's until its next picture: to get 20 MB from the system for each photo takes 6 ms.
        """
        shape = (1, 3, *canvas.shape[:2])
        if shape not in self._kept.of:
            self._kept.of[shape] = np.empty(shape, np.float32)
        planes = self._kept.of[shape]
        for plane, channel in zip(planes[0], (2, 1, 0), strict=True):
            np.copyto(plane, canvas[:, :, channel])
        return planes

    def _network(self, size: tuple[int, int]) -> Network:
        """The network with an input of that height and width, opened when it is first needed."""
        with self._lock:
            if size not in self._networks:
                self._networks[size] = self._opened(size)
            return self._networks[size]

    def _opened(self, size: tuple[int, int]) -> Network:
        return Network(self._path, size=size, batches=False, highest=255, least=ROUGHLY)


def _turned_like(picture: Picture, size: tuple[int, int]) -> tuple[int, int]:
    """The input of that size for a picture that lies, or for one that stands."""
    return size if picture.shape[1] >= picture.shape[0] else (size[1], size[0])


def _factor(picture: Picture, size: tuple[int, int]) -> float:
    """By how much `framing.fitted` scales the picture for an input of that size."""
    height, width = _turned_like(picture, size)
    tall, wide = picture.shape[:2]
    return float(min(height / tall, width / wide, ENLARGE))


def _names() -> list[str]:
    return [f"{kind}_{stride}" for kind in KINDS for stride in STRIDES]


def _decoded(outputs: Mapping[str, FloatArray], *, stride: int, columns: int, score: float) -> Detections:
    """Return the cells of one stride that score enough, in pixels of the input."""
    classes, objects, boxes, points = (outputs[f"{kind}_{stride}"] for kind in KINDS)
    scores = np.sqrt(classes.ravel().clip(0, 1) * objects.ravel().clip(0, 1))
    at = np.flatnonzero(scores >= score)
    cells = np.stack(np.divmod(at, columns)[::-1], axis=1).astype(np.float32)
    centres = cells + boxes.reshape(-1, 4)[at, :2]
    halves = np.exp(boxes.reshape(-1, 4)[at, 2:]) / 2
    corners = np.concatenate([centres - halves, centres + halves], axis=1) * stride
    landmarks = (cells[:, None] + points.reshape(-1, 5, 2)[at]) * stride
    return Detections(np.asarray(corners, np.float32), np.asarray(landmarks, np.float32), scores[at])
