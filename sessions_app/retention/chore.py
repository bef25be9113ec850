"""The chore that announces deadlines to the studio, and deletes at them what belongs to events."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from facepass.core import notices
from facepass.core.work.each_row import for_each_row
from facepass.models import NoticeKind
from sessions_app.models import PhotoSession, RetentionStep
from sessions_app.retention import deletion
from sessions_app.retention.deadlines import Deadline, list_all_deadlines, list_deadlines, today_of

# Events whose deadlines are read at once.
BATCH = 500


def keep_deadlines() -> None:
    """Announce and delete what is due, of every event. A chore."""
    keys = list(PhotoSession.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        _keep_some(keys[start : start + BATCH])


def _keep_some(keys: list[UUID]) -> None:
    sessions = list(PhotoSession.objects.select_related("studio").filter(pk__in=keys))
    deadlines = list_all_deadlines(sessions)
    near = [one for one in sessions if any(each.is_near(today_of(one)) for each in deadlines[one.pk])]
    for_each_row(near, lambda session: keep_deadlines_of(session, deadlines[session.pk]), task="retention")


def keep_deadlines_of(session: PhotoSession, deadlines: list[Deadline] | None = None) -> None:
    """Announce and delete what is due of one event, which was read with its studio."""
    today = today_of(session)
    found = list_deadlines(session) if deadlines is None else deadlines
    near = [one for one in found if one.is_near(today) and deletion.has_any(session, one.kept)]
    for deadline in near:
        if deadline.is_over(today):
            _delete(session, deadline)
    announced = [one for one in near if not one.is_announced]
    if announced:
        _announce(session, announced)


def _delete(session: PhotoSession, deadline: Deadline) -> None:
    """Delete what is due, unless somebody has moved the deadline in this moment."""
    current = next(one for one in list_deadlines(session) if one.kept == deadline.kept)
    if current.is_over(today_of(session)):
        receipt = deletion.delete_kept(session, deadline.kept)
        RetentionStep.objects.filter(session=session, kept=deadline.kept).update(
            done_at=timezone.now(), receipt=receipt
        )


@transaction.atomic
def _announce(session: PhotoSession, deadlines: list[Deadline]) -> None:
    """Note that the studio was told, and tell it, in one transaction: nothing is deleted that nobody heard of."""
    rows = [RetentionStep(session=session, kept=one.kept, warned_at=timezone.now()) for one in deadlines]
    RetentionStep.objects.bulk_create(rows, ignore_conflicts=True)
    first = min(one.day for one in deadlines if one.day)
    data = {"title": session.name, "day": first.isoformat()}
    notices.notify_staff(NoticeKind.RETENTION_DUE, studio_id=session.studio_id, subject=session.pk, **data)
