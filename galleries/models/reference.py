import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from recognition.models import ModelVersion
from recognition.types import DESCRIPTOR_DIMENSION


class ReferenceQuerySet(TenantQuerySet["Reference"]):
    pass


class Reference(models.Model):
    """One face with which probes are compared, 1:1. Its picture is not stored, only its descriptor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    label = models.CharField(_("label"), max_length=200, default="", blank=True)
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+", verbose_name=_("model"))
    descriptor = HalfVectorField(dimensions=DESCRIPTOR_DIMENSION, editable=False)
    quality = models.JSONField(_("quality"), default=dict)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        db_table = "reference_faces"
        ordering = ["-created_at"]
        verbose_name = _("reference face")
        verbose_name_plural = _("reference faces")
        constraints = [readable_constraint("reference_faces", objects=["quality"], moments=["created_at"])]

    def __str__(self) -> str:
        return self.label or str(self.pk)
