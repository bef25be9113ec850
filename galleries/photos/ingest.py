"""Uploaded files become photos: a file is checked, stored and given a row that waits for analysis.

Files that are refused are reported with a code.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core import virus_scan
from facepass.core.access.tenancy import Principal, recheck_scope
from facepass.core.database.storable_values import storable_moment
from facepass.core.errors import FacePassError
from facepass.core.logs.request_ids import stored_request_id
from facepass.core.storage import faults as storage_faults
from facepass.models import Scope
from galleries.jobs import queue
from galleries.models import Gallery, GalleryImage, Person
from galleries.photos import media_files
from galleries.photos.cameras import assumed_zones, camera_clocks, raw_pairs
from recognition.pictures import decoding
from recognition.pictures.formats import RAW

log = logging.getLogger(__name__)

# Refusals that say nothing about the file: it may come again.
NO_FILE_IS_TAKEN = frozenset({virus_scan.UNAVAILABLE, storage_faults.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """`code`: stable, for programs; `message`: for people."""

    filename: str
    code: str
    message: str


@dataclass(slots=True)
class UploadReport:
    """What became of each file of an upload. `duplicates`: file name, and the photo that already has these bytes."""

    accepted: list[GalleryImage] = field(default_factory=list)
    duplicates: list[tuple[str, UUID]] = field(default_factory=list)
    rejected: list[RefusedFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be stored: its content, what its header says, and its SHA-256."""

    stream: BinaryIO
    info: decoding.PictureInfo
    sha256: str


def add_photos(
    gallery: Gallery, files: Iterable[File[bytes]], *, by: Principal | None, folder: str = "", tags: str = ""
) -> UploadReport:
    """Add each file to the gallery and wake the workers. Each file is accepted or refused on its own.

    `by`: whoever uploads them, who must still be allowed to when each is stored; None for commands. Raises 401 or 403
    where they no longer are, and 404 `not_found` where the gallery is gone: photos that were added before stay.
    `folder`: where the files lay in what was uploaded. `tags`: those of new photos, as the column has them.
    """
    report = UploadReport()
    for file in files:
        add_to_report(gallery, file, report, by=by, folder=folder, tags=tags)
    if report.accepted:
        queue.wake_workers(gallery.pk, photos=len(report.accepted))
    return report


def add_to_report(
    gallery: Gallery, file: File[bytes], report: UploadReport, *, by: Principal | None, folder: str = "", tags: str = ""
) -> None:
    """Add one file and what became of it to the report; wake nobody. Errors that are not about the file are raised."""
    name = clean_filename(file)
    try:
        photo, is_new = add_photo(gallery, file, name=name, by=by, folder=folder, tags=tags)
    except FacePassError as refusal:
        if refusal.status in (401, 404) or refusal.code in NO_FILE_IS_TAKEN:
            raise
        report.rejected.append(RefusedFile(name, refusal.code, refusal.message))
        return
    if is_new:
        report.accepted.append(photo)
    else:
        report.duplicates.append((name, photo.pk))


def add_photo(
    gallery: Gallery,
    file: File[bytes],
    *,
    name: str,
    by: Principal | None,
    scope: Scope = Scope.WRITE,
    subject: Person | None = None,
    folder: str = "",
    tags: str = "",
    recheck: Callable[[], None] | None = None,
) -> tuple[GalleryImage, bool]:
    """Return the gallery's photo with these bytes, or of a raw file's JPEG, and whether it is new.

    `recheck`: called in the transaction that writes the row, for whoever uploads without being a principal; it raises
    where they no longer may.
    The file is stored before its row is written and removed again if the row is refused (two uploads of the same bytes
    at once; `by` may no longer; gallery or subject are gone), so a row never points to nothing. Raises FacePassError
    for what is refused: as `check_file` and `add_photos`.
    """
    checked = check_file(file)
    stream, info, sha256 = checked.stream, checked.info, checked.sha256
    if twin := GalleryImage.objects.filter(gallery=gallery, sha256=sha256).first():
        return twin, False
    shift, zone = camera_clocks.read_shift(gallery, info.camera), assumed_zones.find_camera_zone(gallery)
    photo = GalleryImage(
        id=uuid4(),
        gallery=gallery,
        subject=subject,
        original_name=name,
        folder=clean_folder(folder),
        tags=tags,
        sha256=sha256,
        request_id=stored_request_id(),
        byte_size=file.size,
        width=info.width,
        height=info.height,
        truncated=not info.is_whole,
        camera=info.camera,
        clock_shift=int(shift.total_seconds()),
        taken_at=_storable_moment(info.taken_at, zone, shift),
        assumed_zone=zone.key if info.taken_at and timezone.is_naive(info.taken_at) else "",
    )
    is_raw = info.format == RAW.name
    if is_raw and subject is None and (pair := raw_pairs.find_shown_pair(photo)):
        return pair, False
    photo.image_url = media_files.photo_path(photo, "original")
    stream.seek(0)
    photo.file.save(f"original.{info.extension}", File(stream), save=False)
    saved, is_new = _save_row(photo, by=by, scope=scope, recheck=recheck)
    if is_new and settings.RAW_PHOTOS and not is_raw:
        raw_pairs.hide_raw_pair(saved)
    return saved, is_new


def store_again(photo: GalleryImage, file: File[bytes]) -> None:
    """Store the photo's file where it is gone: that of a picture that was refused. `file`: the same bytes."""
    name = photo.file.name or ""
    if not default_storage.exists(name):
        default_storage.save(name, File(check_file(file).stream))


def _save_row(
    photo: GalleryImage, *, by: Principal | None, scope: Scope, recheck: Callable[[], None] | None
) -> tuple[GalleryImage, bool]:
    """Save the row, or delete its files and return the photo that has the same bytes."""
    with ExitStack() as on_failure:
        on_failure.callback(media_files.delete_files, media_files.storage_names(photo))
        try:
            with transaction.atomic():
                _require_parents(photo, by=by, scope=scope)
                if recheck is not None:
                    recheck()
                photo.save(force_insert=True)
        except IntegrityError:
            twin = GalleryImage.objects.filter(gallery=photo.gallery_id, sha256=photo.sha256).first()
            if twin is None:
                raise
            return twin, False
        on_failure.pop_all()
    return photo, True


def _require_parents(photo: GalleryImage, *, by: Principal | None, scope: Scope) -> None:
    """Check again what was checked before the file was read and stored; it holds until the transaction ends."""
    if by is not None:
        recheck_scope(by, scope, studio_id=photo.gallery.studio_id)
    parents = Gallery.objects.filter(pk=photo.gallery_id, studio_id=photo.gallery.studio_id).lock_against_deletion()
    if parents and photo.subject_id is not None:
        parents = Person.objects.filter(pk=photo.subject_id).lock_against_deletion()
    if not parents:
        raise FacePassError("not_found", _("Not found."), status=404)


def check_file(file: File[bytes]) -> CheckedFile:
    """Return the file where it may be taken, at its start.

    Raise FacePassError as `check_size`, `virus_scan.require_clean` and `decoding.inspect_picture`.
    """
    check_size(file.size)
    stream = cast(BinaryIO, file.open("rb"))
    virus_scan.require_clean(stream)
    info = decoding.inspect_picture(stream)
    checked = CheckedFile(stream, info, sha256_of_stream(stream))
    stream.seek(0)
    return checked


def check_size(size: int) -> None:
    """Raise FacePassError 413 `image_too_large`, and 415 `not_an_image` for an empty file."""
    if size > settings.MAX_UPLOAD_BYTES:
        raise FacePassError(
            "image_too_large",
            _("The file is larger than %(limit)d MB.") % {"limit": settings.MAX_UPLOAD_BYTES // 1_000_000},
            status=413,
            details={"max_bytes": settings.MAX_UPLOAD_BYTES},
        )
    if size == 0:
        raise FacePassError("not_an_image", _("The file is empty."), status=415)


def sha256_of_stream(stream: BinaryIO) -> str:
    """Return the SHA-256 of the whole stream, in hexadecimal."""
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def clean_filename(file: File[bytes]) -> str:
    """Return the file's own name without folders and control characters, at most 255 characters; only for display."""
    return _printable(PurePath((file.name or "").replace("\\", "/")).name) or "photo"


def clean_folder(folder: str) -> str:
    """Return a folder's path without control characters and leading slashes, at most 255 characters; for display."""
    return _printable(folder.replace("\\", "/").strip("/"))


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:255]


def _storable_moment(moment: datetime | None, zone: ZoneInfo, shift: timedelta) -> datetime | None:
    """Return a moment from EXIF as it can be stored, or None.

    Most carry no zone, and are read in the event's; `shift` puts the camera's clock right. A year that not every
    program can hold means that the camera's clock was never set.
    """
    if moment is not None and timezone.is_naive(moment):
        moment = timezone.make_aware(moment, zone)
    moment = storable_moment(moment)
    return None if moment is None else moment + shift
