"""Photo sessions: what guests open, and what partner apps call an event."""

import secrets
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from facepass.tenancy import TenantQuerySet

# No 0/O, 1/l/I: the code is read off a table card.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_code() -> str:
    """Eight characters, 39 bits: short to type, and one of 1,000 sessions is guessed in 850 million tries."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


class PhotoSessionQuerySet(TenantQuerySet["PhotoSession"]):
    def open_to_guests(self) -> "PhotoSessionQuerySet":
        return self.filter(facepass_enabled=True)


class PhotoSession(models.Model):
    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        ACTIVE = "active", _("active")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="sessions", verbose_name=_("studio"))
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), default="", blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.ACTIVE)
    scheduled_at = models.DateTimeField(_("scheduled"), null=True, blank=True)
    facepass_enabled = models.BooleanField(_("guests may search by face"), default=False)
    code = models.CharField(_("code of the short link"), max_length=16, unique=True, default=new_code)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PhotoSessionQuerySet.as_manager()

    class Meta:
        db_table = "photo_sessions"
        ordering = ["-created_at"]
        verbose_name = _("photo session")
        verbose_name_plural = _("photo sessions")

    def __str__(self) -> str:
        return self.name
