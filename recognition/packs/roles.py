"""What a model file is for, read from its graph: detectors, recognisers and landmark networks differ in shape."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import onnx

Role = Literal["detection", "recognition", "landmarks", "other"]

# MTCNN's last stage, O-Net: a crop of 48x48 in; box, landmarks and probability out.
ONET_INPUT, ONET_OUTPUTS = [48, 48, 3], [2, 4, 10]
# YuNet's outputs: class, object, box and points for each of three strides. InsightFace's detectors have 6, 9, 10 or 15.
YUNET_OUTPUTS = 12


def is_yunet(path: Path) -> bool:
    """Return whether a detector's file has as many outputs as YuNet."""
    return len(_load_graph(path).output) == YUNET_OUTPUTS


def read_role(path: Path) -> Role:
    """Return the role of an .onnx file. Only the graph is read, once while size and modification time stay the same.

    Raise ValueError where the file is no ONNX graph.
    """
    state = path.stat()
    return _read_role(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _read_role(path: Path, _size: int, _mtime_ns: int) -> Role:
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import, and seldom needed

    try:
        graph = _load_graph(path)
    except (DecodeError, OSError, TypeError) as error:
        raise ValueError(str(error)) from error
    if not graph.node:  # an empty file parses, and would pass for a model that is not needed
        raise ValueError("it holds no network")
    return _role_of_graph(graph)


def _load_graph(path: Path) -> "onnx.GraphProto":
    import onnx  # noqa: PLC0415 - slow to import, and not needed where a manifest names the roles

    return onnx.load_model(str(path), load_external_data=False).graph


def _role_of_graph(graph: "onnx.GraphProto") -> Role:
    """Return the role by the rules of InsightFace's own router and of YuNet, and by shape for O-Net."""
    weights = {initializer.name for initializer in graph.initializer}  # SFace lists its weights as inputs too
    inputs = [value for value in graph.input if value.name not in weights]
    shape = _axis_lengths(inputs[0]) if inputs else []
    if shape[1:] == ONET_INPUT and sorted(_axis_lengths(output)[-1] for output in graph.output) == ONET_OUTPUTS:
        return "landmarks"
    if len(graph.output) >= 5:
        return "detection"
    square = len(shape) == 4 and shape[2] == shape[3] and shape[2] >= 112 and shape[2] % 16 == 0
    # A side of 192 is a landmark model, two inputs a face swapper. InsightFace routes both before it comes to ArcFace.
    return "recognition" if square and shape[2] != 192 and len(inputs) == 1 else "other"


def _axis_lengths(value: "onnx.ValueInfoProto") -> list[int]:
    """Return the lengths of a tensor's axes, 0 for those left open; a scalar has one axis of length 0."""
    return [axis.dim_value for axis in value.type.tensor_type.shape.dim] or [0]
