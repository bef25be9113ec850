"""What belongs to what: which rows go with an event, a gallery, a photo or a person, and which only lose a reference.

Foreign keys say most of it: rows that cascade go along, and rows whose key becomes null lose it. So a new table need
not be registered. Apps register the kinds of things that can be deleted, references that are no foreign keys, and what
else is to be done, in `AppConfig.ready`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise

from facepass.models import ROLE_SCOPES, Role, Scope

Model = type[models.Model]
# What a deletion counts, by the label of a model, or of a model and the column that lost its reference.
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can be deleted and restored. `label_field` and `studio_path` lead to its title and its studio."""

    name: str
    model: str
    label_field: str
    deleters: frozenset[Role]
    title: Promise
    # What stays, and why: sentences for who is about to delete it.
    stays: Sequence[Promise] = ()
    studio_path: str = "studio"
    # What its receipt's event says: the name of a number, and the count that it is.
    event_counts: Mapping[str, str] = field(default_factory=dict)
    # Labels of models whose rows stay where they are, the thing's own among them where only its contents are deleted.
    kept: frozenset[str] = frozenset()

    @property
    def root(self) -> Model:
        return apps.get_model(self.model)

    @property
    def scope(self) -> Scope:
        """The scope that an API key needs to delete it: the least that only such roles bring as may delete it."""
        return next(scope for scope in (Scope.WRITE, Scope.ADMIN) if _roles_with(scope) <= self.deleters)


def _roles_with(scope: Scope) -> set[Role]:
    return {Role(role) for role, scopes in ROLE_SCOPES.items() if scope in scopes}


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of `child` whose `column` names a row of `parent`. They go along, or lose what `cleared` says."""

    child: Model
    column: str
    parent: Model
    goes_along: bool
    # The values that columns of the child have once the reference is lost.
    cleared: Mapping[str, Any] = field(default_factory=dict, hash=False)
    # No foreign key: an SQL expression for the parent's key; such rows are looked for in the studio only.
    expression: str = ""

    @property
    def name(self) -> str:
        return f"{self.child._meta.label}.{self.column}"


@dataclass(frozen=True, slots=True)
class _LooseLink:
    child: str
    column: str
    parent: str
    goes_along: bool
    cleared: Mapping[str, Any]
    expression: str


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a model's rows. `names`, the dotted name of a function, takes an instance with those columns."""

    columns: Sequence[str]
    names: str


KINDS: dict[str, Kind] = {}
# What receipts are called of erasures that are no deletion of such a thing, by their kind.
RECEIPTS: dict[str, Promise] = {}
# What people call the rows that are counted, by the name of the count. Others are not mentioned.
TITLES: dict[str, Promise] = {}
FILES: dict[str, Files] = {}
# Dotted names of functions by the label of a model; each takes the keys of the rows that came back, or are gone.
RESTORED: dict[str, str] = {}
ERASED: dict[str, str] = {}
# What stands in the way of a restoration, by the constraint that says so.
CONFLICTS: dict[str, Promise] = {}
# Models that are locked before anything is deleted, in the order in which others lock them.
LOCKED_FIRST: list[str] = []
# Models that triggers keep up to date with the rows that point at them. They go first and come back last, as they
# were, so that nothing is computed in vain.
COMPUTED: set[str] = set()
# Dotted names of the functions that have a worker do what takes too long for a request, by what it is: `delete`,
# `restore`, `erase`. Each returns the id of the task.
LATER: dict[str, str] = {}
_loose_links: list[_LooseLink] = []
_cleared: dict[tuple[str, str], Mapping[str, Any]] = {}


def register_kind(kind: Kind) -> None:
    KINDS[kind.name] = kind


def title_of(kind_name: str) -> Promise:
    """Return what people call what was deleted, in the trash or by a receipt."""
    return RECEIPTS[kind_name] if kind_name in RECEIPTS else KINDS[kind_name].title


def register_loose_link(
    child: str,
    column: str,
    *,
    parent: str,
    goes_along: bool = True,
    cleared: Mapping[str, Any] | None = None,
    expression: str = "",
) -> None:
    """Register a reference that is no foreign key. `child` must have a column `studio_id`."""
    link = _LooseLink(child, column, parent, goes_along, cleared or {}, expression or f't."{column}"')
    _loose_links.append(link)


def register_cleared(child: str, column: str, **values: Any) -> None:
    """Say which other columns lose their values with that foreign key."""
    _cleared[child, column] = {column: None, **values}


@cache
def list_links_to(parent: Model) -> tuple[Link, ...]:
    """Return the links to rows of a model, of every app."""
    keys = [relation for relation in parent._meta.get_fields(include_hidden=True) if _is_reverse_key(relation)]
    loose = [link for link in _loose_links if link.parent == parent._meta.label]
    return (*(_link_of_relation(relation) for relation in keys), *(_link_of_loose(link, parent) for link in loose))


@cache
def list_keys_of(child: Model) -> tuple[Link, ...]:
    """Return the links of the model's own foreign keys, whatever becomes of the rows when a parent is deleted."""
    return tuple(_link_of_key(key) for key in child._meta.concrete_fields if isinstance(key, models.ForeignKey))


def _is_reverse_key(relation: Any) -> bool:
    return isinstance(relation, models.ForeignObjectRel) and not relation.many_to_many


def _link_of_relation(relation: Any) -> Link:
    if relation.on_delete not in (models.CASCADE, models.SET_NULL):
        raise ImproperlyConfigured(f"{relation.field} neither cascades nor becomes null: say what the trash does.")
    return _link_of_key(relation.field)


def _link_of_key(key: Any) -> Link:
    cleared = _cleared.get((key.model._meta.label, key.column), {key.column: None})
    becomes_null = key.remote_field.on_delete is models.SET_NULL
    return Link(key.model, key.column, key.related_model, not becomes_null, cleared if becomes_null else {})


def _link_of_loose(link: _LooseLink, parent: Model) -> Link:
    child = apps.get_model(link.child)
    return Link(child, link.column, parent, link.goes_along, link.cleared, link.expression)


def list_tables(kind: Kind) -> list[Model]:
    """Return the models whose rows go with one of that kind: parents before children, computed ones last."""
    found: list[Model] = []
    _visit(kind.root, kind, found)
    parents_first = found[::-1]
    return sorted(parents_first, key=lambda model: model._meta.label in COMPUTED)


def _visit(model: Model, kind: Kind, found: list[Model]) -> None:
    """Append the model after all below it, so that the reverse has parents first."""
    for child in (link.child for link in list_links_to(model) if link.goes_along):
        if child not in found and child._meta.label not in kind.kept:
            _visit(child, kind, found)
    if model not in found:
        found.append(model)
