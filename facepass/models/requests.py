"""What is kept of requests for a while: how many there were, and what was answered."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from facepass.core.database.constraints import readable_constraint


class RateBucketQuerySet(models.QuerySet["RateBucket"]):
    def long_empty(self) -> "RateBucketQuerySet":
        return self.filter(due__lt=Now() - timedelta(minutes=10))


class RateBucket(models.Model):
    """How far a key, a member or an address is ahead of its rate (see `rate_limits`). A crash may lose it."""

    name = models.CharField(max_length=100, primary_key=True)
    due = models.DateTimeField()

    objects = RateBucketQuerySet.as_manager()

    class Meta:
        db_table = "rate_buckets"
        constraints = [readable_constraint("rate_buckets", moments=["due"])]

    def __str__(self) -> str:
        return self.name


class KeptAnswer(models.Model):
    """The first answer to an `Idempotency-Key` (see `core/requests/idempotency.py`); no status while it is made."""

    principal = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)

    class Meta:
        db_table = "kept_answers"
        constraints = [
            readable_constraint("kept_answers", moments=["created_at"], json=["headers"]),
            models.UniqueConstraint(fields=["principal", "key"], name="one_answer_per_key"),
        ]
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"
