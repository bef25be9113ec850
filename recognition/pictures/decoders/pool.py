"""Processes that decode pictures: started when the first is needed, kept for the next, killed when they take too long.

Each is a child of the process that asks, with bounds on its processor time and memory (`process.py`), and a
bound on the time that anybody waits for it. As many work at once as there are processors, so that hostile files never
hold more than these; ordinary JPEGs are decoded elsewhere and do not wait for them.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from recognition.pictures.decoders.refusals import PictureRefused, not_an_image, too_complex

# The slowest file of 150 megapixels that is decoded takes a third of this (docs/security.md).
CPU_SECONDS = 20
# For a machine with much else to do.
WAIT_SECONDS = 40.0
# Of a picture: bytes for each pixel that the installation allows, and what libraries take besides.
BYTES_A_PIXEL, SPARE_BYTES = 20, 200_000_000
# Memory that libraries do not give back ends with the process.
PICTURES_A_PROCESS = 200
LONGEST_ANSWER = 100_000

_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[3]
# One thread a library: the limit of processor time counts all of them, and each takes addresses.
_ENVIRONMENT: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
_KEPT_VARIABLES: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "VIRTUAL_ENV", "TZ")


class DecodersBusy(Exception):
    """Every decoder has been working for as long as anybody waits."""


class _Decoder:
    """One process. Whoever uses it has it alone."""

    def __init__(self) -> None:
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "recognition.pictures.decoders.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_PACKAGE_ROOT,
            env={**kept, **_ENVIRONMENT, "PYTHONPATH": str(_PACKAGE_ROOT)},
        )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)
        self._pictures = 0
        self._late = False

    @property
    def is_usable(self) -> bool:
        return self._process.poll() is None and self._pictures < PICTURES_A_PROCESS

    def ask(self, question: dict[str, Any], data: bytes, *, seconds: float) -> tuple[dict[str, Any], bytearray]:
        """Return the answer and the pixels that come with it. Raise PictureRefused where the process was ended."""
        self._pictures += 1
        timer = threading.Timer(seconds, self._give_up)
        timer.start()
        try:
            self._send(question, data)
            answer = self._read_answer(max_pixels=question["max_pixels"])
        finally:
            timer.cancel()
        if answer is None:
            raise self._refusal_by_end()
        return answer

    def abandon(self) -> None:
        """Let go of it in a process that was forked from the one that it belongs to."""
        self._process.returncode = 0
        self._input.close()
        self._output.close()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()
        with suppress(BrokenPipeError):
            self._input.close()

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()

    def _send(self, question: dict[str, Any], data: bytes) -> None:
        with suppress(BrokenPipeError):  # it ended while it read; how, its status tells
            self._input.write(json.dumps({**question, "bytes": len(data)}).encode() + b"\n")
            self._input.write(data)
            self._input.flush()

    def _read_answer(self, *, max_pixels: int) -> tuple[dict[str, Any], bytearray] | None:
        line = self._output.readline(LONGEST_ANSWER)
        if not line.endswith(b"\n"):
            return None
        answer: dict[str, Any] = json.loads(line)
        if not 0 <= answer["bytes"] <= 3 * max_pixels:
            raise RuntimeError("a decoder answered with more pixels than any picture may have")
        content = bytearray(answer["bytes"])
        return (answer, content) if self._fill(memoryview(content)) else None

    def _fill(self, room: memoryview) -> bool:
        at = 0
        while at < len(room):
            count = self._output.readinto(room[at:])  # type: ignore[attr-defined]
            if not count:
                return False
            at += count
        return True

    def _refusal_by_end(self) -> PictureRefused:
        """Return what the end of the process says about its picture."""
        status = self._process.wait()
        if self._late or status == -signal.SIGXCPU:
            return too_complex("time")
        if status == -signal.SIGKILL:  # by the system, which had no more memory
            return too_complex("memory")
        if status < 0:
            return not_an_image()
        raise RuntimeError(f"a decoder ended with status {status}")


class DecoderPool:
    """The decoders of this process, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._idle: list[_Decoder] = []
        self._places = threading.BoundedSemaphore(size)

    def ask(
        self, question: dict[str, Any], data: bytes, *, max_pixels: int, seconds: float | None = None
    ) -> tuple[dict[str, Any], bytearray]:
        """Return the answer of a decoder to a question about the file's bytes, and the pixels that come with it.

        It waits `seconds` for a decoder and as long for the answer, WAIT_SECONDS where none are given. Raise
        PictureRefused, DecodersBusy, and RuntimeError for a defect of the decoder.
        """
        seconds = WAIT_SECONDS if seconds is None else seconds
        limits = {"cpu_seconds": CPU_SECONDS, "memory_bytes": SPARE_BYTES + BYTES_A_PIXEL * max_pixels}
        if not self._places.acquire(timeout=seconds):
            raise DecodersBusy
        decoder = None
        try:
            decoder = self._take()
            answer, content = decoder.ask({**question, **limits, "max_pixels": max_pixels}, data, seconds=seconds)
        except BaseException:
            if decoder is not None:
                decoder.close()
            raise
        else:
            self._give_back(decoder)
        finally:
            self._places.release()
        _raise_refusal(answer)
        return answer, content

    def close(self) -> None:
        """End the decoders that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def abandon(self) -> None:
        """Let go of all of them, without ending any."""
        while self._idle:
            self._idle.pop().abandon()

    def _take(self) -> _Decoder:
        while self._idle:
            decoder = self._idle.pop()
            if decoder.is_usable:
                return decoder
            decoder.close()
        return _Decoder()

    def _give_back(self, decoder: _Decoder) -> None:
        if decoder.is_usable:
            self._idle.append(decoder)
        else:
            decoder.close()


def _raise_refusal(answer: dict[str, Any]) -> None:
    if "failed" in answer:
        raise RuntimeError(f"the decoder failed: {answer['failed']}")
    if "refused" in answer:
        raise PictureRefused(answer["refused"], answer["details"])


_pool = DecoderPool(size=max(2, os.cpu_count() or 1))


def _renew_pool() -> None:
    """A process that was forked has its own decoders: two that write into one pipe would get each other's pictures."""
    global _pool  # noqa: PLW0603 - the one of this process
    _pool.abandon()
    _pool = DecoderPool(size=max(2, os.cpu_count() or 1))


os.register_at_fork(after_in_child=_renew_pool)


def current_pool() -> DecoderPool:
    """Return the decoders of this process."""
    return _pool


@atexit.register
def _close_pool() -> None:
    _pool.close()
