"""A guest at the door: is there such a session, is it open, does this device know its PIN, and who is it?"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from sessions_app import session_access, session_source
from sessions_app.guest.domain import consent, guest_cookie, pin
from sessions_app.models import Guest, GuestRules, PhotoSession

Find = Callable[[], PhotoSession | None]


@dataclass(frozen=True, slots=True)
class Visit:
    session: PhotoSession
    rules: GuestRules
    guest: Guest | None
    """None for who has neither agreed nor chosen to look around."""

    @property
    def agreed(self) -> bool:
        """Whether a selfie may be taken: this guest agreed to the notice as it reads today."""
        return self.guest is not None and self.guest.notice == consent.NOTICE

    def agreed_guest(self) -> Guest:
        """Raises 403 `consent_required`."""
        if self.guest is None or not self.agreed:
            raise FacePassError("consent_required", _("Agree first, then take the picture."), status=403)
        return self.guest


def by_code(code: str) -> PhotoSession | None:
    sessions = PhotoSession.objects.select_related("studio", "guest_rules")
    return sessions.filter(code=code.lower(), gone_at=None).first()


def by_id(text: str) -> PhotoSession | None:
    """Raises as `session_access.parsed` and `source.current`."""
    pk = session_access.parsed(text)
    known = session_source.current([pk]).get(pk)
    return known.session if known else None


def enter(request: HttpRequest, session: PhotoSession) -> Visit:
    """Raises 403 `facepass_disabled`, 410 `session_expired`, 403 `pin_required`, and as `source.current`."""
    rules = opened(session)
    if not pin.is_known(request, rules):
        raise pin.required()
    return Visit(session, rules, guest_cookie.of(request, session))


def opened(session: PhotoSession) -> GuestRules:
    """Its rules. Raises 403 `facepass_disabled`, 410 `session_expired`, and as `source.current`."""
    session_access.require_enabled(session)
    rules = GuestRules.of(session)
    rules.require_unexpired()
    return rules
