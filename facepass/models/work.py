"""What processes record of their work for each other: signs of life, current tasks, and when chores are due.

None of it may get lost while it matters, so it is in tables and not in the cache. All times are the database's.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.db.models.functions import Now

from facepass.core.database.constraints import readable_constraint

# A host that has given no sign of life for so long has gone; it gives one every 15 seconds.
HOST_SECONDS = timedelta(seconds=60)

CLAIM_CHORE = """
    INSERT INTO chores AS kept (name, due_at) VALUES (%(name)s, clock_timestamp() + %(every)s)
    ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE kept.due_at <= clock_timestamp()
    RETURNING name
"""


class ChoreQuerySet(models.QuerySet["Chore"]):
    def claim(self, name: str, *, every: timedelta) -> bool:
        """Return whether the chore is due and the caller's to do; it is then due again after `every`.

        It is one statement, so that of two workers at once one gets it.
        """
        values: dict[str, Any] = {"name": name, "every": every}
        with connection.cursor() as cursor:
            cursor.execute(CLAIM_CHORE, values)
            return cursor.fetchone() is not None


class Chore(models.Model):
    """When something that is done every so often is due again (see `facepass.core.work.chores`)."""

    name = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()

    objects = ChoreQuerySet.as_manager()

    class Meta:
        db_table = "chores"

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """The last sign of life (see `facepass.core.work.heartbeats`)."""

    name = models.CharField(max_length=100, primary_key=True)
    # Another one at every beat.
    token = models.UUIDField(default=uuid.uuid4)
    beaten_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "heartbeats"

    def __str__(self) -> str:
        return f"{self.name} {self.beaten_at}"


class HostQuerySet(models.QuerySet["Host"]):
    def live(self) -> "HostQuerySet":
        """Hosts whose supervisor has given a sign of life just now."""
        return self.filter(seen_at__gt=Now() - HOST_SECONDS)


class Host(models.Model):
    """A machine, or one of its homes, on which `manage.py up` runs (see `facepass.ops.supervisor.host_report`)."""

    name = models.CharField(max_length=300, primary_key=True)
    version = models.CharField(max_length=50)
    # How many workers it has; none where it only serves pages.
    workers = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    # When one of its workers last took a task.
    worked_at = models.DateTimeField(null=True)
    # Of each process that is to run but does not: its name, and why it ended.
    down = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    objects = HostQuerySet.as_manager()

    class Meta:
        db_table = "hosts"
        constraints = [readable_constraint("hosts", moments=["started_at", "seen_at", "worked_at"], json=["down"])]

    def __str__(self) -> str:
        return self.name


class WorkLeaseQuerySet(models.QuerySet["WorkLease"]):
    def live(self) -> "WorkLeaseQuerySet":
        return self.filter(expires_at__gt=Now())

    def discard_old(self) -> None:
        """Delete the leases of workers that died in a task."""
        self.filter(expires_at__lte=Now()).delete()


class WorkLease(models.Model):
    """A worker's sign that it is alive and at this task, until `expires_at` at the latest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=200)
    begun_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    objects = WorkLeaseQuerySet.as_manager()

    class Meta:
        db_table = "work_leases"

    def __str__(self) -> str:
        return self.task


class WorkCount(models.Model):
    """How often something happened and how long it took, over all workers (see `facepass.core.work.work_counts`)."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=60)
    number = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0.0)

    class Meta:
        db_table = "work_counts"
        constraints = [
            models.UniqueConstraint(fields=["name", "label"], name="one_row_per_work_count"),
            readable_constraint("work_counts", numbers=["seconds"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label}"
