import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, MaxInnerProduct

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from galleries.models.box import BoxField
from galleries.models.cluster import FaceCluster, Occasion
from galleries.models.decision import FaceDecision
from galleries.models.gallery import Gallery, GalleryKind, Limit
from recognition.models import ModelVersion
from recognition.types import DESCRIPTOR_DIMENSION, Box, FloatArray

# The columns that describe what a model version sees; the others say who it is and what was decided.
DESCRIPTION_COLUMNS = (
    "model_version_id",
    "insightface_bbox",
    "insightface_confidence",
    "insightface_descriptor",
    "landmarks",
    "quality",
)
# The columns that say whom a model takes the face for, until a person decides.
GUESS_COLUMNS = ("cluster_id", "person_id", "face_category", "recognition_confidence")


# The reason why a face has no descriptor that was never drawn: it stands for a person of whom no face is seen.
WHOLE_PHOTO = "whole_photo"
BEST_FIRST = (models.F("quality__score").desc(nulls_last=True), models.F("id").asc())
# Of faces that are shown: those of which nobody has said who it is, and those with a name, proposed or confirmed.
UNNAMED = models.Q(person=None, face_category="unknown")
NAMED = models.Q(person__isnull=False) & ~models.Q(face_category="ignored")
# Of faces that are shown: those that nobody has named and that are in no group.
SINGLE = models.Q(person=None, cluster=None) & ~models.Q(face_category="ignored")


class PhotoFaceQuerySet(TenantQuerySet["PhotoFace"]):
    studio_path = "gallery__studio"

    def event_faces(self) -> "PhotoFaceQuerySet":
        """Without those of enrolment pictures, whose names are certain."""
        return self.filter(gallery__kind=GalleryKind.EVENT)

    def searchable(self, version: ModelVersion) -> "PhotoFaceQuerySet":
        """Faces that a descriptor of that model version may be compared with."""
        return self.shown().described_by(version).filter(insightface_descriptor__isnull=False)

    def outside(self, limit: Limit) -> "PhotoFaceQuerySet":
        """Faces in photos of no photo session to which the limit applies."""
        return self.exclude(gallery__in=Gallery.objects.limited(limit).order_by().values("pk"))

    def undescribed_names(self) -> "PhotoFaceQuerySet":
        """Confirmed people of whom no face is seen where they are: drawn boxes without a descriptor, whole photos."""
        return self.shown().filter(verified=True, person__isnull=False, insightface_descriptor=None)

    def described_by(self, version: ModelVersion) -> "PhotoFaceQuerySet":
        return self.filter(model_version=version)

    def not_described_by(self, version: ModelVersion) -> "PhotoFaceQuerySet":
        """What another version saw: not to be compared with what this one sees."""
        return self.exclude(model_version=version)

    def best_of_each(self, column: str, owners: Iterable[uuid.UUID], number: int) -> "PhotoFaceQuerySet":
        """The `number` best of these faces for each of the `owners`, best first. `column`: the key that names an owner.

        Of each owner only the first rows of an index are read, however many faces it has.
        """
        theirs = self.filter(**{column: models.OuterRef("pk")}).order_by(*BEST_FIRST).values("pk")[:number]
        owner: Any = PhotoFace._meta.get_field(column).related_model
        chosen = models.Func(ArraySubquery(theirs), function="unnest", output_field=models.UUIDField())
        rows = owner._base_manager.filter(pk__in=list(owners)).values(chosen=chosen)
        return self.filter(pk__in=rows).order_by(*BEST_FIRST)

    def first_rows(self, number: int) -> "PhotoFaceQuerySet":
        """The first `number` in their order, chosen by their ids: no sort carries the other columns along."""
        return self.filter(pk__in=self.values("pk")[:number])

    def shown(self) -> "PhotoFaceQuerySet":
        """Faces that nobody rejected."""
        return self.exclude(face_category=FaceCategory.IGNORED)

    def single(self) -> "PhotoFaceQuerySet":
        return self.filter(SINGLE)

    def unnamed(self) -> "PhotoFaceQuerySet":
        return self.filter(UNNAMED)

    def named(self) -> "PhotoFaceQuerySet":
        return self.filter(NAMED)

    def proposed(self) -> "PhotoFaceQuerySet":
        """Faces with a name that nobody has confirmed."""
        return self.named().filter(verified=False)

    def decided(self) -> "PhotoFaceQuerySet":
        """Faces about which a standing decision says something."""
        return self.filter(_decided())

    def bound(self) -> "PhotoFaceQuerySet":
        """Faces with which something would be lost: a name, a decision, a row of another table that points at them."""
        return self.filter(_bound())

    def unbound(self) -> "PhotoFaceQuerySet":
        """Faces with which nothing is lost but what a model saw: neither an analysis nor a switch keeps them."""
        return self.exclude(_bound())

    def within(self, occasion: Occasion) -> "PhotoFaceQuerySet":
        return self.filter(gallery__in=occasion.galleries)

    def in_galleries(self, gallery_ids: Iterable[uuid.UUID]) -> "PhotoFaceQuerySet":
        return self.filter(gallery_id__in=list(gallery_ids))

    def at_distance(self, descriptor: FloatArray) -> "PhotoFaceQuerySet":
        """Add `distance` (1 - cosine). `descriptor`: protected, float32 (512,), unit length.

        By the inner product, because all have unit length: it is faster than the cosine, and PostgreSQL cannot use the
        index, which is of another operator. The index is approximate, and a filtered query by it loses rows.
        """
        product = MaxInnerProduct("insightface_descriptor", descriptor)
        distance = models.ExpressionWrapper(models.Value(1.0) + product, output_field=models.FloatField())
        return self.annotate(distance=distance)  # type: ignore[no-redef]

    def closer_than(self, min_cosine: float) -> "PhotoFaceQuerySet":
        """For rows with `at_distance`: those that reach the cosine."""
        return self.filter(models.Q(distance__lte=1 - min_cosine))


def _decided() -> models.Q:
    """Return the condition of `decided`. Being in a group is no decision: the grouping makes groups again."""
    named = FaceDecision.objects.standing()
    said = models.Q(verified=True) | models.Q(drawn=True) | models.Q(face_category=FaceCategory.IGNORED)
    return said | models.Q(pk__in=named.stated_face_ids()) | models.Q(pk__in=named.changed_face_ids())


def _bound() -> models.Q:
    used = models.Q(person__isnull=False) | models.Q(training_used=True) | ~models.Q(face_category=FaceCategory.UNKNOWN)
    return _decided() | used | _referred_to()


def _referred_to() -> models.Q:
    """Return the condition that a row of any table points at the face, such as a guest's photo.

    A model whose rows only describe the face says so by `binds_face = False`.
    """
    found = models.Q()
    for relation in PhotoFace._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and getattr(relation.related_model, "binds_face", True):
            rows = relation.related_model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
            found |= models.Q(models.Exists(rows))
    return found


class FaceCategory(models.TextChoices):
    UNKNOWN = "unknown", _("unknown")
    KNOWN = "known", _("known")
    IGNORED = "ignored", _("not a face, or unwanted")


def proposal_columns(person_id: uuid.UUID | None, *, similarity: float) -> dict[str, Any]:
    """Return the columns of a face to which a model proposes a name. `similarity`: calibrated, 0..1."""
    return {
        "person_id": person_id,
        "face_category": FaceCategory.KNOWN,
        "recognition_confidence": round(similarity, 4),
    }


class PhotoFace(models.Model):
    """A face in a photo. The columns named `insightface_` keep those names for any engine: other programs read them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, related_name="faces", verbose_name=_("photo"))
    # The photo's gallery, repeated here so that the exact search scans one index and joins nothing.
    gallery = models.ForeignKey("galleries.Gallery", models.CASCADE, related_name="faces", verbose_name=_("gallery"))
    person = models.ForeignKey(
        "galleries.Person", models.SET_NULL, null=True, blank=True, related_name="faces", verbose_name=_("person")
    )
    cluster = models.ForeignKey(
        FaceCluster, models.SET_NULL, null=True, blank=True, related_name="faces", verbose_name=_("group")
    )
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="faces", verbose_name=_("model"))
    insightface_bbox = BoxField(_("box"), help_text=_("Pixels of the upright picture: x, y, width, height."))
    insightface_confidence = models.FloatField(_("detection score"))
    insightface_descriptor = HalfVectorField(dimensions=DESCRIPTOR_DIMENSION, null=True, editable=False)
    landmarks = models.JSONField(_("landmarks"), help_text=_("Five points: eyes, nose, corners of the mouth."))
    quality = models.JSONField(_("quality"), default=dict)
    recognition_confidence = models.FloatField(_("similarity to the person"), null=True, blank=True)
    verified = models.BooleanField(_("verified"), default=False)
    training_used = models.BooleanField(_("used in training"), default=False)
    face_category = models.CharField(
        _("category"), max_length=20, choices=FaceCategory.choices, default=FaceCategory.UNKNOWN
    )
    # Somebody drew its box. It has no descriptor and no landmarks where the engine sees no face there.
    drawn = models.BooleanField(_("drawn by hand"), default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PhotoFaceQuerySet.as_manager()
    distance: float
    """1 - cosine; only on rows from `at_distance`."""

    class Meta:
        db_table = "photo_faces"
        ordering = ["-created_at"]
        # The partial ones answer what staff ask all day without reading a row: a row is 1 kB of descriptor.
        indexes = [
            models.Index(fields=["gallery", "model_version"], name="faces_of_gallery"),
            models.Index(fields=["gallery", "photo"], name="shown_faces", condition=~models.Q(face_category="ignored")),
            models.Index(fields=["gallery", "photo"], name="unknown_faces", condition=UNNAMED),
            models.Index(fields=["gallery", "model_version"], name="loose_faces", condition=models.Q(cluster=None)),
            models.Index(
                fields=["gallery", "person", "photo"],
                include=["verified", "recognition_confidence", "id"],
                name="faces_by_name",
                condition=NAMED,
            ),
            models.Index("person", "verified", *BEST_FIRST, name="best_named_faces", condition=NAMED),
            models.Index("gallery", *BEST_FIRST, name="best_single_faces", condition=SINGLE),
        ]
        verbose_name = _("face")
        verbose_name_plural = _("faces")
        constraints = [
            readable_constraint(
                "photo_faces",
                boxes=["insightface_bbox"],
                numbers=["insightface_confidence", "recognition_confidence"],
                arrays=["landmarks"],
                objects=["quality"],
                moments=["created_at"],
            )
        ]

    def __str__(self) -> str:
        return str(self.person or _("Unknown person"))

    @property
    def is_hidden(self) -> bool:
        return self.face_category == FaceCategory.IGNORED

    @property
    def is_of_whole_photo(self) -> bool:
        """Whether somebody said that the person is in the photo, without saying where: no face of theirs is seen."""
        return WHOLE_PHOTO in self.quality.get("reasons", [])

    @property
    def as_box(self) -> Box:
        return Box(**self.insightface_bbox)

    def copy_description_from(self, other: "PhotoFace") -> None:
        """Copy what a model says of the other face, not who it is or what was decided about it. Does not save."""
        for name in DESCRIPTION_COLUMNS:
            setattr(self, name, getattr(other, name))

    def clear_guesses(self) -> None:
        """Clear whom the model took it for: the group, and the name that nobody confirmed. Does not save."""
        self.cluster_id = self.person_id = self.recognition_confidence = None
        self.face_category = FaceCategory.UNKNOWN

    @property
    def box(self) -> dict[str, Any]:
        return dict(self.insightface_bbox)
