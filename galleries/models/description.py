"""What model versions other than the one in use have seen.

`photo_faces` holds each face once, described by the version in use. `generate_descriptors` puts what another version
sees here, beside it, and the switch exchanges the two in place: a face keeps its row, and with it its id, its person
and every decision, also those made while the new descriptions were being computed. What went out stays here for the
way back.
"""

import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from facepass.core.database.constraints import readable_constraint
from galleries.models.box import BoxField
from galleries.models.face import PhotoFace
from galleries.models.photo import GalleryImage, PhotoState
from recognition.models import ModelVersion
from recognition.types import DESCRIPTOR_DIMENSION, Box


class PhotoDescriptionQuerySet(models.QuerySet["PhotoDescription"]):
    def valid_for(self, version: ModelVersion | None) -> "PhotoDescriptionQuerySet":
        """Valid descriptions by that version."""
        return self.valid().filter(model_version=version)

    def valid(self) -> "PhotoDescriptionQuerySet":
        """Descriptions of photos that have not been analysed again since."""
        return self.filter(error="", photo__state=PhotoState.PROCESSED, photo__processed_at=F("analysed_at"))


class PhotoDescription(models.Model):
    """Says that a version has seen the photo, as it was at `analysed_at`; `error` where its file cannot be read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, related_name="descriptions")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    analysed_at = models.DateTimeField()
    error = models.CharField(max_length=100, default="", blank=True)

    objects = PhotoDescriptionQuerySet.as_manager()

    class Meta:
        db_table = "photo_descriptions"
        verbose_name = _("description by another model")
        verbose_name_plural = _("descriptions by another model")
        constraints = [
            readable_constraint("photo_descriptions", moments=["analysed_at"]),
            models.UniqueConstraint(fields=["photo", "model_version"], name="one_description_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.model_version_id}"


class SpareFace(models.Model):
    """A face as another version sees it. `face`: the same face in `photo_faces`, with which it goes; null without one.

    A row that once was in `photo_faces`, or goes there, keeps its id.
    """

    binds_face = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, related_name="spare_faces")
    face = models.ForeignKey(PhotoFace, models.CASCADE, null=True, related_name="spares")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    insightface_bbox = BoxField()
    insightface_confidence = models.FloatField()
    insightface_descriptor = HalfVectorField(dimensions=DESCRIPTOR_DIMENSION, null=True)
    landmarks = models.JSONField()
    quality = models.JSONField(default=dict)

    class Meta:
        db_table = "spare_faces"
        verbose_name = _("face found by another model")
        verbose_name_plural = _("faces found by another model")
        constraints = [
            readable_constraint(
                "spare_faces",
                boxes=["insightface_bbox"],
                numbers=["insightface_confidence"],
                arrays=["landmarks"],
                objects=["quality"],
            ),
            models.UniqueConstraint(fields=["face", "model_version"], name="one_spare_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.model_version_id}"

    @property
    def as_box(self) -> Box:
        return Box(**self.insightface_bbox)


def photos_to_describe(version: ModelVersion) -> "models.QuerySet[GalleryImage]":
    """Return analysed photos that the version has not seen as they are now: neither beside the one in use nor as it."""
    seen = PhotoDescription.objects.filter(
        photo=OuterRef("pk"), model_version=version, analysed_at=OuterRef("processed_at")
    )
    faces = PhotoFace.objects.filter(photo=OuterRef("pk"))
    analysed = Exists(faces.described_by(version)) & ~Exists(faces.not_described_by(version))
    done = GalleryImage.objects.processed().describable().filter(processed_at__isnull=False)
    return done.filter(~Exists(seen)).exclude(analysed).order_by("created_at", "pk")
