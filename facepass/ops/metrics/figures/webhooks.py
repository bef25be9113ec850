"""What goes to partners and comes from them: webhooks, and Pixora's sessions."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q

from facepass.ops.metrics.families import Sample
from facepass.ops.metrics.figures.photos import seconds_since
from sessions_app.models import WebhookDelivery, WebhookEndpoint
from sessions_app.models.webhook import DeliveryState
from sessions_app.pixora import gateway
from sessions_app.pixora.connection_state import collect_gauges

UNDELIVERED = (DeliveryState.PENDING, DeliveryState.FAILED)


def list_deliveries() -> Iterator[Sample]:
    """Yield what waits for partners, how long it has, and how their addresses are."""
    rows = WebhookDelivery.objects.filter(state__in=UNDELIVERED).order_by().values_list("state")
    counted = dict.fromkeys(map(str, UNDELIVERED), 0) | dict(rows.annotate(number=Count("pk")))
    for state, number in counted.items():
        yield Sample("facepass_webhook_deliveries", number, {"state": state})
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.PENDING, endpoint__enabled=True)
    oldest = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    yield Sample("facepass_webhook_oldest_seconds", seconds_since(oldest))
    yield from _list_endpoints()


def _list_endpoints() -> Iterator[Sample]:
    is_failing = Q(failing_since__isnull=False)
    states = {
        "enabled": Q(enabled=True) & ~is_failing,
        "failing": Q(enabled=True) & is_failing,
        "disabled": Q(disabled_at__isnull=False, enabled=False),
    }
    counts = {f"number_{name}": Count("pk", filter=condition) for name, condition in states.items()}
    for name, number in WebhookEndpoint.objects.aggregate(**counts).items():
        yield Sample("facepass_webhook_endpoints", number, {"state": name.removeprefix("number_")})


def list_pixora() -> Iterator[Sample]:
    """Yield how the connection to Pixora is; nothing where there is none."""
    for name, (_meaning, value) in (collect_gauges() if gateway.is_configured() else {}).items():
        yield Sample(name, value)
