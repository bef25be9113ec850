"""Mirrors what changed in Pixora: new and changed sessions by `updated_at`, and those that were deleted.

The cursor is the youngest `updated_at` seen, in Pixora's own time. Each run begins OVERLAP before it, because a long
transaction there may commit rows that are older than what was seen already; mirroring a row twice changes nothing.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Greatest, Least, Now
from django.utils import timezone

from facepass import notices
from facepass.errors import FacePassError
from facepass.models import NoticeKind, Studio
from sessions_app.models import PhotoSession, PixoraLink, PixoraSession
from sessions_app.pixora import gateway, mirror
from sessions_app.pixora.mirror import Changes

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)
PAGE = 500
# A deletion leaves no trace to look for, so every copy is asked about; often enough, since validation notices at once.
SWEEP_EVERY = timedelta(minutes=10)
# Pixora may be away for so long before staff hear of it; a change of its table is told at once.
WORTH_TELLING = timedelta(minutes=15)
DRIFTED = "pixora_schema"

Say = Callable[[int, Changes], None]


def periodically() -> None:
    """The workers' chore. Where Pixora does not answer the next run goes on."""
    if not gateway.configured():
        return
    try:
        sync()
    except FacePassError as refusal:
        log.warning("sessions are not mirrored: %s", refusal.code)
        _tell_staff(refusal.code)


def _tell_staff(code: str) -> None:
    """Those of every studio whose sessions are there. A short silence is nobody's business."""
    synced_at = PixoraLink.row().synced_at
    if code == DRIFTED or synced_at is None or timezone.now() - synced_at > WORTH_TELLING:
        for studio_id in Studio.objects.exclude(main_app_id=None).values_list("pk", flat=True):
            notices.tell(NoticeKind.SYNC_FAILED, studio_id=studio_id, subject=studio_id, code=code)


def sync(*, everything: bool = False, say: Say | None = None) -> Changes:
    """Mirrors what changed, or everything. Stopped at any point, the next run goes on from the last whole page.

    `say` is told after every page: sessions looked at so far, and what has changed. Raises as `gateway.fetch`.
    """
    link = PixoraLink.row()
    looked, total = 0, Changes()
    since = None if everything or link.mirrored_until is None else link.mirrored_until - OVERLAP
    for page in _pages(since):
        _copies, changes = mirror.take_over(page)
        # A change that Pixora dates into the future must not hide those that come before it.
        until = Greatest("mirrored_until", Least(Value(page[-1].updated_at), Now()))
        PixoraLink.objects.filter(pk=link.pk).update(mirrored_until=until)
        looked, total = looked + len(page), total.plus(changes)
        if say:
            say(looked, total)
    if everything or _is_due(link.swept_at):
        total = total.plus(_sweep(say))
        PixoraLink.objects.filter(pk=link.pk).update(swept_at=Now())
    PixoraLink.objects.filter(pk=link.pk).update(synced_at=Now())
    return total


def _pages(since: datetime | None) -> Iterator[list[PixoraSession]]:
    last: PixoraSession | None = None
    while page := gateway.changed(since, after=last, limit=PAGE):
        yield page
        last = page[-1]


def _is_due(swept_at: datetime | None) -> bool:
    return swept_at is None or timezone.now() - swept_at > SWEEP_EVERY


def _sweep(say: Say | None) -> Changes:
    """Looks for copies whose session is no longer there."""
    looked, total = 0, Changes()
    for ids in _batches():
        missing = set(ids) - gateway.existing(ids)
        _copies, changes = mirror.take_over([], asked=missing)
        looked, total = looked + len(ids), total.plus(changes)
        if say and changes.deleted:
            say(looked, total)
    return total


def _batches() -> Iterator[list[UUID]]:
    copies = PhotoSession.objects.mirrored().order_by("pk").values_list("pk", flat=True)
    last: UUID | None = None
    while ids := list(copies.filter(Q(pk__gt=last) if last else Q())[:PAGE]):
        yield ids
        last = ids[-1]
