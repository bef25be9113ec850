"""Files without a row: of uploads that were interrupted, and of rows that went without their files.

A file is stored before its row is written, so none is one before it is a day old. What lies in the trash has its rows
there. A back-up that is being made needs files of rows that have gone since, so nothing is deleted meanwhile.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone

from facepass.core.database.advisory_locks import LockPurpose, try_lock
from facepass.core.storage.listing import StoredFile
from facepass.core.trash import purge
from facepass.models import Heartbeat, Studio, TrashRow
from facepass.ops.backup import RESTORED
from facepass.ops.file_check.findings import Extent, Kind, Report
from galleries.models import GalleryImage
from galleries.photos import media_files

KEPT_FOR = timedelta(days=1)
# More interrupted uploads than this within a day are another accident, which somebody has to look at.
MOST_SWEPT = 200
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What FacePass stores where, but for `incoming/`, which `galleries.photos.direct_uploads` sweeps.
SHAPES = {
    "photos": re.compile(rf"^photos/{_UUID}/{_UUID}/[^/]+$"),
    "given": re.compile(rf"^given/{_UUID}/[^/]+$"),
    "logos": re.compile(r"^logos/[^/]+$"),
    "health": re.compile(r"^health/[^/]+$"),
}
# Whose id the folder's name is.
OWNERS = {"photos": "galleries.GalleryImage", "given": "sessions_app.GuestUpload"}
_PART = re.compile(r"\.[0-9a-f]{8}\.part$")


@dataclass(frozen=True, slots=True)
class Orphan:
    """Files that no row has. `is_interrupted`: an upload that was cut off has left them, and nobody ever saw them.

    `folder`: the one whose row is nowhere; empty where it is only the file that belongs to nobody.
    """

    names: Sequence[str]
    modified_at: datetime
    is_interrupted: bool
    folder: str = ""


def is_part(name: str) -> bool:
    """Return whether the file is one that was being written (see `facepass.core.storage.folder`)."""
    return bool(_PART.search(name))


def list_ours(folder: str, report: Report) -> Iterator[StoredFile]:
    """Yield the files that FacePass has put below one of its folders; the report names the others."""
    for file in default_storage.list_below(folder):  # type: ignore[attr-defined] # both of our storages have it
        if SHAPES[folder].match(file.name):
            yield file
        else:
            report.add(Kind.UNKNOWN_FILE, file.name)


def judge_folder(folder: str, files: Iterable[StoredFile]) -> Orphan | None:
    """Return the files of a folder whose row is nowhere, the trash included, or None."""
    files = list(files)
    if not files or not _is_old(files) or _has_row(folder):
        return None
    own = [file.own_name for file in files]
    untouched = all(is_part(name) or name.startswith("original.") for name in own)
    return _orphan(files, is_interrupted=untouched or not folder.startswith("photos/"), folder=folder)


def find_beside(photo: GalleryImage, files: Iterable[StoredFile]) -> list[Orphan]:
    """Return the files in a photo's folder that are none of its own."""
    return [_orphan([file], is_interrupted=is_part(file.name)) for file in files if _is_foreign(photo, file)]


def _is_foreign(photo: GalleryImage, file: StoredFile) -> bool:
    if not _is_old([file]):
        return False
    own = {photo.file.name, *media_files.made_by_workers(photo)}
    return is_part(file.name) or (file.name not in own and not media_files.is_made(file.name))


def find_loose(report: Report) -> list[Orphan]:
    """Return the files without a row beside those of photos: given by guests, logos, and of health checks."""
    logos = set(Studio.objects.exclude(logo=None).values_list("logo", flat=True))
    found = [judge_folder(file.folder, [file]) for file in list_ours("given", report)]
    old_logos = [file for file in list_ours("logos", report) if file.name not in logos and _is_old([file])]
    probes = [file for file in list_ours("health", report) if _is_old([file])]
    return [
        *(orphan for orphan in found if orphan),
        *(_orphan([file], is_interrupted=is_part(file.name)) for file in old_logos),
        *(_orphan([file], is_interrupted=True) for file in probes),
    ]


def sweep(found: Sequence[Orphan], report: Report, extent: Extent) -> None:
    """Report the files, and delete those that `extent` allows."""
    allowed = _choose(found, extent)
    with try_lock(LockPurpose.BACKUP) as is_free:
        for orphan in found:
            may_go = is_free and orphan in allowed and not _has_row(orphan.folder)
            if may_go:
                purge.delete_files(orphan.names)
            for name in orphan.names:
                report.add(Kind.ORPHANED, name, repaired=may_go)


def _choose(found: Sequence[Orphan], extent: Extent) -> Sequence[Orphan]:
    """Return what may be deleted. Files from before a restoration may have lost their rows by it: people decide."""
    if extent.restores:
        return found
    restored_at = Heartbeat.objects.filter(name=RESTORED).values_list("beaten_at", flat=True).first()
    left = [one for one in found if one.is_interrupted and (restored_at is None or one.modified_at > restored_at)]
    return left if extent.rebuilds and len(left) <= MOST_SWEPT else []


def _orphan(files: Sequence[StoredFile], *, is_interrupted: bool, folder: str = "") -> Orphan:
    return Orphan([file.name for file in files], max(file.modified_at for file in files), is_interrupted, folder)


def _is_old(files: Iterable[StoredFile]) -> bool:
    return all(file.modified_at < timezone.now() - KEPT_FOR for file in files)


def _has_row(folder: str) -> bool:
    """Return whether the row whose id the folder's name is exists, or lies in the trash."""
    label = OWNERS.get(folder.partition("/")[0])
    if label is None:
        return False
    key = folder.rpartition("/")[2]
    trashed = TrashRow.objects.filter(label=label, key=key, reference="")
    return apps.get_model(label)._base_manager.filter(pk=UUID(key)).exists() or trashed.exists()
