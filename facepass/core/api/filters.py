"""Narrowing lists by the parameters of a request."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ValidationError


class FilterBackend(DjangoFilterBackend):
    """A parameter that says nothing is refused: django-filter passes over it, and lists everything.

    That is an empty one, and what is neither true nor false. Text may be empty.
    """

    def get_filterset(self, request: HttpRequest, queryset: QuerySet[Any], view: Any) -> FilterSet | None:
        found: FilterSet | None = super().get_filterset(request, queryset, view)
        if found is not None and found.is_valid():
            said = found.form.cleaned_data
            given = [name for name in said if name in request.GET]
            text = {name for name, field in found.form.fields.items() if type(field) is forms.CharField}
            silent = [name for name in given if name not in text and said[name] in (None, "", [])]
            if silent:
                raise ValidationError({name: [_("This value is empty.")] for name in silent})
        return found
