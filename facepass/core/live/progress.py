"""Live progress: events to whoever watches an object. A hint only: the rows are the truth, and a page can poll."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.exceptions import ImproperlyConfigured
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def channel_group(kind: str, pk: UUID | str) -> str:
    """Return the name of an object's channel group, such as `gallery.6f1c…`."""
    return f"{kind}.{pk}"


def publish_event(group: str, event: Mapping[str, Any]) -> None:
    """Send an event, which has a `type`, to the group. A channel layer that is down costs the event, never the work."""
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("CHANNEL_LAYERS is empty")
    try:
        async_to_sync(layer.group_send)(group, dict(event))
    except (OSError, RedisError) as error:
        log.warning("progress of %s was not sent: %s", group, error)
