"""Whether a photo session exists and lets guests search by face."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from facepass.tenancy import Principal
from sessions_app.models import PhotoSession

# Part of the API contract, so not translated.
NOT_FOUND = "Session not found"
NOT_ENABLED = "FacePass is not enabled"


@dataclass(frozen=True, slots=True)
class Validation:
    """The session where it may be used, else why not."""

    session: PhotoSession | None
    error: str | None


def validate(ids: Iterable[UUID], *, principal: Principal) -> dict[UUID, Validation]:
    """An answer for every id, with one query."""
    wanted = list(dict.fromkeys(ids))
    found = PhotoSession.objects.visible_to(principal).in_bulk(wanted)
    return {pk: _judge(found.get(pk)) for pk in wanted}


def _judge(session: PhotoSession | None) -> Validation:
    if session is None:
        return Validation(None, NOT_FOUND)
    return Validation(session, None) if session.facepass_enabled else Validation(None, NOT_ENABLED)


def require_enabled(session: PhotoSession) -> None:
    """Raises 403 `facepass_disabled` where guests may not search this session."""
    if not session.facepass_enabled:
        raise FacePassError("facepass_disabled", _("Search by face is not enabled for this session."), status=403)
