"""Who changed what: one entry for each act of staff, of a key or, where it concerns their privacy, of a guest.

What an entry says for good is covered by a chain of digests. What may have to be erased stands beside it, in rows of
which the chain covers digests only (see `facepass.core.audit`).
"""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.database.constraints import readable_constraint
from facepass.models.accounts import Studio


class ActorKind(models.TextChoices):
    USER = "user", _("member of staff")
    KEY = "key", _("app")
    GUEST = "guest", _("guest")
    NOBODY = "nobody", _("unknown")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def sealed(self) -> "AuditEntryQuerySet":
        """Entries that are in the chain, in its order."""
        return self.filter(number__isnull=False).order_by("number")


class AuditEntry(models.Model):
    """One act. It names nobody but by ids of accounts and keys."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its place in the chain; None until it is sealed.
    number = models.BigIntegerField(_("number"), null=True, unique=True)
    happened_at = models.DateTimeField(_("when"), default=timezone.now)
    # None while the act goes on, and for ever where its process died.
    finished_at = models.DateTimeField(null=True)
    actor_kind = models.CharField(_("by"), max_length=10, choices=ActorKind.choices)
    actor_id = models.CharField(max_length=40, default="")
    # Outlives the studio. None: of the installation.
    studio = models.ForeignKey(
        Studio, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("studio")
    )
    # The method and route of the API, or the name of the page.
    action = models.CharField(_("action"), max_length=200)
    # How many rows were written, by the labels of their models.
    counts = models.JSONField(default=dict)
    # Of HTTP; 0 while the act goes on.
    status = models.PositiveSmallIntegerField(_("answer"), default=0)
    request_id = models.CharField(_("request"), max_length=64, default="")
    # The network only: a /24 or a /48.
    address = models.CharField(_("network"), max_length=50, default="")
    previous = models.CharField(max_length=64, default="")
    digest = models.CharField(max_length=64, default="")

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        db_table = "audit_entries"
        ordering = ["-happened_at", "-number"]
        verbose_name = _("entry of the audit")
        verbose_name_plural = _("audit")
        indexes = [
            models.Index(fields=["studio", "-happened_at"], name="audit_of_a_studio"),
            models.Index(fields=["-happened_at"], name="audit_by_time"),
            models.Index(fields=["happened_at"], condition=models.Q(number=None), name="audit_to_be_sealed"),
        ]
        constraints = [readable_constraint("audit_entries", json=["counts"], moments=["happened_at", "finished_at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.id}"


class AuditedRow(models.Model):
    """A row that an act made, changed or deleted, before and after. Once erased, only its digests are left."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(AuditEntry, models.CASCADE, related_name="rows")
    # The label of its model, and its primary key; once erased, a digest of both.
    label = models.CharField(max_length=100)
    key = models.CharField(max_length=64)
    # Values as texts by the names of fields; None where the row was not there.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    # Without it nobody finds out by trying what an erased row said.
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_rows"
        ordering = ["id"]
        indexes = [models.Index(fields=["label", "key"], name="audit_rows_by_key")]
        constraints = [readable_constraint("audit_rows", json=["before", "after"], moments=["erased_at"])]

    def __str__(self) -> str:
        return f"{self.label} {self.key}"


class AuditHead(models.Model):
    """The last entry that was cut off when its time was over; the chain goes on from here. Signed with the key."""

    number = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    signature = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_heads"
        constraints = [readable_constraint("audit_heads", moments=["made_at"])]

    def __str__(self) -> str:
        return str(self.number)
