"""Addresses that want one e-mail when a session's photos can be searched."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.keys.sealed_fields import SealedTextField

# When an e-mail that did not go out is tried again, how long its address is kept, and how long one waits to be
# confirmed.
RETRY_AFTER, KEPT_FOR, UNCONFIRMED_FOR = timedelta(minutes=10), timedelta(days=30), timedelta(days=2)


class ReadyNoticeQuerySet(TenantQuerySet["ReadyNotice"]):
    studio_path = "session__studio"

    def due(self) -> "ReadyNoticeQuerySet":
        """Notices whose address was confirmed, and which are not being sent."""
        rested = Q(tried_at=None) | Q(tried_at__lt=timezone.now() - RETRY_AFTER)
        return self.filter(rested, confirmed_at__isnull=False)

    def claim(self, notice: "ReadyNotice") -> bool:
        """Return whether this process is the one that sends it."""
        return bool(self.due().filter(pk=notice.pk).update(tried_at=timezone.now()))

    def discard_old(self) -> None:
        now = timezone.now()
        unconfirmed = Q(confirmed_at=None, asked_at__lt=now - UNCONFIRMED_FOR)
        self.filter(unconfirmed | Q(asked_at__lt=now - KEPT_FOR)).delete()


class ReadyNotice(models.Model):
    """An address, sealed, until the one e-mail to it is sent. It gets that only after it was confirmed."""

    session = models.ForeignKey("sessions_app.PhotoSession", models.CASCADE, related_name="ready_notices")
    address = SealedTextField(bound_to=("session_id", "address_digest"))
    # Of the address, with a key: who asks again is found by it (`sessions_app.sealing`).
    address_digest = models.CharField(max_length=64)
    language = models.CharField(_("language"), max_length=10)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)

    objects = ReadyNoticeQuerySet.as_manager()

    class Meta:
        db_table = "ready_notices"
        verbose_name = _("e-mail when photos are ready")
        verbose_name_plural = _("e-mails when photos are ready")
        constraints = [
            readable_constraint("ready_notices", moments=["asked_at", "confirmed_at", "tried_at"]),
            models.UniqueConstraint(fields=["session", "address_digest"], name="one_notice_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.pk}"
