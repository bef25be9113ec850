import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from recognition.models import ModelVersion
from recognition.types import DESCRIPTOR_DIMENSION, Box


class ErasedFace(models.Model):
    """The place of a face that somebody erased. No later analysis and no other model writes a face there again.

    It holds no descriptor and names nobody, and is deleted with the photo. `requested`: whoever the face shows asked
    for it, so that staff do not draw one there either.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, related_name="erased_faces")
    box = models.JSONField(_("box"), help_text=_("Pixels of the upright picture: x, y, width, height."))
    erased_at = models.DateTimeField(auto_now_add=True)
    requested = models.BooleanField(_("asked for"), default=False, db_default=False)
    # The `LeftOutRequest` that staff entered; null where a guest asked for it, or staff erased the face by themselves.
    request_id = models.UUIDField(null=True, db_index=True)

    class Meta:
        db_table = "erased_faces"
        verbose_name = _("erased face")
        verbose_name_plural = _("erased faces")
        constraints = [readable_constraint("erased_faces", boxes=["box"], moments=["erased_at"])]

    def __str__(self) -> str:
        return str(self.photo_id)

    @property
    def as_box(self) -> Box:
        return Box(**self.box)


class LeftOutPerson(models.Model):
    """Somebody who asked to be left out of an event, also of photos that come later: what it takes to know them there.

    A protected descriptor, and nothing else: no name, no picture, no guest. It goes with the descriptions of the
    event's faces, and is compared with new faces only, by the model version that made it. Without a session it holds
    in all of the studio's photos, until it is taken back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+")
    session_id = models.UUIDField(db_index=True, null=True)
    request_id = models.UUIDField(null=True, db_index=True)
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    descriptor = HalfVectorField(dimensions=DESCRIPTOR_DIMENSION)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "left_out_people"
        verbose_name = _("person who is left out")
        verbose_name_plural = _("people who are left out")
        constraints = [readable_constraint("left_out_people", moments=["asked_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class LeftOutRequest(models.Model):
    """What staff did because somebody asked them to be left out: so that it can be taken back.

    Of an event, of a gallery that belongs to none or, with neither, of all that the studio has. The places and the
    description that were kept for it name it by its id.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+")
    session_id = models.UUIDField(null=True, db_index=True)
    gallery_id = models.UUIDField(null=True)
    person = models.ForeignKey(
        "galleries.Person", models.SET_NULL, null=True, related_name="left_out_requests", verbose_name=_("person")
    )
    faces = models.PositiveIntegerField(_("faces"), default=0)
    photos = models.PositiveIntegerField(_("photos"), default=0)
    later = models.BooleanField(_("also later photos"), default=False)
    asked_at = models.DateTimeField(_("entered"), auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )

    objects: ClassVar[models.Manager["LeftOutRequest"]] = TenantQuerySet["LeftOutRequest"].as_manager()

    class Meta:
        db_table = "left_out_requests"
        verbose_name = _("request to be left out")
        verbose_name_plural = _("requests to be left out")
        constraints = [readable_constraint("left_out_requests", moments=["asked_at"])]

    def __str__(self) -> str:
        return str(self.pk)
