import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import check_moment


class GalleryKind(models.TextChoices):
    EVENT = "event", _("photos of a shoot")
    ENROLMENT = "enrolment", _("pictures by which people are known")


class GalleryQuerySet(TenantQuerySet["Gallery"]):
    def event_galleries(self) -> "GalleryQuerySet":
        """Galleries of photos that were taken at events, without those that hold enrolment pictures."""
        return self.filter(kind=GalleryKind.EVENT)

    def in_session(self, session_id: uuid.UUID) -> "GalleryQuerySet":
        return self.filter(session_id=session_id)

    def awaiting_grouping(self) -> "GalleryQuerySet":
        """Galleries of which analyses have ended that no grouping has seen."""
        return self.filter(analyses__gt=models.F("grouped_analyses"))

    def mark_for_grouping(self) -> None:
        """Have the galleries' faces grouped again, because some have changed."""
        self.update(analyses=models.F("analyses") + 1)

    def with_counts(self) -> "GalleryQuerySet":
        """Add `photo_count` and `face_count`, each by its own subquery: two joins would multiply the rows."""
        return self.annotate(photo_count=_count("photos"), face_count=_count("faces"))  # type: ignore[no-redef]


def _count(relation: str) -> models.expressions.Combinable:
    related = Gallery._meta.get_field(relation).related_model
    rows = related.objects.filter(gallery=models.OuterRef("pk")).order_by().values("gallery")  # type: ignore[union-attr]
    counted = rows.annotate(n=models.Count("pk")).values("n")
    return models.functions.Coalesce(models.Subquery(counted), 0)


class Gallery(TenantModel):
    """A set of photos of one shoot. `session_id` may name a session in another database, so it is no foreign key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="galleries", verbose_name=_("studio"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(max_length=20, choices=GalleryKind.choices, default=GalleryKind.EVENT, editable=False)
    shoot_date = models.DateField(_("date of the shoot"), null=True, blank=True, validators=[check_moment])
    location_id = models.UUIDField(_("location"), null=True, blank=True)
    session_id = models.UUIDField(_("photo session"), null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # How many analyses of its photos have ended, good or bad, and how many of them had when the last grouping of its
    # faces began. The gallery is done when the two are equal and no photo waits.
    analyses = models.PositiveBigIntegerField(default=0, editable=False)
    grouped_analyses = models.PositiveBigIntegerField(default=0, editable=False)

    objects = GalleryQuerySet.as_manager()
    # Only on rows from `with_counts`.
    photo_count: int
    face_count: int

    class Meta:
        db_table = "galleries"
        ordering = ["-created_at"]
        constraints = [
            readable_constraint("galleries", days=["shoot_date"], moments=["created_at"]),
            models.UniqueConstraint(
                fields=["studio"], condition=models.Q(kind="enrolment"), name="one_enrolment_gallery_per_studio"
            ),
            # No guest ever searches among the pictures that a partner enrolled.
            models.CheckConstraint(
                condition=models.Q(kind="event") | models.Q(session_id=None), name="enrolment_is_of_no_session"
            ),
        ]
        verbose_name = _("gallery")
        verbose_name_plural = _("galleries")

    def __str__(self) -> str:
        return self.title
