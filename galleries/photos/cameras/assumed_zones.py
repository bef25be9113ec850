"""In which time zone the clock of a camera is read that tells none: its event's, else its studio's.

An event abroad has a zone of its own. Events are known to the app above, which registers how to ask; a photo keeps the
zone that was assumed, so that its time moves when the event gets another one, or the photo another event.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, DurationField, Expression, ExpressionWrapper, F, Func, Value
from django.utils import timezone

from galleries.models import Gallery, GalleryImage
from galleries.models.photo import GalleryImageQuerySet

_SECOND = Value(timedelta(seconds=1), DurationField())
# Takes the id of a photo session, and returns its own zone, or None where it has none.
FindZone = Callable[[UUID], ZoneInfo | None]
_registered: list[FindZone] = []


def register_finder(find: FindZone) -> None:
    _registered[:] = [find]


def find_camera_zone(gallery: Gallery) -> ZoneInfo:
    """Return the zone of cameras that tell none."""
    return _find_own(gallery) or gallery.studio.zone


def read_in_time_of_event(gallery: Gallery) -> None:
    """Have the rest of the request read dates in the zone of the gallery's event, where that has its own."""
    if zone := _find_own(gallery):
        timezone.activate(zone)


def _find_own(gallery: Gallery) -> ZoneInfo | None:
    if gallery.session_id is None:
        return None
    return next((zone for find in _registered if (zone := find(gallery.session_id))), None)


def move_times_of_event(session_id: UUID, zone: ZoneInfo) -> int:
    """Do as `move_assumed_times` for all photos of a photo session."""
    galleries = Gallery.objects.filter(session_id=session_id).order_by().values("pk")
    return move_assumed_times(GalleryImage.objects.filter(gallery__in=galleries), zone)


def move_assumed_times(photos: GalleryImageQuerySet, zone: ZoneInfo) -> int:
    """Read the clocks of the photos in that zone where one was assumed; return how many times changed.

    Times that cameras told with their offset from UTC stay.
    """
    shift = ExpressionWrapper(F("clock_shift") * _SECOND, DurationField())
    clock = _at_zone(ExpressionWrapper(F("taken_at") - shift, DateTimeField()), F("assumed_zone"))
    moment = ExpressionWrapper(_at_zone(clock, Value(zone.key)) + shift, DateTimeField())
    assumed = photos.filter(taken_at__isnull=False).exclude(assumed_zone__in=["", zone.key])
    return assumed.update(taken_at=moment, assumed_zone=zone.key)


def _at_zone(moment: Expression, zone: F | Value) -> Func:
    """Return SQL's AT TIME ZONE: of a moment what a clock in the zone shows, and of what a clock shows the moment."""
    return Func(moment, zone, template="(%(expressions)s)", arg_joiner=" AT TIME ZONE ", output_field=DateTimeField())
