"""ArcFace networks and those of its kind, SFace among them: five landmarks aligned to one template, 112x112 pixels.

Preprocessing as in InsightFace's model_zoo/arcface_onnx.py. SFace is fed as it was trained and as OpenCV's
FaceRecognizerSF feeds it: RGB 0..255; its graph subtracts the mean itself, as those from MXNet do.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx

from recognition.align import ARCFACE_SIZE, ARCFACE_TEMPLATE, aligned, reduced, similarity_transform
from recognition.runtimes.network import Network
from recognition.types import FloatArray, Picture

# A picture and the five landmarks of a face in it, (5, 2) in its pixels.
Marked = tuple[Picture, FloatArray]


class Recogniser:
    """Its methods may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raises one of runtimes.ERRORS."""
        inner = _normalises(path)
        self._mean, self._scale = (0.0, 1.0) if inner else (127.5, 1 / 127.5)
        self._network = Network(path, open_batch=True, highest=255 if inner else 1)
        self._side = int(self._network.shape[2] or ARCFACE_SIZE)
        self.dimension = self._raw([np.zeros((ARCFACE_SIZE, ARCFACE_SIZE, 3), np.uint8)]).shape[1]

    def describe(self, faces: Sequence[Marked]) -> FloatArray:
        """Return float32 (n, dimension), each of unit length, as InsightFace does: of bilinear crops."""
        return self._of_crops([aligned(*face) for face in faces])

    def describe_both_ways(self, faces: Sequence[Marked]) -> FloatArray:
        """Return the mean of each face and its mirror image, of crops that average the pixels of larger faces."""
        crops = [
            reduced(picture, similarity_transform(landmarks, ARCFACE_TEMPLATE), size=ARCFACE_SIZE)
            for picture, landmarks in faces
        ]
        if not crops:
            return self._of_crops([])
        both = self._raw([*crops, *(np.ascontiguousarray(crop[:, ::-1]) for crop in crops)])
        return unit(both[: len(crops)] + both[len(crops) :])

    def _of_crops(self, crops: Sequence[Picture]) -> FloatArray:
        return unit(self._raw(crops)) if crops else np.zeros((0, self.dimension), np.float32)

    def _raw(self, crops: Sequence[Picture]) -> FloatArray:
        """`crops`: RGB (112, 112, 3) each."""
        blob = cv2.dnn.blobFromImages(list(crops), self._scale, (self._side, self._side), (self._mean,) * 3)
        return self._network.run(np.asarray(blob))[0].reshape(len(crops), -1)


def unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _normalises(path: Path) -> bool:
    """Whether the network subtracts the mean and scales by itself, in its first nodes."""
    nodes = onnx.load_model(str(path), load_external_data=False).graph.node[:8]
    told = [(node.name, node.op_type) for node in nodes]
    return _has(told, ("Sub", "_minus")) and _has(told, ("Mul", "_mul"))


def _has(nodes: Sequence[tuple[str, str]], kinds: tuple[str, str]) -> bool:
    """By operation, or by the names that networks from MXNet give to their nodes."""
    return any(name.startswith(kinds) or kind == kinds[0] for name, kind in nodes)
