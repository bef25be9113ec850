"""Run networks, with fixed input shapes and batches of few sizes.

An inference session that meets a new shape plans and keeps memory for it, so a network is opened for one size of
picture and run with at most four sizes of batch.
"""

import threading
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from django.conf import settings
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as pybind_state

from recognition.runtimes import onnx_graphs, selftest
from recognition.runtimes.inference_sessions import InputArray, OnnxSession, Session
from recognition.runtimes.selftest_results import FAITHFUL, Model

# Any number of pictures is a sum of these, so no batch is padded. More than 8 gains nothing on one thread.
BATCHES = (8, 4, 2, 1)
# What onnx and onnxruntime raise for a file that is no model, or a model that they cannot run.
ERRORS: Final = (
    DecodeError,
    pybind_state.Fail,
    pybind_state.InvalidArgument,
    pybind_state.InvalidGraph,
    pybind_state.InvalidProtobuf,
    pybind_state.NoSuchFile,
    pybind_state.NotImplemented,
    pybind_state.RuntimeException,
)


class Network:
    """A network with one input, whose first axis counts the pictures. Its `run` may be called by several threads.

    `input_type`: such as `tensor(float)`. `shape`: of the input, None for axes that the network leaves open. `outputs`:
    their names. `ranks`: how many axes each output has.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: tuple[int, int] | None = None,
        batches: bool = True,
        open_batch: bool = False,
        highest: int = 1,
        least: float = FAITHFUL,
    ) -> None:
        """Open the file.

        `size`: the height and width that the input shall have, where the file leaves them open. `batches`: run several
        pictures at once where the first axis is open; `open_batch` also opens it where the file fixes it at one picture
        and opening it changes no output. `highest` and `least` are for the self-test, see `selftest.choose_session`.
        Raise one of ERRORS where the file is not such a network, or FacePassError 503 `device_missing`.
        """
        # OpenCV's own threads would compete with those of the other workers.
        cv2.setNumThreads(settings.ENV.inference_threads)
        model, plain = _open_model(path, size=size, open_batch=open_batch)
        self.input_type, self.shape, self.ranks = plain.input_type, plain.shape, plain.ranks
        self.outputs = plain.outputs
        self._batches = batches and bool(self.shape) and self.shape[0] is None
        name = f"{path.name} {size[1]}x{size[0]}" if size else path.name
        batch = BATCHES[0] if self._batches else 1
        self._choose_session = partial(
            selftest.choose_session, model, plain, name=name, batch=batch, highest=highest, least=least
        )
        self._session: Session | None = None
        self._lock = threading.Lock()

    def run(self, pictures: InputArray) -> list[NDArray[np.float32]]:
        """Return the outputs for (n, ...) pictures, n > 0; the first axis of each output counts the pictures.

        The first run raises FacePassError 503 `runtime_unusable` where INFERENCE_RUNTIME=openvino cannot be satisfied.
        """
        runs = [self._run_batch(pictures[start:stop]) for start, stop in _slices(len(pictures), batched=self._batches)]
        return [np.concatenate(parts) for parts in zip(*runs, strict=True)]

    def _run_batch(self, pictures: InputArray) -> list[NDArray[np.float32]]:
        outputs = self._chosen_session().run(pictures if pictures.flags.c_contiguous else pictures.copy())
        if len(pictures) == 1:
            # Detectors made for one picture leave out the axis that counts them.
            return [output if output.shape[0] == 1 else output[None] for output in outputs]
        return outputs

    def _chosen_session(self) -> Session:
        """Return the session, chosen at the first run: a network that is only inspected needs no self-test."""
        with self._lock:
            if self._session is None:
                self._session = self._choose_session()
                del self._choose_session  # releases the session that is not used
            return self._session


def _slices(count: int, *, batched: bool) -> list[tuple[int, int]]:
    slices, start = [], 0
    while start < count:
        size = next(size for size in BATCHES if size <= count - start) if batched else 1
        slices.append((start, start + size))
        start += size
    return slices


def _open_model(path: Path, *, size: tuple[int, int] | None, open_batch: bool) -> tuple[Model, OnnxSession]:
    """Return the model, adapted where needed, and onnxruntime's session of it."""
    model: Model = onnx_graphs.adapt_model(path, size=size) or path
    plain = OnnxSession(model)
    if open_batch and plain.shape and plain.shape[0] == 1:
        batched = onnx_graphs.adapt_model(path, size=size, open_batch=True)
        if batched and (session := _open_batched(batched, plain)):
            return batched, session
    return model, plain


def _open_batched(model: bytes, plain: OnnxSession) -> OnnxSession | None:
    """Return a session for several pictures; None where a picture's output depends on the others.

    Some networks hold a batch of one in constants of their graph.
    """
    pictures = np.random.default_rng(0).random((2, *(side or 1 for side in plain.shape[1:])), np.float32)
    try:
        session = OnnxSession(model)
        together = session.run(pictures)
    except ERRORS:
        return None
    alone = [np.concatenate(parts) for parts in zip(*(plain.run(one[None]) for one in pictures), strict=True)]
    same = all(a.shape == b.shape and np.allclose(a, b, atol=1e-3) for a, b in zip(alone, together, strict=True))
    return session if same else None
