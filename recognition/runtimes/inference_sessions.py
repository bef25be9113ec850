"""Inference sessions: onnxruntime, or OpenVINO where that is installed and faster (see selftest.py).

A session is made after the fork. Its `run` may be called by several threads.
"""

from contextlib import suppress
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any, Protocol

import numpy as np
import onnxruntime
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from facepass.core import machine
from recognition.runtimes.devices import PROVIDERS, device_missing_error, inference_device, runtime_unusable_error
from recognition.runtimes.selftest_results import Model

# What a network is fed with: float32, or uint8 where its input is of that type, (n, ...) for n pictures.
InputArray = NDArray[np.float32] | NDArray[np.uint8]


class Session(Protocol):
    """A network that is ready to run."""

    def run(self, pictures: InputArray) -> list[NDArray[np.float32]]:
        """Return the outputs for as many pictures (n, ...) as the session was opened for."""


def inference_session(model: Model) -> onnxruntime.InferenceSession:
    """Return onnxruntime's session on the device of the settings.

    Raise one of `network.ERRORS`, or FacePassError 503 `device_missing` where CUDA does not start: onnxruntime itself
    would go on with the CPU.
    """
    provider = PROVIDERS[inference_device()]
    providers = list(dict.fromkeys([provider, PROVIDERS["cpu"]]))
    source = model if isinstance(model, bytes) else str(model)
    session = onnxruntime.InferenceSession(source, session_options(), providers=providers)
    if session.get_providers()[0] != provider:
        raise device_missing_error(_("onnxruntime-gpu does not start; see the log for the library that it misses"))
    return session


class OnnxSession:
    """onnxruntime, on the device of the settings.

    `shape`: of the input, None for axes that the network leaves open. `outputs`: their names. `ranks`: how many axes
    each output has.
    """

    def __init__(self, model: Model) -> None:
        """Raise as `inference_session` does."""
        self._session = inference_session(model)
        model_input = self._session.get_inputs()[0]
        self._name: str = model_input.name
        self.input_type: str = model_input.type
        self.shape = tuple(axis if isinstance(axis, int) else None for axis in model_input.shape)
        self.outputs = [output.name for output in self._session.get_outputs()]
        self.ranks = [len(output.shape) for output in self._session.get_outputs()]

    def run(self, pictures: InputArray) -> list[NDArray[np.float32]]:
        outputs: list[NDArray[np.float32]] = self._session.run(None, {self._name: pictures})
        return outputs


class OpenVinoSession:
    """OpenVINO on the CPU, for at most `max_batch` pictures of one fixed size at a time."""

    def __init__(self, model: Model, *, shape: tuple[int | None, ...], max_batch: int) -> None:
        """Raise FacePassError 503 `runtime_unusable` where OpenVINO cannot run that network."""
        import openvino  # noqa: PLC0415 - optional, and slow to import

        try:
            network = _core().read_model(model)
            network.reshape([openvino.Dimension(1, max_batch) if max_batch > 1 else 1, *shape[1:]])
            self._compiled = _core().compile_model(network, "CPU", _openvino_options())
        except RuntimeError as error:
            raise runtime_unusable_error(str(error)) from error
        self._idle_requests: SimpleQueue[Any] = SimpleQueue()  # OpenVINO has no types here

    def run(self, pictures: InputArray) -> list[NDArray[np.float32]]:
        request = self._take_request()
        outputs = list(request.infer([pictures]).values())
        self._idle_requests.put(request)
        return outputs

    def _take_request(self) -> Any:
        """Return an inference request that no other thread uses."""
        with suppress(Empty):
            return self._idle_requests.get_nowait()
        return self._compiled.create_infer_request()


def session_options() -> onnxruntime.SessionOptions:
    """Return onnxruntime's options.

    One thread by default: parallel workers give 1.3 to 2 times the throughput of two threads in one session.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings.ENV.inference_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def openvino_precision() -> str:
    """Return `bf16` where the CPU computes with it, else `f32`: emulated bf16 would be slower and less exact."""
    return "bf16" if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


@cache
def _core() -> Any:
    import openvino  # noqa: PLC0415 - as above

    return openvino.Core()


def _openvino_options() -> dict[str, object]:
    # In a web process searches run beside each other, as in onnxruntime, which uses the caller's threads.
    streams = max(1, int(machine.available_cores())) if settings.ROLE == "web" else 1
    return {
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": streams * settings.ENV.inference_threads,
        "INFERENCE_PRECISION_HINT": openvino_precision(),
        "ENABLE_CPU_PINNING": False,
    }
