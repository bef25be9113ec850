"""Rows on their way out of their tables into the trash and back, by a few statements for each table.

Nothing of a row passes through Python: 100,000 faces go in seconds, and what no reader can hold goes as well.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from pgvector.django import HalfVectorField

from facepass.core.trash.contents import Keys, parent_values, points_at, quoted
from facepass.core.trash.registry import Link, Model, list_keys_of
from facepass.models import TrashEntry

# Statements are made of names of tables and columns, which models say; values are parameters.
TRASH = "trash_rows (entry_id, label, key, reference, content, descriptor)"


def take_out(entry: TrashEntry, model: Model, keys: Keys) -> None:
    """Move the rows into the trash. One statement deletes and keeps them, so what is kept is what was there last."""
    vector = _vector_column(model)
    columns = ", ".join(f"gone.{quoted(name)}" for name in _columns(model) if name != vector)
    _execute(
        f"""
        WITH gone AS (DELETE FROM {_table(model)} t WHERE t.{_pk(model)} = ANY (%(keys)s) RETURNING t.*)
        INSERT INTO {TRASH}
        SELECT %(entry)s, %(label)s, gone.{_pk(model)}::text, '', row_to_json(kept)::text,
            {f"gone.{quoted(vector)}" if vector else "NULL"}
        FROM gone, LATERAL (SELECT {columns}) kept
        """,  # noqa: S608 - names of columns
        entry=entry.pk, label=model._meta.label, keys=list(keys),
    )  # fmt: skip


def clear_references(entry: TrashEntry, link: Link, keys: Keys, *, parents: Keys) -> None:
    """Clear what the rows lose, and keep what it was. One that names another parent by now is left alone."""
    columns = list(link.cleared)
    kept = ", ".join(f"former.{quoted(name)}" for name in columns)
    _execute(
        f"""
        WITH former AS (
            SELECT t.* FROM {_table(link.child)} t
            WHERE t.{_pk(link.child)} = ANY (%(keys)s) AND {points_at(link)} FOR UPDATE
        ), changed AS (
            UPDATE {_table(link.child)} t SET {_assignments(columns)}
            FROM former WHERE t.{_pk(link.child)} = former.{_pk(link.child)}
        )
        INSERT INTO {TRASH}
        SELECT %(entry)s, %(label)s, former.{_pk(link.child)}::text, %(column)s, row_to_json(kept)::text, NULL
        FROM former, LATERAL (SELECT {kept}) kept
        """,  # noqa: S608 - names of columns
        entry=entry.pk, label=link.child._meta.label, keys=list(keys), column=link.column,
        **{f"value_{name}": value for name, value in link.cleared.items()},
        **parent_values(link, parents, studio_id=entry.studio_id),
    )  # fmt: skip


def put_back(entry: TrashEntry, model: Model, *, tables: Sequence[Model]) -> None:
    """Move the entry's rows back into their table, parents first.

    A row whose parent was deleted meanwhile stays away. A reference to a row that is gone is lost, and with it what
    the registry says. `tables`: the models whose rows come back with the same entry.
    """
    vector = _vector_column(model)
    columns = _columns(model)
    links = list_keys_of(model)
    values = ["kept.descriptor" if name == vector else _value(name, links, tables) for name in columns]
    present = [f"({_is_null(link)} OR {_is_live(link)})" for link in links if link.goes_along]
    _execute(
        f"""
        INSERT INTO {_table(model)} ({", ".join(map(quoted, columns))})
        SELECT {", ".join(values)}
        FROM trash_rows kept, LATERAL json_populate_record(
            json_populate_record(NULL::{_table(model)}, %(defaults)s::json), kept.content::json
        ) t
        WHERE kept.entry_id = %(entry)s AND kept.label = %(label)s AND kept.reference = ''
            AND {" AND ".join(present) or "true"}
        """,  # noqa: S608 - names of columns
        entry=entry.pk, label=model._meta.label, defaults=_defaults(model), **_cleared_values(links),
    )  # fmt: skip


def count_orphans(entry: TrashEntry, link: Link) -> int:
    """Return how many of the entry's rows have a parent by that link that is not there."""
    table = _table(link.child)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FROM trash_rows kept, LATERAL json_populate_record(NULL::{table}, kept.content::json) t
            WHERE kept.entry_id = %s AND kept.label = %s AND kept.reference = ''
                AND NOT ({_is_null(link)} OR {_is_live(link)})
            """,  # noqa: S608 - names of columns
            [entry.pk, link.child._meta.label],
        )
        return int(cursor.fetchone()[0])


def restore_references(entry: TrashEntry, link: Link) -> None:
    """Give rows back what they lost, those in the trash too, unless somebody has said something else since."""
    columns = list(link.cleared)
    values = {
        "entry": entry.pk,
        "label": link.child._meta.label,
        "column": link.column,
        **{f"value_{name}": value for name, value in link.cleared.items()},
    }
    kept = "kept.entry_id = %(entry)s AND kept.label = %(label)s AND kept.reference = %(column)s"
    untouched = " AND ".join(f"t.{quoted(name)} IS NOT DISTINCT FROM %(value_{name})s" for name in columns)
    _execute(
        f"""
        UPDATE {_table(link.child)} t SET {", ".join(f"{quoted(name)} = former.{quoted(name)}" for name in columns)}
        FROM trash_rows kept, LATERAL json_populate_record(NULL::{_table(link.child)}, kept.content::json) former
        WHERE {kept} AND t.{_pk(link.child)} = kept.key::{_pk_type(link.child)} AND {untouched}
        """,  # noqa: S608 - names of columns
        **values,
    )
    _execute(
        f"""
        UPDATE trash_rows other SET content = (other.content::jsonb || kept.content::jsonb)::text
        FROM trash_rows kept, trash_rows o, LATERAL json_populate_record(NULL::{_table(link.child)}, o.content::json) t
        WHERE {kept} AND o.label = kept.label AND o.key = kept.key AND o.reference = '' AND other.id = o.id
            AND {untouched}
        """,  # noqa: S608 - names of columns
        **values,
    )


def hand_over_references(entry: TrashEntry, link: Link) -> None:
    """Note what rows that come back lose to another entry of the trash, so that it comes back with that one."""
    lost = ", ".join(f"t.{quoted(name)}" for name in link.cleared)
    _execute(
        f"""
        INSERT INTO {TRASH}
        SELECT parent.entry_id, kept.label, kept.key, %(column)s, row_to_json(lost)::text, NULL
        FROM trash_rows kept,
            LATERAL json_populate_record(NULL::{_table(link.child)}, kept.content::json) t,
            LATERAL (SELECT {lost}) lost,
            trash_rows parent
        WHERE kept.entry_id = %(entry)s AND kept.label = %(label)s AND kept.reference = ''
            AND parent.label = %(parent)s AND parent.reference = '' AND parent.key = t.{quoted(link.column)}::text
            AND parent.entry_id <> kept.entry_id
        ON CONFLICT DO NOTHING
        """,  # noqa: S608 - names of columns
        entry=entry.pk, label=link.child._meta.label, column=link.column, parent=link.parent._meta.label,
    )  # fmt: skip


def _value(column: str, links: Sequence[Link], tables: Sequence[Model]) -> str:
    """Return the SQL of a column's value: as it was, or as it is once the reference that it goes with is lost."""
    value = f"t.{quoted(column)}"
    for link in links:
        if not link.goes_along and column in link.cleared:
            there = f"{_is_null(link)} OR {_is_live(link)}"
            if link.parent in tables:
                there += f" OR {_comes_back(link)}"
            value = f"CASE WHEN {there} THEN {value} ELSE %({link.column}_{column})s END"
    return value


def _is_null(link: Link) -> str:
    return f"t.{quoted(link.column)} IS NULL"


def _is_live(link: Link) -> str:
    parent = link.parent
    return f"EXISTS (SELECT FROM {_table(parent)} p WHERE p.{_pk(parent)} = t.{quoted(link.column)})"


def _comes_back(link: Link) -> str:
    """Return the condition that the parent is in the same entry, and comes later."""
    return (
        "EXISTS (SELECT FROM trash_rows o WHERE o.entry_id = kept.entry_id"
        f" AND o.label = '{link.parent._meta.label}' AND o.reference = '' AND o.key = t.{quoted(link.column)}::text)"
    )


def _defaults(model: Model) -> str:
    """Return the JSON of the columns' defaults, for those that a migration has added since."""
    values = {f.column: f.get_default() for f in model._meta.concrete_fields if f.has_default() and not f.primary_key}
    return json.dumps(
        {name: value for name, value in values.items() if isinstance(value, bool | int | str | list | dict)}
    )


def _cleared_values(links: Sequence[Link]) -> dict[str, Any]:
    return {
        f"{link.column}_{name}": value for link in links if not link.goes_along for name, value in link.cleared.items()
    }


def _assignments(columns: Sequence[str]) -> str:
    return ", ".join(f"{quoted(name)} = %(value_{name})s" for name in columns)


def _columns(model: Model) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if field.column]


def _vector_column(model: Model) -> str | None:
    vectors = [field.column for field in model._meta.concrete_fields if isinstance(field, HalfVectorField)]
    return vectors[0] if vectors else None


def _table(model: Model) -> str:
    return quoted(model._meta.db_table)


def _pk(model: Model) -> str:
    return quoted(model._meta.pk.column)


def _pk_type(model: Model) -> str:
    return model._meta.pk.rel_db_type(connection) or "text"


def _execute(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
