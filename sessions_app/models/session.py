"""Photo sessions: what guests open, and what partner apps call an event."""

import secrets
import uuid
from typing import Any, Self

from django.conf import settings as django_settings
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facepass.core import events
from facepass.core.access.tenancy import Deleted, TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import DESCRIPTION_LENGTH, check_json, check_moment
from facepass.models import EventType

# No 0/O, 1/l/I: the code is read off a table card.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_code() -> str:
    """Return eight random characters, which are 39 bits: short to type, and hard to guess.

    Whoever tries codes at random needs 850 million tries for one of 1,000 sessions.
    """
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


class Origin(models.TextChoices):
    LOCAL = "local", _("FacePass")
    PIXORA = "pixora", _("Pixora")


class PhotoSessionQuerySet(TenantQuerySet["PhotoSession"]):
    def mirrored(self) -> "PhotoSessionQuerySet":
        """Return the copies of Pixora's sessions, without those that were deleted there."""
        return self.filter(origin=Origin.PIXORA, gone_at=None)

    @transaction.atomic
    def delete(self) -> Deleted:
        """Locks the sessions before their guests, as whoever writes something for a guest does."""
        list(self.order_by("pk").select_for_update().values_list("pk"))
        return super().delete()

    # As Django marks its own, so that managers and templates cannot call it.
    delete.queryset_only = True  # type: ignore[attr-defined]
    delete.alters_data = True  # type: ignore[attr-defined]

    def open_to_guests(self) -> "PhotoSessionQuerySet":
        return self.filter(facepass_enabled=True, gone_at=None)


class PhotoSession(TenantModel):
    """A session of FacePass's own, or the copy of one of Pixora's.

    `sessions_app.session_access`, which knows the difference, says whether it may be used.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", pgettext_lazy("photo session", "scheduled")
        ACTIVE = "active", pgettext_lazy("photo session", "active")
        COMPLETED = "completed", pgettext_lazy("photo session", "completed")
        CANCELLED = "cancelled", pgettext_lazy("photo session", "cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="sessions", verbose_name=_("studio"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=200)
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
    # `facepass_enabled` as the database has it; None for a row that is new, or where it was not read.
    _was_enabled: bool | None = None

    class Meta:
        db_table = "photo_sessions"
        ordering = ["-created_at"]
        verbose_name = _("photo session")
        verbose_name_plural = _("photo sessions")
        constraints = [
            readable_constraint(
                "photo_sessions",
                moments=["scheduled_at", "created_at", "updated_at", "confirmed_at", "gone_at"],
                json=["settings"],
                texts={"description": DESCRIPTION_LENGTH},
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def guest_url(self) -> str:
        """Return the absolute address of the guests' page: what table cards, e-mails and the admin show."""
        return f"{django_settings.PUBLIC_URL}{reverse('guest-page', args=[self.code])}"

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Emit an event where `facepass_enabled` was switched, whoever switched it."""
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

    def mark_gone(self) -> None:
        """Record that it was deleted in Pixora. The row stays, so that its galleries keep their session."""
        self.gone_at = self.confirmed_at = timezone.now()
        self.facepass_enabled = False
        self.save(update_fields=["gone_at", "confirmed_at", "facepass_enabled", "updated_at"])
