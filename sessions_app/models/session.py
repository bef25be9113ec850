"""Photo sessions: what guests open, and what partner apps call an event."""

import secrets
import uuid
from typing import Any, Self

from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core import events
from facepass.core.access.tenancy import Deleted, TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable
from facepass.core.database.storable_values import DESCRIPTION_LENGTH, check_json, check_moment
from facepass.models import EventType

# No 0/O, 1/l/I: the code is read off a table card.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_code() -> str:
    """Eight characters, 39 bits: short to type, and one of 1,000 sessions is guessed in 850 million tries."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


class Origin(models.TextChoices):
    LOCAL = "local", _("FacePass")
    PIXORA = "pixora", _("Pixora")


class PhotoSessionQuerySet(TenantQuerySet["PhotoSession"]):
    def mirrored(self) -> "PhotoSessionQuerySet":
        """Copies of Pixora's sessions, without those that are gone there."""
        return self.filter(origin=Origin.PIXORA, gone_at=None)

    @transaction.atomic
    def delete(self) -> Deleted:
        """Locks the sessions before their guests, as whoever writes something for a guest does."""
        list(self.order_by("pk").select_for_update().values_list("pk"))
        return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # as of Django's own
    delete.alters_data = True  # type: ignore[attr-defined]

    def open_to_guests(self) -> "PhotoSessionQuerySet":
        return self.filter(facepass_enabled=True, gone_at=None)


class PhotoSession(TenantModel):
    """A session of FacePass's own, or the copy of one of Pixora's. Whoever asks whether it may be used asks
    `sessions_app.session_source`, which knows the difference.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        ACTIVE = "active", _("active")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="sessions", verbose_name=_("studio"))
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(
        _("description"), default="", blank=True, validators=[MaxLengthValidator(DESCRIPTION_LENGTH)]
    )
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.ACTIVE)
    scheduled_at = models.DateTimeField(_("scheduled"), null=True, blank=True, validators=[check_moment])
    facepass_enabled = models.BooleanField(_("guests may search by face"), default=False)
    code = models.CharField(_("code of the short link"), max_length=16, unique=True, default=new_code)
    settings = models.JSONField(_("settings"), default=dict, blank=True, validators=[check_json])
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    origin = models.CharField(_("kept in"), max_length=10, choices=Origin.choices, default=Origin.LOCAL, editable=False)
    # Of a copy: when Pixora last confirmed it, and when it was found to be gone there.
    confirmed_at = models.DateTimeField(null=True, editable=False)
    gone_at = models.DateTimeField(_("deleted in Pixora"), null=True, editable=False)

    objects = PhotoSessionQuerySet.as_manager()
    # As it stands in the database; None for a row that is new.
    _was_enabled: bool | None = None

    class Meta:
        db_table = "photo_sessions"
        ordering = ["-created_at"]
        verbose_name = _("photo session")
        verbose_name_plural = _("photo sessions")
        constraints = [
            readable(
                "photo_sessions",
                moments=["scheduled_at", "created_at", "updated_at", "confirmed_at", "gone_at"],
                json=["settings"],
                texts={"description": DESCRIPTION_LENGTH},
            )
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """A switched `facepass_enabled` is told to partners, whoever switched it."""
        super().save(*args, **kwargs)
        if self._was_enabled is not None and self._was_enabled != self.facepass_enabled:
            data = {"session_id": str(self.pk), "facepass_enabled": self.facepass_enabled}
            events.emit(EventType.SESSION_FACEPASS_CHANGED, studio_id=self.studio_id, data=data)
        self._was_enabled = self.facepass_enabled

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        session = super().from_db(*args, **kwargs)
        session._was_enabled = session.__dict__.get("facepass_enabled")
        return session

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> Deleted:
        """Locks the session before its guests, as whoever writes something for a guest does."""
        PhotoSession.objects.select_for_update().filter(pk=self.pk).first()
        return super().delete(*args, **kwargs)

    def vanish(self) -> None:
        """It is gone in Pixora. The row stays, so that its galleries keep their session."""
        self.gone_at = self.confirmed_at = timezone.now()
        self.facepass_enabled = False
        self.save(update_fields=["gone_at", "confirmed_at", "facepass_enabled", "updated_at"])
