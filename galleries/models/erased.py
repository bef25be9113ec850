import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from facepass.core.database.constraints import readable_constraint
from recognition.types import Box


class ErasedFace(models.Model):
    """The place of a face that somebody erased. No later analysis and no other model writes a face there again.

    It holds no descriptor and names nobody, and is deleted with the photo.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, related_name="erased_faces")
    box = models.JSONField(_("box"), help_text=_("Pixels of the upright picture: x, y, width, height."))
    erased_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "erased_faces"
        verbose_name = _("erased face")
        verbose_name_plural = _("erased faces")
        constraints = [readable_constraint("erased_faces", boxes=["box"], moments=["erased_at"])]

    def __str__(self) -> str:
        return str(self.photo_id)

    @property
    def as_box(self) -> Box:
        return Box(**self.box)
