"""Children that die with their parent, even when it is killed with SIGKILL (on Linux; elsewhere without effect)."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that makes the child get `signum` when the calling thread ends.

    The kernel forgets the request on a change of user, so it must come after that; `preexec_fn` does.
    """
    parent = os.getpid()

    def request() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(signum))
            if os.getppid() != parent:  # it died between the fork and the request
                os.kill(os.getpid(), signal.SIGKILL)

    return request


def kill_forks_with_parent() -> None:
    """Kill every process forked from here on, and its forks, when the process that forked it ends."""
    request: Callable[[], None] | None = None

    def before() -> None:
        nonlocal request
        request = die_with_parent(signal.SIGKILL)

    def in_child() -> None:
        if request is not None:
            request()

    os.register_at_fork(before=before, after_in_child=in_child)
