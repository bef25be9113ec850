"""Every kind of erasure, and then a look at the bytes: tables, indexes, the log, files, mail, what was logged."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from facepass.models import ErasedSubject
from facepass.ops import remains
from facepass.testing.database import database_files, wait_for_the_log
from facepass.testing.waiting import PATIENCE_SECONDS
from facepass.tests.erasure import subjects

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fake_engine", "english"),
    pytest.mark.xdist_group("erasure"),
]


@pytest.fixture(autouse=True)
def others_may_take_long(monkeypatch):
    """As in test_remains.py."""
    monkeypatch.setattr(remains, "OTHERS_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
def log(caplog):
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.WARNING, logger="factory"):
        yield caplog


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_HOST = "mail.example.com"


def contents() -> Iterator[tuple[str, bytes]]:
    """What lies in the database's folder and in FACEPASS_HOME."""
    files = [*database_files(), *(path for path in Path(django_settings.HOME).rglob("*") if "pgdata" not in path.parts)]
    for path in files:
        with suppress(FileNotFoundError, IsADirectoryError):  # the database's files come and go
            yield str(path), path.read_bytes()


def name_of(path: str) -> str:
    """Return the table or index of a file of the database; of any other file its path."""
    number = Path(path).name.partition(".")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE pg_relation_filenode(oid)::text = %s", [number])
        row = cursor.fetchone()
    return row[0] if row else path


def find(marks: dict[str, bytes]) -> dict[str, set[str]]:
    """Return in which files each of the marks is."""
    found: dict[str, set[str]] = {}
    for path, content in contents():
        lowered = content.lower()
        for what, mark in marks.items():
            if mark in content or mark.lower() in lowered:
                found.setdefault(what, set()).add(name_of(path))
    return found


@pytest.mark.parametrize("kind", subjects.KINDS)
def test_of_what_is_erased_no_byte_is_left(kind, log):
    event = subjects.make_event(kind)
    erase = subjects.KINDS[kind](event)
    remains.cut_off_log()  # everything is written to the tables' files
    assert find(event.marks).keys() == event.marks.keys(), "the scan finds what is there"
    erase()
    listed = set(ErasedSubject.objects.values_list("label", flat=True))
    assert listed >= {subjects.LISTED[kind]} - {None}
    assert remains.rewrite_all() == []
    wait_for_the_log()
    left = find(event.marks)
    assert left == {}
    logged = "\n".join(record.getMessage() + str(record.args) for record in log.records)
    assert not [what for what, mark in event.marks.items() if mark.decode(errors="replace") in logged]
