"""The database of a back-up: dumped in one snapshot, read back into one of its own, put in the place of another."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from facepass.core.errors import FacePassError
from facepass.ops.embedded.binaries import find_installed_binaries

Connection = psycopg.Connection[tuple[Any, ...]]
# For the search that is asked of the original and of the copy: so many faces, and so many like each.
PROBES, NEIGHBOURS = 20, 5
# Files that nobody can make again, by the rows of the snapshot.
ORIGINALS = """
    SELECT file FROM gallery_images WHERE file <> ''
    UNION SELECT file FROM guest_uploads
    UNION SELECT logo FROM studios WHERE logo <> ''
"""
COUNT = sql.SQL("SELECT count(*) FROM {}")
CHOOSE = """
    SELECT id::text FROM photo_faces WHERE insightface_descriptor IS NOT NULL ORDER BY md5(id::text) LIMIT %s
"""
NEAREST = """
    SELECT o.id::text FROM photo_faces f JOIN photo_faces o USING (gallery_id, model_version_id)
    WHERE f.id = %s AND o.insightface_descriptor IS NOT NULL
    ORDER BY o.insightface_descriptor <#> f.insightface_descriptor, o.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What is compared between a database and its copy: rows of each table, migrations, and some searches."""

    counts: Mapping[str, int]
    migrations: list[str]
    searches: Mapping[str, list[str]]


def connect(name: str | None = None) -> Connection:
    """Connect to the database of the settings, or to another one of its server."""
    return psycopg.connect(**_parameters(name))


def _parameters(name: str | None = None) -> dict[str, Any]:
    found = connection.settings_dict
    options = {key: value for key, value in found["OPTIONS"].items() if key != "pool"}
    # One that is reached by a socket has its host, and perhaps its port and user, among the options.
    told = {"user": found["USER"], "password": found["PASSWORD"], "host": found["HOST"], "port": found["PORT"]}
    given = {key: value for key, value in told.items() if value}
    return {**dict.fromkeys(told), **options, **given, "dbname": name or found["NAME"]}


@contextmanager
def open_snapshot() -> Iterator[tuple[Connection, str]]:
    """Yield a connection that sees the database as it is now, and the name by which `pg_dump` sees the same."""
    with connect() as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = reader.execute("SELECT pg_export_snapshot()").fetchone()
        yield reader, str(row[0] if row else "")


def read_state(reader: Connection, *, probes: list[str] | None = None) -> DatabaseState:
    """Return what is compared. `probes`: ids of the faces that are searched with; of a new back-up they are chosen."""
    tables = reader.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1").fetchall()
    counts = {name: _count(reader, name) for (name,) in tables}
    applied = reader.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    if probes is None:
        probes = [pk for (pk,) in reader.execute(CHOOSE, [PROBES]).fetchall()]
    searches = {pk: [found for (found,) in reader.execute(NEAREST, [pk, NEIGHBOURS]).fetchall()] for pk in probes}
    return DatabaseState(counts, [name for (name,) in applied], searches)


def list_originals(reader: Connection) -> list[str]:
    """Return the names of the files that rows refer to and that nobody can make again."""
    return sorted(name for (name,) in reader.execute(ORIGINALS).fetchall())


def _count(reader: Connection, table: str) -> int:
    row = reader.execute(COUNT.format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def dump(snapshot: str) -> Iterator[BinaryIO]:
    """Yield the dump, as `pg_restore` reads it, while it is made. Raise FacePassError where it does not end well."""
    command = ["--format=custom", "--compress=6", "--no-owner", "--no-acl", "--no-comments", f"--snapshot={snapshot}"]
    with _run("pg_dump", command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        yield cast(BinaryIO, process.stdout)


def restore_into(name: str, source: BinaryIO) -> None:
    """Read a dump, a file of the operating system, into an empty database."""
    command = ["--exit-on-error", "--no-owner", "--no-acl", f"--dbname={name}"]
    os.lseek(source.fileno(), 0, os.SEEK_SET)  # a buffer may have gone back without it
    with _run("pg_restore", command, stdin=source):
        pass


@contextmanager
def _run(program: str, arguments: list[str], **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    parameters = _parameters()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    told = {names[key]: str(parameters[key]) for key in names if parameters[key]}
    process = subprocess.Popen(
        [str(_find(program)), *arguments], stderr=subprocess.PIPE, env={**os.environ, **told}, **streams
    )
    with process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        problem = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
    if process.returncode:
        last = problem.splitlines()[-1] if problem else f"status {process.returncode}"
        raise FacePassError("backup_failed", f"{program} failed: {last}", status=409)


def _find(program: str) -> Path:
    """Return the program of the embedded server, or for another database the one of the system, where there is one."""
    found = shutil.which(program) if settings.ENV.database_url else None
    return Path(found) if found else find_installed_binaries() / "bin" / program


@contextmanager
def scratch_database(label: str) -> Iterator[str]:
    """Yield the name of a new, empty database beside ours, and drop it at the end where it is still called so.

    Raise FacePassError where our role may create none.
    """
    name = f"facepass_{label}_{uuid4().hex[:8]}"
    try:
        _execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        role = connection.settings_dict["USER"] or "facepass"
        message = f"Reading it back needs a database of its own. As PostgreSQL's superuser: ALTER ROLE {role} CREATEDB;"
        raise FacePassError("backup_failed", message, status=409) from None
    try:
        yield name
    finally:
        _drop(name)


def replace_database(name: str, *, kept_as: str) -> None:
    """Give our database's name to another one; ours is kept under another name. Nobody else may be connected to it."""
    ours = connection.settings_dict["NAME"]
    connection.close()
    try:
        with psycopg.connect(**_parameters(name), autocommit=True) as session:
            session.execute(_rename(ours, kept_as))
        with psycopg.connect(**_parameters(kept_as), autocommit=True) as session:
            session.execute(_rename(name, ours))
    except psycopg.errors.ObjectInUse:
        message = "The database is in use: stop FacePass, and whatever else is connected, and restore again."
        raise FacePassError("backup_failed", message, status=409) from None


def _rename(old: str, new: str) -> sql.Composed:
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))


def _drop(name: str) -> None:
    _execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(statement: sql.Composed) -> None:
    with psycopg.connect(**_parameters(), autocommit=True) as session:
        session.execute(statement)
