"""Notices workers that exist but do not work. The task that it sends them is the reconciler, which is due anyway."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, close_old_connections

from facepass.core.work import heartbeats

log = logging.getLogger(__name__)

EVERY_SECONDS = 15.0
STALLED_SECONDS = 120.0
TASK = "galleries.tasks.reconcile"


def enqueue_beat() -> None:
    from django_q.tasks import async_task  # noqa: PLC0415 - loads the queue's tables, which need Django's registry

    async_task(TASK, save=False, ack_failure=True)  # the next one is on its way soon


def is_any_worker_at_work() -> bool:
    from galleries import tasks  # noqa: PLC0415 - as above

    return tasks.is_busy()


@dataclass
class Watchdog:
    """Sends one beat at a time, so that a queue without workers does not fill up."""

    enqueue: Callable[[], None] = enqueue_beat
    is_busy: Callable[[], bool] = is_any_worker_at_work
    clock: Callable[[], float] = time.monotonic
    next_look: float = 0.0
    sent_at: float | None = None
    seen: str | None = None

    def is_stalled(self) -> bool:
        """Return True once for a beat that nobody ran in time though no worker was at work. To be called often."""
        if self.clock() < self.next_look:
            return False
        self.next_look = self.clock() + EVERY_SECONDS
        try:
            return self._look()
        except (OperationalError, InterfaceError) as error:
            log.warning("the watchdog does not reach the database: %s", str(error).strip().splitlines()[0])
            self.sent_at = None
            return False
        finally:
            close_old_connections()

    def forget_sent_beat(self) -> None:
        """Send a new beat at the next check, because the one under way may have ended with the worker that had taken
        it.
        """
        self.sent_at = None

    def _look(self) -> bool:
        if self.sent_at is None or heartbeats.last_beat_token() != self.seen:
            self._send()
            return False
        late = self.clock() - self.sent_at > STALLED_SECONDS
        if not late or self.is_busy():
            return False
        self._send()
        return True

    def _send(self) -> None:
        self.seen = heartbeats.last_beat_token()
        self.enqueue()
        self.sent_at = self.clock()
