"""dlib's face recognition network, read out of dlib's own file and run by onnxruntime: the same numbers, much faster.

The file is dlib's serialisation. An integer is a length byte (bit 7: negative) and that many little-endian bytes; a
tensor is version 2, four sizes (samples, channels, rows, columns) and raw float32. Layers stand in the file from input
to output: for each convolution its parameters (filters, then biases) and those of the affine layer behind it (gamma,
then beta); last the 256x128 matrix. The architecture is that of dlib's example dnn_face_recognition_ex.cpp.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from facepass.errors import FacePassError
from recognition import runtimes
from recognition.types import FloatArray

CHIP = 150
DIMENSION = 128
# What the network's input layer subtracts (RGB) and divides by (dlib's input_rgb_image_sized).
MEAN, SCALE = (122.782, 117.001, 104.298), 1 / 256
# Residual blocks from input to output: filters, and whether the block halves the size.
BLOCKS = (
    *[(32, False)] * 3,
    (64, True), *[(64, False)] * 3,
    (128, True), *[(128, False)] * 2,
    (256, True), *[(256, False)] * 2,
    (256, True),
)  # fmt: skip


def as_onnx(weights: Path, *, folder: Path) -> Path:
    """The network as an ONNX file in `folder`, named by the digest of `weights`; made at the first call.

    Input `chips`: uint8 (n, 150, 150, 3) RGB. Output `descriptors`: float32 (n, 128), as dlib returns them. Raises
    FacePassError 503 `model_corrupt` where the file is not that network.
    """
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    made = folder / f"dlib-{digest[:16]}.onnx"
    if not made.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = made.with_suffix(f".{os.getpid()}")
        onnx.save(_graph(_Reader(weights.read_bytes(), weights.name)), draft)
        draft.replace(made)
    return made


class Network:
    """Runs the network. Its `describe` may be called by threads."""

    def __init__(self, weights: Path, *, folder: Path) -> None:
        self._network = runtimes.Network(as_onnx(weights, folder=folder))

    def describe(self, chips: NDArray[np.uint8]) -> FloatArray:
        """`chips`: uint8 (n, 150, 150, 3) RGB. Returns float32 (n, 128), as long as the network makes them."""
        return self._network.run(chips)[0]


@dataclass
class _Reader:
    """Hands out the file's tensors in order; what lies between them (names, solver state) is passed over."""

    data: bytes
    name: str
    at: int = 0

    def next(self, *sizes: int) -> FloatArray:
        """The next tensor with that many samples, channels, rows and columns, flat."""
        header = b"".join(_integer(number) for number in (2, *sizes))
        found = self.data.find(header, self.at)
        start = found + len(header)
        count = int(np.prod(sizes))
        if found < 0 or start + 4 * count > len(self.data):
            message = f"{self.name} is not dlib's face recognition network. Install face-recognition-models again."
            raise FacePassError("model_corrupt", message, status=503)
        self.at = start + 4 * count
        return np.frombuffer(self.data, "<f4", count, start)


def _integer(value: int) -> bytes:
    """As dlib writes it."""
    size = max(1, (value.bit_length() + 7) // 8)
    return bytes([size]) + value.to_bytes(size, "little")


class _Graph:
    """Nodes and weights under construction; `add` returns the name of a node's output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, value: np.ndarray) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name


def _graph(reader: _Reader) -> onnx.ModelProto:
    graph = _Graph()
    x = graph.add("Cast", "chips", to=TensorProto.FLOAT)
    x = graph.add("Sub", x, graph.constant(np.array(MEAN, np.float32)))
    x = graph.add("Mul", x, graph.constant(np.array(SCALE, np.float32)))
    x = graph.add("Transpose", x, perm=[0, 3, 1, 2])
    x = graph.add("Relu", _convolution(graph, reader, x, channels=3, filters=32, side=7, stride=2))
    x = graph.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
    # Size after the first convolution and the pool: 150 > 72 > 35.
    channels, size = 32, 35
    for filters, halves in BLOCKS:
        x, size = _block(graph, reader, x, channels=channels, filters=filters, size=size, halves=halves)
        channels = filters
    x = graph.add("ReduceMean", x, graph.constant(np.array([2, 3], np.int64)), keepdims=0)
    matrix = reader.next(channels, DIMENSION, 1, 1).reshape(channels, DIMENSION)
    graph.nodes.append(helper.make_node("MatMul", [x, graph.constant(matrix)], ["descriptors"]))
    return _model(graph)


def _model(graph: _Graph) -> onnx.ModelProto:
    chips = helper.make_tensor_value_info("chips", TensorProto.UINT8, ["n", CHIP, CHIP, 3])
    descriptors = helper.make_tensor_value_info("descriptors", TensorProto.FLOAT, ["n", DIMENSION])
    made = helper.make_graph(graph.nodes, "dlib_face_recognition_resnet", [chips], [descriptors], graph.weights)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return model


def _convolution(graph: _Graph, reader: _Reader, x: str, *, channels: int, filters: int, side: int, stride: int) -> str:
    """A convolution with the affine layer behind it folded in. A strided one has no padding."""
    count = filters * channels * side * side
    parameters = reader.next(count + filters, 1, 1, 1)
    gamma, beta = np.split(reader.next(2 * filters, 1, 1, 1), 2)
    kernel = parameters[:count].reshape(filters, channels, side, side) * gamma[:, None, None, None]
    bias = parameters[count:] * gamma + beta
    padding = 0 if stride > 1 else side // 2
    names = graph.constant(kernel), graph.constant(bias)
    return graph.add("Conv", x, *names, kernel_shape=[side] * 2, strides=[stride] * 2, pads=[padding] * 4)


def _block(
    graph: _Graph, reader: _Reader, x: str, *, channels: int, filters: int, size: int, halves: bool
) -> tuple[str, int]:
    """Two convolutions and a shortcut; dlib adds tensors of unlike shape as if the smaller had zeros at its ends."""
    stride = 2 if halves else 1
    y = _convolution(graph, reader, x, channels=channels, filters=filters, side=3, stride=stride)
    y = graph.add("Relu", y)
    y = _convolution(graph, reader, y, channels=filters, filters=filters, side=3, stride=1)
    if not halves:
        return graph.add("Relu", graph.add("Add", y, x)), size
    shortcut = graph.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    main, side = (size - 3) // 2 + 1, size // 2
    largest = max(main, side)
    y = _padded(graph, y, channels=0, size=largest - main)
    shortcut = _padded(graph, shortcut, channels=filters - channels, size=largest - side)
    return graph.add("Relu", graph.add("Add", y, shortcut)), largest


def _padded(graph: _Graph, x: str, *, channels: int, size: int) -> str:
    if not channels and not size:
        return x
    return graph.add("Pad", x, graph.constant(np.array([0, 0, 0, 0, 0, channels, size, size], np.int64)))
