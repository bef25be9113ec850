"""Django's `migrate`, by one process at a time, and never on a database that a newer release has migrated."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from facepass.ops.supervisor.schema import refuse_newer_schema


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS or options["app_label"]:
            super().handle(*args, **options)
            return
        with hold_lock(LockPurpose.MIGRATION):
            refuse_newer_schema()
            super().handle(*args, **options)
