"""The database at the start: waited for, migrated by one process at a time, refused where a newer release did."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from facepass.core.errors import FacePassError

LOOK_EVERY_SECONDS = 1.0
Report = Callable[[str], None]


def wait_for_database(report: Report) -> None:
    """Wait until the database takes connections. Raise `database_away` after DATABASE_WAIT_SECONDS."""
    deadline, was_told = time.monotonic() + settings.ENV.database_wait_seconds, False
    while (reason := _refusal()) is not None:
        if time.monotonic() >= deadline:
            raise FacePassError("database_away", f"The database does not answer: {reason}")
        if not was_told:
            report(f"Waiting for the database: {reason}")
            was_told = True
        time.sleep(LOOK_EVERY_SECONDS)


def _refusal() -> str | None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        return str(error).strip().splitlines()[0]
    return None


def migrate(*, verbosity: int = 0) -> None:
    """Bring the database to this release. Of several hosts that start at once, one migrates after the other."""
    with hold_lock(LockPurpose.MIGRATION):
        call_command("migrate", verbosity=verbosity, interactive=False)
        call_command("createcachetable", verbosity=verbosity)


def wait_for_migration(report: Report) -> None:
    """Wait until somebody else has migrated. Raise `not_migrated` after DATABASE_WAIT_SECONDS."""
    deadline, was_told = time.monotonic() + settings.ENV.database_wait_seconds, False
    while missing := _list_missing():
        if time.monotonic() >= deadline:
            raise FacePassError("not_migrated", f"The database lacks {missing[0]}: run `manage.py migrate`.")
        if not was_told:
            report(f"Waiting for `manage.py migrate`: the database lacks {missing[0]}.")
            was_told = True
        time.sleep(LOOK_EVERY_SECONDS)
    refuse_newer_schema()


def _list_missing() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def refuse_newer_schema() -> None:
    """Raise `schema_is_newer` where another release has migrated further than this one knows."""
    known = MigrationExecutor(connection).loader.disk_migrations
    ours = {app for app, _name in known}
    applied = MigrationRecorder(connection).applied_migrations()
    if unknown := sorted(f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in known):
        message = f"A newer FacePass has migrated the database ({unknown[0]}). Start that release, or restore a backup."
        raise FacePassError("schema_is_newer", message)
