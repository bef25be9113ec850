"""Loops over rows of many owners: one that fails is named in the log, and the others are done."""

import pytest
from django.db import DataError, OperationalError, connection

from facepass.core.work import each_row
from facepass.core.work.each_row import RowsFailed, for_each_row, try_each_row

pytestmark = pytest.mark.django_db


def failing_at(*bad, error=None, done):
    def do(row):
        if row in bad:
            raise error or ValueError("ann@example.org")
        done.append(row)

    return do


def test_the_others_are_done_and_the_loop_fails_at_its_end(caplog):
    done = []
    with pytest.raises(RowsFailed, match="letters: 2 failed"):
        for_each_row([1, 2, 3, 4], failing_at(2, 3, done=done), task="letters")
    assert done == [1, 4]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_the_log_names_the_row_the_error_and_its_place_and_nothing_of_what_it_says(caplog):
    try_each_row([17], failing_at(17, done=[]), task="letters")
    assert "letters failed for 17: ValueError at test_each_row.py:" in caplog.text
    assert "ann@example.org" not in caplog.text


def test_a_loop_inside_a_loop_is_counted_and_logged_once(caplog):
    def inner(row):
        for_each_row([row], failing_at(2, done=[]), task="inner")

    assert try_each_row([1, 2, 3], inner, task="outer") == 1
    assert "inner failed for 2" in caplog.text
    assert "outer" not in caplog.text


def test_where_nothing_fails_nothing_is_said(caplog):
    done = []
    for_each_row("ab", failing_at(done=done), task="letters")
    assert done == ["a", "b"]
    assert not caplog.records


def test_what_a_row_says_to_the_database_is_its_own_affair():
    done = []
    assert try_each_row([1, 2, 3], failing_at(2, error=DataError("x"), done=done), task="letters") == 1
    assert try_each_row([1, 2], failing_at(2, error=OperationalError("deadlock"), done=done), task="letters") == 1
    assert done == [1, 3, 1]


def test_without_a_database_nothing_goes_on(monkeypatch):
    monkeypatch.setattr(type(connection._connections["default"]), "is_usable", lambda _self: False)
    done = []
    with pytest.raises(OperationalError):
        for_each_row([1, 2, 3], failing_at(2, error=OperationalError("gone"), done=done), task="letters")
    assert done == [1]


def test_what_the_rows_are_read_from_is_not_a_row():
    def rows():
        yield 1
        raise LookupError

    with pytest.raises(LookupError):
        for_each_row(rows(), print, task="letters")


@pytest.mark.parametrize(
    ("row", "name"), [("text", "text"), (7, "7"), (["ann@example.org"], "list"), (for_each_row, "for_each_row")]
)
def test_a_row_is_named_by_what_stands_for_it_and_never_by_what_is_in_it(row, name):
    assert each_row.describe_row(row) == name
