"""Trainings: runs that learn templates of people from the faces that staff verified."""

import uuid

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from facepass.core import events
from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.models import EventType
from galleries.models import Job, TemplateSet
from galleries.models.job import JobState
from recognition.models import ModelVersion

# Jobs about the names that a version gives (training/renaming.py). Their arguments have the training's `session_id`.
LIST_NAMES, APPLY_NAMES = "list_name_changes", "apply_name_changes"
# What becomes of a running training whose job has come to this end.
ENDS = {JobState.CANCELLED: "cancelled", JobState.FAILED: "failed"}


class FaceTrainingSessionQuerySet(TenantQuerySet["FaceTrainingSession"]):
    def running(self) -> "FaceTrainingSessionQuerySet":
        return self.filter(status=FaceTrainingSession.Status.RUNNING)

    def end_with_jobs(self) -> None:
        """End the running trainings whose job was cancelled or has failed.

        The job itself cannot do so: what cancels jobs knows no trainings, and a killed worker does nothing any more.
        """
        if self.running().filter(job__state__in=ENDS).exists():  # else nothing is locked
            with transaction.atomic():
                for state, status in ENDS.items():
                    self._end(state, status)

    def _end(self, state: JobState, status: str) -> None:
        """End the running trainings whose job is in that state. The caller opens the transaction."""
        running = self.running().filter(job__state=state).select_for_update(of=("self",))
        ended = self.model.objects.filter(pk__in=list(running.values_list("pk", flat=True)))
        reason = models.Subquery(Job.objects.filter(pk=models.OuterRef("job")).values("error"))
        ended.update(status=status, completed_at=Now(), error_message=reason)
        if state == JobState.FAILED:
            _emit_failures(ended)


def _emit_failures(trainings: FaceTrainingSessionQuerySet) -> None:
    for training in trainings:
        told = {"training_id": str(training.pk), "session_id": str(training.pk), "error": training.error_message}
        events.emit(EventType.TRAINING_FAILED, studio_id=training.studio_id, data=told)


class FaceTrainingSession(models.Model):
    """One training: a run of learning, from its preparation to the version that it made."""

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
    # The dataset as it was when the run was prepared (`preparation.DatasetManifest`), and its SHA-256. Written once.
    manifest = models.JSONField(default=dict, editable=False)
    digest = models.CharField(max_length=64, default="", editable=False)
    # Text, not a foreign key: the account or API key may have been deleted since.
    started_by = models.TextField(_("by"), default="", blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", editable=False)
    # The training that learnt from the same data, where this one was skipped.
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", editable=False)
    # The version that it made (training/versions.py), how good it is (`run.TrainingMetrics`), and which names it would
    # change (`name_changes.PreviewJson`).
    template_set = models.OneToOneField(TemplateSet, models.SET_NULL, null=True, related_name="+", editable=False)
    metrics = models.JSONField(default=dict, editable=False)
    changes = models.JSONField(default=dict, editable=False)

    objects = FaceTrainingSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            readable_constraint(
                "face_training_sessions",
                moments=["started_at", "completed_at", "created_at"],
                numbers=["model_accuracy"],
                json=["manifest", "metrics", "changes"],
            ),
            models.UniqueConstraint(
                fields=["studio"], condition=models.Q(status="running"), name="one_running_training"
            ),
        ]
        db_table = "face_training_sessions"
        ordering = ["-created_at"]
        verbose_name = _("training")
        verbose_name_plural = _("trainings")

    def __str__(self) -> str:
        moment = date_format(timezone.localtime(self.created_at), "DATETIME_FORMAT")
        return f"{moment}, {self.get_status_display()}"

    @property
    def is_active(self) -> bool:
        """Whether its version is in use."""
        return self.template_set is not None and self.template_set.active

    def record_act(self, what: "TrainingAct.Kind", *, by: str) -> None:
        """Record who did what. The caller opens the transaction that does it."""
        self.acts.create(what=what, made_by=by)


class TrainingAct(models.Model):
    """Who did what with a training, in the transaction that did it."""

    class Kind(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        STARTED = "started", _("started")
        ACTIVATED = "activated", _("put in use")
        ROLLED_BACK = "rolled_back", _("rolled back")
        APPLIED = "applied", _("names changed")

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(FaceTrainingSession, models.CASCADE, related_name="acts")
    what = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    # Text as `started_by`; empty where the run did it by itself.
    made_by = models.TextField(_("by"), default="", blank=True)
    made_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        db_table = "face_training_acts"
        ordering = ["made_at", "pk"]
        verbose_name = _("action on a version")
        verbose_name_plural = _("actions on versions")
        constraints = [readable_constraint("face_training_acts", moments=["made_at"])]

    def __str__(self) -> str:
        return str(self.get_what_display())
