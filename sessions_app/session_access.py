"""Photo sessions as they are now, wherever they live, and whether guests may search them.

A session lives here or in Pixora; no other module asks where. Pixora is asked every time, so what it switched off is
off at once. Where it does not answer, what it said in the last few minutes holds and is marked `stale`; after that
nobody gets in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from facepass.core.access.tenancy import UUID_TEXT, Principal, studio_ids_of
from facepass.core.api.rows import missing_error
from facepass.core.errors import FacePassError
from sessions_app.models import GuestRules, Origin, PhotoSession
from sessions_app.pixora import gateway, mirror

# Part of the API contract, so not translated.
NOT_FOUND = "Session not found"
NOT_ENABLED = "FacePass is not enabled"


@dataclass(frozen=True, slots=True)
class CurrentSession:
    session: PhotoSession
    # Pixora could not be asked just now; this is what it said at most five minutes ago.
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """The session where it may be used, else why not. `stale`: see `CurrentSession`."""

    session: PhotoSession | None
    error: str | None
    stale: bool = False


def parse_id(text: str) -> UUID:
    """Raise 400 `invalid_request` for what is no id."""
    if not UUID_TEXT.fullmatch(text):
        details = {"id": [_("This is not the id of a photo session.")]}
        raise FacePassError("invalid_request", _("The request is not valid."), details=details)
    return UUID(text)


def find_current(ids: Iterable[UUID]) -> dict[UUID, CurrentSession]:
    """Return those of the sessions that exist, by one query to wherever they live.

    Raise FacePassError 503 (see `gateway.fetch`) where Pixora does not answer for one of them.
    """
    wanted = list(dict.fromkeys(ids))
    rows = PhotoSession.objects.select_related("studio__privacy", "guest_rules", "privacy").in_bulk(wanted)
    found = {pk: CurrentSession(row) for pk, row in rows.items() if row.origin == Origin.LOCAL}
    elsewhere = [pk for pk in wanted if pk not in found]
    if gateway.is_configured() and elsewhere:
        found |= _find_in_pixora(elsewhere, rows)
    return found


def _find_in_pixora(ids: list[UUID], rows: dict[UUID, PhotoSession]) -> dict[UUID, CurrentSession]:
    copies = {pk: rows[pk] for pk in ids if pk in rows}
    try:
        answers = gateway.fetch(ids)
    except FacePassError:
        recent = {pk: copy for pk, copy in copies.items() if mirror.is_recent(copy)}
        if len(recent) < len(ids):
            raise
        return {pk: CurrentSession(copy, stale=True) for pk, copy in recent.items() if copy.gone_at is None}
    current, _changes = mirror.update_copies(answers, queried=ids, copies=copies)
    return {pk: CurrentSession(copy) for pk, copy in current.items()}


def validate_sessions(ids: Iterable[UUID], *, principal: Principal) -> dict[UUID, Validation]:
    """Return an answer for every id, by one query to wherever the sessions live. Raise as `find_current`."""
    wanted = list(dict.fromkeys(ids))
    visible = _find_visible(wanted, principal=principal)
    return {pk: _validate(visible.get(pk)) for pk in wanted}


def _validate(current: CurrentSession | None) -> Validation:
    if current is None:
        return Validation(None, NOT_FOUND)
    if not _is_searchable(current.session):
        return Validation(None, NOT_ENABLED, current.stale)
    return Validation(current.session, None, current.stale)


def require_visible(pk: UUID, *, principal: Principal) -> CurrentSession:
    """Return the session. Raise 404 where it is not the principal's to see, and as `find_current`."""
    visible = _find_visible([pk], principal=principal)
    if pk not in visible:
        raise missing_error("session_id", [pk])
    return visible[pk]


def _find_visible(ids: list[UUID], *, principal: Principal) -> dict[UUID, CurrentSession]:
    studios = studio_ids_of(principal)
    return {pk: current for pk, current in find_current(ids).items() if current.session.studio_id in studios}


def require_usable(pk: UUID, *, principal: Principal) -> PhotoSession:
    """Return a session that may be searched.

    Raise 403 `facepass_disabled`, 410 `session_expired`, and as `require_visible`.
    """
    session = require_visible(pk, principal=principal).session
    _require_searchable(session)
    return session


def require_enabled(session: PhotoSession) -> None:
    """Raise 403 `facepass_disabled` where guests may not search this session now, and as `find_current`.

    `session` may have been read a while ago. Pixora is asked anew; a session of our own counts as it was read, and
    `lock_enabled` looks again.
    """
    is_local = session.origin == Origin.LOCAL
    current = CurrentSession(session) if is_local else find_current([session.pk]).get(session.pk)
    if current is None or not current.session.facepass_enabled or session.is_archived:
        raise _disabled()


def _is_searchable(session: PhotoSession) -> bool:
    try:
        _require_searchable(session)
    except FacePassError:
        return False
    return True


def _require_searchable(session: PhotoSession) -> None:
    """Raise 403 `facepass_disabled`, also for an archived session, and 410 `session_expired`. Asks nothing anew."""
    if not session.facepass_enabled or session.is_archived:
        raise _disabled()
    GuestRules.for_session(session).require_unexpired()


def lock_enabled(session: PhotoSession) -> None:
    """Keep the session open until the transaction ends: whoever closes it waits. Raise 403 `facepass_disabled`.

    Of a session in Pixora the copy counts, so `require_enabled` is to be called first, outside of the transaction.
    """
    rows = PhotoSession.objects.open_to_guests().filter(pk=session.pk)
    if rows.select_for_update(no_key=True).first() is None:
        raise _disabled()


def _disabled() -> FacePassError:
    return FacePassError("facepass_disabled", _("Search by face is not enabled for this photo session."), status=403)
