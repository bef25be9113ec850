"""Import a folder of photos into a gallery, with progress bars in the terminal."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.core.files import File
from tqdm import tqdm

from facepass.core.errors import FacePassError
from galleries.jobs import queue
from galleries.models import Gallery
from galleries.photos import ingest, progress

# Files that are tried; whether one is a picture is decided by its content.
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"})
POLL_SECONDS = 0.5
BAR = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} photos [{elapsed}<{remaining}, {rate_noinv_fmt}{postfix}]"
HINT_AFTER_SECONDS = 45


def list_photos(folder: Path) -> list[Path]:
    """Return the folder's pictures, with those of its sub-folders, in order of their names.

    Raises FacePassError `folder_not_found`.
    """
    if not folder.is_dir():
        raise FacePassError("folder_not_found", f"{folder}: no such folder")
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def import_folder(gallery: Gallery, folder: Path) -> ingest.UploadReport:
    """Add the folder's photos with a progress bar. Safe to run twice: bytes that are there already are left alone."""
    report = ingest.UploadReport()
    for path in tqdm(list_photos(folder), desc="importing", unit="photo", dynamic_ncols=True):
        _import(gallery, path, report, folder=path.parent.relative_to(folder).as_posix().removeprefix("."))
    if report.accepted:
        queue.wake_workers(gallery.pk, photos=len(report.accepted))
    return report


def _import(gallery: Gallery, path: Path, report: ingest.UploadReport, *, folder: str) -> None:
    try:
        with path.open("rb") as stream:
            ingest.add_to_report(gallery, File(stream, name=path.name), report, by=None, folder=folder)
    except OSError as error:
        report.rejected.append(ingest.RefusedFile(path.name, "unreadable", error.strerror or str(error)))


def wait_until_analysed(gallery_id: UUID) -> progress.GalleryProgress:
    """Show a progress bar (photos, faces, photos/s, time left) until every photo of the gallery is processed or failed.

    Returns the progress at the end.
    """
    now, changed = progress.load_progress(gallery_id), time.monotonic()
    already_done = now["processed"] + now["failed"]
    with tqdm(
        total=now["total"], initial=already_done, desc="analysing", unit="photo", bar_format=BAR, dynamic_ncols=True
    ) as bar:
        for now in _poll(gallery_id):
            done = now["processed"] + now["failed"]
            if done != bar.n:
                changed = time.monotonic()
            elif time.monotonic() - changed > HINT_AFTER_SECONDS:
                bar.write(
                    "Nothing has moved for a while. Photos are analysed while `manage.py up` runs; Ctrl-C is safe."
                )
                changed = float("inf")
            bar.n = done
            bar.set_postfix(faces=now["faces"], refresh=False)
            bar.refresh()
    return now


def _poll(gallery_id: UUID) -> Iterator[progress.GalleryProgress]:
    while True:
        now = progress.load_progress(gallery_id)
        yield now
        if not now["pending"] + now["processing"]:
            return
        time.sleep(POLL_SECONDS)
