"""What every reader can hold: the rules, and that every column of ours is under them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.apps import apps
from django.db import connection, models

from facepass.core.database.storable_values import (
    EARLIEST,
    LATEST,
    check_json,
    json_problem,
    replace_non_finite,
    storable_json,
    storable_moment,
)
from facepass.core.database.value_loaders import list_unreadable_columns
from galleries.models import Gallery

OURS = ("facepass", "galleries", "recognition", "sessions_app", "training")
KINDS = (models.DateTimeField, models.DateField, models.FloatField, models.JSONField)
# Whose columns are Django's, and whose moments are the database's clock and nothing else.
FOREIGN = {"facepass_user", "chores", "heartbeats", "work_leases", "suggestion_counts"}


def tables():
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            columns = [field.column for field in model._meta.local_concrete_fields if isinstance(field, KINDS)]
            if columns and model._meta.managed and model._meta.db_table not in FOREIGN:
                yield pytest.param(model._meta.db_table, columns, id=model._meta.db_table)


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "columns"), list(tables()))
def test_every_date_number_and_json_of_the_database_is_bounded(table, columns):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s AND convalidated",
            [f"{table}_readable"],
        )
        (definition,) = cursor.fetchone()
    missing = [column for column in columns if f"({column}" not in definition.replace("(NOT jsonb_path_exists", "")]
    assert missing == [], "add them to the table's `readable` and to a migration that mends"


@pytest.mark.parametrize("moment", [EARLIEST, LATEST])
def test_the_first_and_the_last_moment_can_be_told_in_every_zone(moment):
    for name in available_timezones():
        assert moment.astimezone(ZoneInfo(name)).isoformat()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))),
        datetime(999, 12, 31, tzinfo=UTC),
        None,
    ],
)
def test_a_moment_out_of_bounds_is_none(moment):
    assert storable_moment(moment) is None


def test_a_moment_in_a_zone_that_postgresql_does_not_know_is_the_same_in_utc():
    moment = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=23, minutes=59)))
    kept = storable_moment(moment)
    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


def nested(depth):
    value = 1
    for _level in range(depth):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 10**400, -(10**400), "\0", "\ud800", {"\0": 1}, [[{"a": ["\0"]}]], nested(11)]
)
def test_json_that_cannot_be_kept_has_a_trouble(value):
    assert json_problem(value)
    assert storable_json(value, max_bytes=10_000, default={}) == {}


@pytest.mark.parametrize("value", [None, True, 0, -1.5, 10**300, "", "é🦄", [], {}, {"a": [1, {"b": None}]}, nested(9)])
def test_json_that_can_be_kept_has_none(value):
    check_json(value)
    assert storable_json(value, max_bytes=10_000, default=None) == value


def test_numbers_that_are_none_become_null():
    assert replace_non_finite({"a": [float("nan"), 1.5], "b": {"c": float("-inf")}}) == {
        "a": [None, 1.5],
        "b": {"c": None},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Africa/Monrovia"])
@pytest.mark.parametrize("value", ["0001-12-31 22:00:00+00 BC", "infinity", "-infinity", "0001-01-01 00:00:00+00"])
def test_a_moment_that_python_cannot_hold_is_read_as_one_that_says_so(studio, settings, zone, value):
    settings.TIME_ZONE = zone
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE galleries DROP CONSTRAINT galleries_readable")
        insert = "INSERT INTO galleries (id, studio_id, title, kind, created_at, analyses, grouped_analyses)"
        cursor.execute(f"{insert} VALUES (gen_random_uuid(), %s, 'a', 'event', %s, 0, 0)", [studio.pk, value])
    gallery = Gallery.objects.get()
    assert list_unreadable_columns(gallery) == ["created_at"]
    assert gallery.created_at in (EARLIEST, LATEST)
