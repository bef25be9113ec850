"""Narrowing lists by the parameters of a request."""

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView


class FilterBackend(DjangoFilterBackend):
    """Refuses parameters without a value, which django-filter passes over, and so lists everything.

    Such are empty ones, and for a boolean what is neither true nor false. Text may be empty.
    """

    def get_filterset(self, request: HttpRequest, queryset: QuerySet[Model], view: APIView) -> FilterSet | None:
        filters: FilterSet | None = super().get_filterset(request, queryset, view)
        if filters is not None and filters.is_valid():
            values = filters.form.cleaned_data
            given = [name for name in values if name in request.GET]
            texts = {name for name, field in filters.form.fields.items() if type(field) is forms.CharField}
            empty = [name for name in given if name not in texts and values[name] in (None, "", [])]
            if empty:
                raise ValidationError({name: [_("This value is empty.")] for name in empty})
        return filters
