"""What somebody asks for: deleting and restoring at once, or by a worker where a request would wait too long.

The console and the API both ask here. A worker's task is shown by `/api/v1/tasks/{id}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.module_loading import import_string

from facepass.core.access.tenancy import Principal
from facepass.core.trash import deleters, entries
from facepass.core.trash.registry import FILES, KINDS, LATER
from facepass.models import TrashEntry

# With more photos than these somebody would have to wait for seconds.
LARGE = 1000


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was deleted, an entry for each studio; or the ids of the tasks that delete it."""

    entries: Sequence[TrashEntry] = ()
    tasks: Sequence[UUID] = ()


def delete(kind_name: str, roots: entries.Roots, *, by: Principal) -> Deletion:
    """Move the rows to the trash, or have a worker do it. Raise PermissionDenied for who may not."""
    if entries.count_files(kind_name, roots) <= LARGE:
        return Deletion(entries=entries.move_to_trash(kind_name, roots, by=by))
    by_studio = entries.keys_by_studio(KINDS[kind_name], roots)
    for studio_id in by_studio:
        deleters.require_deleter(KINDS[kind_name], studio_id=studio_id, by=by)
    start = import_string(LATER["delete"])
    return Deletion(tasks=[start(kind_name, keys, studio_id=studio, by=by) for studio, keys in by_studio.items()])


def restore(entry: TrashEntry, *, by: Principal) -> UUID | None:
    """Restore the entry and return None; or the id of the task that does it. Raises what `entries.restore` does."""
    deleters.require_deleter(KINDS[entry.kind], studio_id=entry.studio_id, by=by)
    if is_large(entry):
        task_id: UUID = import_string(LATER["restore"])(entry, by=by)
        return task_id
    entries.restore(entry.pk, by=by)
    return None


def is_large(entry: TrashEntry) -> bool:
    """Return whether the entry has so many photos that a worker restores it."""
    photos: int = sum(entry.counts.get(label, 0) for label in FILES)
    return photos > LARGE
