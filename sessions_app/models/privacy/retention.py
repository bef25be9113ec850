"""How long what belongs to an event is kept, and how far its deletion is."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from facepass.core.database.constraints import readable_constraint

# 0 days stand for "no deadline"; no period is longer than a hundred years.
LONGEST_DAYS = 36_500


class Kept(models.TextChoices):
    """What has a deadline of its own. The order is that of the page: what is most delicate first."""

    TEMPLATES = "templates", _("descriptions of faces")
    FACES = "faces", _("faces and groups")
    GUESTS = "guests", _("guests")
    PHOTOS = "photos", _("photos with their originals")


class RetentionPeriods(models.Model):
    """The days that an event, a studio or (without both) the installation says; null is the level above's word.

    `sessions_app.retention.periods` reads them together.
    """

    studio = models.ForeignKey("facepass.Studio", models.CASCADE, null=True, related_name="+")
    session = models.ForeignKey("sessions_app.PhotoSession", models.CASCADE, null=True, related_name="+")
    templates = models.PositiveIntegerField(null=True)
    faces = models.PositiveIntegerField(null=True)
    guests = models.PositiveIntegerField(null=True)
    photos = models.PositiveIntegerField(null=True)
    # Of the installation's row: by `Kept`, the shortest and the longest period that studios and events may say.
    bounds = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    updated_at = models.DateTimeField(auto_now=True)

    NAMES: ClassVar[tuple[str, ...]] = tuple(Kept.values)

    class Meta:
        db_table = "retention_periods"
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        constraints = [
            readable_constraint("retention_periods", moments=["updated_at"], json=["bounds"]),
            models.UniqueConstraint(
                fields=["studio", "session"], nulls_distinct=False, name="one_retention_per_studio_and_session"
            ),
        ]

    def __str__(self) -> str:
        return str(self.session_id or self.studio_id)


class RetentionStep(models.Model):
    """How far the deletion of one thing of an event is: the studio was warned, and then it was done."""

    session = models.ForeignKey("sessions_app.PhotoSession", models.CASCADE, related_name="retention_steps")
    kept = models.CharField(_("what"), max_length=20, choices=Kept.choices)
    warned_at = models.DateTimeField(_("announced"), null=True)
    done_at = models.DateTimeField(_("deleted"), null=True)
    receipt = models.ForeignKey("facepass.Erasure", models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "retention_steps"
        verbose_name = _("deletion at a deadline")
        verbose_name_plural = _("deletions at a deadline")
        constraints = [
            readable_constraint("retention_steps", moments=["warned_at", "done_at"]),
            models.UniqueConstraint(fields=["session", "kept"], name="one_retention_step_per_session"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.kept}"
