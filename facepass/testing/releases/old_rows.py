"""Rows as the code of an earlier release writes them: it knows only the columns that its models had."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.utils import DatabaseError
from pgvector.django import HalfVectorField

from facepass.core.keys.sealed_fields import SealedField

BOX = {"x": 1.0, "y": 1.0, "width": 10.0, "height": 10.0}
# Whose content a constraint of the table looks at.
BY_COLUMN = {"insightface_bbox": BOX, "box": BOX, "landmarks": [[1, 1]] * 5}


def use_each_model(apps: Any, labels: set[str]) -> dict[str, str]:
    """Create, read, save, update and delete a row of each model of an old state; return what failed, and how."""
    return {model._meta.label: why for model in _managed(apps, labels) if (why := _use(model))}


def _managed(apps: Any, labels: set[str]) -> Iterator[Any]:
    for model in apps.get_models():
        if model._meta.app_label in labels and model._meta.managed and not model._meta.proxy:
            yield model


def _use(model: Any) -> str:
    try:
        with transaction.atomic():
            row = model.objects.get(pk=build_row(model).pk)
            row.save()
            model.objects.filter(pk=row.pk).update(**_own_values(row))
            row.delete()
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def build_row(model: Any) -> Any:
    """Create a row with the least that the model asks for, and what it refers to."""
    required = [field for field in model._meta.concrete_fields if _is_required(field)]
    return model.objects.create(**{field.name: _value_of(field) for field in required})


def _is_required(field: Any) -> bool:
    is_free = field.null or field.has_default() or isinstance(field, models.AutoField)
    return not is_free


def _own_values(row: Any) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if not (field.primary_key or field.is_relation)]
    return {field.name: getattr(row, field.attname) for field in fields}


def _value_of(field: Any) -> Any:
    if field.is_relation:
        return build_row(field.related_model)
    if field.name in BY_COLUMN:
        return BY_COLUMN[field.name]
    if field.choices:
        return field.choices[0][0]
    return next(value(field) for kind, value in _VALUES if isinstance(field, kind))


_VALUES: tuple[tuple[type[Any], Any], ...] = (
    (SealedField, lambda _field: b"sealed"),
    (HalfVectorField, lambda field: [1.0] + [0.0] * (field.dimensions - 1)),
    (ArrayField, lambda _field: []),
    (models.FileField, lambda _field: "a.jpg"),
    (models.UUIDField, lambda _field: uuid.uuid4()),
    (models.DateTimeField, lambda _field: datetime.now(UTC)),
    (models.DateField, lambda _field: date(2026, 11, 28)),
    (models.JSONField, lambda _field: {}),
    (models.BooleanField, lambda _field: False),
    (models.FloatField, lambda _field: 0.5),
    (models.IntegerField, lambda _field: 1),
    (models.BinaryField, lambda _field: b"x"),
    ((models.CharField, models.TextField), lambda field: uuid.uuid4().hex[: field.max_length]),  # type: ignore[list-item]
)
