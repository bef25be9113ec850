"""The two signed cookies of a guest's browser: which guests it belongs to, and which PIN was entered.

Each is per photo session, so that one browser can be a guest of several events.
"""

import hmac
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sessions_app.guest.domain import entrance
from sessions_app.guest.domain.profiles.device_profiles import DeviceProfiles
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


def read_profiles(request: HttpRequest, session: PhotoSession) -> DeviceProfiles:
    """Return the guests of this browser. Some may have withdrawn, or been forgotten, since."""
    return DeviceProfiles.from_text(_guest_cookie(session).read(request))


def write_profiles(response: HttpResponse, session: PhotoSession, profiles: DeviceProfiles) -> None:
    cookie, text = _guest_cookie(session), profiles.as_text()
    if text:
        cookie.write(response, text)
    else:
        cookie.delete(response)


def has_been_guest(request: HttpRequest) -> bool:
    """Return whether the browser has a cookie of ours for some session, whose signature holds."""
    return any(_holds(request, name) for name in request.COOKIES)


def _holds(request: HttpRequest, name: str) -> bool:
    salt = {"guest-": "sessions_app.guest", "pin-": "sessions_app.guest.pin"}.get(name[: name.find("-") + 1])
    return bool(salt and SignedCookie(name, salt, int(GUEST_LIFETIME.total_seconds())).read(request))


def remember_guest(response: HttpResponse, guest: Guest, profiles: DeviceProfiles | None = None) -> None:
    """Let the browser be this guest's too, beside those whose it is. Raise 409 `too_many_profiles`."""
    write_profiles(response, guest.session, (profiles or DeviceProfiles()).with_guest(guest.pk))


def knows_pin(request: HttpRequest, rules: GuestRules) -> bool:
    """Return whether this browser has entered the session's present PIN, or none is asked for."""
    return not rules.pin or hmac.compare_digest(_pin_cookie(rules).read(request), entrance.pin_fingerprint(rules))


def remember_pin(response: HttpResponse, rules: GuestRules) -> None:
    _pin_cookie(rules).write(response, entrance.pin_fingerprint(rules))


def _guest_cookie(session: PhotoSession) -> SignedCookie:
    return SignedCookie(f"guest-{session.pk.hex}", "sessions_app.guest", int(GUEST_LIFETIME.total_seconds()))


def _pin_cookie(rules: GuestRules) -> SignedCookie:
    return SignedCookie(f"pin-{rules.session_id.hex}", "sessions_app.guest.pin", PIN_SECONDS)
