"""The id of the request that is being answered, or that a worker's work goes back to. Log lines and events name it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LENGTH = 64
NONE = "-"

_request_id: ContextVar[str] = ContextVar("request_id", default=NONE)


def current_request_id() -> str:
    """Return the id; `-` where there is none."""
    return _request_id.get()


def stored_request_id() -> str:
    """Return the id as rows keep it; empty where there is none."""
    known = _request_id.get()
    return "" if known == NONE else known


@contextmanager
def on_behalf_of(request_id: str) -> Iterator[None]:
    """Have what is done within name that request; empty for none."""
    running = _request_id.set(request_id or NONE)
    try:
        yield
    finally:
        _request_id.reset(running)
