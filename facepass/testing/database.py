"""One PostgreSQL server for the whole run, and in it a database for each process that runs tests.

Migrations run once, into a template; a copy of that takes a tenth of a second. Where tests run side by side
(`pytest -n`), the server belongs to the process that hands them out, and the first worker fills the template.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import TransactionTestCase
from psycopg import sql

from facepass.ops.embedded import EmbeddedPostgres
from facepass.ops.embedded.paths import data_folder
from facepass.testing import home
from facepass.testing.waiting import eventually

TEMPLATE = "facepass_template"
# Nothing here has to survive a power cut, and every worker has connections of its own.
SERVER = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "shared_buffers": "128MB",
    "max_connections": "300",
}
# Only the tables with rows, and by DELETE: for a few rows it takes a tenth of the time of TRUNCATE, which makes the
# files of a table and of its indexes anew. Foreign keys are deferred, so the order does not matter.
EMPTY = """
DO $$
DECLARE
    name text;
    has_rows boolean;
BEGIN
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO has_rows;
        IF has_rows THEN EXECUTE 'DELETE FROM ' || name; END IF;
    END LOOP;
END $$
"""
_server = EmbeddedPostgres(settings.HOME, settings=SERVER)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    _server.start(owner="pytest")


def pytest_configure() -> None:
    TransactionTestCase._fixture_teardown = _empty


def _empty(_case: TransactionTestCase) -> None:
    """What Django does with `flush` when a test that commits is over."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)


def pytest_unconfigure() -> None:
    _server.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Give this process a database of its own. Without a test that needs one, no server starts."""
    if not home.is_worker():
        _server.start(owner="pytest")
    with django_db_blocker.unblock():
        with home.first_to("fill_template") as first:
            if first:
                _fill_template()
            name = f"facepass_{home.name()}"
            _run("CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
        _use(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _run("DROP DATABASE {} WITH (FORCE)", name)  # threads of a live server may still be connected


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What fixtures of the module write after this one is there for all its tests, each of which undoes its own part.

    Not for modules with tests that commit.
    """
    with django_db_blocker.unblock(), undone():
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Undo at the end what is written within; it may be done within each other."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def database_files() -> Iterator[Path]:
    """What the server has written about this process's own database, and about all of them together."""
    data = data_folder(home.run_folder())
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        own = data / "base" / str(cursor.fetchone()[0])
    yield home.run_folder() / "postgresql.log"
    for folder, below, names in os.walk(data):  # unlike rglob, it passes over folders that go meanwhile
        if Path(folder) == own.parent:
            below[:] = [own.name]
        yield from (path for name in names if (path := Path(folder) / name).is_file())


def wait_for_the_log() -> None:
    """Return when the server's log has everything that this connection has caused."""
    mark = uuid4().hex
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE LOG '{mark}'; END $$")
    eventually(lambda: mark in (home.run_folder() / "postgresql.log").read_text(errors="replace"))


def until_somebody_waits_for_this_connection() -> None:
    """Return when another connection waits for a row that this one has locked."""

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            return cursor.fetchone()[0] > 0

    eventually(somebody_waits)


def _fill_template() -> None:
    connection.settings_dict["TEST"]["NAME"] = TEMPLATE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    # Each test begins as after one that commits, whichever was first: without the rows that migrating writes.
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def _run(statement: str, *names: str) -> None:
    """Run a statement about databases, from outside all of them."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
