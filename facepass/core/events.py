"""The outbox: what happened, for partner apps that want to know. Any app may write here; `sessions_app` delivers.

An event is a row of the transaction in which it happened, so there is no event without its change and no change
without its event. Each is delivered at least once.
"""

from typing import Any
from uuid import UUID

from facepass.core.logs.request_ids import stored_request_id
from facepass.models import EventType, OutboxEvent


def emit(kind: EventType, *, studio_id: UUID, data: dict[str, Any]) -> None:
    """Write an event to the outbox, in the caller's transaction.

    `data` holds ids and counts, no names and no biometrics.
    """
    OutboxEvent.objects.create(type=kind, studio_id=studio_id, data=data, request_id=stored_request_id())
