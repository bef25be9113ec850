"""Release a large object from memory when nobody has used it for a while, and load it again at its next use."""

import ctypes
import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class IdleReleased(Generic[T]):
    """An object that is loaded at its first use and released when idle.

    A caller that still works with the object when it is released keeps it alive by its own reference.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._object: T | None = None
        self._used_at = self._idle_seconds = 0.0
        self._watcher: threading.Thread | None = None

    @property
    def is_loaded(self) -> bool:
        return self._object is not None

    def get(self, load: Callable[[], T], *, idle_seconds: float) -> T:
        """Return the object, loaded where it is not in memory. Raise as `load` does.

        It is released `idle_seconds` after the last call; 0 means never.
        """
        with self._lock:
            if self._object is None:
                self._object = load()
            self._used_at, self._idle_seconds = time.monotonic(), idle_seconds
            if self._watcher is None and idle_seconds:
                self._watcher = threading.Thread(target=self._watch, name="idle", daemon=True)
                self._watcher.start()
            return self._object

    def _watch(self) -> None:
        while remaining := self._release_if_idle():
            time.sleep(remaining)
        _return_memory()

    def _release_if_idle(self) -> float:
        """Return the seconds until the object may be released; 0 where it was released now."""
        with self._lock:
            remaining = self._used_at + self._idle_seconds - time.monotonic()
            if remaining > 0:
                return remaining
            self._object = self._watcher = None
            return 0.0


def _return_memory() -> None:
    """Return freed memory to the system. glibc keeps it unless told to trim; other C libraries lack the call."""
    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
