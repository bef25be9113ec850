"""Waiting for what happens in other threads and processes."""

import time
from collections.abc import Callable
from typing import Any

# For a machine that is many times slower than ours: who waits that long waits for what will not come.
PATIENCE_SECONDS = 300


def eventually(what: Callable[[], Any], *, or_say: Callable[[], str] | None = None) -> Any:
    """Return the first true value; the test fails when there is none."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := what()):
        assert time.monotonic() < deadline, or_say() if or_say else "what the test waits for did not happen"
        time.sleep(0.02)
    return found
