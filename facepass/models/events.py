"""What happened in a studio, for partner apps that want to know."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.database.constraints import readable_constraint
from facepass.core.logs import request_ids
from facepass.models.accounts import Studio


class EventType(models.TextChoices):
    """What happens in a studio that a partner app may want to know of."""

    SESSION_FACEPASS_CHANGED = "session.facepass_changed", _("search by face was switched on or off")
    GALLERY_PROCESSED = "gallery.processed", _("all photos of a gallery are analysed")
    PHOTO_FAILED = "photo.failed", _("a photo could not be analysed")
    FACE_ENROLLED = "face.enrolled", _("a face was enrolled")
    FACE_REFUSED = "face.refused", _("a picture that was to enrol somebody was refused")
    GUEST_SEARCH_COMPLETED = "guest.search_completed", _("a guest searched")
    TRAINING_COMPLETED = "training.completed", _("a training has ended")
    TRAINING_FAILED = "training.failed", _("a training has failed")
    PERSON_MERGED = "person.merged", _("groups of faces became one person")
    ERASURE_COMPLETED = "erasure.completed", _("somebody's data were erased")


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction that made it happen (see `facepass.core.events`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="+")
    type = models.CharField(max_length=40)
    # Ids and counts; no names, no biometrics, no addresses.
    data = models.JSONField(default=dict)
    # Of the request in which it happened, or that the work goes back to; it is sent along.
    request_id = models.CharField(max_length=request_ids.LENGTH, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now)
    # When it was made into deliveries, one for each endpoint that wants it.
    spread_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_events"
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["created_at"], condition=models.Q(spread_at=None), name="events_to_spread")]
        constraints = [readable_constraint("outbox_events", json=["data"], moments=["created_at", "spread_at"])]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
