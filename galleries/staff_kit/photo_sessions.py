"""Photo sessions as the edges of galleries need them: by name on pages, and whether a studio has the one that is named.

A gallery has its session's id only, and galleries know no sessions. The app above that does registers its directory
here; without one there are no names, and pages show what they have.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError


@dataclass(frozen=True, slots=True)
class FoundByGuests:
    """How many guests of a session have found some photos, and how many of them some guest likes."""

    guests: int
    favourites: int


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A photo session in a list. `day`: when it is or, where nobody has said, when it was made. `path`: its page."""

    pk: UUID
    studio_id: UUID
    studio: str
    name: str
    day: date
    path: str


class SessionDirectory(Protocol):
    """What is asked of the app that knows photo sessions. Nothing is returned that the principal may not see."""

    def find(self, ids: Collection[UUID], *, principal: Principal) -> dict[UUID, SessionEntry]:
        """Return those of the sessions that exist, by one query."""

    def list_latest(self, *, principal: Principal, most: int) -> Sequence[SessionEntry]:
        """Return sessions that galleries may be put into, the latest first."""

    def is_of_studio(self, pk: UUID, *, studio_id: UUID) -> bool:
        """Return whether the studio has the session. Raise 503 where that lives elsewhere and cannot be asked for."""

    def count_found(self, photos: Collection[UUID]) -> FoundByGuests:
        """Return who sees these photos among those that were found for them."""


_registered: list[SessionDirectory] = []


def register_directory(directory: SessionDirectory) -> None:
    """Have pages ask this directory from now on, and no other."""
    _registered[:] = [directory]


def find_sessions(request: HttpRequest, ids: Collection[UUID | None]) -> dict[UUID, SessionEntry]:
    """Return those of the sessions that the member of staff may see."""
    wanted = {pk for pk in ids if pk is not None}
    if not wanted or not _registered:
        return {}
    return _registered[0].find(wanted, principal=user_of(request))


def find_session(request: HttpRequest, pk: UUID | None) -> SessionEntry | None:
    """Return the session, or None for a stranger's and for none."""
    return find_sessions(request, [pk]).get(pk) if pk else None


def list_latest_sessions(request: HttpRequest, *, most: int) -> Sequence[SessionEntry]:
    """Return the sessions of the studios of the member of staff, the latest first."""
    return _registered[0].list_latest(principal=user_of(request), most=most) if _registered else []


def count_found(photos: Collection[UUID]) -> FoundByGuests:
    """Return which guests see these photos among those that were found for them."""
    return _registered[0].count_found(photos) if _registered else FoundByGuests(0, 0)


def require_session(pk: UUID, *, studio_id: UUID) -> None:
    """Raise 404 `session_not_found` where the studio has no such session, and as `SessionDirectory.is_of_studio`."""
    if not (_registered and _registered[0].is_of_studio(pk, studio_id=studio_id)):
        raise FacePassError("session_not_found", _("There is no such photo session."), status=404)
