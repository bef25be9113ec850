"""Photo sessions as they are now, wherever they live: here, or in Pixora. Nothing else asks where.

Pixora is asked every time, so what it switched off is off at once. Where it can not be asked, what it said in the last
few minutes holds, and is marked `stale`; beyond that nobody gets in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from facepass.core.errors import FacePassError
from sessions_app.models import Origin, PhotoSession
from sessions_app.pixora import gateway, mirror


@dataclass(frozen=True, slots=True)
class Known:
    session: PhotoSession
    # Pixora could not be asked just now; this is what it said at most five minutes ago.
    stale: bool = False


def current(ids: Iterable[UUID]) -> dict[UUID, Known]:
    """Those of the sessions that there are, by one query to wherever they live.

    Raises FacePassError 503 (see `gateway.fetch`) where one of them can not be told.
    """
    wanted = list(dict.fromkeys(ids))
    rows = PhotoSession.objects.in_bulk(wanted)
    found = {pk: Known(row) for pk, row in rows.items() if row.origin == Origin.LOCAL}
    elsewhere = [pk for pk in wanted if pk not in found]
    if gateway.configured() and elsewhere:
        found |= _in_pixora(elsewhere, rows)
    return found


def confirm(session: PhotoSession) -> Known | None:
    """The same session as it is now; None where it is gone. Raises as `current`."""
    return Known(session) if session.origin == Origin.LOCAL else current([session.pk]).get(session.pk)


def _in_pixora(ids: list[UUID], rows: dict[UUID, PhotoSession]) -> dict[UUID, Known]:
    try:
        answers = gateway.fetch(ids)
    except FacePassError:
        recent = {pk: rows[pk] for pk in ids if pk in rows and mirror.is_recent(rows[pk])}
        if len(recent) < len(ids):
            raise
        return {pk: Known(copy, stale=True) for pk, copy in recent.items() if copy.gone_at is None}
    copies, _changes = mirror.take_over(answers, asked=ids, copies={pk: rows[pk] for pk in ids if pk in rows})
    return {pk: Known(copy) for pk, copy in copies.items()}
