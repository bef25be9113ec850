"""The rows of photos against their files. Both come in the order of names, so that neither has to fit in memory."""

import heapq
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import PurePath
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import F, Q
from django.db.models.functions import Collate

from facepass.core.storage.listing import StoredFile
from facepass.ops.backup.files import digest_of
from facepass.ops.file_check import orphans, repairs
from facepass.ops.file_check.findings import Extent, Kind, Report
from facepass.ops.file_check.orphans import Orphan
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from galleries.photos import media_files

FOLDER = "photos"
EACH = 1000
_REGULAR = Q(file__regex=orphans.SHAPES[FOLDER].pattern)
JPEG_BEGINS, JPEG_ENDS = b"\xff\xd8", b"\xff\xd9"


def check_photos(report: Report, extent: Extent) -> list[Orphan]:
    """Compare all photos with their files, repair what `extent` allows, and return the files that no row has."""
    found: list[Orphan] = []
    stored = orphans.list_ours(FOLDER, report)
    for folder, items in groupby(heapq.merge(stored, _rows(), key=_place), key=_place):
        if not extent.has_time():
            report.is_whole = False
            return found
        files, photos = _split(items)
        if photos:
            _check_photo(photos[0], files, report, extent)
            found += orphans.find_beside(photos[0], files)
        elif orphan := orphans.judge_folder(folder.rstrip("/"), files):
            found.append(orphan)
    for photo in GalleryImage.objects.exclude(file="").exclude(_REGULAR).select_related("gallery"):
        _check_photo(photo, _list_files(photo), report, extent)
    return found


def _rows() -> Iterator[GalleryImage]:
    """Yield the photos that have files where FacePass puts them, in the order in which a storage lists their files."""
    rows = GalleryImage.objects.filter(_REGULAR).select_related("gallery")
    return iter(rows.order_by(Collate(F("file"), "C")).iterator(chunk_size=EACH))


def _place(item: Any) -> str:
    """Return the folder of a file, or of a photo's files, as storages order it."""
    return f"{item.folder}/" if isinstance(item, StoredFile) else f"{(item.file.name or '').rpartition('/')[0]}/"


def _split(items: Iterable[Any]) -> tuple[list[StoredFile], list[GalleryImage]]:
    all_of_them = list(items)
    files = [item for item in all_of_them if isinstance(item, StoredFile)]
    return files, [item for item in all_of_them if isinstance(item, GalleryImage)]


def _check_photo(photo: GalleryImage, files: list[StoredFile], report: Report, extent: Extent) -> None:
    report.looked_at["photos"] += 1
    if report.looked_at["photos"] % EACH == 0:
        extent.say(f"photos: {report.looked_at['photos']}")
    if any(_examine(photo, files)):
        # The row or its files may have changed since they were listed.
        fresh = GalleryImage.objects.select_related("gallery").filter(pk=photo.pk).first()
        if fresh is None or fresh.file.name != photo.file.name:
            return
        photo, files = fresh, _list_files(fresh)
    problems = dict(_examine(photo, files))
    if extent.reads(photo.pk):
        report.looked_at["photos_read"] += 1
        problems |= {name: kind for name, kind in _read(photo, files) if name not in problems}
    if problems:
        repairs.repair_photo(photo, problems, report, extent)


def _list_files(photo: GalleryImage) -> list[StoredFile]:
    return list(default_storage.list_below(_place(photo).rstrip("/")))  # type: ignore[attr-defined] # ours have it


def _examine(photo: GalleryImage, files: Iterable[StoredFile]) -> Iterator[tuple[str, Kind]]:
    """Yield the names of files that are missing, or have a length that says enough, with what is wrong."""
    sizes = {file.name: file.size for file in files}
    original = photo.file.name or ""
    if _is_refused(photo):
        return
    if original not in sizes:
        yield original, Kind.ORIGINAL_MISSING
    elif sizes[original] != photo.byte_size:
        yield original, Kind.ORIGINAL_DAMAGED
    for name in _expected_previews(photo):
        if name not in sizes:
            yield name, Kind.PREVIEW_MISSING
    for name, size in sizes.items():
        if size == 0 and name != original and not orphans.is_part(name):
            yield name, Kind.PREVIEW_DAMAGED


def _is_refused(photo: GalleryImage) -> bool:
    """Whether nothing but the row is kept: see `GalleryImageQuerySet.with_files`."""
    return photo.state == PhotoState.FAILED and photo.subject_id is not None


def _expected_previews(photo: GalleryImage) -> list[str]:
    """Return the names of what the analysis has made; before it ends there need be nothing."""
    if photo.state != PhotoState.PROCESSED:
        return []
    return [media_files.storage_name(photo, variant) for variant in media_files.SIDES]


def _read(photo: GalleryImage, files: Iterable[StoredFile]) -> Iterator[tuple[str, Kind]]:
    """Yield the names of files whose content is not what it has to be."""
    for file in files:
        if _is_refused(photo) or orphans.is_part(file.name):
            continue
        if file.name == photo.file.name:
            if not _is_intact(file.name, photo.sha256):
                yield file.name, Kind.ORIGINAL_DAMAGED
        elif file.size and PurePath(file.name).suffix == ".jpg" and not _is_whole_jpeg(file.name):
            yield file.name, Kind.PREVIEW_DAMAGED


def _is_intact(name: str, digest: str) -> bool:
    """Return whether the file has that digest; one that is gone since it was listed is for the next time."""
    try:
        return digest_of(name) == digest
    except FileNotFoundError:
        return True


def _is_whole_jpeg(name: str) -> bool:
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except FileNotFoundError:
        return True
    return bool(content.startswith(JPEG_BEGINS) and content.endswith(JPEG_ENDS))
