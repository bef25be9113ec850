"""Time zones by their names: which there are, and the one in which a studio reads its dates."""

from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 64


@cache
def list_names() -> tuple[str, ...]:
    """Return the names that people choose among: places, such as Europe/Berlin, and UTC."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))}
    return ("UTC", *sorted(places))


def check_name(name: str) -> None:
    """Raise ValidationError for what is no time zone's name. A validator."""
    if _load(name) is None:
        raise ValidationError(_("There is no such time zone."), code="no_time_zone")


def find_zone(name: str) -> ZoneInfo:
    """Return the zone of that name; the installation's for none, and for one that this machine does not know."""
    return _load(name) or ZoneInfo(settings.TIME_ZONE)


@lru_cache(maxsize=1000)
def _load(name: str) -> ZoneInfo | None:
    """Return the zone of that name, or None. Its file is read, and not the list of all, which takes 70 ms."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
