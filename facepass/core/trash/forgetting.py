"""Erasures that do not wait: what the trash holds of somebody who is forgotten now, such as a guest."""

import json
from datetime import datetime
from functools import partial

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.module_loading import import_string

from facepass.core.trash import purge
from facepass.core.trash.registry import FILES, Link, Model, list_links_to
from facepass.models import TrashEntry, TrashRow

NAMED = "label = %(label)s AND reference = '' AND content::json ->> %(column)s = %(key)s"
HAS_VALUE, HAS_NONE = "content::json ->> %s IS NOT NULL", "content::json ->> %s IS NULL"
WITHOUT_IT = "(content::jsonb || jsonb_build_object(%(column)s::text, NULL))::text"


def forget_below(row: models.Model) -> None:
    """Delete the rows in the trash that belong to this row, and take its id out of those that only name it.

    Without them, what is restored later would bring back what somebody wanted to be forgotten. To be called before the
    row is deleted, in the same transaction.
    """
    for link in list_links_to(type(row)):
        _forget(link, str(row.pk))


def _forget(link: Link, key: str) -> None:
    label = link.child._meta.label
    values = {"label": label, "column": link.column, "key": key}
    with connection.cursor() as cursor:
        if not link.goes_along:
            cursor.execute(f"UPDATE trash_rows SET content = {WITHOUT_IT} WHERE {NAMED}", values)  # noqa: S608 - constants
            return
        cursor.execute(f"DELETE FROM trash_rows WHERE {NAMED} RETURNING entry_id, key, content", values)  # noqa: S608 - constants
        deleted = cursor.fetchall()
    names = [name for _entry, key, content in deleted for name in _list_files(label, key, json.loads(content))]
    transaction.on_commit(partial(purge.delete_files, names))
    # Nothing is left to be restored of an entry that held nothing else; its title might name what is forgotten.
    TrashEntry.objects.filter(pk__in={entry for entry, *_row in deleted}, rows=None).delete()


def _list_files(label: str, key: str, content: dict[str, object]) -> list[str]:
    """Return the names of the files of a row that lay in the trash."""
    if label not in FILES:
        return []
    columns = {column: content[column] for column in FILES[label].columns}
    names: list[str] = import_string(FILES[label].names)(apps.get_model(label)(pk=key, **columns))
    return names


def list_keys(model: Model, *, having: str, without: str) -> list[str]:
    """Return the keys of the model's rows in the trash that have a value in the one column, and none in the other."""
    rows = TrashRow.objects.filter(label=model._meta.label, reference="")
    return list(rows.extra(where=[HAS_VALUE, HAS_NONE], params=[having, without]).values_list("key", flat=True))  # noqa: S610 - constants


def set_moment(row: models.Model, column: str, moment: datetime) -> None:
    """Set the column of a row that lies in the trash, so that it has that value when it is restored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE trash_rows SET content = (content::jsonb || jsonb_build_object(%s::text, %s::text))::text"
            " WHERE label = %s AND reference = '' AND key = %s",
            [column, moment.isoformat(), row._meta.label, str(row.pk)],
        )
