"""Something large that leaves the memory when nobody has used it for a while, and is made again at the next use."""

import ctypes
import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Held(Generic[T]):
    """Whoever is at work with it when it goes keeps it until that work is done."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._held: T | None = None
        self._used_at = self._idle_seconds = 0.0
        self._watcher: threading.Thread | None = None

    @property
    def there(self) -> bool:
        return self._held is not None

    def get(self, make: Callable[[], T], *, idle_seconds: float) -> T:
        """Made where it is not there; it goes that long after the last call, 0 for never. Raises as `make` does."""
        with self._lock:
            if self._held is None:
                self._held = make()
            self._used_at, self._idle_seconds = time.monotonic(), idle_seconds
            if self._watcher is None and idle_seconds:
                self._watcher = threading.Thread(target=self._watch, name="idle", daemon=True)
                self._watcher.start()
            return self._held

    def _watch(self) -> None:
        while left := self._left():
            time.sleep(left)
        _give_back()

    def _left(self) -> float:
        """Seconds until it may go; 0 where it has gone."""
        with self._lock:
            left = self._used_at + self._idle_seconds - time.monotonic()
            if left > 0:
                return left
            self._held = self._watcher = None
            return 0.0


def _give_back() -> None:
    """glibc keeps what is freed for what may come, unless it is told not to; other C libraries do not know the call."""
    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
