"""Photos that may show a guest, who is asked: is that you?"""

from collections.abc import Collection
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from galleries.models import GalleryImage
from sessions_app.models.guest import Guest, shown_to_guest


class PossiblePhotoQuerySet(models.QuerySet["PossiblePhoto"]):
    def shown(self) -> "PossiblePhotoQuerySet":
        """Photos that guests see at this moment."""
        return self.filter(shown_to_guest())

    def of_photos(self, photos: Collection[UUID]) -> "PossiblePhotoQuerySet":
        """Rows of these photos and of their copies (`galleries.models.copies`)."""
        return self.filter(photo__sha256__in=GalleryImage.objects.filter(pk__in=photos).values("sha256"))


class PossiblePhoto(models.Model):
    """A photo that a guest has not answered for. It is none of theirs until they say so, and gone once they answer."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="possible")
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, related_name="+")
    # Who may be the guest.
    face = models.ForeignKey("galleries.PhotoFace", models.CASCADE, related_name="+")
    # Best first.
    rank = models.PositiveIntegerField()

    objects = PossiblePhotoQuerySet.as_manager()

    class Meta:
        db_table = "guest_possible_photos"
        ordering = ["rank", "pk"]
        verbose_name = _("photo that a guest is asked about")
        verbose_name_plural = _("photos that guests are asked about")
        constraints = [models.UniqueConstraint(fields=["guest", "photo"], name="one_possible_photo_per_guest")]

    def __str__(self) -> str:
        return f"{self.guest_id} {self.photo_id}"
