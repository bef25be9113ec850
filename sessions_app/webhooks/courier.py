"""The process that delivers. Threads send; this thread alone asks the database, and writes down what came of it.

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
from facepass.core.work.each_row import try_each
from facepass.models import NoticeKind
from sessions_app.models import WebhookAttempt, WebhookDelivery
from sessions_app.webhooks import outbox, signing, transport
from sessions_app.webhooks.transport import Outcome

log = logging.getLogger(__name__)

THREADS = 16
AT_ONE_ENDPOINT = 4
PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Sent:
    delivery: WebhookDelivery
    headers: dict[str, str]
    started_at: datetime


class Courier:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "courier")
        self._under_way: dict[Future[Outcome], Sent] = {}

    def run(self, *, stopping: Callable[[], bool]) -> None:
        """Until it is asked to stop; what is being sent then is waited for."""
        while not stopping():
            try:
                self.round(PAUSE_SECONDS)
            except (OperationalError, InterfaceError):
                # What is being sent falls due again when its lease is over.
                log.warning("the database does not answer; trying again")
                connection.close()
                time.sleep(1)
        self.finish()

    def round(self, patience: float) -> None:
        """Makes deliveries of events, begins those that are due, and settles those that are over."""
        outbox.spread()
        while len(self._under_way) < THREADS:
            delivery = WebhookDelivery.objects.claim_next(without=self._busy())
            if delivery is None:
                break
            if try_each([delivery], self._begin, task="webhooks"):
                _settle_defect(delivery)
        self._settle(patience)

    def finish(self) -> None:
        while self._under_way:
            self._settle(transport.TOTAL_SECONDS)
        self._threads.shutdown()

    def _busy(self) -> set[UUID]:
        counted = Counter(sent.delivery.endpoint_id for sent in self._under_way.values())
        return {endpoint for endpoint, number in counted.items() if number >= AT_ONE_ENDPOINT}

    def _begin(self, delivery: WebhookDelivery) -> None:
        body = signing.body_of(delivery.event)
        headers = _headers(delivery, body)
        sent = Sent(delivery, headers, timezone.now())
        future = self._threads.submit(transport.post, delivery.endpoint.url, body=body, headers=headers)
        self._under_way[future] = sent

    def _settle(self, patience: float) -> None:
        if not self._under_way:
            time.sleep(patience)
            return
        over, _rest = wait(self._under_way, patience, FIRST_COMPLETED)
        for future in over:
            sent = self._under_way.pop(future)
            if try_each([sent.delivery], lambda _delivery: settle(sent, future.result()), task="webhooks"):  # noqa: B023
                _settle_defect(sent.delivery)


def _settle_defect(delivery: WebhookDelivery) -> None:
    """An attempt that a fault of our own ended counts as one: it is made again later, and not for ever."""
    sent = Sent(delivery, {}, timezone.now())
    outcome = Outcome(None, "", "internal_error", 0.0)
    try_each([delivery], lambda _delivery: settle(sent, outcome), task="webhooks")


@transaction.atomic
def settle(sent: Sent, outcome: Outcome) -> None:
    """Logs the attempt, and says when the next one is. Of an attempt whose lease ran out only the log stays, and of one
    whose delivery was deleted meanwhile nothing.
    """
    delivery = sent.delivery
    if not WebhookDelivery.objects.filter(pk=delivery.pk).hold_rows():
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
    delivery.settle(delivered=outcome.delivered)
    endpoint = delivery.endpoint
    if endpoint.note(delivered=outcome.delivered):
        log.warning("webhook %s was switched off: it has failed for three days", endpoint.pk)
        # Only the host: the rest of an address may be a secret, and e-mail is not.
        host = urlsplit(endpoint.url).hostname
        notices.tell(NoticeKind.WEBHOOK_DISABLED, studio_id=endpoint.studio_id, subject=endpoint.pk, host=host)


def _headers(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    secrets = delivery.endpoint.secrets
    return {
        "Content-Type": "application/json",
        "User-Agent": f"FacePass/{facepass.__version__}",
        "FacePass-Event": delivery.event.type,
        "FacePass-Delivery": str(delivery.pk),
        signing.HEADER: signing.sign(body, secrets=secrets, timestamp=int(time.time())),
    }
