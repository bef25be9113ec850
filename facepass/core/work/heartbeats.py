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
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from facepass.models import Heartbeat, Host, WorkLease

log = logging.getLogger(__name__)

HEARTBEAT_NAME = "workers"

# Set by `manage.py qcluster` before it forks its worker.
stop_event: Event | None = None


def record_beat() -> None:
    """Record a beat. It is a random token and not a time, because clocks of several machines need not agree."""
    Heartbeat.objects.update_or_create(name=HEARTBEAT_NAME, defaults={"token": uuid.uuid4(), "beaten_at": Now()})
    Host.objects.filter(name=settings.HOST_NAME).update(worked_at=Now())


def last_beat_token() -> str | None:
    """Return the token of the last beat, which is another one after every beat; None before the first."""
    token = Heartbeat.objects.filter(name=HEARTBEAT_NAME).values_list("token", flat=True).first()
    return None if token is None else str(token)


@contextmanager
def hold_work_lease(task: str) -> Iterator[None]:
    """Hold a lease while the block runs, by which the watchdog knows that this worker is alive.

    It ends after TASK_SECONDS, the longest that the queue lets a task run, so nobody waits longer for a worker that
    hangs.
    """
    lease = WorkLease.objects.create(task=task, expires_at=Now() + timedelta(seconds=settings.TASK_SECONDS))
    try:
        yield
    finally:
        try:
            lease.delete()
        except DatabaseError as error:
            log.warning("the lease of %s stays until it ends: %s", task, type(error).__name__)


def seconds_since_beat(name: str) -> float | None:
    """Return how long ago that beat was, by the database's clock; None where there was none."""
    age = ExpressionWrapper(Now() - F("beaten_at"), DurationField())
    found = Heartbeat.objects.filter(name=name).values_list(age, flat=True).first()
    return None if found is None else float(found.total_seconds())


def is_any_worker_busy() -> bool:
    """Return whether some worker holds a lease that has not expired."""
    return WorkLease.objects.live().exists()


def is_stopping() -> bool:
    """Return whether this worker has been asked to stop. Long tasks check it between two photos."""
    return stop_event is not None and stop_event.is_set()
