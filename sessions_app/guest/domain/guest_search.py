"""How often guests may search: enough for a bad camera, too little to try faces on a session.

Each device has its own pace, and all devices of a session have one together. A search that finds nobody is a miss;
after five of them a device pauses, and then may try again every other minute.
"""

from django.http import HttpRequest

from facepass.core.access import rate_limits
from sessions_app.guest.views.visit import Visit
from sessions_app.models import Guest


def require(request: HttpRequest, visit: Visit) -> None:
    """Raises 429 `rate_limited`. Who has not agreed is refused afterwards, and pays like any unknown address."""
    if visit.guest is None:
        return rate_limits.require_address(request)
    rate_limits.require("guest_address", f"guests:{rate_limits.address_of(request)}")
    rate_limits.require("guest_device", f"device:{visit.guest.pk}")
    rate_limits.require("guest_session", f"session:{visit.session.pk}")
    wait = rate_limits.waiting("guest_miss", _misses(visit.guest))
    if wait is not None:
        raise rate_limits.refusal(wait)
    return None


def note_miss(guest: Guest) -> None:
    rate_limits.take("guest_miss", _misses(guest))


def _misses(guest: Guest) -> str:
    return f"misses:{guest.pk}"
