"""Whether this web process is about to stop: it still answers, but tells proxies to turn away."""

_is_draining = False


def begin() -> None:
    """From now on, readiness is 503 and each answer ends its connection."""
    global _is_draining  # noqa: PLW0603 - of the process
    _is_draining = True


def is_under_way() -> bool:
    return _is_draining
