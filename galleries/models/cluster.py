import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, MaxInnerProduct

from facepass.core.access.tenancy import Principal, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from galleries.models.gallery import Gallery
from recognition.config import RecognitionSettings
from recognition.models import ModelVersion
from recognition.settings.overrides import settings_in
from recognition.types import DESCRIPTOR_DIMENSION, FloatArray

if TYPE_CHECKING:
    from galleries.models.gallery import GalleryQuerySet


@dataclass(frozen=True, slots=True)
class Occasion:
    """The bounds within which faces are grouped: a photo session, or a gallery that belongs to none.

    One of the two ids is set, or none of them for what concerns a studio's people alone.
    """

    studio_id: uuid.UUID
    session_id: uuid.UUID | None = None
    gallery_id: uuid.UUID | None = None

    @classmethod
    def for_gallery(cls, gallery: Gallery) -> "Occasion":
        """Return the gallery's photo session, or the gallery itself where it has none."""
        if gallery.session_id:
            return cls(gallery.studio_id, session_id=gallery.session_id)
        return cls(gallery.studio_id, gallery_id=gallery.pk)

    @classmethod
    def find_visible(cls, key: uuid.UUID, principal: Principal) -> "Occasion | None":
        """Return the occasion with that `key`, if the principal may see one of its galleries."""
        named = models.Q(session_id=key) | models.Q(pk=key)
        gallery = Gallery.objects.visible_to(principal).event_galleries().filter(named).first()
        return cls.for_gallery(gallery) if gallery else None

    @property
    def galleries(self) -> "GalleryQuerySet":
        galleries = Gallery.objects.filter(studio_id=self.studio_id)
        return galleries.in_session(self.session_id) if self.session_id else galleries.filter(pk=self.gallery_id)  # type: ignore[misc]

    def load_settings(self) -> RecognitionSettings:
        """Return the recognition settings that hold there. One query."""
        return settings_in(self.studio_id, self.session_id)

    @property
    def is_studio_wide(self) -> bool:
        """Whether it has no bounds: for decisions about people alone."""
        return not (self.session_id or self.gallery_id)

    @property
    def key(self) -> uuid.UUID:
        """The id of the photo session, else of the gallery, by which addresses name the occasion."""
        return self.session_id or self.gallery_id or self.studio_id

    @property
    def fields(self) -> dict[str, uuid.UUID | None]:
        """The columns by which a group or a decision names its occasion."""
        return {"studio_id": self.studio_id, "session_id": self.session_id, "gallery_id": self.gallery_id}


class FaceClusterQuerySet(TenantQuerySet["FaceCluster"]):
    def within(self, occasion: Occasion) -> "FaceClusterQuerySet":
        return self.filter(**occasion.fields)

    def shown(self) -> "FaceClusterQuerySet":
        """Groups with faces, not rejected.

        A group that was merged into another stays as an empty row, so that the merge can be undone.
        """
        return self.filter(size__gt=0, rejected=False)

    def described_by(self, version: ModelVersion) -> "FaceClusterQuerySet":
        return self.filter(model_version=version)

    def nearest_to(self, descriptor: FloatArray, *, version: ModelVersion, min_cosine: float) -> "FaceClusterQuerySet":
        """Groups that reach the cosine, nearest first, with `distance`: 1 - the mean cosine to the group's faces."""
        product = MaxInnerProduct("centroid", descriptor)  # pgvector's is negative
        exact = models.ExpressionWrapper(product + models.Value(1.0), output_field=models.FloatField())
        near = self.described_by(version).annotate(distance=exact)  # type: ignore[no-redef]
        return near.filter(models.Q(distance__lte=1 - min_cosine)).order_by(models.F("distance"))


class FaceCluster(models.Model):
    """A group: faces of one person within an occasion. `person`: who it is, where somebody has said so.

    `size`, `centroid` and `model_version` are kept up to date by the database itself, whatever changes the faces:
    triggers of migrations 0008 and 0013.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    session_id = models.UUIDField(_("photo session"), null=True, blank=True, db_index=True)
    gallery = models.ForeignKey(
        Gallery, models.CASCADE, null=True, blank=True, related_name="clusters", verbose_name=_("gallery")
    )
    person = models.ForeignKey(
        "galleries.Person", models.SET_NULL, null=True, blank=True, related_name="clusters", verbose_name=_("person")
    )
    rejected = models.BooleanField(_("rejected"), default=False)
    size = models.PositiveIntegerField(_("faces"), default=0, editable=False)
    # The mean of the faces' unit descriptors, shorter than a unit: its inner product with a descriptor is the mean
    # cosine to the faces.
    centroid = HalfVectorField(dimensions=DESCRIPTOR_DIMENSION, null=True, editable=False)
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = FaceClusterQuerySet.as_manager()
    distance: float
    """1 - mean cosine; only on rows from `nearest_to`."""

    class Meta:
        db_table = "face_clusters"
        ordering = ["-size", "-created_at"]
        verbose_name = _("group of faces")
        verbose_name_plural = _("groups of faces")
        constraints = [readable_constraint("face_clusters", moments=["created_at"])]

    def __str__(self) -> str:
        return str(self.person or _("Unknown person"))

    @property
    def occasion(self) -> Occasion:
        return Occasion(self.studio_id, session_id=self.session_id, gallery_id=self.gallery_id)
