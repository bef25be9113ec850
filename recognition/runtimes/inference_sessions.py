"""What runs a network: onnxruntime, or OpenVINO where that is installed and pays (see selftest.py).

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
from recognition.runtimes.devices import PROVIDERS, device, missing, unusable
from recognition.runtimes.selftest_results import Model


class Session(Protocol):
    def run(self, pictures: NDArray[Any]) -> list[NDArray[np.float32]]:
        """The outputs for as many pictures (n, ...) as the session was opened for."""


def inference_session(model: Model) -> onnxruntime.InferenceSession:
    """Raises one of runtimes.ERRORS, or FacePassError 503 `device_missing`: onnxruntime itself goes on with the CPU
    where CUDA does not start.
    """
    provider = PROVIDERS[device()]
    providers = list(dict.fromkeys([provider, PROVIDERS["cpu"]]))
    source = model if isinstance(model, bytes) else str(model)
    found = onnxruntime.InferenceSession(source, session_options(), providers=providers)
    if found.get_providers()[0] != provider:
        raise missing(_("onnxruntime-gpu does not start; see the log for the library that it misses"))
    return found


class OnnxSession:
    """onnxruntime, on the device of the settings.

    `shape`: of the input, None for what the network leaves open. `outputs`: their names. `ranks`: how many axes each
    has.
    """

    def __init__(self, model: Model) -> None:
        """Raises as `inference_session` does."""
        self._session = inference_session(model)
        entry = self._session.get_inputs()[0]
        self._name: str = entry.name
        self.input_type: str = entry.type
        self.shape = tuple(axis if isinstance(axis, int) else None for axis in entry.shape)
        self.outputs = [output.name for output in self._session.get_outputs()]
        self.ranks = [len(output.shape) for output in self._session.get_outputs()]

    def run(self, pictures: NDArray[Any]) -> list[NDArray[np.float32]]:
        found: list[NDArray[np.float32]] = self._session.run(None, {self._name: pictures})
        return found


class OpenVinoSession:
    """OpenVINO on the CPU, for at most `most` pictures of one fixed size at a time."""

    def __init__(self, model: Model, *, shape: tuple[int | None, ...], most: int) -> None:
        """Raises FacePassError 503 `runtime_unusable` where OpenVINO cannot run that network."""
        import openvino  # noqa: PLC0415 - optional, and slow to import

        try:
            network = _core().read_model(model)
            network.reshape([openvino.Dimension(1, most) if most > 1 else 1, *shape[1:]])
            self._compiled = _core().compile_model(network, "CPU", _openvino_options())
        except RuntimeError as error:
            raise unusable(str(error)) from error
        self._idle: SimpleQueue[Any] = SimpleQueue()

    def run(self, pictures: NDArray[Any]) -> list[NDArray[np.float32]]:
        request = self._request()
        found = list(request.infer([pictures]).values())
        self._idle.put(request)
        return found

    def _request(self) -> Any:
        """A request serves one thread at a time."""
        with suppress(Empty):
            return self._idle.get_nowait()
        return self._compiled.create_infer_request()


def session_options() -> onnxruntime.SessionOptions:
    """One thread by default: parallel workers give 1.3 to 2 times the throughput of two threads in one session."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings.ENV.inference_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def openvino_precision() -> str:
    """bf16 only where the CPU computes with it; elsewhere it would be slower and less exact."""
    return "bf16" if "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


@cache
def _core() -> Any:
    import openvino  # noqa: PLC0415 - as above

    return openvino.Core()


def _openvino_options() -> dict[str, Any]:
    """In a web process searches run beside each other, as they do in onnxruntime, which uses the caller's threads."""
    streams = max(1, int(machine.cores())) if settings.ROLE == "web" else 1
    return {
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": streams * settings.ENV.inference_threads,
        "INFERENCE_PRECISION_HINT": openvino_precision(),
        "ENABLE_CPU_PINNING": False,
    }
