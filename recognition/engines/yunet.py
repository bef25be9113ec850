"""OpenCV Zoo's YuNet: preprocessing and decoding as in OpenCV's FaceDetectorYN (modules/objdetect/src/face_detect.cpp).

For each of three strides the network gives, for each cell of the stride's grid, the probability of a class and of an
object, a box (offset of the centre from the cell's corner and logarithms of width and height) and five landmarks
(offsets from the cell's corner), all in strides.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from django.utils.translation import gettext as _

from recognition.engines import framing
from recognition.engines.detections import Detections, UnknownForm
from recognition.runtimes import Network
from recognition.types import DetectedFace, FloatArray, Picture
from recognition.verdicts import ROUGHLY

STRIDES = (8, 16, 32)
KINDS = ("cls", "obj", "bbox", "kps")
# Height and width of the inputs. YuNet sees faces of about 10 to 300 pixels. In a photo of 2400 pixels the large inputs
# show those of 10 to 300, and the small one, with half a picture of margin, those of 40 to 2400. On hard events
# (make_event.py --hard) 2400 pixels find 0.990 of the faces, 1600 pixels 0.961 and 3200 pixels 0.994 for 1.8 times
# the time.
LANDSCAPE, PORTRAIT, SMALL = (1600, 2400), (2400, 1600), (640, 640)
# Pixels of a large input. Of larger faces it shows parts as faces; the small input shows them whole, in 80 and more.
LARGEST = 600
# A small picture gains nothing by being made still larger.
ENLARGE = 2.0
# A picture of at most this side is seen in the small input, with its margin, in its full size.
SMALL_PICTURE = 320
# At 0.6 a hard event of 860 faces has 5 to 14 phantoms, at 0.5 twice as many for three faces more. 0.3 is OpenCV's own
# threshold of overlap.
SCORE, NMS = 0.6, 0.3


class YuNet:
    """Satisfies Detector. Its methods may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raises UnknownForm, or one of runtimes.ERRORS."""
        self._path = path
        self._small = self._opened(SMALL)
        if sorted(self._small.outputs) != sorted(_names()):
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
            passes = [self._look(picture)]
        else:
            passes = [self._look(picture, largest=LARGEST), self._glance(picture)]
        return Detections.joined(passes).once_each(threshold=NMS).faces()

    def _glance(self, picture: Picture) -> Detections:
        return self._seen(self._small, framing.fitted(picture, height=SMALL[0], width=SMALL[1], margin=True))

    def _look(self, picture: Picture, *, largest: float = np.inf) -> Detections:
        lying = picture.shape[1] >= picture.shape[0]
        height, width = LANDSCAPE if lying else PORTRAIT
        network = self._landscape if lying else self._portrait
        framed = framing.fitted(picture, height=height, width=width, enlarge=ENLARGE)
        return self._seen(network, framed, largest=largest)

    @cached_property
    def _landscape(self) -> Network:
        return self._opened(LANDSCAPE)

    @cached_property
    def _portrait(self) -> Network:
        return self._opened(PORTRAIT)

    def _opened(self, size: tuple[int, int]) -> Network:
        return Network(self._path, size=size, batches=False, highest=255, least=ROUGHLY)

    def _seen(
        self, network: Network, framed: tuple[Picture, float, tuple[int, int]], *, largest: float = np.inf
    ) -> Detections:
        canvas, factor, corner = framed
        outputs = network.run(np.asarray(cv2.dnn.blobFromImage(canvas, swapRB=True)))
        named = dict(zip(network.outputs, outputs, strict=True))
        columns = canvas.shape[1]
        found = Detections.joined([_decoded(named, stride=stride, columns=columns // stride) for stride in STRIDES])
        return found.up_to(largest).moved(-np.array(corner, np.float32)).scaled(1 / factor)


def _names() -> list[str]:
    return [f"{kind}_{stride}" for kind in KINDS for stride in STRIDES]


def _decoded(outputs: Mapping[str, FloatArray], *, stride: int, columns: int) -> Detections:
    """Return the cells of one stride that score enough, in pixels of the input."""
    classes, objects, boxes, points = (outputs[f"{kind}_{stride}"] for kind in KINDS)
    scores = np.sqrt(classes.ravel().clip(0, 1) * objects.ravel().clip(0, 1))
    at = np.flatnonzero(scores >= SCORE)
    cells = np.stack(np.divmod(at, columns)[::-1], axis=1).astype(np.float32)
    centres = cells + boxes.reshape(-1, 4)[at, :2]
    halves = np.exp(boxes.reshape(-1, 4)[at, 2:]) / 2
    corners = np.concatenate([centres - halves, centres + halves], axis=1) * stride
    landmarks = (cells[:, None] + points.reshape(-1, 5, 2)[at]) * stride
    return Detections(np.asarray(corners, np.float32), np.asarray(landmarks, np.float32), scores[at])
