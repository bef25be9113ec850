"""The slideshow of an event: guests' favourites on a screen at the party, where staff have given it an address."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint


class SlideshowQuerySet(TenantQuerySet["Slideshow"]):
    studio_path = "session__studio"


class Slideshow(models.Model):
    """An event's slideshow is there while the row is. Its address is the id, signed, so a new row has a new one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField("sessions_app.PhotoSession", models.CASCADE, related_name="slideshow")
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = SlideshowQuerySet.as_manager()

    class Meta:
        db_table = "slideshows"
        verbose_name = _("slideshow")
        verbose_name_plural = _("slideshows")
        constraints = [readable_constraint("slideshows", moments=["created_at"])]

    def __str__(self) -> str:
        return str(self.pk)
