"""A photo that a guest gave, and that staff have not decided about. It is no photo of the event until they approve it.

So no query that finds, shows, counts or analyses photos has to leave it out.
"""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from sessions_app.models.guest import Guest
from sessions_app.models.session import PhotoSession


def upload_path(upload: "GuestUpload", filename: str) -> str:
    """Return where the storage keeps the file."""
    return f"given/{upload.pk}/{filename}"


class GuestUploadQuerySet(TenantQuerySet["GuestUpload"]):
    studio_path = "guest__session__studio"

    def waiting(self, session: PhotoSession) -> "GuestUploadQuerySet":
        """Those of the event that staff may decide about: of guests who have not withdrawn their consent."""
        return self.filter(guest__session=session, guest__withdrawn_at=None)


class GuestUpload(TenantModel):
    """A file that a guest gave. The row goes once it is approved, and with its guest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="uploads")
    file = models.FileField(_("file"), upload_to=upload_path, max_length=300, editable=False)
    original_name = models.CharField(_("file name"), max_length=255, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    given_at = models.DateTimeField(_("sent"), default=timezone.now)

    objects = GuestUploadQuerySet.as_manager()

    class Meta:
        db_table = "guest_uploads"
        ordering = ["given_at", "pk"]
        verbose_name = _("photo from a guest")
        verbose_name_plural = _("photos from guests")
        constraints = [
            readable_constraint("guest_uploads", moments=["given_at"]),
            models.UniqueConstraint(fields=["guest", "sha256"], name="one_upload_per_content"),
        ]

    def __str__(self) -> str:
        return self.original_name
