"""What cameras have sent to an event, as folders: they see what they sent, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from sessions_app.cameras.receiving import CameraPath
from sessions_app.models import CameraFile, PhotoSession

# Of one folder; cameras begin a new one after 999 or 9,999 files.
MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder. `byte_size`: zero for a folder."""

    name: str
    is_folder: bool
    byte_size: int
    received_at: datetime


def list_folder(session_id: UUID, folder: str) -> list[Entry]:
    """Return the files that were taken and the folders that hold some, each name once."""
    entries = {entry.name: entry for entry in islice(_list_files(session_id, folder), MOST_ENTRIES)}
    for entry in _list_folders(session_id, folder):
        entries.setdefault(entry.name, entry)
    return list(entries.values())


def find_file(session_id: UUID, path: CameraPath) -> Entry | None:
    """Return the newest file that was taken under that path."""
    rows = CameraFile.objects.taken().filter(session=session_id, folder=path.folder, name=path.name)
    row = rows.order_by("-received_at").first()
    return Entry(row.name, is_folder=False, byte_size=row.byte_size, received_at=row.received_at) if row else None


def has_folder(session_id: UUID, folder: str) -> bool:
    """Return whether something was sent to that folder, or to one in it."""
    rows = CameraFile.objects.filter(session=session_id)
    return rows.filter(folder=folder).exists() or rows.filter(folder__startswith=f"{folder}/").exists()


def count_refused(session: PhotoSession) -> int:
    """Return how many files that cameras sent were not taken."""
    return CameraFile.objects.refused().filter(session=session).count()


def _list_files(session_id: UUID, folder: str) -> Iterator[Entry]:
    rows = CameraFile.objects.taken().filter(session=session_id, folder=folder).order_by("received_at")
    for name, size, moment in rows.values_list("name", "byte_size", "received_at"):
        yield Entry(name, is_folder=False, byte_size=size, received_at=moment)


def _list_folders(session_id: UUID, folder: str) -> Iterator[Entry]:
    prefix = f"{folder}/" if folder else ""
    rows = CameraFile.objects.filter(session=session_id, folder__startswith=prefix).exclude(folder=folder)
    for path, moment in rows.order_by("folder").values_list("folder", "received_at"):
        name = path.removeprefix(prefix).partition("/")[0]
        yield Entry(name, is_folder=True, byte_size=0, received_at=moment)
