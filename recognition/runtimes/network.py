"""Runs networks: sessions with fixed input shapes, and batches of few sizes.

A session that meets a new shape plans and keeps memory for it, so a network is opened for one size of picture and run
with at most four sizes of batch.
"""

import threading
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from django.conf import settings
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from recognition.runtimes import onnx_graphs, selftest
from recognition.runtimes.inference_sessions import OnnxSession, Session
from recognition.runtimes.selftest_results import FAITHFUL, Model

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

    `shape`: of the input, None for what the network leaves open. `outputs`: their names. `ranks`: how many axes each
    has. `size`: the height and width that the input shall have. `batches`: several pictures in a run where the first
    axis is open; `open_batch` opens it where the file fixes it at one picture and that changes nothing. `highest`: of
    the values that the input takes, which are -1..1 or 0..`highest`; for the self-test, as is `least`.
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
        """Raises one of ERRORS where the file is not such a network, or FacePassError 503
        `device_missing`.
        """
        # OpenCV's own threads would compete with those of the other workers.
        cv2.setNumThreads(settings.ENV.inference_threads)
        model, plain = _opened(path, size=size, open_batch=open_batch)
        self.input_type, self.shape, self.ranks = plain.input_type, plain.shape, plain.ranks
        self.outputs = plain.outputs
        self._batches = batches and bool(self.shape) and self.shape[0] is None
        name = f"{path.name} {size[1]}x{size[0]}" if size else path.name
        batch = BATCHES[0] if self._batches else 1
        self._choose = partial(selftest.chosen, model, plain, name=name, batch=batch, highest=highest, least=least)
        self._session: Session | None = None
        self._lock = threading.Lock()

    def run(self, pictures: NDArray[Any]) -> list[NDArray[np.float32]]:
        """The outputs for (n, ...) pictures, n > 0; the first axis of each output counts the pictures.

        The first run raises FacePassError 503 `runtime_unusable` where OpenVINO is asked for and cannot be had.
        """
        runs = [self._run(pictures[start:stop]) for start, stop in _slices(len(pictures), batched=self._batches)]
        return [np.concatenate(parts) for parts in zip(*runs, strict=True)]

    def _run(self, pictures: NDArray[Any]) -> list[NDArray[np.float32]]:
        found = self._chosen().run(np.ascontiguousarray(pictures))
        if len(pictures) == 1:
            # Detectors made for one picture leave out the axis that counts them.
            return [output if output.shape[0] == 1 else output[None] for output in found]
        return found

    def _chosen(self) -> Session:
        """At the first run: a network that is only looked at needs no self-test."""
        with self._lock:
            if self._session is None:
                self._session = self._choose()
                del self._choose  # and with it the session that is not used
            return self._session


def _slices(count: int, *, batched: bool) -> list[tuple[int, int]]:
    found, start = [], 0
    while start < count:
        size = next(size for size in BATCHES if size <= count - start) if batched else 1
        found.append((start, start + size))
        start += size
    return found


def _opened(path: Path, *, size: tuple[int, int] | None, open_batch: bool) -> tuple[Model, OnnxSession]:
    model: Model = onnx_graphs.adapted(path, size=size) or path
    plain = OnnxSession(model)
    if open_batch and plain.shape and plain.shape[0] == 1:
        batched = onnx_graphs.adapted(path, size=size, open_batch=True)
        if batched and (found := _batched(batched, plain)):
            return batched, found
    return model, plain


def _batched(model: bytes, plain: OnnxSession) -> OnnxSession | None:
    """A session for several pictures, if each comes out as alone: some networks write their batch in stone."""
    pictures = np.random.default_rng(0).random((2, *(side or 1 for side in plain.shape[1:])), np.float32)
    try:
        found = OnnxSession(model)
        together = found.run(pictures)
    except ERRORS:
        return None
    alone = [np.concatenate(parts) for parts in zip(*(plain.run(one[None]) for one in pictures), strict=True)]
    same = all(a.shape == b.shape and np.allclose(a, b, atol=1e-3) for a, b in zip(alone, together, strict=True))
    return found if same else None
