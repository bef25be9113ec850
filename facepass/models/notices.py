"""What happened in a studio, for the people who work there (see `facepass.core.notices`)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.database.constraints import readable_constraint
from facepass.models.accounts import Studio, User


class NoticeKind(models.TextChoices):
    GALLERY_DONE = "gallery.done", _("a gallery is done")
    PHOTOS_FAILED = "photos.failed", _("photos could not be analysed")
    WEBHOOK_DISABLED = "webhook.disabled", _("a webhook was switched off")
    SYNC_FAILED = "sync.failed", _("photo sessions are not mirrored")
    TRAINING_DONE = "training.done", _("a training has ended")
    RETENTION_DUE = "retention.due", _("a deadline of an event is near")
    FILES_LOST = "files.lost", _("files of photos are missing or damaged")


class StaffNotice(models.Model):
    """The latest news of its kind about one thing: what happens again replaces it, and is told again."""

    id = models.BigAutoField(primary_key=True)
    studio = models.ForeignKey(Studio, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40, choices=NoticeKind.choices)
    # The id of what it is about.
    subject = models.CharField(max_length=64)
    # Titles, codes and counts, for the sentence that is told.
    data = models.JSONField(default=dict)
    happened_at = models.DateTimeField(default=timezone.now)
    # Who had an e-mail with it.
    told = models.ManyToManyField(User, related_name="+", db_table="staff_notices_told")

    class Meta:
        db_table = "staff_notices"
        verbose_name = _("notice for staff")
        verbose_name_plural = _("notices for staff")
        ordering = ["-happened_at"]
        constraints = [
            readable_constraint("staff_notices", json=["data"], moments=["happened_at"]),
            models.UniqueConstraint(fields=["studio", "kind", "subject"], name="one_notice_per_subject"),
        ]
        indexes = [models.Index(fields=["happened_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
