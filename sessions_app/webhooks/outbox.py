"""From an event to its deliveries, one for each endpoint of the studio that wants it."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from facepass.models import OutboxEvent
from sessions_app.models import DeliveryState, WebhookDelivery, WebhookEndpoint

AT_ONCE = 200
TEST = "webhook.test"
# Deliveries and their log are kept so long.
KEPT_FOR = timedelta(days=30)


@transaction.atomic
def spread() -> int:
    """Makes deliveries of the events that have none yet, the oldest first; how many events there were."""
    waiting = OutboxEvent.objects.filter(spread_at=None).order_by("created_at")
    events = list(waiting.select_for_update(skip_locked=True)[:AT_ONCE])
    if not events:
        return 0
    endpoints: dict[UUID, list[WebhookEndpoint]] = defaultdict(list)
    for endpoint in WebhookEndpoint.objects.filter(studio__in={event.studio_id for event in events}, enabled=True):
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
