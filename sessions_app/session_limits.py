"""Which events nobody, or nobody from outside, searches any more, and whose faces are no longer described.

`galleries` asks by `Gallery.objects.limited`, so that its searches through a whole studio heed it too.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.models.gallery import LIMITED_SESSIONS, Limit
from sessions_app.models import GuestRules, Kept, PhotoSession

# Over for everybody: what staff set as its end has passed, Pixora deleted it, or it was archived without faces.
_ENDED = Q(gone_at__isnull=False) | Q(guest_rules__expires_at__lte=Now()) | Q(privacy__archived_at__isnull=False)
_FACELESS = Q(retention_steps__kept__in=[Kept.TEMPLATES, Kept.FACES], retention_steps__done_at__isnull=False)
CONDITIONS: dict[Limit, Q] = {
    Limit.CLOSED: _ENDED | Q(facepass_enabled=False),
    Limit.ENDED: _ENDED,
    Limit.FACELESS: _FACELESS | Q(privacy__archived_at__isnull=False),
}


def register() -> None:
    """Tell galleries how to ask."""
    LIMITED_SESSIONS.update(
        {
            Limit.CLOSED: lambda: _list_limited(Limit.CLOSED),
            Limit.ENDED: lambda: _list_limited(Limit.ENDED),
            Limit.FACELESS: lambda: _list_limited(Limit.FACELESS),
        }
    )


def require_faces(session: PhotoSession) -> None:
    """Raise 409 `faces_ended` where the event was archived without faces: it is not opened again."""
    if session.is_archived:
        raise FacePassError("faces_ended", _("This event was archived without faces."), status=409)


def require_unended(session: PhotoSession) -> None:
    """Raise 410 `session_expired` where the event's time is over."""
    rules = GuestRules.objects.select_related("session__studio").filter(session=session.pk).first()
    if rules is not None:
        rules.require_unexpired()


def _list_limited(limit: Limit) -> "QuerySet[Any, UUID]":
    rows: QuerySet[Any, UUID] = PhotoSession.objects.filter(CONDITIONS[limit]).order_by().values_list("pk", flat=True)
    return rows
