"""Which rows belong to something: the keys of all that would go with it, and how many rows only lose a reference."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from facepass.core.trash.registry import Counts, Kind, Link, Model, list_links_to, list_tables

Keys = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Contents:
    """The keys of the rows that go along, by model: parents before children. `losing`: rows that lose a reference."""

    kind: Kind
    studio_id: UUID
    keys: dict[Model, Keys]
    losing: dict[Link, Keys]

    @property
    def counts(self) -> Counts:
        """How many rows go, by the label of their model, and how many lose a reference, by the link's name."""
        going = {model._meta.label: len(keys) for model, keys in self.keys.items()}
        return {name: number for name, number in {**going, **self._losing_counts()}.items() if number}

    def _losing_counts(self) -> Counts:
        return {link.name: len(keys) for link, keys in self.losing.items()}


def find_contents(kind: Kind, roots: Iterable[Any], *, studio_id: UUID) -> Contents:
    """Return all that belongs to the rows with these keys, which are of that studio."""
    found = _walk(list_tables(kind), kind, roots, studio_id=studio_id)
    keys = {model: rows for model, rows in found.items() if model._meta.label not in kind.kept}
    losing = [link for model in keys for link in list_links_to(model) if not link.goes_along]
    return Contents(kind, studio_id, keys, _find_losing(losing, keys, studio_id=studio_id))


def find_rows(kind: Kind, roots: Iterable[Any], wanted: Container[str], *, studio_id: UUID) -> dict[Model, Keys]:
    """Return the keys of what belongs to the rows, as far down as models with a wanted label are."""
    tables: list[Model] = []
    for model in reversed(list_tables(kind)):
        children = [link.child for link in list_links_to(model) if link.goes_along]
        if model._meta.label in wanted or not set(tables).isdisjoint(children):
            tables.append(model)
    return _walk(tables[::-1], kind, roots, studio_id=studio_id) if tables else {}


def _walk(tables: Sequence[Model], kind: Kind, roots: Iterable[Any], *, studio_id: UUID) -> dict[Model, Keys]:
    """Return the keys that belong to the roots in these tables, of which parents come first."""
    found: dict[Model, dict[Any, None]] = {model: {} for model in tables}
    found[kind.root] = dict.fromkeys(roots)
    for model, rows in found.items():
        for link in list_links_to(model):
            if link.goes_along and link.child in found:
                found[link.child].update(dict.fromkeys(find_keys(link, list(rows), studio_id=studio_id)))
    return {model: list(rows) for model, rows in found.items()}


def _find_losing(links: Sequence[Link], keys: dict[Model, Keys], *, studio_id: UUID) -> dict[Link, Keys]:
    """Return the rows of each link that stay where they are and lose the reference."""
    found: dict[Link, Keys] = {}
    for link in links:
        going = set(keys.get(link.child, ()))
        rows = find_keys(link, keys.get(link.parent, ()), studio_id=studio_id)
        found[link] = [key for key in rows if key not in going]
    return found


def find_keys(link: Link, parents: Keys, *, studio_id: UUID) -> list[Any]:
    """Return the keys of the child's rows that point at one of the parents."""
    if not parents:
        return []
    meta = link.child._meta
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.{quoted(meta.pk.column)} FROM {quoted(meta.db_table)} t WHERE {points_at(link)}",  # noqa: S608 - names of columns
            parent_values(link, parents, studio_id=studio_id),
        )
        return [row[0] for row in cursor.fetchall()]


def points_at(link: Link) -> str:
    """Return the condition that a row `t` of the child points at one of the parents (see `parent_values`)."""
    if not link.expression:
        return f"t.{quoted(link.column)} = ANY (%(parents)s)"
    return f"t.studio_id = %(studio)s AND {link.expression} = ANY (%(parents)s)"


def parent_values(link: Link, parents: Keys, *, studio_id: UUID) -> dict[str, Any]:
    return {"parents": [*map(str, parents)] if _is_text(link) else list(parents), "studio": studio_id}


def _is_text(link: Link) -> bool:
    """Return whether the column names the key of its parent as text."""
    return bool(link.expression) and not isinstance(link.child._meta.get_field(link.column), models.UUIDField)


def quoted(name: str | None) -> str:
    """Return the name of a table or column for a statement. None, which Django's types allow, is no model's."""
    return connection.ops.quote_name(name or "")
