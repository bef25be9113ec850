"""The processes below another one, and how they are frozen."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def list_descendants(pid: int) -> list[int]:
    """Return the processes that it started, and those that they started."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except FileNotFoundError:  # it has ended
        return []
    return [found for child in children for found in (child, *list_descendants(child))]


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop the process and all below it, which then take connections and say nothing; let them go on at the end."""
    stopped = [pid, *list_descendants(pid)]
    for each in stopped:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in reversed(stopped):
            os.kill(each, signal.SIGCONT)
