"""Work that outlasts a request, done in turns by the workers.

`register_handler` says how a kind of job is done, `start_job` queues one. A handler is called with a JobTurn. It works
as long as `turn.has_time()`, calls `turn.report(...)` at every step, and returns its result, or None where it needs
another turn. It may be called again after a crash, so running twice must equal running once. A FacePassError fails the
job with its code; one with `retry_after` lets it wait that long.
"""

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.models import Studio
from galleries.jobs import queue
from galleries.models import Job

log = logging.getLogger(__name__)

# A turn gives its worker back after this long, so that no job starves photos and other jobs.
TURN_SECONDS = 60

JobResult = dict[str, Any]
JobHandler = Callable[["JobTurn"], JobResult | None]
_handlers: dict[str, str] = {}


class ClaimLost(Exception):
    """The job was cancelled, or another worker has it: stop, and write nothing more."""


class JobTurn:
    """One worker's time with a job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._until = time.monotonic() + TURN_SECONDS

    def has_time(self) -> bool:
        """Whether there is time for another step."""
        return not heartbeats.is_stopping() and time.monotonic() < self._until

    def report(self, *, done: int, total: int, cursor: Any = None) -> None:
        """Progress over all turns, which also keeps the claim alive. `cursor`: where another turn goes on (JSON).

        Raises ClaimLost.
        """
        if not self.job.record_progress(done=done, total=total, cursor=cursor):
            raise ClaimLost


def register_handler(kind: str, handler: str) -> None:
    """By its dotted name: it is imported by the worker that needs it. To be called when the app is ready."""
    _handlers[kind] = handler


def start_job(kind: str, *, studio: Studio, **arguments: Any) -> Job:
    """Queues the job. Where the same is asked for while it waits or runs, it is that job. `arguments`: JSON."""
    with transaction.atomic():
        same = Job.objects.unfinished()
        job, made = same.get_or_create(studio=studio, kind=kind, arguments=arguments)
        if made:
            queue.wake_worker_for_job(job.pk)
    return job


def run_turn(pk: UUID) -> None:
    """One turn. A job that is taken, over or gone is a quiet return."""
    job = Job.objects.claim(pk)
    if job is None:
        return
    try:
        with heartbeats.hold_work_lease(job.kind):  # between two reports much may be computed
            result = _handler(job.kind)(JobTurn(job))
    except ClaimLost:
        log.warning("job %s was cancelled or taken over", job)
    except FacePassError as refusal:
        log.warning("job %s: %s", job, refusal.code)
        job.fail(refusal.code) if refusal.retry_after is None else job.postpone(refusal.retry_after)
    except Exception:  # a defect, raised again: nobody shall wait for a job that nobody works on
        job.fail("internal_error")
        raise
    else:
        _settle(job, result)


def _settle(job: Job, result: JobResult | None) -> None:
    if result is not None:
        job.finish(result)
    elif job.requeue() and not heartbeats.is_stopping():
        queue.wake_worker_for_job(job.pk)


def _handler(kind: str) -> JobHandler:
    if kind not in _handlers:
        raise FacePassError("unknown_kind", f"Nothing here does {kind}.", status=500)
    found: JobHandler = import_string(_handlers[kind])
    return found


def wake_waiting_jobs() -> None:
    """Brings back jobs whose worker died or whose wake-up call was dropped."""
    for pk in Job.objects.claimable().values_list("pk", flat=True):
        queue.wake_worker_for_job(pk)
