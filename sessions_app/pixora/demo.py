"""A database like Pixora's, on the embedded server: to try the bridge, and to test it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from facepass.ops.embedded import database_settings

DATABASE = "pixora_demo"
SCHEMA = """
    CREATE TYPE photo_session_status AS ENUM ('scheduled', 'active', 'completed', 'cancelled');
    CREATE TABLE photo_sessions (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        description text,
        photographer_id uuid,
        studio_id uuid,
        status photo_session_status NOT NULL DEFAULT 'scheduled',
        scheduled_at timestamptz,
        completed_at timestamptz,
        settings jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        service_package_id uuid,
        facepass_enabled boolean NOT NULL DEFAULT false
    );
    CREATE INDEX ON photo_sessions (updated_at);
"""
NAMES = ("Wedding", "Birthday", "Graduation", "Conference", "Christening", "Company party")
STATUSES = ("scheduled", "active", "completed", "cancelled")
# The same ids every time, so that a second run adds nothing.
NAMESPACE = uuid.UUID("6f1d3a4e-8c0b-4d7a-9f53-0d9b2e6a7c11")


def create_database(home: Path, *, name: str = DATABASE) -> None:
    """Create the database and its table, where they do not exist."""
    with _connect(home, "postgres") as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with connect(home, name=name) as database, database.transaction():
        if not database.execute("SELECT to_regclass('photo_sessions')").fetchone()[0]:  # type: ignore[index]
            database.execute(SCHEMA)


def add_sessions(home: Path, *, studio_id: uuid.UUID, number: int, name: str = DATABASE) -> int:
    """Add sessions of that studio, two of three with FacePass enabled, and return how many are new."""
    with connect(home, name=name) as database, database.transaction():
        before = _count_sessions(database)
        database.cursor().executemany(
            "INSERT INTO photo_sessions (id, name, description, photographer_id, studio_id, status, scheduled_at,"
            " settings, facepass_enabled) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            [_row(index, studio_id) for index in range(number)],
        )
        return _count_sessions(database) - before


def build_database_url(home: Path, *, name: str = DATABASE) -> str:
    """Return a value for MAIN_APP_DATABASE_URL. It holds the password."""
    server = database_settings(home)
    user, password = quote(server["USER"]), quote(server["PASSWORD"])
    options = "&".join(f"{key}={quote(value)}" for key, value in server["OPTIONS"].items())
    return f"postgresql://{user}:{password}@/{name}?host={quote(server['HOST'], safe='')}&{options}"


def connect(home: Path, *, name: str = DATABASE) -> psycopg.Connection[TupleRow]:
    """Connect as Pixora itself would, with the right to write."""
    return _connect(home, name)


def _connect(home: Path, name: str) -> psycopg.Connection[TupleRow]:
    server = database_settings(home)
    return psycopg.connect(
        host=server["HOST"], dbname=name, user=server["USER"], password=server["PASSWORD"], autocommit=True
    )


def _row(index: int, studio_id: uuid.UUID) -> tuple[object, ...]:
    kind = NAMES[index % len(NAMES)]
    day = datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(days=index % 180)
    return (
        uuid.uuid5(NAMESPACE, f"{studio_id} {index}"),
        f"{kind} {index + 1}",
        f"{kind}, taken over from Pixora",
        uuid.uuid5(NAMESPACE, f"photographer {index % 7}"),
        studio_id,
        STATUSES[index % len(STATUSES)],
        day,
        json.dumps({"language": "en"}),
        index % 3 != 2,
    )


def _count_sessions(database: psycopg.Connection[TupleRow]) -> int:
    row = database.execute("SELECT count(*) FROM photo_sessions").fetchone()
    return int(row[0]) if row else 0
