"""From an event to its deliveries, one for each endpoint of the studio that wants it."""

import logging
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from facepass.core.work.each_row import try_each_row
from facepass.models import OutboxEvent
from sessions_app.models import DeliveryState, WebhookDelivery, WebhookEndpoint

log = logging.getLogger(__name__)

BATCH_SIZE = 200
TEST_EVENT = "webhook.test"
# How long events, their deliveries and the log of these are kept.
KEPT_FOR = timedelta(days=30)


def create_deliveries() -> int:
    """Create the deliveries of events that have none yet, the oldest first, and return how many events there were.

    An event of which none can be created is given up, with a line in the log, and stops none of the others.
    """
    waiting = OutboxEvent.objects.filter(spread_at=None).order_by("created_at")
    try:
        return _create(waiting, limit=BATCH_SIZE)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - one of them is to blame, and shows it when each is tried by itself
        log.warning("events are made into deliveries one by one: %s", type(error).__name__)
    return sum(_create_for_one(pk) for pk in waiting.values_list("pk", flat=True)[:BATCH_SIZE])


def _create_for_one(pk: UUID) -> int:
    row = OutboxEvent.objects.filter(pk=pk, spread_at=None)
    if try_each_row([pk], lambda _pk: _create(row, limit=1), task="webhook events"):
        row.update(spread_at=Now())
    return 1


@transaction.atomic
def _create(waiting: "QuerySet[OutboxEvent]", *, limit: int) -> int:
    events = list(waiting.select_for_update(skip_locked=True)[:limit])
    if not events:
        return 0
    endpoints: dict[UUID, list[WebhookEndpoint]] = defaultdict(list)
    enabled = WebhookEndpoint.objects.filter(studio__in={event.studio_id for event in events}, enabled=True)
    # Locked, so that none is deleted before its delivery is there.
    for endpoint in WebhookEndpoint.objects.filter(pk__in=enabled.lock_against_deletion()):
        endpoints[endpoint.studio_id].append(endpoint)
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(endpoint=endpoint, event=event)
        for event in events
        for endpoint in endpoints[event.studio_id]
        if event.type in endpoint.events
    )
    OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(spread_at=Now())
    return len(events)


@transaction.atomic
def send_test_event(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Create a delivery that is due at once, whatever events the endpoint wants."""
    event = OutboxEvent.objects.create(studio_id=endpoint.studio_id, type=TEST_EVENT, spread_at=Now())
    event.refresh_from_db()
    return WebhookDelivery.objects.create(endpoint=endpoint, event=event)


def delete_old_events() -> None:
    """Delete events and their deliveries after a while. A chore.

    An event that waits for an endpoint that is switched off is kept.
    """
    old = OutboxEvent.objects.filter(spread_at__lt=Now() - KEPT_FOR)
    old.exclude(pk__in=WebhookDelivery.objects.filter(state=DeliveryState.PENDING).values("event")).delete()
