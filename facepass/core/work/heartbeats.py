"""Signs of life between the supervisor and the workers.

The supervisor queues a task now and then; the worker that runs it calls `record_beat`. So a beat proves that the queue
reaches a worker, not only that a process exists. While every worker is in a long task nobody beats, so a long task
holds a lease (`hold_work_lease`).
"""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.synchronize import Event

from django.conf import settings
from django.db import DatabaseError
from django.db.models.functions import Now

from facepass.models import Heartbeat, WorkLease

log = logging.getLogger(__name__)

HEARTBEAT_NAME = "workers"

# Set by `manage.py qcluster` before it forks its worker.
stop_event: Event | None = None


def record_beat() -> None:
    """Called by the task. A token and not a time: clocks of several machines need not agree."""
    Heartbeat.objects.update_or_create(name=HEARTBEAT_NAME, defaults={"token": uuid.uuid4(), "beaten_at": Now()})


def last_beat_token() -> str | None:
    """A token that is another one after every beat."""
    token = Heartbeat.objects.filter(name=HEARTBEAT_NAME).values_list("token", flat=True).first()
    return None if token is None else str(token)


@contextmanager
def hold_work_lease(task: str) -> Iterator[None]:
    """Holds a lease while the block runs, by which the watchdog knows that this worker is alive.

    It lasts as long as the queue lets a task run, so a worker that hangs is not waited for longer than that.
    """
    lease = WorkLease.objects.create(task=task, expires_at=Now() + timedelta(seconds=settings.TASK_SECONDS))
    try:
        yield
    finally:
        try:
            lease.delete()
        except DatabaseError as error:
            log.warning("the lease of %s stays until it ends: %s", task, type(error).__name__)


def is_any_worker_busy() -> bool:
    """Whether some worker holds such a lease."""
    return WorkLease.objects.live().exists()


def is_stopping() -> bool:
    """Whether this worker has been asked to stop. A task that takes long looks here between two photos."""
    return stop_event is not None and stop_event.is_set()
