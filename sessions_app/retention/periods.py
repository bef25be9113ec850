"""For how many days what belongs to an event is kept: as the event says, else its studio, else the installation.

All of it within the bounds that the installation draws (`bounds.py`), whoever changes it by whichever door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from sessions_app.models import Kept, PhotoSession, RetentionPeriods
from sessions_app.retention.bounds import (
    Bounds,
    BoundsOf,
    list_outside,
    read_bounds,
    require_inside,
    require_ordered,
    write_bounds,
)

Source = Literal["default", "installation", "studio", "event"]
# Where nobody says otherwise. Three years are the longest that a law we know allows for biometric data without a
# purpose that still lasts (Illinois, BIPA 15(a)). Photos are the studio's archive.
DEFAULT_DAYS: dict[Kept, int] = {Kept.TEMPLATES: 1095, Kept.FACES: 1095, Kept.GUESTS: 365, Kept.PHOTOS: 0}


@dataclass(frozen=True, slots=True)
class Period:
    """For how many days something is kept, and which level says so. 0: as long as nobody deletes it."""

    days: int
    source: Source


@dataclass(frozen=True, slots=True)
class PeriodsOwner:
    """Whose periods: a studio's, with `session_id` one of its events'; the installation's without a studio."""

    studio_id: UUID | None = None
    session_id: UUID | None = None

    @classmethod
    def for_session(cls, session: PhotoSession) -> "PeriodsOwner":
        return cls(session.studio_id, session.pk)

    @property
    def level(self) -> Source:
        if self.session_id:
            return "event"
        return "studio" if self.studio_id else "installation"

    @property
    def above(self) -> "PeriodsOwner":
        """Whose periods hold where this owner says nothing."""
        return PeriodsOwner(self.studio_id) if self.session_id else PeriodsOwner()


Periods = dict[Kept, Period]
DEFAULT_PERIODS: Periods = {kept: Period(days, "default") for kept, days in DEFAULT_DAYS.items()}


def load_periods(owner: PeriodsOwner) -> Periods:
    """Return the periods that hold there. One query."""
    return _compose(_read(Q(studio=None) | Q(studio=owner.studio_id)), owner)


def load_inherited(owner: PeriodsOwner) -> Periods:
    """Return the periods that hold where this owner says nothing."""
    return DEFAULT_PERIODS if owner == PeriodsOwner() else load_periods(owner.above)


def load_all_periods(sessions: Iterable[PhotoSession]) -> dict[UUID, Periods]:
    """Return the periods of each of the events. One query."""
    stored = _read(Q())
    return {session.pk: _compose(stored, PeriodsOwner.for_session(session)) for session in sessions}


def load_own(owner: PeriodsOwner) -> dict[Kept, int | None]:
    """Return the days that this level says itself."""
    row = _find_row(owner)
    return _read_days(row) if row else dict.fromkeys(Kept)


def load_bounds() -> BoundsOf:
    """Return what the installation allows. One query."""
    row = _find_row(PeriodsOwner())
    return read_bounds(row.bounds if row else {})


@transaction.atomic
def save_own(
    owner: PeriodsOwner, days: Mapping[Kept, int | None], *, bounds: Mapping[Kept, Bounds] | None = None
) -> bool:
    """Write what this level says itself, None for what the level above says; return whether that changed anything.

    What is not named stays. `bounds`: of the installation, how short and how long periods may be from now on. Raise 400
    `retention_out_of_bounds`, and `invalid_request` for bounds that cross.
    """
    drawn = bounds or {}
    require_ordered(drawn)
    row = _lock_row(owner)
    before = _read_values(row)
    whole = {**_read_days(row), **days}
    allowed = {**(load_bounds() if owner.studio_id else read_bounds(row.bounds)), **drawn}
    require_inside(whole if drawn else days, bounds=allowed)
    for kept, number in whole.items():
        setattr(row, kept.value, number)
    if drawn:
        row.bounds = write_bounds(allowed)
    row.save()
    return before != _read_values(row)


def _read_days(row: RetentionPeriods) -> dict[Kept, int | None]:
    return {kept: getattr(row, kept.value) for kept in Kept}


def _read_values(row: RetentionPeriods) -> tuple[dict[Kept, int | None], BoundsOf]:
    return _read_days(row), read_bounds(row.bounds)


def _find_row(owner: PeriodsOwner) -> RetentionPeriods | None:
    return RetentionPeriods.objects.filter(studio=owner.studio_id, session=owner.session_id).first()


def _lock_row(owner: PeriodsOwner) -> RetentionPeriods:
    whose: dict[str, Any] = {"studio_id": owner.studio_id, "session_id": owner.session_id}  # null is a level too
    return RetentionPeriods.objects.select_for_update().get_or_create(**whose)[0]


def _read(rows: Q) -> dict[PeriodsOwner, RetentionPeriods]:
    found = RetentionPeriods.objects.filter(rows)
    return {PeriodsOwner(row.studio_id, row.session_id): row for row in found}


def _compose(stored: Mapping[PeriodsOwner, RetentionPeriods], owner: PeriodsOwner) -> Periods:
    found = dict(DEFAULT_PERIODS)
    for source, level in _levels(owner).items():
        for kept in Kept:
            days = getattr(stored.get(level), kept.value, None)
            if days is not None:
                found[kept] = Period(days, source)
    return _fit(found, stored.get(PeriodsOwner()))


def _fit(periods: Periods, installation: RetentionPeriods | None) -> Periods:
    """Return the periods as the installation allows them; what it shortens or lengthens comes from it."""
    bounds = read_bounds(installation.bounds if installation else {})
    outside = list_outside({kept: period.days for kept, period in periods.items()}, bounds=bounds)
    fitting = {kept: Period(one.fit(periods[kept].days), "installation") for kept, one in outside.items()}
    return {**periods, **fitting}


def _levels(owner: PeriodsOwner) -> dict[Source, PeriodsOwner]:
    """Return the levels that count for the owner, from the widest to its own."""
    levels: dict[Source, PeriodsOwner] = {"installation": PeriodsOwner()}
    if owner.studio_id:
        levels["studio"] = PeriodsOwner(owner.studio_id)
    if owner.session_id:
        levels["event"] = owner
    return levels
