"""Work that outlasts a request; the row is the job, as a photo's row is the job of analysing it.

    pending > running > done
                      > failed       refused with a code, or three claims in a row came to no end
            > cancelled

A worker claims a row by a conditional update, for one turn. `claim` is the fencing token: a worker that lost its lease
finds another one there and writes nothing. Leases run on the database's clock.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import MD5, Cast, Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint

MAX_ATTEMPTS = 3


class JobState(models.TextChoices):
    PENDING = "pending", _("pending")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


UNFINISHED_STATES = (JobState.PENDING, JobState.RUNNING)


class JobQuerySet(TenantQuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=UNFINISHED_STATES)

    def claimable(self) -> "JobQuerySet":
        """Waiting, or left behind by a worker whose lease has run out."""
        free = models.Q(lease_expires_at=None) | models.Q(lease_expires_at__lt=Now())
        return self.unfinished().filter(free)

    def claim(self, pk: uuid.UUID) -> "Job | None":
        """Claim that job for one turn; return None where it is claimed, over, or out of attempts."""
        claim = uuid.uuid4()
        free = self.claimable().filter(pk=pk, attempts__lt=MAX_ATTEMPTS)
        claimed = free.update(
            state=JobState.RUNNING,
            claim=claim,
            attempts=models.F("attempts") + 1,
            lease_expires_at=_lease(),
            started_at=Coalesce("started_at", Now()),
        )
        return self.get(pk=pk) if claimed else None

    def held_by(self, job: "Job") -> "JobQuerySet":
        """Return the job's row, if the claim that `job` stands for still holds."""
        return self.filter(pk=job.pk, state=JobState.RUNNING, claim=job.claim)

    def running(self) -> "JobQuerySet":
        return self.filter(state=JobState.RUNNING, lease_expires_at__gte=Now())

    def fail_exhausted(self) -> int:
        """Fail jobs that were claimed MAX_ATTEMPTS times in a row and came to no end; return how many."""
        exhausted = self.claimable().filter(attempts__gte=MAX_ATTEMPTS)
        return exhausted.update(**_over(JobState.FAILED), error="worker_lost")

    def cancel(self) -> int:
        """Cancel unfinished jobs; return how many. A worker stops at its next report, and what it has written stays."""
        return self.unfinished().update(**_over(JobState.CANCELLED))


class Job(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    kind = models.CharField(_("kind"), max_length=50)
    # Ids and options only; neither pictures nor descriptors.
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("status"), max_length=20, choices=JobState.choices, default=JobState.PENDING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    # Where the next turn goes on, in the handler's own terms.
    cursor = models.JSONField(null=True)
    result = models.JSONField(_("result"), null=True)
    error = models.CharField(_("error"), max_length=100, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claim = models.UUIDField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        db_table = "jobs"
        ordering = ["-created_at"]
        constraints = [
            readable_constraint(
                "jobs",
                json=["arguments", "cursor", "result"],
                moments=["lease_expires_at", "created_at", "started_at", "finished_at"],
            ),
            models.UniqueConstraint(
                "studio",
                "kind",
                MD5(Cast("arguments", models.TextField())),
                condition=models.Q(state__in=["pending", "running"]),
                name="one_unfinished_job",
            ),
        ]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def eta_seconds(self) -> float | None:
        """The time left at the speed since the start; None where nothing is known yet."""
        if self.state not in UNFINISHED_STATES:
            return 0.0
        if self.started_at is None or not self.done:
            return None
        elapsed = (timezone.now() - self.started_at).total_seconds()
        return round(elapsed / self.done * max(0, self.total - self.done), 1)

    def record_progress(self, *, done: int, total: int, cursor: Any) -> bool:
        """Write the progress and renew the lease; return False where the claim is lost."""
        self.done, self.total, self.cursor = done, total, cursor
        return self._write(done=done, total=total, cursor=cursor, lease_expires_at=_lease())

    def requeue(self) -> bool:
        """Give the claim back at the end of a turn; return False where it is lost."""
        return self._write(state=JobState.PENDING, attempts=0, claim=None, lease_expires_at=None)

    def postpone(self, seconds: int) -> bool:
        """Give the claim back, and let the job wait so long; return False where the claim is lost."""
        later = Now() + timedelta(seconds=seconds)
        return self._write(state=JobState.PENDING, attempts=0, claim=None, lease_expires_at=later)

    def finish(self, result: dict[str, Any]) -> bool:
        return self._write(**_over(JobState.DONE), result=result)

    def fail(self, code: str) -> bool:
        return self._write(**_over(JobState.FAILED), error=code)

    def _write(self, **values: Any) -> bool:
        return bool(type(self).objects.held_by(self).update(**values))


def _lease() -> Any:
    return Now() + timedelta(seconds=settings.ANALYSIS_LEASE_SECONDS)


def _over(state: JobState) -> dict[str, Any]:
    return {"state": state, "claim": None, "lease_expires_at": None, "finished_at": Now()}
