"""Photo sessions as the pages of galleries name them: by their name, not by the id that a gallery holds.

A gallery has its session's id only, and galleries know no sessions. The app above that does registers its directory
here; without one there are no names, and pages show what they have.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest

from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import Principal


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
    """What is asked of the app that knows photo sessions. Neither returns what the principal may not see."""

    def find(self, ids: Collection[UUID], *, principal: Principal) -> dict[UUID, SessionEntry]:
        """Return those of the sessions that exist, by one query."""

    def list_latest(self, *, principal: Principal, most: int) -> Sequence[SessionEntry]:
        """Return sessions that galleries may be put into, the latest first."""


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
