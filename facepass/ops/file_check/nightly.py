"""The check as a chore: each night, within bounds, with a notice to studios whose files are missing or damaged.

Every night all files are looked for, and as many are read as two gigabytes hold; so that each has its turn, of larger
installations a part is read each night. An installation whose files cannot be listed in four minutes runs
`manage.py check_files` by a timer (docs/backup.md).
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Now
from django.utils import timezone

from facepass.core import notices
from facepass.core.work import heartbeats
from facepass.models import Chore, Heartbeat, NoticeKind
from facepass.ops.file_check.checking import check_files
from facepass.ops.file_check.findings import LOST, Extent, Report
from galleries.models import GalleryImage

log = logging.getLogger(__name__)

CHECKED = "files checked"
NIGHT = range(1, 6)
# Between two checks: less than a day, so that a late one does not move all that follow. And where no night comes.
PAUSE, OVERDUE = timedelta(hours=18), timedelta(hours=48)
NIGHT_BYTES = 2_000_000_000
NIGHT_SECONDS = 240


def check_at_night() -> None:
    """Check the files once a night, or where they have not been checked for two days. A chore."""
    if (_is_night() or _is_overdue()) and Chore.objects.claim(f"facepass.{CHECKED}", every=PAUSE):
        check_now()


def check_now() -> Report:
    """Check the files as far as a worker has time, rebuild what can be made anew, and tell the studios what is lost."""
    until = time.monotonic() + NIGHT_SECONDS
    extent = Extent(
        rebuilds=True,
        reads=choose_part(),
        has_time=lambda: time.monotonic() < until and not heartbeats.is_stopping(),
    )
    report = check_files(extent)
    Heartbeat.objects.update_or_create(name=CHECKED, defaults={"beaten_at": Now()})
    _log(report)
    _tell_studios(report)
    return report


def choose_part() -> Callable[[UUID], bool]:
    """Return which files are read tonight: each once in as many nights as all of them are parts."""
    total = GalleryImage.objects.aggregate(total=Sum("byte_size"))["total"] or 0
    parts = max(1, math.ceil(total / NIGHT_BYTES))
    tonight = timezone.localdate().toordinal() % parts
    return lambda pk: pk.int % parts == tonight


def _is_night() -> bool:
    return timezone.localtime().hour in NIGHT


def _is_overdue() -> bool:
    return not Heartbeat.objects.filter(name=CHECKED, beaten_at__gt=Now() - OVERDUE).exists()


def _log(report: Report) -> None:
    if not report.is_whole:
        log.warning("not all files could be looked for in %d s: run manage.py check_files by a timer", NIGHT_SECONDS)
    kinds = Counter(problem.kind for problem in report.remaining)
    for kind, number in sorted(kinds.items()):
        log.error("check of the files: %s, %d", kind, number)


def _tell_studios(report: Report) -> None:
    lost = Counter(problem.studio_id for problem in report.remaining if problem.kind in LOST)
    for studio_id, files in lost.items():
        if studio_id is not None:
            notices.notify_staff(NoticeKind.FILES_LOST, studio_id=studio_id, subject=studio_id, files=files)
