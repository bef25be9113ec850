"""InsightFace's SCRFD and RetinaFace networks: preprocessing and decoding as in its model_zoo/scrfd.py.

A network has one output of scores, one of boxes and one of landmarks for each stride. Each cell of a stride's grid
holds one or two anchors; boxes are distances from the cell's corner to the four sides, landmarks are offsets from it,
both in strides.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from django.utils.translation import gettext as _

from recognition.engines.detections import Detections, UnsupportedNetwork
from recognition.runtimes.network import ERRORS, Network
from recognition.types import FloatArray, Picture

# Sides of the square inputs in pixels. The pair is InsightFace's own default for detectors that take any size: 640
# finds faces of 31 pixels in a picture of 1600, 128 adds those that fill the frame for 4 % more time.
SIDE, SMALL_SIDE = 640, 128
# For one large face 384 is as good as 640 (LFW pairs, selfie with margin against photo: accuracy 0.995 to 0.997 with
# both) at a third of its time, and 256 around the face is as good as that at 70 % of the time (benchmarks/events.py:
# recall 0.960 and 0.961, precision 0.992 with both; 224 and 192 lose some of one or the other).
CLOSE_UP_SIDE, FACE_SIDE = 384, 256
# InsightFace's thresholds: the lowest score, and the intersection over union above which two boxes are one face.
SCORE, NMS = 0.5, 0.4
MEAN, SCALE = 127.5, 1 / 128
# Strides and anchors per cell, by the number of outputs. Networks with 6 or 10 outputs mark no landmarks.
FORMS = {9: ((8, 16, 32), 2), 15: ((8, 16, 32, 64, 128), 1)}


class Scrfd:
    """The network in inputs of several sizes. Its methods may be called by several threads.

    All results are in pixels of the pictures and hold every face several times.
    """

    def __init__(self, path: Path) -> None:
        """Raise UnsupportedNetwork, or one of `network.ERRORS`."""
        first = Network(path, batches=False)
        if len(first.ranks) not in FORMS or first.input_type != "tensor(float)":
            message = _("it has %(count)d outputs and is not a known detector") % {"count": len(first.ranks)}
            raise UnsupportedNetwork(message)
        self._strides, self._anchors = FORMS[len(first.ranks)]
        self._path = path
        # Outputs without an axis for the pictures would mix up the anchors of several pictures.
        self._batches = first.ranks[0] == 3
        fixed = _fixed_side(first)
        self._large = self._open_network(side=fixed or SIDE), fixed or SIDE
        self._small = None if fixed else self._open_network(side=SMALL_SIDE)

    def _open_network(self, *, side: int) -> Network:
        return Network(self._path, size=(side, side), batches=self._batches)

    def detect_in_large_input(self, pictures: Sequence[Picture]) -> list[Detections]:
        """Return what the larger input shows."""
        return self._run(pictures, *self._large)

    def detect_in_small_input(self, pictures: Sequence[Picture]) -> list[Detections]:
        """Return what the smaller input shows: large faces. It is nothing where the network has one size only."""
        if self._small is None:
            return [Detections.concatenated([]) for _ in pictures]
        return self._run(pictures, self._small, SMALL_SIDE)

    @property
    def takes_any_size(self) -> bool:
        """Whether `detect_at` may be called. Most networks that were exported for one size take others too."""
        return bool(self._networks_by_side)

    def detect_at(self, picture: Picture, *, side: int) -> Detections:
        """Return what an input of SMALL_SIDE, FACE_SIDE or CLOSE_UP_SIDE shows."""
        return self._run([picture], self._networks_by_side[side], side)[0]

    @cached_property
    def _networks_by_side(self) -> dict[int, Network]:
        """The networks for `detect_at`; empty where the file cannot be run in these sizes."""
        try:
            networks = {side: self._open_network(side=side) for side in (FACE_SIDE, CLOSE_UP_SIDE)}
            networks[SMALL_SIDE] = self._small or self._open_network(side=SMALL_SIDE)
            fit = all(self._has_expected_cells(network, side) for side, network in networks.items())
        except ERRORS:
            return {}
        return networks if fit else {}

    def _has_expected_cells(self, network: Network, side: int) -> bool:
        """Return whether the outputs have as many anchors as an input of that side needs."""
        outputs = network.run(np.zeros((1, 3, side, side), np.float32))
        cells = [self._anchors * (side // stride) ** 2 for stride in self._strides]
        return [output.shape[1] for output in outputs[: len(cells)]] == cells

    def _run(self, pictures: Sequence[Picture], network: Network, side: int) -> list[Detections]:
        framed = [_fit_to_square(picture, side=side) for picture in pictures]
        if not framed:
            return []
        # The pictures are RGB already, as the network expects, so no channels are swapped.
        blob = cv2.dnn.blobFromImages([canvas for canvas, _factor in framed], SCALE, mean=(MEAN,) * 3)
        outputs = network.run(np.asarray(blob, np.float32))
        return [
            Detections.concatenated(list(self._decode([output[index] for output in outputs], side=side, factor=factor)))
            for index, (_canvas, factor) in enumerate(framed)
        ]

    def _decode(self, outputs: Sequence[FloatArray], *, side: int, factor: float) -> Iterator[Detections]:
        """Yield, for each stride, the anchors with at least SCORE, in pixels of the picture."""
        count = len(self._strides)
        for level, stride in enumerate(self._strides):
            scores = outputs[level].ravel()
            anchors = np.flatnonzero(scores >= SCORE)
            rows, columns = np.divmod(anchors // self._anchors, side // stride)
            cells = np.stack([columns, rows], axis=1).astype(np.float32) * stride
            sides = outputs[count + level].reshape(-1, 4)[anchors] * stride
            corners = np.concatenate([cells - sides[:, :2], cells + sides[:, 2:]], axis=1)
            offsets = outputs[2 * count + level].reshape(-1, 5, 2)[anchors] * stride
            landmarks = cells[:, None] + offsets
            yield Detections(_scale(corners, 1 / factor), _scale(landmarks, 1 / factor), scores[anchors])


def _scale(points: FloatArray, factor: float) -> FloatArray:
    return np.asarray(points * factor, np.float32)


def _fixed_side(network: Network) -> int | None:
    """Return the side that the network itself fixes, None where it takes any size."""
    if len(network.shape) != 4:
        raise UnsupportedNetwork(_("its input is not a picture"))
    height, width = network.shape[2:]
    if height != width:
        raise UnsupportedNetwork(_("its input is not square"))
    return height


def _fit_to_square(picture: Picture, *, side: int) -> tuple[Picture, float]:
    """Return the picture at the top left of a black square, and by which factor it was scaled.

    Sizes are rounded down and pixels interpolated as InsightFace does, unlike in `framing.fit_to_canvas`.
    """
    height, width = picture.shape[:2]
    if height > width:
        size = (max(1, int(side / (height / width))), side)
    else:
        size = (side, max(1, int(side * (height / width))))
    canvas = np.zeros((side, side, 3), np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size)
    return canvas, size[1] / height
