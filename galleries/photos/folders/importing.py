"""Import a folder of photos into a gallery. Each file has an outcome; none stops the others."""

import errno
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.jobs import queue
from galleries.models import Gallery, GalleryImage, ImportedFile
from galleries.photos import ingest
from galleries.photos.folders.listing import FoundFile, Outcome, list_files, printable, raw_advice, video_advice
from recognition.pictures import file_names, formats

# The workers begin while a large folder is still being read.
WAKE_EVERY = 100
# Errors of where photos are stored, not of the file that is read: the next one would fail as well.
STORE_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of a file. `name`: its path below the folder; `code`: of a refusal; `photo`: the one it is now."""

    name: str
    outcome: Outcome
    code: str = ""
    message: str = ""
    photo: UUID | None = None


def import_folder(gallery: Gallery, folder: Path) -> Iterator[FileOutcome]:
    """Yield what becomes of each file of the folder; raise as `list_files` and `import_files`."""
    return import_files(gallery, list_files(folder))


def import_files(gallery: Gallery, files: Iterable[FoundFile]) -> Iterator[FileOutcome]:
    """Yield what becomes of each file. Safe to run again: only what is new is read.

    Raises FacePassError 404 `not_found` where the gallery is deleted meanwhile, and OSError where photos cannot be
    stored any more.
    """
    known, new = _known_stamps(gallery), 0
    try:
        for file in files:
            outcome = _outcome_of(gallery, file, known)
            new += outcome.outcome is Outcome.IMPORTED
            yield outcome
            if new == WAKE_EVERY:
                queue.wake_workers(gallery.pk, photos=new)
                new = 0
    finally:
        if new:
            queue.wake_workers(gallery.pk, photos=new)


def _known_stamps(gallery: Gallery) -> dict[tuple[str, int, int], UUID]:
    """Return the photo of each file that was imported before, by its path, size and time of the last change."""
    rows = ImportedFile.objects.filter(gallery=gallery).values_list("path", "byte_size", "modified_ns", "photo")
    return {(path, size, modified): photo for path, size, modified, photo in rows}


def _outcome_of(gallery: Gallery, file: FoundFile, known: dict[tuple[str, int, int], UUID]) -> FileOutcome:
    if file.left_out is not None:
        return FileOutcome(file.name, file.left_out, message=file.message)
    if photo := known.get((_place(file), *file.stamp)):
        return FileOutcome(file.name, Outcome.DUPLICATE, photo=photo)
    try:
        return _read(gallery, file)
    except OSError as error:
        if error.errno in STORE_IS_FULL:
            raise
        return FileOutcome(file.name, Outcome.UNREADABLE, message=error.strerror or str(error))


def _read(gallery: Gallery, file: FoundFile) -> FileOutcome:
    with file.path.open("rb") as stream:
        form = formats.detect_format(stream.read(formats.HEAD_BYTES))
        if form is None and not (file_names.PICTURE.search(file.name) or file_names.RAW.search(file.name)):
            return FileOutcome(file.name, Outcome.OTHER, message=_("not a picture"))
        if form == formats.VIDEO:
            return FileOutcome(file.name, Outcome.VIDEO, message=video_advice())
        if formats.is_raw(form) and not settings.RAW_PHOTOS:
            return FileOutcome(file.name, Outcome.RAW, message=raw_advice())
        return _add(gallery, file, File(stream, name=file.path.name))


def _add(gallery: Gallery, file: FoundFile, content: File[bytes]) -> FileOutcome:
    above = PurePosixPath(file.name).parent.as_posix().removeprefix(".")
    try:
        name = ingest.clean_filename(content)
        photo, is_new = ingest.add_photo(gallery, content, name=name, by=None, folder=above)
    except FacePassError as refusal:
        if refusal.status == 404:
            raise
        return FileOutcome(file.name, Outcome.REFUSED, refusal.code, refusal.message)
    _remember(gallery, file, photo)
    return FileOutcome(file.name, Outcome.IMPORTED if is_new else Outcome.DUPLICATE, photo=photo.pk)


def _remember(gallery: Gallery, file: FoundFile, photo: GalleryImage) -> None:
    ImportedFile.objects.create(
        gallery=gallery, photo=photo, path=_place(file), byte_size=file.byte_size, modified_ns=file.modified_ns
    )


def _place(file: FoundFile) -> str:
    """Return where the file lies on this machine, as text that can be stored."""
    return printable(str(file.path))
