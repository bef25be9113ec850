"""Mirrors what changed in Pixora: new and changed sessions by `updated_at`, and sessions that were deleted.

The cursor is the latest `updated_at` seen, in Pixora's own time. Each run begins OVERLAP before it, because a long
transaction there may commit rows that are older than what was seen already. Mirroring a row twice changes nothing.
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
from facepass.core.work.each_row import RowsFailed, for_each_row, try_each_row
from facepass.models import NoticeKind, Studio
from sessions_app.models import PhotoSession, PixoraLink, PixoraSession
from sessions_app.pixora import gateway, mirror
from sessions_app.pixora.mirror import Changes

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)
PAGE = 500
# A deletion leaves no trace to look for, so Pixora is queried for every copy. That is often enough: whoever opens a
# deleted session is refused at once, see `session_access`.
SWEEP_EVERY = timedelta(minutes=10)
# How long Pixora may be away before staff get a notice. They get it at once where its table has changed.
SILENCE_BEFORE_NOTICE = timedelta(minutes=15)
DRIFTED = "pixora_schema"

# Called after each page with the number of sessions looked at so far, and what has changed.
Report = Callable[[int, Changes], None]
T = TypeVar("T", PixoraSession, UUID)


def run_sync() -> None:
    """Mirror what changed. A chore: where Pixora does not answer, the next run goes on."""
    if not gateway.is_configured():
        return
    try:
        mirror_changes()
    except FacePassError as refusal:
        log.warning("sessions are not mirrored: %s", refusal.code)
        _notify_staff(refusal.code)


def _notify_staff(code: str) -> None:
    """Notify the staff of every studio whose sessions are in Pixora. A short silence is not worth a notice."""
    synced_at = PixoraLink.load().synced_at
    if code == DRIFTED or synced_at is None or timezone.now() - synced_at > SILENCE_BEFORE_NOTICE:
        concerned = Studio.objects.exclude(main_app_id=None).values_list("pk", flat=True)

        def notify(studio_id: UUID) -> None:
            notices.notify_staff(NoticeKind.SYNC_FAILED, studio_id=studio_id, subject=studio_id, code=code)

        for_each_row(concerned, notify, task="notices of the sync")


def mirror_changes(*, everything: bool = False, report: Report | None = None) -> Changes:
    """Mirror what changed, or everything. Stopped at any point, the next run goes on from the last whole page.

    A session that cannot be mirrored stops none of the others. Raise as `gateway.fetch`, and RowsFailed at the end.
    """
    link = PixoraLink.load()
    mirrored, swept = _Progress(report), _Progress(report)
    since = None if everything or link.mirrored_until is None else link.mirrored_until - OVERLAP
    for page in _pages(since):
        mirrored.apply(page, lambda rows: mirror.update_copies(rows)[1])
        mirrored.report(looked=len(page))
        # A change that Pixora dates into the future must not hide those that are made before that.
        until = Greatest("mirrored_until", Least(Value(page[-1].updated_at), Now()))
        PixoraLink.objects.filter(pk=link.pk).update(mirrored_until=until)
    if everything or _is_sweep_due(link.swept_at):
        for ids in _copied_ids():
            missing = set(ids) - gateway.fetch_existing_ids(ids)
            swept.apply(list(missing), lambda gone: mirror.update_copies([], queried=gone)[1])
            swept.report(looked=len(ids), quiet=not swept.changes.deleted)
        PixoraLink.objects.filter(pk=link.pk).update(swept_at=Now())
    PixoraLink.objects.filter(pk=link.pk).update(synced_at=Now())
    if failed := mirrored.failed + swept.failed:
        raise RowsFailed("sync", failed)
    return mirrored.changes + swept.changes


class _Progress:
    """What was looked at and changed so far, page by page."""

    def __init__(self, report: Report | None) -> None:
        self.changes, self.failed = Changes(), 0
        self._report, self._looked = report, 0

    def apply(self, page: Sequence[T], write: Callable[[Sequence[T]], Changes]) -> None:
        """Write the page at once, or row by row where that fails for one of them."""
        try:
            self._add(write(page))
        except (ArithmeticError, AttributeError, DatabaseError, LookupError, TypeError, ValueError) as error:
            log.warning("a page of sessions is mirrored row by row: %s", type(error).__name__)
            self.failed += try_each_row(page, lambda row: self._add(write([row])), task="sync")

    def report(self, *, looked: int, quiet: bool = False) -> None:
        """Note that so many more were looked at, and call the caller's function unless `quiet`."""
        self._looked += looked
        if self._report and not quiet:
            self._report(self._looked, self.changes)

    def _add(self, changes: Changes) -> None:
        self.changes += changes


def _pages(since: datetime | None) -> Iterator[list[PixoraSession]]:
    last: PixoraSession | None = None
    while page := gateway.fetch_changed(since, after=last, limit=PAGE):
        yield page
        last = page[-1]


def _is_sweep_due(swept_at: datetime | None) -> bool:
    return swept_at is None or timezone.now() - swept_at > SWEEP_EVERY


def _copied_ids() -> Iterator[list[UUID]]:
    """Yield the ids of the copies, a page at a time. Some may be of sessions that Pixora no longer has."""
    copies = PhotoSession.objects.mirrored().order_by("pk").values_list("pk", flat=True)
    last: UUID | None = None
    while ids := list(copies.filter(Q(pk__gt=last) if last else Q())[:PAGE]):
        yield ids
        last = ids[-1]
