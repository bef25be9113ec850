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
    """The job was cancelled, or another worker has claimed it: stop, and write nothing more."""


class JobTurn:
    """A worker's time with a job: TURN_SECONDS from its claim on."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._until = time.monotonic() + TURN_SECONDS

    def has_time(self) -> bool:
        """Return whether there is time for another step."""
        return not heartbeats.is_stopping() and time.monotonic() < self._until

    def report(self, *, done: int, total: int, cursor: Any = None) -> None:
        """Write the progress over all turns, which also renews the claim. `cursor`: where another turn goes on (JSON).

        Raises ClaimLost.
        """
        if not self.job.record_progress(done=done, total=total, cursor=cursor):
            raise ClaimLost


def register_handler(kind: str, handler: str) -> None:
    """Say by which function jobs of that kind are done. To be called when the app is ready.

    `handler`: its dotted name, so that only the worker that needs the module imports it.
    """
    _handlers[kind] = handler


def start_job(kind: str, *, studio: Studio, **arguments: Any) -> Job:
    """Create the job and wake a worker. `arguments`: JSON, ids and options only.

    Where the same job waits or runs already, that one is returned.
    """
    with transaction.atomic():
        job, created = Job.objects.unfinished().get_or_create(studio=studio, kind=kind, arguments=arguments)
        # The call is queued in the same transaction as the row, so neither is there without the other.
        if created:
            queue.wake_worker_for_job(job.pk)
    return job


def run_turn(pk: UUID) -> None:
    """Do one turn of the job. Where it is claimed by another worker, over or gone, return at once."""
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
        # A refusal that passes by itself, such as a busy lock, is no failure of the job.
        job.fail(refusal.code) if refusal.retry_after is None else job.postpone(refusal.retry_after)
    except Exception:  # a defect, raised again; the row says so, because clients poll it
        job.fail("internal_error")
        raise
    else:
        _settle(job, result)


def _settle(job: Job, result: JobResult | None) -> None:
    """Finish the job, or queue its next turn."""
    if result is not None:
        job.finish(result)
    elif job.requeue() and not heartbeats.is_stopping():
        queue.wake_worker_for_job(job.pk)


def _handler(kind: str) -> JobHandler:
    if kind not in _handlers:
        raise FacePassError("unknown_kind", f"Nothing here does {kind}.", status=500)
    handler: JobHandler = import_string(_handlers[kind])
    return handler


def wake_waiting_jobs() -> None:
    """Wake workers for jobs whose worker died or whose wake-up call was lost."""
    for pk in Job.objects.claimable().values_list("pk", flat=True):
        queue.wake_worker_for_job(pk)
