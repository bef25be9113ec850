"""A bundle for whoever helps: how the installation is set up and how it is, and nothing of anybody.

What goes in is chosen, not filtered: numbers, states, codes, names of tables and of settings. Values of settings are
told only where they are a number, a switch or one of a few words. Of the database server's log only times, levels and
how known messages begin are kept.
"""

import json
import platform
import re
import shutil
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, get_origin
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.utils import timezone
from django_q.models import Failure

import facepass
from facepass.core import machine
from facepass.env import Environment
from facepass.models import Heartbeat
from facepass.ops import health
from galleries.models import GalleryImage

PACKAGES = (
    "Django", "psycopg", "django-q2", "channels", "uvicorn", "pgvector", "onnxruntime", "openvino", "numpy", "pillow",
    "opencv-python-headless", "insightface", "redis", "boto3",
)  # fmt: skip
LOG_LINES = 500
LOG_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \w+) \[\d+\] (LOG|WARNING|ERROR|FATAL|PANIC|HINT):\s+(.*)")
ENDED_BY = re.compile(r"signal \d+|exit code \d+")
# How what the server says begins. Only this much is kept of it: what follows may name somebody.
KNOWN = (
    "database system is ready", "database system is shut down", "database system was interrupted",
    "database system was not properly shut down", "database system was shut down", "database system is in recovery",
    "database system is starting up", "database system is shutting down", "starting PostgreSQL", "listening on",
    "received fast shutdown request", "received smart shutdown request", "received immediate shutdown request",
    "aborting any active transactions", "shutting down", "background worker", "server process",
    "terminating any other active server processes", "terminating connection", "all server processes terminated",
    "redo starts", "redo done", "redo is not required", "could not write", "could not open", "could not read",
    "could not fsync", "could not extend", "could not resize", "could not create", "could not map", "could not bind",
    "could not receive", "could not send", "could not fork", "could not load", "could not access", "out of memory",
    "too many", "sorry, too many clients", "remaining connection slots", "password authentication failed",
    "invalid record", "parameter", "unexpected EOF", "duplicate key value", "deadlock detected", "canceling statement",
    "checkpoints are occurring too frequently",
)  # fmt: skip


def write_bundle(path: Path) -> None:
    """Write the bundle: `report.json`, and `postgresql.log` where the database is the embedded one. Mode 0600."""
    path.touch(mode=0o600)
    with ZipFile(path, "w", ZIP_DEFLATED) as bundle:
        bundle.writestr("report.json", json.dumps(build_report(), indent=2, ensure_ascii=False, default=str))
        if lines := list_log_lines(settings.HOME / "postgresql.log"):
            bundle.writestr("postgresql.log", "\n".join(lines) + "\n")


def build_report() -> dict[str, Any]:
    return {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "version": facepass.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
        "machine": {
            "cores": machine.available_cores(),
            "memory_bytes": machine.available_memory_bytes(),
            "disk_free_bytes": shutil.disk_usage(settings.HOME).free,
        },
        "settings": {name.upper(): describe_setting(name) for name in sorted(Environment.model_fields)},
        "health": {name: _attempt(read) for name, read in HEALTH.items()},
        "database": {name: _attempt(read) for name, read in DATABASE.items()},
    }


def describe_setting(name: str) -> Any:
    """Return the value where it can say nothing of anybody, else whether it is set."""
    value = getattr(settings.ENV, name)
    kind = Environment.model_fields[name].annotation
    if isinstance(value, bool | int | None) or get_origin(kind) is Literal:
        return value
    return "set" if name in settings.ENV.model_fields_set and value else "not set"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _attempt(read: Callable[[], Any]) -> Any:
    """Return what is read; for a database that does not answer, the kind of error, whose text may hold addresses."""
    try:
        return read()
    except DatabaseError as error:
        return {"error": type(error).__name__}


def _check(part: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Return what reads a part of the health check: states, codes and numbers of it, and no texts or names."""
    kept = ("status", "code", "embedded", "pgvector", "s3", "free_bytes", "tasks", "photos", "oldest_seconds")
    return lambda: {name: value for name, value in part().items() if name in kept}


def _size_tables() -> dict[str, int]:
    """Return about how many rows each table has, as the planner knows it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, greatest(reltuples, 0)::bigint FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname"
        )
        return dict(cursor.fetchall())


def _list_connections() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
        )
        return dict(cursor.fetchall())


def _server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        return int(cursor.fetchone()[0])


def _list_unapplied() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _count_photos() -> dict[str, int]:
    rows = GalleryImage.objects.order_by("state", "error").values_list("state", "error").annotate(number=Count("pk"))
    return {f"{state} {error}".strip(): number for state, error, number in rows}


def _list_failures() -> list[dict[str, str]]:
    """Return the last tasks that failed: the function, when, and the kind of error."""
    rows = Failure.objects.order_by("-stopped").values_list("func", "stopped", "result")[:50]
    return [
        {"task": func, "at": stopped.isoformat(timespec="seconds"), "error": _kind_of_error(result)}
        for func, stopped, result in rows
    ]


def _kind_of_error(result: object) -> str:
    """Return the last name of an exception in a traceback: what stands behind it may quote anything."""
    found = re.findall(r"^(?:\w+\.)*(\w+(?:Error|Exception|Warning|Exit|Interrupt))\b", str(result), re.MULTILINE)
    return found[-1] if found else "unknown"


def _ages_of_beats() -> list[float]:
    now = timezone.now()
    return [
        round((now - beaten_at).total_seconds(), 1)
        for beaten_at in Heartbeat.objects.values_list("beaten_at", flat=True)
    ]


HEALTH: dict[str, Callable[[], Any]] = {
    "database": _check(health._database),
    "engine": _check(health._engine),
    "storage": _check(health._storage),
    "queue": _check(health._queue),
}
DATABASE: dict[str, Callable[[], Any]] = {
    "server_version": _server_version,
    "unapplied_migrations": _list_unapplied,
    "connections": _list_connections,
    "rows": _size_tables,
    "photos": _count_photos,
    "failed_tasks": _list_failures,
    "seconds_since_beats": _ages_of_beats,
}


def list_log_lines(path: Path) -> list[str]:
    """Return the last lines of the database server's log, with everything left out that may be of somebody."""
    if not path.exists():
        return []
    with path.open(errors="replace") as log:
        return [*_redact_lines(deque(log, LOG_LINES))]


def _redact_lines(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if found := LOG_LINE.match(line):
            moment, level, message = found.groups()
            known = next((start for start in KNOWN if message.startswith(start)), "")
            end = ENDED_BY.search(message) if known == "server process" else None
            yield f"{moment} {level}: {known}…{end[0] if end else ''}"


def default_path() -> Path:
    return Path.cwd() / f"facepass-diagnosis-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
