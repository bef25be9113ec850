"""Addresses that want one e-mail when a session's photos can be searched."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint

# When an e-mail that did not go out is tried again, and how long its address is kept.
RETRY_AFTER, KEPT_FOR = timedelta(minutes=10), timedelta(days=30)


class ReadyNoticeQuerySet(TenantQuerySet["ReadyNotice"]):
    studio_path = "session__studio"

    def due(self) -> "ReadyNoticeQuerySet":
        return self.filter(Q(tried_at=None) | Q(tried_at__lt=timezone.now() - RETRY_AFTER))

    def claim(self, notice: "ReadyNotice") -> bool:
        """Return whether this process is the one that sends it."""
        return bool(self.due().filter(pk=notice.pk).update(tried_at=timezone.now()))

    def discard_old(self) -> None:
        self.filter(asked_at__lt=timezone.now() - KEPT_FOR).delete()


class ReadyNotice(models.Model):
    """An address, until the one e-mail to it is sent."""

    session = models.ForeignKey("sessions_app.PhotoSession", models.CASCADE, related_name="ready_notices")
    address = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10)
    asked_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)

    objects = ReadyNoticeQuerySet.as_manager()

    class Meta:
        db_table = "ready_notices"
        verbose_name = _("e-mail when photos are ready")
        verbose_name_plural = _("e-mails when photos are ready")
        constraints = [
            readable_constraint("ready_notices", moments=["asked_at", "tried_at"]),
            models.UniqueConstraint(fields=["session", "address"], name="one_notice_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.pk}"
