"""The PIN that a studio may set: a device that told it is remembered until another one is set."""

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from sessions_app.models import GuestRules

SALT = "sessions_app.guest.pin"
KEPT_SECONDS = 30 * 24 * 3600


def is_known(request: HttpRequest, rules: GuestRules) -> bool:
    if not rules.pin:
        return True
    told = request.get_signed_cookie(_name(rules), default="", salt=SALT, max_age=KEPT_SECONDS)
    return hmac.compare_digest(told or "", _mark(rules))


def require(request: HttpRequest, rules: GuestRules, told: str) -> None:
    """Raises 429 `rate_limited`, for one address and for all who guess at one session, and 403 `pin_wrong`."""
    rate_limits.require("guest_pin", f"pin:{rules.session_id}:{rate_limits.address_of(request)}")
    rate_limits.require("guest_pin_session", f"pins:{rules.session_id}")
    if not rules.opens_with(told.strip()):
        raise FacePassError("pin_wrong", _("That is not the PIN. Look at your card again."), status=403)


def required() -> FacePassError:
    return FacePassError("pin_required", _("Enter the PIN from your card."), status=403)


def remember(response: HttpResponse, rules: GuestRules) -> None:
    response.set_signed_cookie(
        _name(rules), _mark(rules), salt=SALT, max_age=KEPT_SECONDS,
        httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def _mark(rules: GuestRules) -> str:
    """Of the hash, so that a new PIN asks everybody again."""
    return hashlib.sha256(rules.pin.encode()).hexdigest()[:32]


def _name(rules: GuestRules) -> str:
    return f"pin-{rules.session_id.hex}"
