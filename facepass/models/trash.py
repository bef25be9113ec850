"""What was deleted: kept for some days in the trash, and then a receipt that says how much it was.

Rows in the trash are in no table that anything else reads, so no query has to leave them out. `facepass.core.trash`
puts them there.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from facepass.core.database.constraints import readable_constraint
from facepass.models.accounts import Studio, User


class TrashEntryQuerySet(models.QuerySet["TrashEntry"]):
    def restorable(self) -> "TrashEntryQuerySet":
        """Entries of which nothing has been deleted for good yet."""
        return self.filter(purging_since=None)

    def due(self) -> "TrashEntryQuerySet":
        """Entries whose time is over, and those whose deletion for good was begun and not finished."""
        return self.filter(models.Q(due_at__lte=timezone.now()) | models.Q(purging_since__isnull=False))


class DeletedRows(models.Model):
    """What was deleted, how much of it, by whom and when: what an entry of the trash and its receipt have in common."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="+", verbose_name=_("studio"))
    # A name under which `facepass.core.trash.registry` knows what belongs to it.
    kind = models.CharField(_("kind"), max_length=20)
    # How many rows of each table, by the label of its model.
    counts = models.JSONField(default=dict)
    deleted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("deleted by"))
    # For whoever is no member of staff: the name of an API key.
    deleted_with = models.CharField(_("deleted by app"), max_length=100, default="", blank=True)
    deleted_at = models.DateTimeField(_("deleted"), default=timezone.now)

    class Meta:
        abstract = True

    @property
    def deleter(self) -> str:
        """Who deleted it: a member of staff, or an app by the name of its key."""
        return self.deleted_by.get_username() if self.deleted_by else self.deleted_with


def due_moment() -> datetime:
    """Return when what is deleted now is deleted for good."""
    return timezone.now() + timedelta(days=settings.TRASH_DAYS)


class TrashEntry(DeletedRows):
    """One deletion: of an event, say, with all that belongs to it."""

    # What people knew it by; it goes with the entry.
    label = models.CharField(_("title"), max_length=300)
    due_at = models.DateTimeField(_("gone for good"), default=due_moment, db_index=True)
    # Set before the first file is deleted; from then on it cannot be restored.
    purging_since = models.DateTimeField(null=True, editable=False)

    objects = TrashEntryQuerySet.as_manager()

    class Meta:
        db_table = "trash_entries"
        ordering = ["-deleted_at"]
        verbose_name = _("deleted item")
        verbose_name_plural = _("trash")
        constraints = [
            readable_constraint("trash_entries", json=["counts"], moments=["deleted_at", "due_at", "purging_since"])
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def days_left(self) -> int:
        """How many days it can still be restored, counted up: 1 on the last one."""
        return max(0, -((timezone.now() - self.due_at) // timedelta(days=1)))


class TrashRow(models.Model):
    """A row of another table as it was, or those of its columns that the deletion changed.

    It may hold personal data, so nothing shows it. Text and not JSON: only the database reads it, and what no reader
    can hold must be deletable as well. A descriptor has a column of its own, because as text it is six times as long.
    """

    id = models.BigAutoField(primary_key=True)
    # Without an index of its own: the constraint's begins with it.
    entry = models.ForeignKey(TrashEntry, models.CASCADE, related_name="rows", db_index=False)
    # The label of its model, and its primary key as text.
    label = models.CharField(max_length=100)
    key = models.CharField(max_length=64)
    # Empty for a whole row; else the column that referred to what was deleted.
    reference = models.CharField(max_length=64, default="")
    content = models.TextField()
    descriptor = HalfVectorField(null=True)

    class Meta:
        db_table = "trash_rows"
        constraints = [
            models.UniqueConstraint(fields=["entry", "label", "reference", "key"], name="one_trash_row_per_row")
        ]
        indexes = [models.Index(fields=["label", "key"], name="trash_rows_by_key")]

    def __str__(self) -> str:
        return f"{self.label} {self.key}"


class Erasure(DeletedRows):
    """The receipt of what was deleted for good: how much, when and by whom. It names nobody who was in it."""

    erased_at = models.DateTimeField(_("erased"), default=timezone.now)
    # None where its days were over.
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("erased by")
    )

    # For whoever is no member of staff: the name of an API key.
    erased_with = models.CharField(_("erased by app"), max_length=100, default="", db_default="", blank=True)

    class Meta:
        db_table = "erasures"
        ordering = ["-erased_at"]
        verbose_name = _("receipt of an erasure")
        verbose_name_plural = _("receipts of erasures")
        constraints = [readable_constraint("erasures", json=["counts"], moments=["deleted_at", "erased_at"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def eraser(self) -> str:
        """Who erased it before its days were over; empty where nobody did."""
        return self.erased_by.get_username() if self.erased_by else self.erased_with


class ErasedSubject(models.Model):
    """One line of the list of what was erased, which names nothing (see `core.trash.erased_subjects`)."""

    id = models.BigAutoField(primary_key=True)
    # The label of its model, and a digest of its primary key: nobody reads from it which row it was.
    label = models.CharField(max_length=100)
    subject = models.CharField(max_length=64)
    # The id of the receipt, where there is one.
    receipt = models.CharField(max_length=36, default="")
    erased_at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "erased_subjects"
        constraints = [readable_constraint("erased_subjects", moments=["erased_at"])]

    def __str__(self) -> str:
        return f"{self.label} {self.subject}"


class RewrittenTable(models.Model):
    """When a table was last written anew, without what was deleted from it (see `facepass.ops.remains`)."""

    name = models.CharField(max_length=64, primary_key=True)
    # How many rows PostgreSQL had seen deleted or changed by then; below zero before the first time.
    changes = models.BigIntegerField()
    rewritten_at = models.DateTimeField()

    class Meta:
        db_table = "rewritten_tables"
        constraints = [readable_constraint("rewritten_tables", moments=["rewritten_at"])]

    def __str__(self) -> str:
        return self.name
