"""The one way in which moments are written, in answers and in events: UTC, with a Z."""

from datetime import UTC, datetime
from typing import Any

from rest_framework.utils import encoders

from facepass.core.database.storable_values import UnreadableMoment


def format_moment(moment: datetime) -> str:
    """Return `2026-11-20T18:00:00Z`, with microseconds where there are any."""
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


class JSONEncoder(encoders.JSONEncoder):
    def default(self, obj: Any) -> Any:  # as DRF's
        if isinstance(obj, UnreadableMoment):
            return None
        return format_moment(obj) if isinstance(obj, datetime) else super().default(obj)
