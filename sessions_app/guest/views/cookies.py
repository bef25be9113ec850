"""The two signed cookies of a guest's browser: which guest it belongs to, and which PIN was entered.

Each is per photo session, so that one browser can be a guest of several events.
"""

import hmac
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sessions_app.guest.domain import entrance
from sessions_app.models import Guest, GuestRules, PhotoSession
from sessions_app.models.guest import GUEST_LIFETIME

PIN_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class SignedCookie:
    """A cookie that the browser's scripts cannot read and that nobody else can make."""

    name: str
    salt: str
    max_age: int
    """Seconds, for the browser and for the signature."""

    def read(self, request: HttpRequest) -> str:
        """Return the signed value, or an empty string where there is none or the signature does not hold."""
        return request.get_signed_cookie(self.name, default="", salt=self.salt, max_age=self.max_age) or ""

    def write(self, response: HttpResponse, value: str) -> None:
        response.set_signed_cookie(
            self.name, value, salt=self.salt, max_age=self.max_age,
            httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
        )  # fmt: skip

    def delete(self, response: HttpResponse) -> None:
        response.delete_cookie(self.name, samesite="Lax")


def find_guest(request: HttpRequest, session: PhotoSession) -> Guest | None:
    """Return the guest of this browser and note that they are here.

    None before the consent, after its withdrawal, and for a cookie of another session.
    """
    guest_id = read_guest_id(request, session)
    guest = Guest.objects.active().filter(pk=guest_id, session=session).first() if guest_id else None
    if guest:
        guest.session = session  # with its rules and studio, which are read already
        guest.record_visit()
    return guest


def read_guest_id(request: HttpRequest, session: PhotoSession) -> UUID | None:
    """Return the guest's id in the cookie. That guest may have been forgotten since."""
    value = _guest_cookie(session).read(request)
    return UUID(value) if value else None


def remember_guest(response: HttpResponse, guest: Guest) -> None:
    _guest_cookie(guest.session).write(response, str(guest.pk))


def delete_guest_cookie(response: HttpResponse, session: PhotoSession) -> None:
    _guest_cookie(session).delete(response)


def knows_pin(request: HttpRequest, rules: GuestRules) -> bool:
    """Return whether this browser has entered the session's present PIN, or none is asked for."""
    return not rules.pin or hmac.compare_digest(_pin_cookie(rules).read(request), entrance.pin_fingerprint(rules))


def remember_pin(response: HttpResponse, rules: GuestRules) -> None:
    _pin_cookie(rules).write(response, entrance.pin_fingerprint(rules))


def _guest_cookie(session: PhotoSession) -> SignedCookie:
    return SignedCookie(f"guest-{session.pk.hex}", "sessions_app.guest", int(GUEST_LIFETIME.total_seconds()))


def _pin_cookie(rules: GuestRules) -> SignedCookie:
    return SignedCookie(f"pin-{rules.session_id.hex}", "sessions_app.guest.pin", PIN_SECONDS)
