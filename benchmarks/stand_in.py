"""A model pack of the cost of `buffalo_l`, with weights that mean nothing: IResNet50 as in InsightFace's
recognition/arcface_torch/backbones/iresnet.py, 112x112 to 512 numbers, 43.6 million weights, 6.3 billion products.

A detector is not made here: that of another pack goes along.
"""

import shutil
from pathlib import Path

import own_home  # noqa: F401 - settles numpy's threads, so before numpy

import numpy as np  # isort: skip
import onnx  # isort: skip
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

# Blocks of each stage, and their channels; the first block of a stage halves the picture's sides.
STAGES = ((3, 64), (4, 128), (14, 256), (3, 512))
SIDE, DIMENSION = 112, 512
Array = NDArray[np.float32]


def pack(folder: Path, *, detector_of: Path) -> Path:
    """`folder`/r50: the detector of that pack (its smallest file) and an IResNet50."""
    found = folder / "models" / "r50"
    found.mkdir(parents=True)
    detector = min(detector_of.glob("det_*.onnx"), key=lambda path: path.stat().st_size)
    shutil.copy(detector, found / detector.name)
    onnx.save(iresnet50(), found / "iresnet50.onnx")
    return found


def iresnet50(*, seed: int = 0) -> onnx.ModelProto:
    graph = _Graph(seed)
    last = graph.prelu(graph.conv("input", 3, 64), 64)
    before = 64
    for blocks, channels in STAGES:
        for block in range(blocks):
            last = graph.block(last, before, channels, stride=1 if block else 2)
            before = channels
    flat = graph.node("Flatten", graph.norm(last, before))
    matrix = graph.weights(DIMENSION, before * (SIDE // 16) ** 2)
    found = graph.node("Gemm", flat, matrix, transB=1)
    return graph.model(found)


class _Graph:
    """Nodes and weights, in the order in which they are added. He's scale keeps the numbers from running away."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def constant(self, values: Array) -> str:
        name = f"weights_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weights(self, *shape: int, gain: float = 1.0) -> str:
        spread = gain * np.sqrt(2 / np.prod(shape[1:]))
        return self.constant(self._rng.standard_normal(shape, np.float32) * np.float32(spread))

    def conv(self, source: str, before: int, after: int, *, side: int = 3, stride: int = 1, gain: float = 1.0) -> str:
        """With the bias of the normalisation behind it, which exporters fold into the convolution."""
        kernel, bias = self.weights(after, before, side, side, gain=gain), self.constant(np.zeros(after, np.float32))
        edges = [side // 2] * 4
        return self.node("Conv", source, kernel, bias, kernel_shape=[side, side], pads=edges, strides=[stride, stride])

    def prelu(self, source: str, channels: int) -> str:
        return self.node("PRelu", source, self.constant(np.full((channels, 1, 1), 0.25, np.float32)))

    def norm(self, source: str, channels: int) -> str:
        """Before a convolution with padding it cannot be folded, so it is there to be run."""
        one, zero = np.ones(channels, np.float32), np.zeros(channels, np.float32)
        return self.node("BatchNormalization", source, *map(self.constant, (one, zero, zero, one)))

    def block(self, source: str, before: int, after: int, *, stride: int) -> str:
        inner = self.prelu(self.conv(self.norm(source, before), before, after), after)
        inner = self.conv(inner, after, after, stride=stride, gain=0.3)
        short = self.conv(source, before, after, side=1, stride=stride) if stride > 1 else source
        return self.node("Add", inner, short)

    def model(self, output: str) -> onnx.ModelProto:
        picture = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
        found = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", DIMENSION])
        graph = helper.make_graph(self._nodes, "iresnet50", [picture], [found], self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
