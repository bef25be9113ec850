"""Mirrors what changed in Pixora: new and changed sessions by `updated_at`, and those that were deleted.

The cursor is the youngest `updated_at` seen, in Pixora's own time. Each run begins OVERLAP before it, because a long
transaction there may commit rows that are older than what was seen already; mirroring a row twice changes nothing.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Q, Value
from django.db.models.functions import Greatest, Least, Now
from django.utils import timezone

from facepass.core import notices
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import RowsFailed, each, try_each
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
T = TypeVar("T", PixoraSession, UUID)


def periodically() -> None:
    """The workers' chore. Where Pixora does not answer the next run goes on."""
    if not gateway.is_configured():
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
        concerned = Studio.objects.exclude(main_app_id=None).values_list("pk", flat=True)

        def tell(studio_id: UUID) -> None:
            notices.tell(NoticeKind.SYNC_FAILED, studio_id=studio_id, subject=studio_id, code=code)

        each(concerned, tell, task="notices of the sync")


def sync(*, everything: bool = False, say: Say | None = None) -> Changes:
    """Mirrors what changed, or everything. Stopped at any point, the next run goes on from the last whole page.

    A session that can not be mirrored stops none of the others. `say` is told after every page: sessions looked at so
    far, and what has changed. Raises as `gateway.fetch`, and RowsFailed at the end.
    """
    link = PixoraLink.row()
    mirrored, swept = _Run(say), _Run(say)
    since = None if everything or link.mirrored_until is None else link.mirrored_until - OVERLAP
    for page in _pages(since):
        mirrored.take(page, lambda rows: mirror.update_copies(rows)[1])
        mirrored.tell(looked=len(page))
        # A change that Pixora dates into the future must not hide those that come before it.
        until = Greatest("mirrored_until", Least(Value(page[-1].updated_at), Now()))
        PixoraLink.objects.filter(pk=link.pk).update(mirrored_until=until)
    if everything or _is_due(link.swept_at):
        for ids in _batches():
            missing = set(ids) - gateway.existing(ids)
            swept.take(list(missing), lambda gone: mirror.update_copies([], asked=gone)[1])
            swept.tell(looked=len(ids), anyway=False)
        PixoraLink.objects.filter(pk=link.pk).update(swept_at=Now())
    PixoraLink.objects.filter(pk=link.pk).update(synced_at=Now())
    if failed := mirrored.failed + swept.failed:
        raise RowsFailed("sync", failed)
    return mirrored.changes.plus(swept.changes)


class _Run:
    """What was looked at and changed so far, page by page."""

    def __init__(self, say: Say | None) -> None:
        self.changes, self.failed = Changes(), 0
        self._say, self._looked = say, 0

    def take(self, page: Sequence[T], take_over: Callable[[Sequence[T]], Changes]) -> None:
        """The page at once, or row by row where one of them does not let it."""
        try:
            self._add(take_over(page))
        except (ArithmeticError, AttributeError, DatabaseError, LookupError, TypeError, ValueError) as error:
            log.warning("a page of sessions is mirrored row by row: %s", type(error).__name__)
            self.failed += try_each(page, lambda row: self._add(take_over([row])), task="sync")

    def tell(self, *, looked: int, anyway: bool = True) -> None:
        """`looked`: at so many more; not `anyway`: only once something was deleted."""
        self._looked += looked
        if self._say and (anyway or self.changes.deleted):
            self._say(self._looked, self.changes)

    def _add(self, changes: Changes) -> None:
        self.changes = self.changes.plus(changes)


def _pages(since: datetime | None) -> Iterator[list[PixoraSession]]:
    last: PixoraSession | None = None
    while page := gateway.changed(since, after=last, limit=PAGE):
        yield page
        last = page[-1]


def _is_due(swept_at: datetime | None) -> bool:
    return swept_at is None or timezone.now() - swept_at > SWEEP_EVERY


def _batches() -> Iterator[list[UUID]]:
    """The copies, of which some may be of sessions that are no longer there."""
    copies = PhotoSession.objects.mirrored().order_by("pk").values_list("pk", flat=True)
    last: UUID | None = None
    while ids := list(copies.filter(Q(pk__gt=last) if last else Q())[:PAGE]):
        yield ids
        last = ids[-1]
