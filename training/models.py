"""Runs that make recognition of known people better from what staff verified."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from facepass.tenancy import TenantQuerySet
from recognition.models import ModelVersion


class FaceTrainingSessionQuerySet(TenantQuerySet["FaceTrainingSession"]):
    pass


class FaceTrainingSession(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        RUNNING = "running", _("running")
        COMPLETED = "completed", _("completed")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.PENDING)
    started_at = models.DateTimeField(_("started"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)
    people_count = models.PositiveIntegerField(_("people"), default=0)
    total_faces = models.PositiveIntegerField(_("faces"), default=0)
    model_accuracy = models.FloatField(_("accuracy"), null=True)
    error_message = models.TextField(_("error"), default="", blank=True)
    model_version = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, related_name="+", editable=False)
    # The dataset as it was when the run was prepared (see training/prepare.py), and its SHA-256. Written once.
    manifest = models.JSONField(default=dict, editable=False)
    digest = models.CharField(max_length=64, default="", editable=False)
    # In words: an account or a key may be gone by the time somebody asks.
    started_by = models.TextField(_("by"), default="", blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = FaceTrainingSessionQuerySet.as_manager()

    class Meta:
        db_table = "face_training_sessions"
        ordering = ["-created_at"]
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.started_at or ''}".strip()
