import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint

VALID_FOR = timedelta(minutes=2)


def expiry() -> datetime:
    """Return when a challenge that is made now expires."""
    return timezone.now() + VALID_FOR


class LivenessChallengeQuerySet(TenantQuerySet["LivenessChallenge"]):
    def use(self, pk: uuid.UUID) -> bool:
        """Use the challenge up; return whether it could still be used."""
        return bool(self.filter(pk=pk, used_at=None, expires_at__gt=Now()).update(used_at=Now()))

    def delete_old(self) -> None:
        self.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()


class LivenessChallenge(models.Model):
    """What somebody is asked to do before the camera: random steps, valid for two minutes and for one use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+")
    steps = models.JSONField()
    expires_at = models.DateTimeField(default=expiry, db_index=True)
    used_at = models.DateTimeField(null=True)

    objects = LivenessChallengeQuerySet.as_manager()

    class Meta:
        db_table = "liveness_challenges"
        verbose_name = _("liveness challenge")
        verbose_name_plural = _("liveness challenges")
        constraints = [readable_constraint("liveness_challenges", json=["steps"], moments=["expires_at", "used_at"])]

    def __str__(self) -> str:
        return " ".join(self.steps)
