"""The page that leads to several events of a studio: which of them it shows, and whether they are open.

It shows names and days alone. What guests may not search is left out, and whose closing day has passed is said to be
closed.
"""

from dataclasses import dataclass

from sessions_app import hubs
from sessions_app.guest.domain import entrance
from sessions_app.guest.domain.branding import Brand
from sessions_app.models import GuestRules, Hub, PhotoSession


@dataclass(frozen=True, slots=True)
class ListedEvent:
    session: PhotoSession
    is_closed: bool


@dataclass(frozen=True, slots=True)
class HubPage:
    """What the page shows."""

    hub: Hub
    brand: Brand
    events: list[ListedEvent]


def find_page(code: str) -> HubPage | None:
    """Return the page of that code, which may be in capitals; None where there is none, or none of its events is."""
    hub = Hub.objects.filter(code=code.lower()).first()
    return _build_page(hub) if hub else None


def find_page_of_visitor(code: str, *, address: str, is_known: bool) -> HubPage | None:
    """Return as `find_page`, and raise as `entrance.find_session_of_visitor`, for who may be guessing codes."""
    return entrance.find_of_visitor(find_page, code, address=address, is_known=is_known)


def _build_page(hub: Hub) -> HubPage | None:
    sessions = hubs.list_sessions(hub)
    if not sessions:
        return None
    shown = [session for session in sessions if session.facepass_enabled]
    events = [ListedEvent(session, GuestRules.for_session(session).is_expired) for session in shown]
    return HubPage(hub, Brand.for_session(sessions[0]), events)
