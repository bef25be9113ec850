"""Rows as they are told: the values that `shown_values` names, as texts, and whose they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

from facepass.core.audit.shown_values import SHOWN, is_told
from facepass.core.audit.statements import Selection

# An act that changes more rows says how many; these are told.
MOST = 20
# Of one value.
LONGEST = 300

Values = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class ShownRow:
    label: str
    key: str
    studio_id: UUID | None
    values: Values


@cache
def models_by_table() -> dict[str, type[Model]]:
    """Return the models whose changes are told, by the names of their tables."""
    models = (model for model in apps.get_models(include_auto_created=True) if model._meta.managed)
    return {model._meta.db_table: model for model in models if is_told(model._meta.label)}


def read_selected(selection: Selection, *, most: int) -> list[ShownRow]:
    """Return the rows that a statement is about to change or delete."""
    model = models_by_table().get(selection.table)
    if model is None or model._meta.label not in SHOWN or most <= 0:
        return []
    rows = model._base_manager.extra(where=[f"({selection.condition})"], params=list(selection.values))  # noqa: S610 - Django's own condition
    return _read(rows, most=most)


def read_by_keys(model: type[Model], keys: Iterable[Any]) -> list[ShownRow]:
    """Return the rows with these primary keys that are there."""
    return _read(model._base_manager.filter(pk__in=list(keys)), most=MOST)


def _read(rows: QuerySet[Any], *, most: int) -> list[ShownRow]:
    label, fields = rows.model._meta.label, SHOWN[rows.model._meta.label]
    path = _studio_path(label)
    studio = F(path) if path else Value(None, output_field=TextField())
    texts = [Cast(F(name), TextField()) for name in fields]
    found = rows.order_by().values_list("pk", studio, *texts)[:most]
    return [ShownRow(label, str(key), whose, _shorten(fields, values)) for key, whose, *values in found]


def _shorten(fields: Iterable[str], values: Iterable[str | None]) -> Values:
    return {name: value and value[:LONGEST] for name, value in zip(fields, values, strict=True)}


@cache
def _studio_path(label: str) -> str | None:
    """Return what leads from a row of the model to the id of its studio; None for rows of the installation."""
    model = apps.get_model(label)
    if label == "facepass.Studio":
        return "pk"
    fields = {field.name for field in model._meta.concrete_fields}
    if "studio" in fields:
        return "studio"
    told = getattr(model._default_manager.all(), "studio_path", None)
    return cast(str | None, told) or ("session__studio" if "session" in fields else None)
