"""How often guests may search: enough for a bad camera, too little to try faces on a session.

Each device has its own pace, and all devices of a session have one together. A search that finds nobody is a miss;
after five of them a device pauses, and then may try again every other minute.
"""

from django.http import HttpRequest

from facepass import limits
from sessions_app.guest.visit import Visit
from sessions_app.models import Guest


def require(request: HttpRequest, visit: Visit) -> None:
    """Raises 429 `rate_limited`. Who has not agreed is refused afterwards, and pays like any unknown address."""
    if visit.guest is None:
        return limits.require_address(request)
    limits.require("guest_address", f"guests:{limits.address_of(request)}")
    limits.require("guest_device", f"device:{visit.guest.pk}")
    limits.require("guest_session", f"session:{visit.session.pk}")
    wait = limits.waiting("guest_miss", _misses(visit.guest))
    if wait is not None:
        raise limits.refusal(wait)
    return None


def note_miss(guest: Guest) -> None:
    limits.take("guest_miss", _misses(guest))


def _misses(guest: Guest) -> str:
    return f"misses:{guest.pk}"
