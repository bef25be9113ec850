"""Live progress: events to whoever watches an object. A hint only: the rows are the truth, and a page can poll."""

import logging
import sys
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.exceptions import ImproperlyConfigured

log = logging.getLogger(__name__)


def channel_group(kind: str, pk: UUID | str) -> str:
    """Return the name of an object's channel group, such as `gallery.6f1c…`."""
    return f"{kind}.{pk}"


# After a failure no event is sent for so long: one that does not answer holds up the work for its time limit each time.
PAUSE_SECONDS = 10.0
_paused_until = 0.0


def publish_event(group: str, event: Mapping[str, Any]) -> None:
    """Send an event, which has a `type`, to the group. A channel layer that is down costs the event, never the work."""
    global _paused_until  # noqa: PLW0603 - of the process, as its connection is
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS is empty")
    if time.monotonic() < _paused_until:
        return
    try:
        async_to_sync(layer.group_send)(group, dict(event))
    except _failures() as error:
        _paused_until = time.monotonic() + PAUSE_SECONDS
        log.warning("live progress pauses for %g s, since it cannot be sent: %s", PAUSE_SECONDS, error)


def _failures() -> tuple[type[Exception], ...]:
    """Return what a channel layer raises that is down.

    Redis' client, which takes every process a twentieth of its start, is not imported where it is not in use.
    """
    redis = sys.modules.get("redis.exceptions")
    return (OSError, redis.RedisError) if redis else (OSError,)
