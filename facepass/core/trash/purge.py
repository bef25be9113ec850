"""Deleting for good: the files and rows of an entry of the trash, with a receipt that says how much it was."""

from collections.abc import Sequence
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now
from django.utils.module_loading import import_string
from django_q.tasks import async_task

from facepass.core import events
from facepass.core.trash.registry import ERASED, FILES, KINDS, Files
from facepass.core.work.each_row import for_each_row
from facepass.models import Erasure, EventType, TrashEntry, TrashRow, User

# Rows whose files are deleted before they are.
BATCH = 200


def purge_due() -> None:
    """Delete for good what has been in the trash for TRASH_DAYS. A chore."""
    for_each_row(TrashEntry.objects.due().values_list("pk", flat=True), purge, task="emptying the trash")


def purge_soon(entry_id: UUID, *, by: User | None) -> Erasure | None:
    """Delete everything of the entry for good: at once, or by a worker where it has many files. Return the receipt."""
    entry = TrashEntry.objects.filter(pk=entry_id)
    if TrashRow.objects.filter(entry=entry_id, label__in=FILES, reference="").count() <= BATCH:
        return purge(entry_id, by=by)
    entry.update(purging_since=Coalesce("purging_since", Now()))
    async_task("facepass.core.trash.purge.run_purge", str(entry_id), by and by.pk, group="trash")
    return None


def run_purge(entry_id: str, user_id: int | None) -> None:
    """Delete the entry for good. A worker's task; interrupted, the chore goes on with it."""
    purge(UUID(entry_id), by=User.objects.filter(pk=user_id).first() if user_id else None)


def purge(entry_id: UUID, *, by: User | None = None) -> Erasure | None:
    """Delete everything of the entry for good, and return the receipt; None where the entry is gone.

    From the first file on it cannot be restored. Interrupted, it goes on when it is called again. `by`: who did not
    want to wait.
    """
    claimed = TrashEntry.objects.filter(pk=entry_id)
    if not claimed.update(purging_since=Coalesce("purging_since", Now())):
        return None
    for label, files in FILES.items():
        while rows := _list_files(entry_id, label, files):
            delete_files([name for names in rows.values() for name in names])
            claimed.get().rows.filter(pk__in=rows).delete()
    return _erase(entry_id, by=by)


@transaction.atomic
def _erase(entry_id: UUID, *, by: User | None) -> Erasure | None:
    """Delete the rows, and write the receipt and the event in the same transaction."""
    entry = TrashEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        return None
    for label, hook in ERASED.items():
        if keys := list(entry.rows.filter(label=label, reference="").values_list("key", flat=True)):
            import_string(hook)(keys)
    receipt = Erasure.objects.create(
        studio_id=entry.studio_id, kind=entry.kind, counts=entry.counts, deleted_by=entry.deleted_by,
        deleted_with=entry.deleted_with, deleted_at=entry.deleted_at, erased_by=by,
    )  # fmt: skip
    numbers = {name: entry.counts.get(key, 0) for name, key in KINDS[entry.kind].event_counts.items()}
    data = {"receipt_id": str(receipt.pk), "kind": entry.kind, **numbers}
    events.emit(EventType.ERASURE_COMPLETED, studio_id=entry.studio_id, data=data)
    entry.rows.all().delete()
    entry.delete()
    return receipt


def delete_files_with_entry(instance: TrashEntry, **_kwargs: object) -> None:
    """Delete the files of an entry that is deleted by a cascade: with its studio. A signal's receiver."""
    names: list[str] = []
    for label, files in FILES.items():
        names += [name for found in _list_files(instance.pk, label, files, limit=None).values() for name in found]
    transaction.on_commit(lambda: delete_files(names))


def delete_files(names: Sequence[str]) -> None:
    """Delete the files; one that is not there is no error."""
    for name in names:
        default_storage.delete(name)


def _list_files(entry_id: UUID, label: str, files: Files, *, limit: int | None = BATCH) -> dict[int, list[str]]:
    """Return the names of the files of some of the entry's rows, by the id of the row in the trash."""
    model, list_names = apps.get_model(label), import_string(files.names)
    values = ", ".join(f"content::json ->> '{column}'" for column in files.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, key, {values} FROM trash_rows"  # noqa: S608 - names of columns
            " WHERE entry_id = %s AND label = %s AND reference = '' ORDER BY id LIMIT %s",
            [entry_id, label, limit],
        )
        rows = cursor.fetchall()
    return {pk: list_names(model(pk=key, **dict(zip(files.columns, row, strict=True)))) for pk, key, *row in rows}
