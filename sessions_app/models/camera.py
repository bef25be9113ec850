"""Cameras that send an event's photos by FTP: the account that they sign in with, and what became of each file."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from sessions_app.models.session import PhotoSession


class FoldersBecome(models.TextChoices):
    """What becomes of the folders that a camera makes, as on the event's page where folders are dropped."""

    GALLERIES = "galleries", _("a gallery for each")
    TAGS = "tags", _("all in one gallery, where each photo has its folder's name as a tag")


class CameraAccountQuerySet(TenantQuerySet["CameraAccount"]):
    studio_path = "session__studio"


class CameraAccount(TenantModel):
    """An event's account for cameras is there while the row is. A new password makes a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(PhotoSession, models.CASCADE, related_name="camera_account")
    username = models.CharField(_("user name"), max_length=20, unique=True)
    # A hash, as accounts of staff have it.
    password = models.CharField(max_length=128)
    folders_become = models.CharField(
        _("folders"), max_length=10, choices=FoldersBecome.choices, default=FoldersBecome.GALLERIES
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), null=True)

    objects = CameraAccountQuerySet.as_manager()

    class Meta:
        db_table = "camera_accounts"
        verbose_name = _("account for cameras")
        verbose_name_plural = _("accounts for cameras")
        constraints = [readable_constraint("camera_accounts", moments=["created_at", "last_used_at"])]

    def __str__(self) -> str:
        return self.username


class CameraFileQuerySet(TenantQuerySet["CameraFile"]):
    studio_path = "session__studio"

    def taken(self) -> "CameraFileQuerySet":
        return self.filter(photo__isnull=False)

    def refused(self) -> "CameraFileQuerySet":
        return self.filter(photo__isnull=True)


class CameraFile(TenantModel):
    """A file that a camera sent: the photo that it is now, or why it was not taken. It goes with its photo.

    Two cameras may send the same path, so that the content tells files apart. `sha256`: empty for a file that was too
    large to be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(PhotoSession, models.CASCADE, related_name="camera_files")
    folder = models.CharField(max_length=255, editable=False)
    name = models.CharField(_("file name"), max_length=255, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    byte_size = models.BigIntegerField(editable=False)
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, null=True, related_name="+", editable=False)
    code = models.CharField(max_length=50, default="", editable=False)
    # In the language of the installation.
    message = models.TextField(default="", editable=False)
    received_at = models.DateTimeField(_("sent"), default=timezone.now)

    objects = CameraFileQuerySet.as_manager()

    class Meta:
        db_table = "camera_files"
        ordering = ["-received_at", "pk"]
        verbose_name = _("file from a camera")
        verbose_name_plural = _("files from cameras")
        constraints = [
            readable_constraint("camera_files", moments=["received_at"]),
            models.UniqueConstraint(fields=["session", "folder", "name", "sha256"], name="one_camera_file_per_content"),
        ]

    def __str__(self) -> str:
        return f"{self.folder}/{self.name}" if self.folder else self.name
