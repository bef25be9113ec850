"""When what belongs to an event is deleted, in the days of its time zone, and how far that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from sessions_app.models import Kept, PhotoSession, RetentionStep
from sessions_app.retention.periods import Period, PeriodsOwner, load_all_periods

# The studio is told so long before, and nothing is deleted earlier than so long after it was told.
WARNING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Deadline:
    """`day`: on which it is deleted, in the event's zone; None without a deadline. `step`: what was done so far."""

    kept: Kept
    period: Period
    day: date | None
    step: RetentionStep | None

    @property
    def is_announced(self) -> bool:
        return self.step is not None and self.step.warned_at is not None

    @property
    def is_done(self) -> bool:
        return self.step is not None and self.step.done_at is not None

    def is_near(self, today: date) -> bool:
        """Return whether it is time to tell the studio."""
        return self.day is not None and self.day - WARNING <= today

    def is_over(self, today: date) -> bool:
        """Return whether it is time to delete: the day has come, and the studio was told long enough ago."""
        return self.day is not None and self.is_announced and self.day <= today


def list_deadlines(session: PhotoSession) -> list[Deadline]:
    """Return the event's deadlines in the order of `Kept`. Two queries."""
    return list_all_deadlines([session])[session.pk]


def list_all_deadlines(sessions: Iterable[PhotoSession]) -> dict[UUID, list[Deadline]]:
    """Return the deadlines of each event, read with its studio. Two queries."""
    rows = list(sessions)
    periods = load_all_periods(rows)
    steps = {(step.session_id, step.kept): step for step in RetentionStep.objects.filter(session__in=rows)}
    return {
        session.pk: [
            _build_deadline(session, kept, periods[session.pk][kept], steps.get((session.pk, kept))) for kept in Kept
        ]
        for session in rows
    }


def start_day(session: PhotoSession) -> date:
    """Return the day from which periods count: the event's or, where that is later, the one when it was made."""
    return max(session.day, timezone.localdate(session.created_at, session.zone))


def today_of(session: PhotoSession) -> date:
    return timezone.localdate(timezone=session.zone)


def reopen_extended(owner: PeriodsOwner) -> None:
    """Forget announcements and deletions of deadlines that have moved away, after periods were changed.

    Not of events that were archived without faces: they stay so.
    """
    steps = RetentionStep.objects.select_related("session__studio").exclude(session__privacy__archived_at__isnull=False)
    if owner.session_id:
        steps = steps.filter(session=owner.session_id)
    elif owner.studio_id:
        steps = steps.filter(session__studio=owner.studio_id)
    found = list_all_deadlines({step.session_id: step.session for step in steps}.values())
    for deadlines in found.values():
        for deadline in deadlines:
            if deadline.step and not _is_due(deadline):
                deadline.step.delete()


def _is_due(deadline: Deadline) -> bool:
    """Return whether the deadline as it is now is near, whatever was announced for the former one."""
    assert deadline.step is not None  # noqa: S101 - the caller says so
    session = deadline.step.session
    if not deadline.period.days:
        return False
    return start_day(session) + timedelta(days=deadline.period.days) - WARNING <= today_of(session)


def _build_deadline(session: PhotoSession, kept: Kept, period: Period, step: RetentionStep | None) -> Deadline:
    if step and step.done_at:
        return Deadline(kept, period, timezone.localdate(step.done_at, session.zone), step)
    if not period.days:
        return Deadline(kept, period, None, step)
    told = step.warned_at if step else None
    told_day = timezone.localdate(told, session.zone) if told else today_of(session)
    day = max(start_day(session) + timedelta(days=period.days), told_day + WARNING)
    return Deadline(kept, period, day, step)
