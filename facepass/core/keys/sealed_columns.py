"""Every column that is sealed, of all models: those that have a `SealedField`."""

from dataclasses import dataclass

from django.apps import apps
from django.db import models

from facepass.core.keys.sealed_fields import SealedField


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where sealed values are. `row`: the columns whose values name the row that a value is bound to."""

    label: str
    """Of the model, by which the trash knows its rows."""
    table: str
    column: str
    key: str
    row: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


def list_sealed_columns() -> list[SealedColumn]:
    """Return the sealed columns of all installed models, in the order of tables and columns."""
    fields = [
        field for model in apps.get_models(include_auto_created=True) for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]  # fmt: skip
    return sorted(map(_column_of, fields), key=str)


def _column_of(field: SealedField) -> SealedColumn:
    meta = field.model._meta
    primary: models.Field[object, object] = meta.pk
    row = tuple(str(f.column) for f in field.row_fields)
    return SealedColumn(meta.label, meta.db_table, str(field.column), str(primary.column), row)
