"""Whether a photo session exists and lets guests search by face."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import UUID_TEXT, Principal, studios_of
from facepass.core.errors import FacePassError
from sessions_app import session_source
from sessions_app.models import PhotoSession
from sessions_app.session_source import Known

# Part of the API contract, so not translated.
NOT_FOUND = "Session not found"
NOT_ENABLED = "FacePass is not enabled"


@dataclass(frozen=True, slots=True)
class Validation:
    """The session where it may be used, else why not. `stale`: see `source.Known`."""

    session: PhotoSession | None
    error: str | None
    stale: bool = False


def parsed(text: str) -> UUID:
    """Raises 400 `invalid_request` for what is no id."""
    if not UUID_TEXT.fullmatch(text):
        details = {"id": [_("This is not the id of a session.")]}
        raise FacePassError("invalid_request", _("The request is not valid."), details=details)
    return UUID(text)


def validate(ids: Iterable[UUID], *, principal: Principal) -> dict[UUID, Validation]:
    """An answer for every id, with one query to wherever the sessions live. Raises as `source.current`."""
    wanted = list(dict.fromkeys(ids))
    found = _visible(wanted, principal=principal)
    return {pk: _judge(found.get(pk)) for pk in wanted}


def visible(pk: UUID, *, principal: Principal) -> Known:
    """Raises Http404, and as `source.current`."""
    found = _visible([pk], principal=principal)
    if pk not in found:
        raise Http404
    return found[pk]


def _visible(ids: list[UUID], *, principal: Principal) -> dict[UUID, Known]:
    studios = set(studios_of(principal).values_list("pk", flat=True))
    return {pk: known for pk, known in session_source.current(ids).items() if known.session.studio_id in studios}


def _judge(known: Known | None) -> Validation:
    if known is None:
        return Validation(None, NOT_FOUND)
    if not known.session.facepass_enabled:
        return Validation(None, NOT_ENABLED, known.stale)
    return Validation(known.session, None, known.stale)


def usable(pk: UUID, *, principal: Principal) -> PhotoSession:
    """Raises Http404, 403 `facepass_disabled`, and as `source.current`."""
    return _open(visible(pk, principal=principal))


def require_enabled(session: PhotoSession) -> None:
    """Raises 403 `facepass_disabled` where guests may not search this session, now; and as `source.current`."""
    _open(session_source.confirm(session))


def hold_open(session: PhotoSession) -> None:
    """Keeps the session open until the transaction ends: whoever closes it waits. Raises 403 `facepass_disabled`.

    Of a session in Pixora the copy counts, so `require_enabled` is to be asked first, outside of the transaction.
    """
    rows = PhotoSession.objects.open_to_guests().filter(pk=session.pk)
    if rows.select_for_update(no_key=True).first() is None:
        raise _disabled()


def _open(known: Known | None) -> PhotoSession:
    if known is None or not known.session.facepass_enabled:
        raise _disabled()
    return known.session


def _disabled() -> FacePassError:
    return FacePassError("facepass_disabled", _("Search by face is not enabled for this session."), status=403)
