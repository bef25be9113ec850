"""Pixora's table as it is there, and what FacePass records of its connection to it."""

from django.db import models

from facepass.core.database.constraints import readable_constraint


class PixoraSession(models.Model):
    """A row of Pixora's `photo_sessions`, in the database `pixora`. FacePass may only read it (see `pixora.router`)."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    description = models.TextField(null=True)
    photographer_id = models.UUIDField(null=True)
    studio_id = models.UUIDField(null=True)
    # An enum there; a value that is new there is no reason to fail here.
    status = models.TextField()
    scheduled_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    settings = models.JSONField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    service_package_id = models.UUIDField(null=True)
    facepass_enabled = models.BooleanField(null=True)

    class Meta:
        managed = False
        db_table = "photo_sessions"

    def __str__(self) -> str:
        return self.name


class PixoraLink(models.Model):
    """The one row that all processes share: whether Pixora answers, and how far it was mirrored."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # How often in a row it did not answer; from `breaker.THRESHOLD` on no query is sent until `open_until`.
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    # A stable code and what it is about, such as `pixora_schema` and the columns that are missing.
    error = models.CharField(max_length=50, default="")
    detail = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    # In Pixora's time: the youngest `updated_at` that was mirrored.
    mirrored_until = models.DateTimeField(null=True)
    synced_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "pixora_link"
        constraints = [
            readable_constraint(
                "pixora_link", moments=["open_until", "answered_at", "mirrored_until", "synced_at", "swept_at"]
            )
        ]

    def __str__(self) -> str:
        return self.error or "ok"

    @classmethod
    def load(cls) -> "PixoraLink":
        """Return the row, which is created the first time."""
        return cls.objects.filter(pk=1).first() or cls.objects.get_or_create(pk=1)[0]
