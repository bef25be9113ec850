"""Deleting for good: the files and rows of an entry of the trash, with a receipt that says how much it was."""

from collections.abc import Sequence
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now
from django.utils.module_loading import import_string

from facepass.core import events
from facepass.core.access.tenancy import Principal
from facepass.core.trash import erased_subjects, traces
from facepass.core.trash.registry import ERASED, FILES, KINDS, LATER, Files
from facepass.core.work.each_row import for_each_row
from facepass.models import ApiKey, Erasure, EventType, TrashEntry, TrashRow, User

# Rows whose files are deleted before they are.
BATCH = 200


def purge_due() -> None:
    """Delete for good what has been in the trash for TRASH_DAYS. A chore."""
    for_each_row(TrashEntry.objects.due().values_list("pk", flat=True), purge, task="emptying the trash")


def purge_soon(entry_id: UUID, *, by: Principal | None) -> Erasure | UUID | None:
    """Delete everything of the entry for good, and return the receipt.

    Where it has many files a worker does it, or the chore: then return the id of the task. None where it is gone.
    """
    if TrashRow.objects.filter(entry=entry_id, label__in=FILES, reference="").count() <= BATCH:
        return purge(entry_id, by=by)
    with transaction.atomic():
        entry = TrashEntry.objects.select_for_update().filter(pk=entry_id).first()
        if entry is None:
            return None
        TrashEntry.objects.filter(pk=entry_id).update(purging_since=Coalesce("purging_since", Now()))
        task_id: UUID = import_string(LATER["erase"])(entry, by=by)
    return task_id


def purge(entry_id: UUID, *, by: Principal | None = None) -> Erasure | None:
    """Delete everything of the entry for good, and return the receipt; None where the entry is gone.

    From the first file on it cannot be restored. Interrupted, it begins again when it is called again. `by`: who did
    not want to wait.
    """
    claimed = TrashEntry.objects.filter(pk=entry_id)
    if not claimed.update(purging_since=Coalesce("purging_since", Now())):
        return None
    for label, files in FILES.items():
        last = 0
        while rows := _list_files(entry_id, label, files, after=last):
            delete_files([name for names in rows.values() for name in names])
            last = max(rows)
    return _erase(entry_id, by=by)


@transaction.atomic
def _erase(entry_id: UUID, *, by: Principal | None) -> Erasure | None:
    """Delete the rows, and write the receipt and the event in the same transaction."""
    entry = TrashEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        return None
    for label, hook in ERASED.items():
        if keys := _list_keys(entry, label):
            import_string(hook)(keys)
    receipt = Erasure.objects.create(
        studio_id=entry.studio_id, kind=entry.kind, counts=entry.counts, deleted_by=entry.deleted_by,
        deleted_with=entry.deleted_with, deleted_at=entry.deleted_at,
        erased_by=by if isinstance(by, User) else None, erased_with=by.name if isinstance(by, ApiKey) else "",
    )  # fmt: skip
    traces.forget_trashed(entry.pk)
    root = erased_subjects.label_of_kind(entry.kind)
    erased_subjects.record(root, _list_keys(entry, root), receipt=receipt.pk)
    numbers = {name: entry.counts.get(key, 0) for name, key in KINDS[entry.kind].event_counts.items()}
    data = {"receipt_id": str(receipt.pk), "kind": entry.kind, **numbers}
    events.emit(EventType.ERASURE_COMPLETED, studio_id=entry.studio_id, data=data)
    entry.rows.all().delete()
    entry.delete()
    return receipt


def _list_keys(entry: TrashEntry, label: str) -> list[str]:
    """Return the keys of the whole rows of a model in the entry."""
    return list(entry.rows.filter(label=label, reference="").order_by("key").values_list("key", flat=True))


def delete_files_with_entry(instance: TrashEntry, **_kwargs: object) -> None:
    """Delete the files of an entry that is deleted by a cascade: with its studio. A signal's receiver."""
    names = list_file_names(instance.pk)
    transaction.on_commit(lambda: delete_files(names))


def delete_files(names: Sequence[str]) -> None:
    """Delete the files; one that is not there is no error. A bucket deletes all versions (`core.storage.bucket`)."""
    for name in names:
        default_storage.delete(name)


def list_file_names(entry_id: UUID) -> list[str]:
    """Return the names of all files of an entry's rows."""
    found = [_list_files(entry_id, label, files, limit=None) for label, files in FILES.items()]
    return [name for rows in found for names in rows.values() for name in names]


def _list_files(
    entry_id: UUID, label: str, files: Files, *, after: int = 0, limit: int | None = BATCH
) -> dict[int, list[str]]:
    """Return the names of the files of the entry's next rows, by the id of the row in the trash."""
    model, list_names = apps.get_model(label), import_string(files.names)
    values = ", ".join(f"content::json ->> '{column}'" for column in files.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, key, {values} FROM trash_rows"  # noqa: S608 - names of columns
            " WHERE entry_id = %s AND label = %s AND reference = '' AND id > %s ORDER BY id LIMIT %s",
            [entry_id, label, after, limit],
        )
        rows = cursor.fetchall()
    return {pk: list_names(model(pk=key, **dict(zip(files.columns, row, strict=True)))) for pk, key, *row in rows}
