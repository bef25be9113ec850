"""Guests who are not to be found by other guests, and which faces are theirs."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from sessions_app.models.guest import Guest


class HidingQuerySet(TenantQuerySet["Hiding"]):
    studio_path = "session__studio"


class Hiding(models.Model):
    """A guest does not want to be found by others in this session. It outlives the guest's own row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(
        "sessions_app.PhotoSession", models.CASCADE, related_name="hidings", verbose_name=_("photo session")
    )
    # None once the guest is forgotten: from then on no guest finds these faces.
    guest = models.OneToOneField(Guest, models.SET_NULL, null=True, related_name="hiding")
    created_at = models.DateTimeField(_("requested"), default=timezone.now)

    objects = HidingQuerySet.as_manager()

    class Meta:
        db_table = "guest_hidings"
        ordering = ["-created_at"]
        verbose_name = _("hidden guest")
        verbose_name_plural = _("hidden guests")
        constraints = [readable_constraint("guest_hidings", moments=["created_at"])]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.created_at), "DATETIME_FORMAT")


class HiddenFaceQuerySet(models.QuerySet["HiddenFace"]):
    def in_session(self, session_id: uuid.UUID) -> "HiddenFaceQuerySet":
        """Hidden faces in photos that are the session's now, also of guests of another from which they were moved."""
        return self.filter(face__gallery__session_id=session_id)


class HiddenFace(models.Model):
    """A face that other guests do not find. It goes with its photo."""

    hiding = models.ForeignKey(Hiding, models.CASCADE, related_name="faces")
    face = models.ForeignKey("galleries.PhotoFace", models.CASCADE, related_name="+")
    # Whether the other faces of its group are hidden too, also those that join it later.
    with_group = models.BooleanField()

    objects = HiddenFaceQuerySet.as_manager()

    class Meta:
        db_table = "guest_hidden_faces"
        verbose_name = _("hidden face")
        verbose_name_plural = _("hidden faces")
        constraints = [models.UniqueConstraint(fields=["hiding", "face"], name="one_hidden_face_per_hiding")]

    def __str__(self) -> str:
        return str(self.face_id)
