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
from recognition.engines.detections import Detections, UnsupportedNetwork
from recognition.engines.framing import Canvas
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
# A photo is run in the middle input first, in 0.44 of the time. Where that shows no face, a face of fewer pixels than
# SMALL_FACE, or something of at least the score HINT that may be a face, the large input is used instead: it shows more
# small, covered and turned faces.
SMALL_FACE, HINT = 96, 0.3
# Longest side of a face, in pixels of a large input. That input shows parts of larger faces as faces; the small input
# shows them as a whole, in 80 pixels and more.
LARGEST_FACE = 600
# A small picture gains nothing by being enlarged further.
MAX_ENLARGEMENT = 2.0
# A picture of at most this side fits into the small input, with its margin, at full size.
SMALL_PICTURE = 320
# At 0.6 a hard event of 860 faces has 5 to 14 false detections, at 0.5 twice as many for three faces more. 0.3 is
# OpenCV's own threshold of overlap.
SCORE, NMS = 0.6, 0.3


class _InputBuffers(threading.local):
    """The arrays that the networks are fed with, by their shape; each thread has its own."""

    def __init__(self) -> None:
        self.by_shape: dict[tuple[int, ...], NDArray[np.float32]] = {}


class YuNet:
    """Satisfies Detector. Its methods may be called by several threads."""

    # Of 33 pictures of one face, on their side or upside down: up to 0.84; upright 0.89 and more where it is sharp.
    unmistakable_score = 0.88

    def __init__(self, path: Path) -> None:
        """Raise UnsupportedNetwork, or one of `network.ERRORS`."""
        self._path = path
        self._networks = {SMALL: self._open_network(SMALL)}
        self._lock = threading.Lock()
        self._buffers = _InputBuffers()
        if sorted(self._networks[SMALL].outputs) != sorted(f"{kind}_{stride}" for kind in KINDS for stride in STRIDES):
            raise UnsupportedNetwork(_("it has other outputs than YuNet"))

    def detect(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[list[DetectedFace]]:
        return [self._detect(picture, fast=fast) for picture in pictures]

    def detect_close_ups(self, pictures: Sequence[Picture]) -> list[list[DetectedFace]]:
        """Run the small input on each picture, and `detect` where that shows no face."""
        close_ups = [self._run_small(picture).suppressed(threshold=NMS).to_faces() for picture in pictures]
        return [faces or self._detect(picture) for faces, picture in zip(close_ups, pictures, strict=True)]

    def _detect(self, picture: Picture, *, fast: bool = False) -> list[DetectedFace]:
        if max(picture.shape[:2]) <= SMALL_PICTURE:
            passes = [self._run_small(picture)]
        elif fast:
            passes = [self._run_sized(picture, LARGE)]
        else:
            passes = [self._run_middle_or_large(picture), self._run_small(picture)]
        return Detections.concatenated(passes).suppressed(threshold=NMS).to_faces()

    def _run_small(self, picture: Picture) -> Detections:
        """Run the small input on the picture with a margin, which shows large faces."""
        return self._run(SMALL, framing.fit_to_canvas(picture, height=SMALL[0], width=SMALL[1], margin=True))

    def _run_middle_or_large(self, picture: Picture) -> Detections:
        """Return what the middle input shows, if all of it is clear and large, else what the large input shows."""
        hints = self._run_sized(picture, MIDDLE, score=HINT)
        factor = _canvas_factor(picture, MIDDLE)
        faces = hints.suppressed(threshold=NMS)
        are_clear = len(faces.scores) and faces.scores.min() >= SCORE
        if are_clear and faces.longer_sides().min() * factor >= SMALL_FACE:
            return faces.up_to(LARGEST_FACE / factor)
        return self._run_sized(picture, LARGE).up_to(LARGEST_FACE / _canvas_factor(picture, LARGE))

    def _run_sized(self, picture: Picture, size: tuple[int, int], *, score: float = SCORE) -> Detections:
        height, width = _oriented_like(picture, size)
        canvas = framing.fit_to_canvas(picture, height=height, width=width, enlarge=MAX_ENLARGEMENT)
        return self._run((height, width), canvas, score=score)

    def _run(self, size: tuple[int, int], canvas: Canvas, *, score: float = SCORE) -> Detections:
        """Return detections of at least that score, in pixels of the picture, every face several times."""
        network = self._network(size)
        outputs = dict(zip(network.outputs, network.run(self._fill_input(canvas.pixels)), strict=True))
        parts = [_decode(outputs, stride=stride, columns=size[1] // stride, score=score) for stride in STRIDES]
        corner = np.array(canvas.corner, np.float32)
        return Detections.concatenated(parts).shifted(-corner).scaled(1 / canvas.factor)

    def _fill_input(self, canvas: Picture) -> NDArray[np.float32]:
        """Return float32 (1, 3, height, width), channels in the order BGR, 0..255.

        The result of `cv2.dnn.blobFromImage` with `swapRB`, in a tenth of its time. It is overwritten by this thread's
        next picture: getting 20 MB from the system for each photo would take 6 ms.
        """
        shape = (1, 3, *canvas.shape[:2])
        if shape not in self._buffers.by_shape:
            self._buffers.by_shape[shape] = np.empty(shape, np.float32)
        planes = self._buffers.by_shape[shape]
        for plane, channel in zip(planes[0], (2, 1, 0), strict=True):
            np.copyto(plane, canvas[:, :, channel])
        return planes

    def _network(self, size: tuple[int, int]) -> Network:
        """Return the network with an input of that height and width, opened when it is first needed."""
        with self._lock:
            if size not in self._networks:
                self._networks[size] = self._open_network(size)
            return self._networks[size]

    def _open_network(self, size: tuple[int, int]) -> Network:
        return Network(self._path, size=size, batches=False, highest=255, least=ROUGHLY)


def _oriented_like(picture: Picture, size: tuple[int, int]) -> tuple[int, int]:
    """Return the landscape size (height, width) as it is, or as portrait for a picture that is higher than wide."""
    return size if picture.shape[1] >= picture.shape[0] else (size[1], size[0])


def _canvas_factor(picture: Picture, size: tuple[int, int]) -> float:
    """Return by which factor `framing.fit_to_canvas` scales the picture for an input of that size."""
    height, width = _oriented_like(picture, size)
    picture_height, picture_width = picture.shape[:2]
    return float(min(height / picture_height, width / picture_width, MAX_ENLARGEMENT))


def _decode(outputs: Mapping[str, FloatArray], *, stride: int, columns: int, score: float) -> Detections:
    """Return the detections of one stride with at least that score, in pixels of the input."""
    classes, objects, boxes, points = (outputs[f"{kind}_{stride}"] for kind in KINDS)
    scores = np.sqrt(classes.ravel().clip(0, 1) * objects.ravel().clip(0, 1))
    kept = np.flatnonzero(scores >= score)
    cells = np.stack(np.divmod(kept, columns)[::-1], axis=1).astype(np.float32)
    centres = cells + boxes.reshape(-1, 4)[kept, :2]
    halves = np.exp(boxes.reshape(-1, 4)[kept, 2:]) / 2
    corners = np.concatenate([centres - halves, centres + halves], axis=1) * stride
    landmarks = (cells[:, None] + points.reshape(-1, 5, 2)[kept]) * stride
    return Detections(np.asarray(corners, np.float32), np.asarray(landmarks, np.float32), scores[kept])
