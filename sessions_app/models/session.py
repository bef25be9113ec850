"""Photo sessions: what guests open, and what partner apps call an event."""

import secrets
import uuid
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facepass.core import events
from facepass.core.access.tenancy import Deleted, TenantModel, TenantQuerySet, queryset_only
from facepass.core.database import time_zones
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import DESCRIPTION_LENGTH, check_json, check_moment
from facepass.models import EventType
from galleries.photos.cameras import assumed_zones

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

    @queryset_only
    @transaction.atomic
    def delete(self) -> Deleted:
        """Locks the sessions before their guests, as whoever writes something for a guest does."""
        list(self.order_by("pk").select_for_update().values_list("pk"))
        return super().delete()

    def open_to_guests(self) -> "PhotoSessionQuerySet":
        archived = self.model.objects.filter(privacy__archived_at__isnull=False).order_by().values("pk")
        return self.filter(facepass_enabled=True, gone_at=None).exclude(pk__in=archived)


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
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True, validators=[check_moment])
    # Ids of Pixora's, which mean nothing here: whoever makes a session may name them, and reads them back.
    photographer_id = models.UUIDField(_("photographer's id"), null=True, blank=True)
    service_package_id = models.UUIDField(_("service package's id"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=time_zones.NAME_LENGTH, default="", db_default="", blank=True,
        validators=[time_zones.check_name],
        help_text=_(
            "Of an event abroad: in which its dates are read, and in which cameras that write no zone are set. "
            "Changed, it moves the times of their photos."
        ),
    )  # fmt: skip
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
    # As above.
    _former_zone: str | None = None

    class Meta:
        db_table = "photo_sessions"
        ordering = ["-created_at"]
        verbose_name = _("photo session")
        verbose_name_plural = _("photo sessions")
        constraints = [
            readable_constraint(
                "photo_sessions",
                moments=["scheduled_at", "completed_at", "created_at", "updated_at", "confirmed_at", "gone_at"],
                json=["settings"],
                texts={"description": DESCRIPTION_LENGTH},
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse in every form to open an event that was archived without faces."""
        if self.facepass_enabled and self.is_archived:
            raise ValidationError({"facepass_enabled": _("This event was archived without faces.")})

    @property
    def is_archived(self) -> bool:
        """Whether it was archived without faces. Where its `privacy` was read along, that is asked and no database."""
        privacy = getattr(self, "privacy", None)
        return privacy is not None and privacy.archived_at is not None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its dates and cameras: its own, else its studio's."""
        return time_zones.find_zone(self.time_zone) if self.time_zone else self.studio.zone

    @property
    def day(self) -> date:
        """The day when it is or, where nobody has said, when it was made; in its time zone."""
        return timezone.localdate(self.scheduled_at or self.created_at, self.zone)

    @property
    def partner_studio_id(self) -> uuid.UUID:
        """Return its studio's id where the session lives: Pixora's id for a copy, else FacePass's."""
        return (self.studio.main_app_id if self.origin == Origin.PIXORA else None) or self.studio_id

    @property
    def guest_url(self) -> str:
        """Return the absolute address of the guests' page: what table cards, e-mails and the admin show."""
        return f"{django_settings.PUBLIC_URL}{reverse('guest-page', args=[self.code])}"

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Emit an event where `facepass_enabled` was switched, and move photos with the zone, whoever changed it."""
        super().save(*args, **kwargs)
        if self._former_zone is not None and self._former_zone != self.time_zone:
            assumed_zones.move_times_of_event(self.pk, self.zone)
        self._former_zone = self.time_zone
        if self._was_enabled is not None and self._was_enabled != self.facepass_enabled:
            data = {"session_id": str(self.pk), "facepass_enabled": self.facepass_enabled}
            events.emit(EventType.SESSION_FACEPASS_CHANGED, studio_id=self.studio_id, data=data)
        self._was_enabled = self.facepass_enabled

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        session = super().from_db(*args, **kwargs)
        session._was_enabled = session.__dict__.get("facepass_enabled")
        session._former_zone = session.__dict__.get("time_zone")
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
