"""What a model file is for, read from its graph: the shapes that detectors, recognisers and landmark networks have."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

Role = Literal["detection", "recognition", "landmarks", "other"]

# MTCNN's last stage, O-Net: a crop of 48x48 in; box, landmarks and probability out.
ONET_INPUT, ONET_OUTPUTS = [48, 48, 3], [2, 4, 10]


# YuNet's outputs: class, object, box and points for each of three strides.
YUNET_OUTPUTS = 12


def is_yunet(path: Path) -> bool:
    """Whether a detector has as many outputs as YuNet: InsightFace's have 6, 9, 10 or 15."""
    return len(_graph(path).output) == YUNET_OUTPUTS


def role_of(path: Path) -> Role:
    """The role of an .onnx file. Only the graph is read, once for each state of the file.

    Raises ValueError where it is no ONNX graph.
    """
    state = path.stat()
    return _role(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _role(path: Path, _size: int, _mtime_ns: int) -> Role:
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import, and seldom needed

    try:
        graph = _graph(path)
    except (DecodeError, OSError, TypeError) as error:
        raise ValueError(str(error)) from error
    if not graph.node:  # an empty file can be read, and would pass for one that is not needed
        raise ValueError("it holds no network")
    return _of_graph(graph)


def _graph(path: Path) -> Any:
    import onnx  # noqa: PLC0415 - slow to import, and not needed where a manifest names the roles

    return onnx.load_model(str(path), load_external_data=False).graph


def _of_graph(graph: Any) -> Role:
    """By the rules of InsightFace's own router for its models and YuNet, and by shape for O-Net."""
    weights = {initializer.name for initializer in graph.initializer}  # SFace lists them among its inputs too
    inputs = [value for value in graph.input if value.name not in weights]
    shape = _shape(inputs[0]) if inputs else []
    if shape[1:] == ONET_INPUT and sorted(_shape(output)[-1] for output in graph.output) == ONET_OUTPUTS:
        return "landmarks"
    if len(graph.output) >= 5:
        return "detection"
    square = len(shape) == 4 and shape[2] == shape[3] and shape[2] >= 112 and shape[2] % 16 == 0
    # 192: landmark models; two inputs: face swapping. InsightFace routes them before it comes to ArcFace.
    return "recognition" if square and shape[2] != 192 and len(inputs) == 1 else "other"


def _shape(value: Any) -> list[int]:
    """Lengths of the axes, 0 for those that are left open; a scalar has one axis of length 0."""
    return [axis.dim_value for axis in value.type.tensor_type.shape.dim] or [0]
