"""Runs ONNX networks: sessions with fixed input shapes, and batches of few sizes.

A session that meets a new shape plans and keeps memory for it, so a network is opened for one size of picture and run
with at most four sizes of batch.
"""

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnx
import onnxruntime
from django.conf import settings
from django.utils.translation import gettext as _
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from recognition.devices import PROVIDERS, device, missing

# Any number of pictures is a sum of these, so none is padded. More than 8 gains nothing on one thread.
BATCHES = (8, 4, 2, 1)
# What onnx and onnxruntime raise for a file that is no model, or not one that they can run.
ERRORS: Final = (
    DecodeError,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
)


class Network:
    """A network with one input, whose first axis counts the pictures. Its `run` may be called by several threads.

    `shape`: of the input, None for what the network leaves open. `ranks`: how many axes each output has. `side`: how
    wide and high the input shall be where that is open. `batches`: several pictures in a run where the first axis is
    open.
    """

    def __init__(self, path: Path, *, side: int | None = None, batches: bool = True) -> None:
        """Raises one of ERRORS where the file is not such a network, or FacePassError 503 `device_missing`."""
        # OpenCV's own threads would compete with those of the other workers.
        cv2.setNumThreads(settings.ENV.inference_threads)
        self._session = session(_with_side(path, side) if side else str(path))
        source = self._session.get_inputs()[0]
        self._name: str = source.name
        self.input_type: str = source.type
        self.shape = tuple(axis if isinstance(axis, int) else None for axis in source.shape)
        self.ranks = [len(output.shape) for output in self._session.get_outputs()]
        self._batches = batches and bool(self.shape) and self.shape[0] is None

    def run(self, pictures: NDArray[Any]) -> list[NDArray[np.float32]]:
        """The outputs for (n, ...) pictures, n > 0; the first axis of each output counts the pictures."""
        runs = [self._run(pictures[start:stop]) for start, stop in _slices(len(pictures), batched=self._batches)]
        return [np.concatenate(parts) for parts in zip(*runs, strict=True)]

    def _run(self, pictures: NDArray[Any]) -> list[NDArray[np.float32]]:
        found: list[NDArray[np.float32]] = self._session.run(None, {self._name: np.ascontiguousarray(pictures)})
        if len(pictures) == 1:
            # Detectors made for one picture leave out the axis that counts them.
            return [output if output.shape[0] == 1 else output[None] for output in found]
        return found


def session(model: str | bytes) -> onnxruntime.InferenceSession:
    """On the device of the settings. onnxruntime itself goes on with the CPU where CUDA does not start."""
    provider = PROVIDERS[device()]
    providers = list(dict.fromkeys([provider, PROVIDERS["cpu"]]))
    found = onnxruntime.InferenceSession(model, session_options(), providers=providers)
    if found.get_providers()[0] != provider:
        raise missing(_("onnxruntime-gpu does not start; see the log for the library that it misses"))
    return found


def session_options() -> onnxruntime.SessionOptions:
    """One thread by default: parallel workers give 1.3 to 2 times the throughput of two threads in one session."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings.ENV.inference_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _slices(count: int, *, batched: bool) -> list[tuple[int, int]]:
    found, start = [], 0
    while start < count:
        size = next(size for size in BATCHES if size <= count - start) if batched else 1
        found.append((start, start + size))
        start += size
    return found


def _with_side(path: Path, side: int) -> bytes:
    """The model with square input of that side; what was known of other shapes is worked out anew."""
    model = onnx.load_model(str(path), load_external_data=False)
    axes = model.graph.input[0].type.tensor_type.shape.dim
    for axis in axes[2:4]:
        axis.dim_value = side
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    found: bytes = model.SerializeToString()
    return found
