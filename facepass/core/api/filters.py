"""Narrowing lists by the parameters of a request."""

from collections.abc import Sequence

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework import filters
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from facepass.core.api.document.examples import Schema


class FilterBackend(DjangoFilterBackend):
    """Refuses parameters without a value, which django-filter passes over, and so lists everything.

    Such are empty ones, and for a boolean what is neither true nor false. Text may be empty.
    """

    def get_filterset(self, request: HttpRequest, queryset: QuerySet[Model], view: APIView) -> FilterSet | None:
        if not request.GET:  # nothing is narrowed, so no form is made for it
            return None
        filters: FilterSet | None = super().get_filterset(request, queryset, view)
        if filters is not None and filters.is_valid():
            values = filters.form.cleaned_data
            given = [name for name in values if name in request.GET]
            if unclear := [name for name in given if _is_unclear(filters.form.fields[name], request.GET[name])]:
                raise ValidationError({name: [_("This must be true or false.")] for name in unclear})
            texts = {name for name, field in filters.form.fields.items() if type(field) is forms.CharField}
            empty = [name for name in given if name not in texts and values[name] in (None, "", [])]
            if empty:
                raise ValidationError({name: [_("This value is empty.")] for name in empty})
        return filters


def _is_unclear(field: forms.Field, text: str) -> bool:
    """Return whether a boolean is neither true nor false. Django's form takes "2" for yes and "3" for no."""
    return isinstance(field, forms.NullBooleanField) and bool(text) and text.lower() not in ("true", "false")


class OrderingFilter(filters.OrderingFilter):
    """DRF's, which passes over a column that it does not know, and so answers in an order nobody asked for."""

    def get_ordering(self, request: Request, queryset: QuerySet[Model], view: APIView) -> Sequence[str] | None:
        asked = [column.strip() for column in request.query_params.get(self.ordering_param, "").split(",")]
        known = [name for name, _label in self.get_valid_fields(queryset, view, {"request": request})]
        if any(asked) and (unknown := [column for column in asked if column.removeprefix("-") not in known]):
            message = _("Lists are ordered by %(columns)s.") % {"columns": ", ".join(known)}
            raise ValidationError({self.ordering_param: [message] * len(unknown)})
        ordering: Sequence[str] | None = super().get_ordering(request, queryset, view)
        return ordering

    def get_schema_operation_parameters(self, view: APIView) -> list[Schema]:
        parameters: list[Schema] = super().get_schema_operation_parameters(view)
        columns: Sequence[str] = getattr(view, "ordering_fields", ())
        one = f"-?({'|'.join(columns)})"
        for parameter in parameters:
            parameter["description"] = f"By {', '.join(columns)}; with `-` before it, the other way round."
            parameter["schema"] = {"type": "string", "pattern": f"^({one}(,{one})*)?$"}
        return parameters
