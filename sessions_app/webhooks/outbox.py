"""From an event to its deliveries, one for each endpoint of the studio that wants it."""

import logging
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from facepass.core.work.each_row import try_each
from facepass.models import OutboxEvent
from sessions_app.models import DeliveryState, WebhookDelivery, WebhookEndpoint

log = logging.getLogger(__name__)

AT_ONCE = 200
TEST = "webhook.test"
# Deliveries and their log are kept so long.
KEPT_FOR = timedelta(days=30)


def spread() -> int:
    """Makes deliveries of the events that have none yet, the oldest first; how many events there were.

    An event of which none can be made is given up, with a line in the log, and stops none of the others.
    """
    waiting = OutboxEvent.objects.filter(spread_at=None).order_by("created_at")
    try:
        return _spread(waiting, at_once=AT_ONCE)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - one of them is to blame, and shows it when each is tried by itself
        log.warning("events are made into deliveries one by one: %s", type(error).__name__)
    return sum(_spread_alone(pk) for pk in waiting.values_list("pk", flat=True)[:AT_ONCE])


def _spread_alone(pk: UUID) -> int:
    row = OutboxEvent.objects.filter(pk=pk, spread_at=None)
    if try_each([pk], lambda _pk: _spread(row, at_once=1), task="webhook events"):
        row.update(spread_at=Now())
    return 1


@transaction.atomic
def _spread(waiting: "QuerySet[OutboxEvent]", *, at_once: int) -> int:
    events = list(waiting.select_for_update(skip_locked=True)[:at_once])
    if not events:
        return 0
    endpoints: dict[UUID, list[WebhookEndpoint]] = defaultdict(list)
    wanting = WebhookEndpoint.objects.filter(studio__in={event.studio_id for event in events}, enabled=True)
    for endpoint in WebhookEndpoint.objects.filter(pk__in=wanting.hold_rows()):
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
def test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Sends something at once, whatever events were chosen."""
    event = OutboxEvent.objects.create(studio_id=endpoint.studio_id, type=TEST, spread_at=Now())
    event.refresh_from_db()
    return WebhookDelivery.objects.create(endpoint=endpoint, event=event)


def forget_old() -> None:
    """The workers' chore. What waits for an endpoint that is switched off is not old."""
    old = OutboxEvent.objects.filter(spread_at__lt=Now() - KEPT_FOR)
    old.exclude(pk__in=WebhookDelivery.objects.filter(state=DeliveryState.PENDING).values("event")).delete()
