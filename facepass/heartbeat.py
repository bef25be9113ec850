"""Signs of life between the supervisor and the workers.

The supervisor queues a task now and then; the worker that runs it calls `beat`. So a beat proves the whole way from the
queue to a worker, not only that a process exists.
"""

import uuid
from multiprocessing.synchronize import Event

from django.core.cache import cache

KEY = "facepass.heartbeat"

# Set by `manage.py qcluster` before it forks its worker.
stop_event: Event | None = None


def beat() -> None:
    """Called by the task. A token and not a time: clocks of several machines need not agree."""
    cache.set(KEY, uuid.uuid4().hex, timeout=None)


def last_beat() -> str | None:
    """A token that is another one after every beat."""
    found: str | None = cache.get(KEY)
    return found


def stopping() -> bool:
    """Whether this worker has been asked to stop. A task that takes long looks here between two photos."""
    return stop_event is not None and stop_event.is_set()
