"""JSON is read as it is written; forms and query strings, where everything is text, as DRF reads them."""

import pytest
from django.http import QueryDict
from django.utils import translation
from rest_framework import serializers

from facepass.core.api.serializers import StrictSerializer
from galleries.api.serializers import PhotoSerializer


class Inner(StrictSerializer):
    size = serializers.IntegerField()


class Outer(StrictSerializer):
    text = serializers.CharField(required=False, allow_null=True)
    whole = serializers.IntegerField(required=False)
    number = serializers.FloatField(required=False)
    flag = serializers.BooleanField(required=False)
    choice = serializers.ChoiceField(["1", "2"], required=False)
    several = serializers.MultipleChoiceField(choices=["1", "2"], required=False)
    id = serializers.UUIDField(required=False)
    at = serializers.DateTimeField(required=False)
    ids = serializers.ListField(child=serializers.IntegerField(), required=False)
    inner = Inner(required=False)
    anything = serializers.JSONField(required=False)


def troubles(data):
    asked = Outer(data=data)
    asked.is_valid()
    return asked.errors


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", 17),
        ("text", True),
        ("text", ["a"]),
        ("whole", "17"),
        ("whole", True),
        ("whole", 1.5),
        ("number", "1.5"),
        ("number", False),
        ("flag", 0),
        ("flag", "true"),
        ("choice", 1),
        ("several", "1"),
        ("several", {"1": 2}),
        ("id", 17),
        ("at", 17),
        ("ids", ["1"]),
        ("ids", "1"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_the_name_of_its_field(name, value):
    assert list(troubles({name: value})) == [name]


def test_so_is_one_within_another():
    assert list(troubles({"inner": {"size": "1"}})["inner"]) == ["size"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "17"),
        ("text", None),
        ("whole", 17),
        ("whole", 17.0),
        ("number", 17),
        ("flag", False),
        ("choice", "1"),
        ("several", ["1"]),
        ("id", "7b0fdc5a-6a5b-4b3b-8f5c-2d8f0c1d2e3f"),
        ("at", "2026-01-01T00:00Z"),
        ("ids", [1, 2]),
        ("inner", {"size": 1}),
        ("anything", [17, "a"]),
    ],
)
def test_what_is_of_its_kind_is_taken(name, value):
    assert troubles({name: value}) == {}


def test_a_form_and_a_query_string_hold_text():
    assert troubles(QueryDict("whole=17&number=1.5&flag=true&ids=1&ids=2&several=1&text=17")) == {}


def test_serializers_of_a_class_share_no_field():
    first, second = PhotoSerializer(), PhotoSerializer()
    first.fields["filename"].label = "changed"
    del first.fields["width"]
    assert "width" in second.fields
    assert second.fields["filename"].label != "changed"
    assert PhotoSerializer().fields["state"] is not second.fields["state"]


def test_fields_that_are_built_once_speak_each_language():
    labels = []
    for language in ("en", "ru", "en"):
        with translation.override(language):
            fields = PhotoSerializer().fields
            labels.append((str(fields["width"].label), str(fields["state"].choices["pending"])))
    assert labels == [("Width", "pending"), ("Ширина", "ожидает"), ("Width", "pending")]
