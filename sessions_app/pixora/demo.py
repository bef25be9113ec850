"""A database like Pixora's, on the embedded server: to try the bridge, and to test it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

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


def create(home: Path, *, name: str = DATABASE) -> None:
    """Makes the database and its table, if they are not there."""
    with _connect(home, "postgres") as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with connect(home, name=name) as database, database.transaction():
        if not database.execute("SELECT to_regclass('photo_sessions')").fetchone()[0]:  # type: ignore[index]
            database.execute(SCHEMA)


def fill(home: Path, *, studio_id: uuid.UUID, number: int, name: str = DATABASE) -> int:
    """So many sessions of that studio, two of three with FacePass enabled; how many are new."""
    with connect(home, name=name) as database, database.transaction():
        before = _count(database)
        database.cursor().executemany(
            "INSERT INTO photo_sessions (id, name, description, photographer_id, studio_id, status, scheduled_at,"
            " settings, facepass_enabled) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
            [_row(index, studio_id) for index in range(number)],
        )
        return _count(database) - before


def url(home: Path, *, name: str = DATABASE) -> str:
    """What MAIN_APP_DATABASE_URL should be; it holds the password."""
    found = database_settings(home)
    user, password = quote(found["USER"]), quote(found["PASSWORD"])
    options = "&".join(f"{key}={quote(value)}" for key, value in found["OPTIONS"].items())
    return f"postgresql://{user}:{password}@/{name}?host={quote(found['HOST'], safe='')}&{options}"


def connect(home: Path, *, name: str = DATABASE) -> psycopg.Connection[Any]:
    """As Pixora itself would, with the right to write."""
    return _connect(home, name)


def _connect(home: Path, name: str) -> psycopg.Connection[Any]:
    found = database_settings(home)
    return psycopg.connect(
        host=found["HOST"], dbname=name, user=found["USER"], password=found["PASSWORD"], autocommit=True
    )


def _row(index: int, studio_id: uuid.UUID) -> tuple[Any, ...]:
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


def _count(database: psycopg.Connection[Any]) -> int:
    row = database.execute("SELECT count(*) FROM photo_sessions").fetchone()
    return int(row[0]) if row else 0
