"""Clocks of cameras that were wrong: all photos of a camera are shifted, those of later uploads too.

A wedding is photographed by several cameras, and one whose clock is an hour off mixes the ceremony with the party.
`taken_at` holds the moment as it was put right, and each photo by how much that is; the gallery keeps it for what is
uploaded later.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Max, Min, Value

from galleries.models import Gallery, GalleryImage

_SECOND = Value(timedelta(seconds=1), DurationField())
# A clock that is wrong by more was never set; cameras begin with some year then.
MOST_SHIFT = timedelta(days=10 * 366)
_SHIFT = re.compile(r"([+\u2212-]?)(?:(\d{1,4}):)?(\d{1,5})(?::(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class CameraClock:
    """A camera of a gallery. `camera`: empty for photos that name none. `shift`: by how much it was put right."""

    camera: str
    photos: int
    first: datetime
    last: datetime
    shift: timedelta


def list_clocks(gallery: Gallery) -> list[CameraClock]:
    """Return the cameras of the gallery's photos that say when they were taken, that of most photos first."""
    rows = gallery.photos.filter(taken_at__isnull=False).order_by().values_list("camera")
    counted = rows.annotate(n=Count("pk"), first=Min("taken_at"), last=Max("taken_at")).order_by("-n", "camera")
    return [
        CameraClock(camera, number, first, last, read_shift(gallery, camera)) for camera, number, first, last in counted
    ]


def read_shift(gallery: Gallery, camera: str) -> timedelta:
    """Return by how much that camera's clock was put right in the gallery."""
    return timedelta(seconds=gallery.clock_shifts.get(camera, 0))


@transaction.atomic
def set_shifts(gallery: Gallery, shifts: Mapping[str, timedelta]) -> int:
    """Put the clocks of these cameras right by so much in all, and return how many photos that changed."""
    locked = Gallery.objects.select_for_update(no_key=True).get(pk=gallery.pk)
    changed = 0
    for camera, shift in shifts.items():
        seconds = int(shift.total_seconds())
        photos = GalleryImage.objects.filter(gallery=locked, camera=camera).exclude(clock_shift=seconds)
        difference = ExpressionWrapper((seconds - F("clock_shift")) * _SECOND, DurationField())
        moment = ExpressionWrapper(F("taken_at") + difference, DateTimeField())
        changed += photos.update(taken_at=moment, clock_shift=seconds)
        locked.clock_shifts[camera] = seconds
    locked.clock_shifts = {camera: seconds for camera, seconds in locked.clock_shifts.items() if seconds}
    locked.save(update_fields=["clock_shifts"])
    gallery.clock_shifts = locked.clock_shifts
    return changed


def parse_shift(text: str) -> timedelta | None:
    """Return a shift written as hours, hours:minutes or hours:minutes:seconds with a sign, zero for no text.

    None for what is none, or is larger than MOST_SHIFT.
    """
    if not text.strip():
        return timedelta()
    found = _SHIFT.fullmatch(text.strip())
    if found is None:
        return None
    sign, hours, minutes, seconds = found.groups()
    if hours is None:
        hours, minutes = minutes, "0"
    if int(minutes) > 59 or int(seconds or 0) > 59:
        return None
    shift = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return None if shift > MOST_SHIFT else (shift if sign in ("", "+") else -shift)


def format_shift(shift: timedelta) -> str:
    """Return the shift as `parse_shift` reads it: `+1:00`, `-0:05:30`; empty for none."""
    if not shift:
        return ""
    seconds = abs(int(shift.total_seconds()))
    clock = f"{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    return ("-" if shift < timedelta() else "+") + clock
