"""The process that delivers webhooks. Threads send; this thread alone reads and writes the database.

An endpoint that is slow or dead takes at most AT_ONE_ENDPOINT of the threads, and no worker that analyses photos.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

import facepass
from facepass.core import notices
from facepass.core.work import work_counts
from facepass.core.work.each_row import try_each_row
from facepass.models import NoticeKind
from sessions_app.models import WebhookAttempt, WebhookDelivery
from sessions_app.webhooks import outbox, signing, transport
from sessions_app.webhooks.transport import Outcome

log = logging.getLogger(__name__)

THREADS = 16
AT_ONE_ENDPOINT = 4
PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request of a delivery's, under way or answered."""

    delivery: WebhookDelivery
    headers: dict[str, str]
    started_at: datetime


class Courier:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "courier")
        self._under_way: dict[Future[Outcome], SentRequest] = {}

    def run(self, *, stopping: Callable[[], bool]) -> None:
        """Deliver until `stopping` returns true, and wait for what is being sent then."""
        while not stopping():
            try:
                self.run_once(PAUSE_SECONDS)
            except (OperationalError, InterfaceError):
                # Deliveries whose requests are lost by this fall due again when their leases end.
                log.warning("the database does not answer; trying again")
                connection.close()
                time.sleep(1)
        self.finish()

    def run_once(self, patience: float) -> None:
        """Create deliveries of events, start those that are due, and record the outcome of those that have ended.

        `patience`: seconds to wait for one to end.
        """
        outbox.create_deliveries()
        while len(self._under_way) < THREADS:
            delivery = WebhookDelivery.objects.claim_next(without=self._busy_endpoints())
            if delivery is None:
                break
            if try_each_row([delivery], self._start, task="webhooks"):
                _record_defect(delivery)
        self._record_ended(patience)

    def finish(self) -> None:
        """Wait for all requests under way, and record their outcomes."""
        while self._under_way:
            self._record_ended(transport.TOTAL_SECONDS)
        self._threads.shutdown()

    def _busy_endpoints(self) -> set[UUID]:
        counted = Counter(sent.delivery.endpoint_id for sent in self._under_way.values())
        return {endpoint for endpoint, number in counted.items() if number >= AT_ONE_ENDPOINT}

    def _start(self, delivery: WebhookDelivery) -> None:
        body = signing.build_body(delivery.event)
        headers = _headers(delivery, body)
        sent = SentRequest(delivery, headers, timezone.now())
        future = self._threads.submit(transport.post, delivery.endpoint.url, body=body, headers=headers)
        self._under_way[future] = sent

    def _record_ended(self, patience: float) -> None:
        if not self._under_way:
            time.sleep(patience)
            return
        ended, _rest = wait(self._under_way, patience, FIRST_COMPLETED)
        for future in ended:
            sent = self._under_way.pop(future)
            if try_each_row([sent.delivery], lambda _delivery: record_attempt(sent, future.result()), task="webhooks"):  # noqa: B023
                _record_defect(sent.delivery)
        work_counts.write_counts()


def _record_defect(delivery: WebhookDelivery) -> None:
    """Record an attempt that failed by a defect of ours, so that it is made again later and not for ever."""
    sent = SentRequest(delivery, {}, timezone.now())
    outcome = Outcome(None, "", "internal_error", 0.0)
    try_each_row([delivery], lambda _delivery: record_attempt(sent, outcome), task="webhooks")


@transaction.atomic
def record_attempt(sent: SentRequest, outcome: Outcome) -> None:
    """Log the attempt, and record what it means for the delivery and for its endpoint.

    Where the lease has run out, another courier has the delivery and only the log is written; where the delivery was
    deleted meanwhile, nothing is.
    """
    delivery = sent.delivery
    if not WebhookDelivery.objects.filter(pk=delivery.pk).lock_against_deletion():
        return
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        url=delivery.endpoint.url,
        request_headers=sent.headers,
        started_at=sent.started_at,
        status=outcome.status,
        answer=outcome.answer,
        error=outcome.error,
        duration_ms=outcome.duration_ms,
    )
    delivery.record_attempt(delivered=outcome.delivered)
    work_counts.count("webhook_attempt", outcome.kind)
    endpoint = delivery.endpoint
    if endpoint.record_attempt(delivered=outcome.delivered):
        log.warning("webhook %s was switched off: it has failed for three days", endpoint.pk)
        # Only the host: the rest of an address may be a secret, and e-mail is not.
        host = urlsplit(endpoint.url).hostname
        notices.notify_staff(NoticeKind.WEBHOOK_DISABLED, studio_id=endpoint.studio_id, subject=endpoint.pk, host=host)


def _headers(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    secrets = delivery.endpoint.secrets
    return {
        "Content-Type": "application/json",
        "User-Agent": f"FacePass/{facepass.__version__}",
        "FacePass-Event": delivery.event.type,
        "FacePass-Delivery": str(delivery.pk),
        **({"X-Request-ID": delivery.event.request_id} if delivery.event.request_id else {}),
        signing.HEADER: signing.sign(body, secrets=secrets, timestamp=int(time.time())),
    }
