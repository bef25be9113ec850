"""The deadlines of an event in words, for its page."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app.models import Kept, PhotoSession
from sessions_app.retention.bounds import Bounds
from sessions_app.retention.deadlines import Deadline, list_deadlines
from sessions_app.retention.periods import Period

TITLES: dict[Kept, Promise] = {
    Kept.TEMPLATES: gettext_lazy("Descriptions of faces"),
    Kept.FACES: gettext_lazy("Faces and groups"),
    Kept.GUESTS: gettext_lazy("Guests"),
    Kept.PHOTOS: gettext_lazy("Photos with their originals"),
}
MEANINGS: dict[Kept, Promise] = {
    Kept.TEMPLATES: gettext_lazy(
        "What faces are compared by, and what trainings learnt from these faces. Without them nobody is found by face "
        "any more; boxes and names stay."
    ),
    Kept.FACES: gettext_lazy(
        "The boxes, the groups and what was decided about them. Who was confirmed in a photo is still named there."
    ),
    Kept.GUESTS: gettext_lazy("Who agreed, what was found for them, favourites, links and addresses."),
    Kept.PHOTOS: gettext_lazy("The files as they were uploaded, and smaller copies of them."),
}
SOURCES: dict[str, Promise] = {
    "default": gettext_lazy("by default"),
    "installation": gettext_lazy("as the installation says"),
    "studio": gettext_lazy("as the studio says"),
    "event": gettext_lazy("as this event says"),
}


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """What has a deadline, until when it is kept, and in `note` for how long and who says so."""

    title: Promise
    text: str
    note: str
    is_announced: bool


def describe_deadlines(session: PhotoSession) -> list[DeadlineLine]:
    """Return a line for each thing that has a deadline of its own. Two queries."""
    return [_describe(deadline) for deadline in list_deadlines(session)]


def describe_period(period: Period) -> str:
    """Return for how long, and who says so: `365 days, as the studio says`."""
    return f"{describe_days(period.days)}, {SOURCES[period.source]}"


def describe_days(days: int) -> str:
    if not days:
        return _("no deadline")
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def describe_bounds(bounds: Bounds) -> str:
    """Return what the installation allows; nothing where it allows everything."""
    days = {"shortest": describe_days(bounds.shortest or 0), "longest": describe_days(bounds.longest or 0)}
    if bounds.shortest and bounds.longest:
        return _("The installation allows %(shortest)s to %(longest)s.") % days
    if bounds.shortest:
        return _("The installation allows %(shortest)s or more.") % days
    return _("The installation allows %(longest)s at most.") % days if bounds.longest else ""


def _describe(deadline: Deadline) -> DeadlineLine:
    is_near = deadline.is_announced and not deadline.is_done
    return DeadlineLine(
        TITLES[deadline.kept], _describe_day(deadline), describe_period(deadline.period), is_announced=is_near
    )


def _describe_day(deadline: Deadline) -> str:
    if deadline.day is None:
        return _("No deadline")
    day = {"day": _format(deadline.day)}
    return _("deleted on %(day)s") % day if deadline.is_done else _("until %(day)s") % day


def _format(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
