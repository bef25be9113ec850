"""InsightFace's ArcFace networks: preprocessing as in its model_zoo/arcface_onnx.py."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx

from recognition.align import ARCFACE_SIZE
from recognition.runtimes import Network
from recognition.types import FloatArray, Picture


class Embedder:
    """Its `describe` may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raises one of runtimes.ERRORS."""
        self._network = Network(path)
        self._side = int(self._network.shape[2] or ARCFACE_SIZE)
        self._mean, self._scale = (0.0, 1.0) if _normalises(path) else (127.5, 1 / 127.5)
        self.dimension = self._raw([np.zeros((ARCFACE_SIZE, ARCFACE_SIZE, 3), np.uint8)]).shape[1]

    def describe(self, crops: Sequence[Picture]) -> FloatArray:
        """`crops`: RGB (112, 112, 3) each. Returns float32 (n, dimension), each of unit length."""
        if not crops:
            return np.zeros((0, self.dimension), np.float32)
        found = self._raw(crops)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def _raw(self, crops: Sequence[Picture]) -> FloatArray:
        blob = cv2.dnn.blobFromImages(list(crops), self._scale, (self._side, self._side), (self._mean,) * 3)
        return self._network.run(np.asarray(blob))[0].reshape(len(crops), -1)


def _normalises(path: Path) -> bool:
    """Whether the network subtracts the mean itself: networks from MXNet do, in their first nodes."""
    names = [node.name for node in onnx.load_model(str(path), load_external_data=False).graph.node[:8]]
    return all(any(name.startswith(kind) for name in names) for kind in (("Sub", "_minus"), ("Mul", "_mul")))
