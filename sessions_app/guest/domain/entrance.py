"""Who may come in: which photo session a link means, whether it is open, and the PIN that its studio may set."""

import hashlib

from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from sessions_app import session_access
from sessions_app.models import GuestRules, PhotoSession


def find_session_by_code(code: str) -> PhotoSession | None:
    """Return the session of a short link, with its studio and rules. The code may be in capitals."""
    sessions = PhotoSession.objects.select_related("studio", "guest_rules")
    return sessions.filter(code=code.lower(), gone_at=None).first()


def find_session_by_id(text: str) -> PhotoSession | None:
    """Raise 400 `invalid_request` for what is no id, and as `session_access.find_current`."""
    pk = session_access.parse_id(text)
    current = session_access.find_current([pk]).get(pk)
    return current.session if current else None


def require_open(session: PhotoSession) -> GuestRules:
    """Return the session's rules.

    Raise 403 `facepass_disabled`, 410 `session_expired`, and as `session_access.find_current`.
    """
    session_access.require_enabled(session)
    rules = GuestRules.for_session(session)
    rules.require_unexpired()
    return rules


def check_pin(rules: GuestRules, pin: str, *, address: str) -> None:
    """Raise 429 `rate_limited`, by the network address and by the session, and 403 `pin_wrong`.

    The limit by session holds for whoever guesses from many addresses.
    """
    rate_limits.require_quota("guest_pin", f"pin:{rules.session_id}:{address}")
    rate_limits.require_quota("guest_pin_session", f"pins:{rules.session_id}")
    if not rules.is_pin(pin):
        raise FacePassError("pin_wrong", _("That is not the PIN. Look at your card again."), status=403)


def pin_required() -> FacePassError:
    return FacePassError("pin_required", _("Enter the PIN from your card."), status=403)


def pin_fingerprint(rules: GuestRules) -> str:
    """Return what a browser keeps of the PIN. It is made of the stored hash, so a new PIN asks everybody again."""
    return hashlib.sha256(rules.pin.encode()).hexdigest()[:32]
