"""Serializers that read JSON as it is written, which DRF does not: there 17 is no text, "17" no number and 0 not false.

In forms and query strings everything is text, so they are read as DRF reads them.
"""

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from facepass.core.database.storable_values import UnreadableDay, UnreadableMoment, check_moment

M = TypeVar("M", bound=models.Model)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == value // 1  # 5.0 is a whole number in JSON too


def _is_text(value: object) -> bool:
    return isinstance(value, str)


# What a field takes and what is said otherwise; the first kind that it is of counts. DRF is strict with all others.
KINDS: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], Callable[[Any], bool], Promise], ...] = (
    (serializers.BooleanField, lambda value: isinstance(value, bool), _("This must be true or false.")),
    (serializers.IntegerField, _is_whole, _("This must be a whole number.")),
    (serializers.FloatField, _is_number, _("This must be a number.")),
    (serializers.MultipleChoiceField, lambda value: isinstance(value, list), _("This must be a list.")),
    (serializers.ListField, lambda value: isinstance(value, list), _("This must be a list.")),
    (serializers.ChoiceField, _is_text, _("This must be text.")),
    (serializers.CharField, _is_text, _("This must be text.")),
    (serializers.UUIDField, _is_text, _("This must be text.")),
    (serializers.DateTimeField, _is_text, _("This must be text.")),
)


class FiniteFloatField(serializers.FloatField):
    """A number that is one: `nan` of a form is neither below nor above any bound."""

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class MomentField(serializers.DateTimeField):
    """A moment that every reader can hold; null where the database has another."""

    default_validators = [check_moment]

    def to_representation(self, value: Any) -> Any:
        return None if isinstance(value, UnreadableMoment) else super().to_representation(value)


# The pattern has the years of `check_moment`, 1000 to 9998.
@extend_schema_field({"type": "string", "format": "date", "pattern": r"^(?!9999)[1-9]\d{3}-"})
class DayField(serializers.DateField):
    """As `MomentField`."""

    default_validators = [check_moment]

    def to_representation(self, value: Any) -> Any:
        return None if isinstance(value, UnreadableDay) else super().to_representation(value)


class StrictSerializer(serializers.Serializer[Any]):
    """`former_names`: old names of fields, by which they may still be sent; where both are, the new one counts."""

    former_names: Mapping[str, str] = {}

    def to_internal_value(self, data: Any) -> Any:
        data = self._rename(data)
        if isinstance(data, Mapping) and not isinstance(data, MultiValueDict):
            fields = {str(field.field_name): field for field in self._writable_fields}
            troubles = {name: _trouble(field, data[name]) for name, field in fields.items() if name in data}
            wrong = {name: [str(trouble)] for name, trouble in troubles.items() if trouble}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def _rename(self, data: Any) -> Any:
        """Return the data under the names of the fields; in a form `files[]` is `files`."""
        if isinstance(data, MultiValueDict):
            renamed: MultiValueDict[str, Any] = MultiValueDict()
            for name, values in data.lists():
                plain = name.removesuffix("[]")
                renamed.setlist(plain, [*renamed.getlist(plain), *values])
            for former, name in self.former_names.items():
                values = renamed.pop(former, [])
                if name not in renamed and values:
                    renamed.setlist(name, values)
            return renamed
        if isinstance(data, Mapping) and self.former_names.keys() & data.keys():
            by_new_name = {new: data[old] for old, new in self.former_names.items() if old in data}
            return {**by_new_name, **{name: value for name, value in data.items() if name not in self.former_names}}
        return data


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer[M]):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: MomentField,
        models.DateField: DayField,
        models.FloatField: FiniteFloatField,
    }

    def get_fields(self) -> dict[str, Any]:
        """Return copies of the fields, which are built from the model once: for a short answer that is most of it."""
        kind = type(self), get_language()
        if kind not in _fields:
            _fields[kind] = super().get_fields()
        return copy.deepcopy(_fields[kind])


# By the class of the serializer, and the language: DRF leaves out a label that it would make from the name as well.
_fields: dict[tuple[type[StrictModelSerializer[Any]], str | None], dict[str, Any]] = {}


def _trouble(field: Any, value: Any) -> Promise | None:
    """Why this JSON value is not of the field's kind. Whether there may be none is DRF's to say."""
    found = next((found for found in KINDS if isinstance(field, found[0])), None)
    if found is None or value is None:
        return None
    _kind, fits, message = found
    if not fits(value):
        return message
    inner = field.child if isinstance(field, serializers.ListField) else None
    return next((trouble for item in value if (trouble := _trouble(inner, item))), None) if inner else None
