"""Who may come in: which photo session a link means, whether it is open, and the PIN that its studio may set."""

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from sessions_app import session_access
from sessions_app.models import GuestRules, PhotoSession

T = TypeVar("T")


def find_session_by_code(code: str) -> PhotoSession | None:
    """Return the session of a short link, with its studio and rules. The code may be in capitals."""
    sessions = PhotoSession.objects.select_related("studio__privacy", "guest_rules", "privacy")
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

    Wrong ones alone count, so that a whole party may enter the right one behind one address. The limit by session holds
    for whoever guesses from many addresses.
    """
    buckets = {"guest_pin": f"pin:{rules.session_id}:{address}", "guest_pin_session": f"pins:{rules.session_id}"}
    for kind, name in buckets.items():
        rate_limits.require_quota(kind, name)
    if not rules.is_pin(pin):
        raise FacePassError("pin_wrong", _("That is not the PIN. Look at your card again."), status=403)
    for kind, name in buckets.items():
        rate_limits.return_quota(kind, name)


def find_session_of_visitor(code: str, *, address: str, is_known: bool) -> PhotoSession | None:
    """Return the session of a short link for who may be guessing codes; raise as `find_of_visitor`."""
    return find_of_visitor(find_session_by_code, code, address=address, is_known=is_known)


def find_of_visitor(find: Callable[[str], T | None], code: str, *, address: str, is_known: bool) -> T | None:
    """Return what `find` has for the code, for who may be guessing codes; None for a code of nothing.

    Raise 429 `rate_limited` where the address has tried too many, unless `is_known`: the browser was let in before.
    """
    if not is_known and (wait := rate_limits.quota_wait_seconds("guest_code", f"codes:{address}")):
        raise rate_limits.quota_refusal(wait)
    found = find(code)
    if found is None:
        rate_limits.require_quota("guest_code", f"codes:{address}")
    return found


def pin_required() -> FacePassError:
    return FacePassError("pin_required", _("Enter the PIN from your card."), status=403)


def pin_fingerprint(rules: GuestRules) -> str:
    """Return what a browser keeps of the PIN. It is made of the stored hash, so a new PIN asks everybody again."""
    return hashlib.sha256(rules.pin.encode()).hexdigest()[:32]
