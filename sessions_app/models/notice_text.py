"""What guests agreed to, word for word, and the records of who did: they outlive the guests, as proof.

A text is kept once for a studio. A record names nobody: its number is its own, and while the guest is there only the
guest's row says whose it is.
"""

import hashlib
import uuid
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint

# Records whose guest lies in the trash, with its event: they may come back together.
IN_TRASH = """
    EXISTS (SELECT FROM trash_rows WHERE trash_rows.label = 'sessions_app.Guest' AND trash_rows.reference = ''
            AND trash_rows.content::json ->> 'consent_record_id' = consent_records.id::text)
"""


class NoticeTextQuerySet(TenantQuerySet["NoticeText"]):
    pass


class NoticeText(models.Model):
    """A notice as guests read it, in one language. Rows are only added: what was agreed to does not change."""

    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+")
    # SHA-256 of the text, in hexadecimal.
    digest = models.CharField(max_length=64)
    version = models.CharField(_("version of the notice"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = NoticeTextQuerySet.as_manager()

    class Meta:
        db_table = "guest_notice_texts"
        verbose_name = _("text of the notice")
        verbose_name_plural = _("texts of the notice")
        constraints = [
            readable_constraint("guest_notice_texts", moments=["created_at"]),
            models.UniqueConstraint(fields=["studio", "digest"], name="one_notice_text_per_studio"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


def digest_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class ConsentRecordQuerySet(TenantQuerySet["ConsentRecord"]):
    def of_nobody(self) -> "ConsentRecordQuerySet":
        """Records that have not ended and whose guest is neither there nor in the trash."""
        rows = self.filter(ended_at=None, guest=None).extra(where=[f"NOT {IN_TRASH}"])  # noqa: S610 - a constant
        return cast(ConsentRecordQuerySet, rows)

    def overdue(self) -> "ConsentRecordQuerySet":
        """Records whose consent ended longer ago than they are to be kept."""
        return self.filter(ended_at__lte=timezone.now() - timedelta(days=settings.CONSENT_RECORD_DAYS))


class ConsentRecord(models.Model):
    """Proof that somebody agreed to a notice, and took it back; nothing of what was done with the consent.

    `session_id` is of the photo session and no foreign key, since a record outlives it. `ended_at`: the consent was
    withdrawn, or its guest is gone; from then on the record is kept for CONSENT_RECORD_DAYS.
    """

    id = models.UUIDField(_("number"), primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    session_id = models.UUIDField(_("photo session"), db_index=True)
    # Of the text in `NoticeText`; empty where only the version was recorded.
    notice_digest = models.CharField(_("SHA-256 of the text"), max_length=64, default="", blank=True)
    version = models.CharField(_("version of the notice"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    guardian = models.BooleanField(_("agreed for a child"), default=False)
    agreed_at = models.DateTimeField(_("agreed"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True, db_index=True)

    objects = ConsentRecordQuerySet.as_manager()

    class Meta:
        db_table = "consent_records"
        ordering = ["-agreed_at"]
        verbose_name = _("record of a consent")
        verbose_name_plural = _("records of consents")
        constraints = [readable_constraint("consent_records", moments=["agreed_at", "withdrawn_at", "ended_at"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def notice_text(self) -> NoticeText | None:
        return NoticeText.objects.filter(studio=self.studio_id, digest=self.notice_digest).first()
