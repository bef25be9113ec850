"""Recognisers of ArcFace's kind, SFace among them: five landmarks aligned to one template in 112x112 pixels.

Preprocessing as in InsightFace's model_zoo/arcface_onnx.py. SFace is fed as it was trained and as OpenCV's
FaceRecognizerSF feeds it: RGB 0..255; its graph subtracts the mean itself, as those from MXNet do.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx

from recognition.align import ARCFACE_SIZE, ARCFACE_TEMPLATE, align_face, similarity_transform, warp_square_averaged
from recognition.runtimes.network import Network
from recognition.types import Descriptors, Landmarks, Picture

# A picture and the landmarks of one face in it.
MarkedFace = tuple[Picture, Landmarks]


class Recogniser:
    """Turns aligned faces into raw descriptors. Its methods may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Raise one of `network.ERRORS`."""
        normalises = _normalises_input(path)
        self._mean, self._scale = (0.0, 1.0) if normalises else (127.5, 1 / 127.5)
        self._network = Network(path, open_batch=True, highest=255 if normalises else 1)
        self._side = int(self._network.shape[2] or ARCFACE_SIZE)
        self.dimension = self._run([np.zeros((ARCFACE_SIZE, ARCFACE_SIZE, 3), np.uint8)]).shape[1]

    def embed(self, faces: Sequence[MarkedFace]) -> Descriptors:
        """Return descriptors (n, dimension) of unit length, as InsightFace does: of bilinear crops."""
        if not faces:
            return self._no_descriptors()
        return normalize(self._run([align_face(picture, landmarks) for picture, landmarks in faces]))

    def embed_with_mirror(self, faces: Sequence[MarkedFace]) -> Descriptors:
        """Return descriptors (n, dimension) of unit length: the mean of each face's and its mirror image's.

        The crops average the pixels of larger faces.
        """
        if not faces:
            return self._no_descriptors()
        crops = [
            warp_square_averaged(picture, similarity_transform(landmarks, ARCFACE_TEMPLATE), size=ARCFACE_SIZE)
            for picture, landmarks in faces
        ]
        both = self._run([*crops, *(np.ascontiguousarray(crop[:, ::-1]) for crop in crops)])
        return normalize(both[: len(crops)] + both[len(crops) :])

    def _no_descriptors(self) -> Descriptors:
        return np.zeros((0, self.dimension), np.float32)

    def _run(self, crops: Sequence[Picture]) -> Descriptors:
        """Return the network's outputs (n, dimension), of any length, for RGB crops of (112, 112, 3)."""
        blob = cv2.dnn.blobFromImages(list(crops), self._scale, (self._side, self._side), (self._mean,) * 3)
        return self._network.run(np.asarray(blob, np.float32))[0].reshape(len(crops), -1)


def normalize(descriptors: Descriptors) -> Descriptors:
    """Return the rows scaled to unit length."""
    return np.asarray(descriptors / np.linalg.norm(descriptors, axis=1, keepdims=True), np.float32)


def _normalises_input(path: Path) -> bool:
    """Return whether the network subtracts the mean and scales by itself, in its first nodes."""
    nodes = onnx.load_model(str(path), load_external_data=False).graph.node[:8]
    names = [(node.name, node.op_type) for node in nodes]
    return _has_operation(names, "Sub", "_minus") and _has_operation(names, "Mul", "_mul")


def _has_operation(nodes: Sequence[tuple[str, str]], operation: str, mxnet_prefix: str) -> bool:
    """Return whether a node (name, operation) has that operation, or a name as networks from MXNet give to it."""
    return any(name.startswith((operation, mxnet_prefix)) or kind == operation for name, kind in nodes)
