"""Progress bars of an import and of the analysis that follows it."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from tqdm import tqdm

from galleries.models import Gallery
from galleries.photos import progress
from galleries.photos.folders.importing import FileOutcome, import_files
from galleries.photos.folders.listing import list_files

POLL_SECONDS = 0.5
BAR = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} photos [{elapsed}<{remaining}, {rate_noinv_fmt}{postfix}]"
HINT_AFTER_SECONDS = 45


def import_with_bar(gallery: Gallery, folder: Path) -> Iterator[FileOutcome]:
    """Yield what becomes of each file, as `import_folder` does, with a bar of how far it is."""
    files = list_files(folder)
    yield from tqdm(import_files(gallery, files), total=len(files), desc="importing", unit="file", dynamic_ncols=True)


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
