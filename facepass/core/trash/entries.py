"""Deleting and restoring: events, galleries, photos, people, each with all that belongs to them.

`move_to_trash` deletes. `restore` brings everything back as it was, with the same ids, as long as the entry is kept
(TRASH_DAYS); then `purge.purge` deletes it for good. What is in the trash is in no other table.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Deleted, Principal, delete_with_late_inserts
from facepass.core.errors import FacePassError
from facepass.core.trash import moving, purge
from facepass.core.trash.contents import Keys, find_contents, find_rows
from facepass.core.trash.deleters import require_deleter
from facepass.core.trash.registry import (
    CONFLICTS,
    FILES,
    KINDS,
    LOCKED_FIRST,
    RESTORED,
    Counts,
    Kind,
    Link,
    list_keys_of,
    list_links_to,
    list_tables,
)
from facepass.models import ApiKey, Studio, TrashEntry, TrashRow, User

Roots = Sequence[models.Model]
LABEL_CHARACTERS, LABELS_SHOWN = 280, 4


def count_contents(kind_name: str, roots: Roots) -> Counts:
    """Return what would be deleted with the rows, as an entry's `counts` say it afterwards."""
    counts: Counts = {}
    for studio_id, keys in keys_by_studio(KINDS[kind_name], roots).items():
        for name, number in find_contents(KINDS[kind_name], keys, studio_id=studio_id).counts.items():
            counts[name] = counts.get(name, 0) + number
    return counts


def count_files(kind_name: str, roots: Roots) -> int:
    """Return how many rows with files would go: most others belong to one of them, so it says how long it takes."""
    kind = KINDS[kind_name]
    return sum(
        len(rows.get(apps.get_model(label), ()))
        for studio_id, keys in keys_by_studio(kind, roots).items()
        for rows in [find_rows(kind, keys, FILES, studio_id=studio_id)]
        for label in FILES
    )


def move_to_trash(kind_name: str, roots: Roots, *, by: Principal | None) -> list[TrashEntry]:
    """Delete the rows with all that belongs to them, and return an entry for each studio that they are of.

    With TRASH_DAYS = 0 everything is deleted for good after the commit. Rows that are gone by now are left out.
    Raise PermissionDenied for who may not.
    """
    kind = KINDS[kind_name]
    return [
        entry
        for studio_id, keys in keys_by_studio(kind, roots).items()
        if (entry := _move_keys(kind, keys, studio_id=studio_id, by=by))
    ]


def keys_by_studio(kind: Kind, roots: Roots) -> dict[UUID, Keys]:
    """Return the keys of those rows that are there, by the studio that they are of."""
    found: dict[UUID, list[Any]] = {}
    rows = kind.root._base_manager.filter(pk__in=[root.pk for root in roots])
    for studio_id, key in rows.order_by().values_list(kind.studio_path, "pk"):
        found.setdefault(studio_id, []).append(key)
    return dict(found.items())


def _move_keys(kind: Kind, keys: Keys, *, studio_id: UUID, by: Principal | None) -> TrashEntry | None:
    made: list[TrashEntry] = []

    def delete() -> Deleted:
        made[:] = filter(None, [_move(kind, keys, studio_id=studio_id, by=by)])
        return 0, {}

    delete_with_late_inserts(delete)
    if made and not settings.TRASH_DAYS:
        transaction.on_commit(partial(purge.purge_soon, made[0].pk, by=by))
    return made[0] if made else None


def _move(kind: Kind, keys: Keys, *, studio_id: UUID, by: Principal | None) -> TrashEntry | None:
    """To be called in a transaction. Return None where all of the rows are gone by now."""
    require_deleter(kind, studio_id=studio_id, by=by)
    _lock(kind, keys, studio_id=studio_id)
    labels = dict(kind.root._base_manager.filter(pk__in=keys).values_list("pk", kind.label_field))
    if not labels:
        return None
    contents = find_contents(kind, labels, studio_id=studio_id)
    entry = TrashEntry.objects.create(
        studio=Studio(pk=studio_id), kind=kind.name, label=_describe(list(labels.values())), counts=contents.counts,
        deleted_by=by if isinstance(by, User) else None, deleted_with=by.name if isinstance(by, ApiKey) else "",
    )  # fmt: skip
    for link, rows in contents.losing.items():
        if rows:
            moving.clear_references(entry, link, rows, parents=contents.keys[link.parent])
    for model, rows in reversed(contents.keys.items()):
        if rows:
            moving.take_out(entry, model, rows)
    return entry


def _lock(kind: Kind, keys: Keys, *, studio_id: UUID) -> None:
    """Lock what others lock before they write below it, in their order, so that neither waits for the other."""
    rows = find_rows(kind, keys, LOCKED_FIRST, studio_id=studio_id)
    for model in map(apps.get_model, LOCKED_FIRST):
        if model in rows:
            list(model._base_manager.filter(pk__in=rows[model]).order_by("pk").select_for_update().values_list("pk"))


def _describe(labels: Sequence[str]) -> str:
    """Return the first titles of what was deleted, and of more than that the number."""
    first = ", ".join(sorted(labels)[:LABELS_SHOWN])[:LABEL_CHARACTERS]
    return f"{first} … ({len(labels)})" if len(labels) > LABELS_SHOWN else first


def restore(entry_id: UUID, *, by: Principal | None = None) -> TrashEntry:
    """Bring back everything of the entry, and delete the entry.

    Raise 404 `not_found` where it is gone, 409 `restore_conflict` where something stands in the way, and
    PermissionDenied for who may not delete such a thing.
    """
    try:
        with transaction.atomic():
            return _restore(entry_id, by=by)
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        raise _conflict(CONFLICTS.get(constraint or "")) from error


def _restore(entry_id: UUID, *, by: Principal | None) -> TrashEntry:
    entry = TrashEntry.objects.restorable().select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise FacePassError("not_found", _("This is no longer in the trash."), status=404)
    kind = KINDS[entry.kind]
    require_deleter(kind, studio_id=entry.studio_id, by=by)
    tables = [model for model in list_tables(kind) if model._meta.label not in kind.kept]
    _require_parents(entry, kind.root)
    for model in tables:
        moving.put_back(entry, model, tables=tables)
        for link in list_keys_of(model):
            if link.cleared and _is_in_trash(link.parent, but=entry):
                moving.hand_over_references(entry, link)
    for link in _losing_links(kind):
        moving.restore_references(entry, link)
    connection.check_constraints()
    _call_hooks(entry, RESTORED)
    entry.rows.all().delete()
    entry.delete()
    return entry


def erase_at_once(kind_name: str, keys: Sequence[str]) -> int:
    """Delete those that are there for good, without the trash; return how many it were. For what was erased before."""
    kind = KINDS[kind_name]
    roots = list(kind.root._base_manager.filter(pk__in=keys))
    for entry in move_to_trash(kind_name, roots, by=None):
        purge.purge(entry.pk)
    return len(roots)


def _is_in_trash(model: type[models.Model], *, but: TrashEntry) -> bool:
    """Return whether another entry of the studio holds rows of the model."""
    others = TrashRow.objects.filter(entry__studio=but.studio_id, label=model._meta.label, reference="")
    return others.exclude(entry=but).exists()


def _losing_links(kind: Kind) -> list[Link]:
    return [link for model in list_tables(kind) for link in list_links_to(model) if not link.goes_along]


def _require_parents(entry: TrashEntry, model: type[models.Model]) -> None:
    """Raise 409 `restore_conflict` where what the rows belong to is gone, such as a photo's gallery."""
    for link in list_keys_of(model):
        if link.goes_along and moving.count_orphans(entry, link):
            raise _conflict(_("What it belonged to is deleted as well. Restore that first."))


def _call_hooks(entry: TrashEntry, hooks: dict[str, str]) -> None:
    for label, hook in hooks.items():
        keys = list(entry.rows.filter(label=label, reference="").values_list("key", flat=True))
        if keys:
            import_string(hook)(keys)


def _conflict(reason: Any) -> FacePassError:
    message = reason or _("Something that was made since stands in the way.")
    return FacePassError("restore_conflict", str(message), status=409)
