"""InsightFace's SCRFD and RetinaFace detectors: preprocessing and decoding as in its model_zoo/scrfd.py.

A detector has one output of scores, one of boxes and one of landmarks for each stride. Each cell of a stride's grid
holds one or two anchors; boxes are distances from the cell's corner to the four sides, landmarks are offsets from it,
both in strides.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from django.utils.translation import gettext as _

from recognition.engines.detections import Detections, UnknownForm
from recognition.runtimes.network import ERRORS, Network
from recognition.types import FloatArray, Picture

# InsightFace's own default pair, for detectors that take any size: 640 finds faces of 31 pixels in a 1600-pixel
# picture, 128 adds those that fill the frame for 4 % more time.
SIDE, SMALL_SIDE = 640, 128
# For one large face 384 is as good as 640 (LFW pairs, selfie with margin against photo: accuracy 0.995 to 0.997 with
# both) at a third of its time, and 256 around the face as good as that at 70 % (benchmarks/events.py, recall
# 0.960 and 0.961, precision 0.992 with both; 224 and 192 lose some of one or the other).
NEAR_SIDE, CLOSE_SIDE = 384, 256
SCORE, NMS = 0.5, 0.4
MEAN, SCALE = 127.5, 1 / 128
# By number of outputs: strides, and anchors in a cell. Forms with 6 and 10 outputs mark no landmarks.
FORMS = {9: ((8, 16, 32), 2), 15: ((8, 16, 32, 64, 128), 1)}


class Scrfd:
    """The network in inputs of several sizes. Its methods may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raises UnknownForm, or one of runtimes.ERRORS."""
        first = Network(path, batches=False)
        if len(first.ranks) not in FORMS or first.input_type != "tensor(float)":
            raise UnknownForm(_("it has %(count)d outputs and is no known detector") % {"count": len(first.ranks)})
        self._strides, self._anchors = FORMS[len(first.ranks)]
        self._path = path
        # Without an axis of their own, the anchors of several pictures would be mixed up.
        self._batches = first.ranks[0] == 3
        fixed = _side_of(first)
        self._look = self._opened(side=fixed or SIDE), fixed or SIDE
        self._glance = None if fixed else self._opened(side=SMALL_SIDE)

    def _opened(self, *, side: int) -> Network:
        return Network(self._path, size=(side, side), batches=self._batches)

    def detect(self, pictures: Sequence[Picture], *, fast: bool = False) -> list[Detections]:
        """The faces of RGB pictures. `fast`: only those that the larger input shows."""
        passes = [self.look(pictures)] if fast else [self.glance(pictures), self.look(pictures)]
        return [Detections.joined(parts).once_each(threshold=NMS) for parts in zip(*passes, strict=True)]

    def look(self, pictures: Sequence[Picture]) -> list[Detections]:
        """What the larger input shows, every face several times."""
        return self._passed(pictures, *self._look)

    def glance(self, pictures: Sequence[Picture]) -> list[Detections]:
        """What the smaller input shows, large faces; nothing where the network has one size."""
        if self._glance is None:
            return [Detections.joined([]) for _ in pictures]
        return self._passed(pictures, self._glance, SMALL_SIDE)

    @property
    def takes_sizes(self) -> bool:
        """Whether `near` may be called. Convolutions take any size, also those exported for one; not all do."""
        return bool(self._sizes)

    def near(self, picture: Picture, *, side: int) -> Detections:
        """What an input of SMALL_SIDE, CLOSE_SIDE or NEAR_SIDE shows: enough for a picture of one large face."""
        return self._passed([picture], self._sizes[side], side)[0]

    @cached_property
    def _sizes(self) -> dict[int, Network]:
        try:
            networks = {side: self._opened(side=side) for side in (CLOSE_SIDE, NEAR_SIDE)}
            networks[SMALL_SIDE] = self._glance or self._opened(side=SMALL_SIDE)
            fit = all(self._fits(network, side) for side, network in networks.items())
        except ERRORS:
            return {}
        return networks if fit else {}

    def _fits(self, network: Network, side: int) -> bool:
        outputs = network.run(np.zeros((1, 3, side, side), np.float32))
        cells = [self._anchors * (side // stride) ** 2 for stride in self._strides]
        return [output.shape[1] for output in outputs[: len(cells)]] == cells

    def _passed(self, pictures: Sequence[Picture], network: Network, side: int) -> list[Detections]:
        framed = [_framed(picture, side=side) for picture in pictures]
        if not framed:
            return []
        blob = cv2.dnn.blobFromImages([canvas for canvas, _scale in framed], SCALE, mean=(MEAN,) * 3)
        outputs = network.run(np.asarray(blob))
        return [
            Detections.joined(list(self._decoded([output[index] for output in outputs], side=side, scale=scale)))
            for index, (_canvas, scale) in enumerate(framed)
        ]

    def _decoded(self, outputs: Sequence[FloatArray], *, side: int, scale: float) -> Iterator[Detections]:
        """The anchors of each stride that score enough."""
        count = len(self._strides)
        for level, stride in enumerate(self._strides):
            scores = outputs[level].ravel()
            at = np.flatnonzero(scores >= SCORE)
            rows, columns = np.divmod(at // self._anchors, side // stride)
            cells = np.stack([columns, rows], axis=1).astype(np.float32) * stride
            sides = outputs[count + level].reshape(-1, 4)[at] * stride
            corners = np.concatenate([cells - sides[:, :2], cells + sides[:, 2:]], axis=1)
            offsets = outputs[2 * count + level].reshape(-1, 5, 2)[at] * stride
            yield Detections(_scaled(corners, 1 / scale), _scaled(cells[:, None] + offsets, 1 / scale), scores[at])


def _scaled(points: FloatArray, factor: float) -> FloatArray:
    return np.asarray(points * factor, np.float32)


def _side_of(network: Network) -> int | None:
    """The side that the network itself fixes, None where it takes any size."""
    if len(network.shape) != 4:
        raise UnknownForm(_("its input is no picture"))
    height, width = network.shape[2:]
    if height != width:
        raise UnknownForm(_("its input is not square"))
    return height


def _framed(picture: Picture, *, side: int) -> tuple[Picture, float]:
    """The picture at the top left of a black square, and by which factor it was scaled."""
    height, width = picture.shape[:2]
    if height > width:
        size = (max(1, int(side / (height / width))), side)
    else:
        size = (side, max(1, int(side * (height / width))))
    canvas = np.zeros((side, side, 3), np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(picture, size)
    return canvas, size[1] / height
