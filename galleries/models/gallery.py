import uuid
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import check_moment
from recognition.config import RecognitionSettings
from recognition.settings.overrides import settings_in


class GalleryKind(models.TextChoices):
    EVENT = "event", _("photos of a shoot")
    ENROLMENT = "enrolment", _("pictures by which people are known")


class Limit(StrEnum):
    """What no longer holds for the galleries of a photo session."""

    # Guests and apps may not search: it is not open, or ended.
    CLOSED = "closed"
    # Nobody searches in it by face any more, staff included: its time is over, or it was archived without faces.
    ENDED = "ended"
    # Its faces are no longer described.
    FACELESS = "faceless"


# Return the ids of the photo sessions to which a limit applies; the app that keeps sessions registers them.
LIMITED_SESSIONS: dict[Limit, Callable[[], "models.QuerySet[Any, uuid.UUID]"]] = {}


def shown_now(path: str = "") -> models.Q:
    """Return the condition that guests see the photos of a gallery, to which `path` leads, at this moment."""
    return models.Q(**{f"{path}shown_from": None}) | models.Q(**{f"{path}shown_from__lte": Now()})


class GalleryQuerySet(TenantQuerySet["Gallery"]):
    def event_galleries(self) -> "GalleryQuerySet":
        """Galleries of photos that were taken at events, without those that hold enrolment pictures."""
        return self.filter(kind=GalleryKind.EVENT)

    def limited(self, limit: Limit) -> "GalleryQuerySet":
        """Galleries of photo sessions to which the limit applies."""
        return self.filter(session_id__in=LIMITED_SESSIONS[limit]()) if limit in LIMITED_SESSIONS else self.none()

    def in_session(self, session_id: uuid.UUID) -> "GalleryQuerySet":
        return self.filter(session_id=session_id)

    def shown_to_guests(self) -> "GalleryQuerySet":
        """Galleries whose photos guests see at this moment."""
        return self.filter(shown_now())

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
    # A gallery with a name for guests is a section of its event, such as the ceremony.
    guest_title = models.CharField(
        _("name for guests"), max_length=100, default="", db_default="", blank=True,
        help_text=_("Such as Ceremony. Where it is empty, guests do not see that its photos are a part of their own."),
    )  # fmt: skip
    shown_from = models.DateTimeField(
        _("shown to guests from"), null=True, blank=True, validators=[check_moment],
        help_text=_("Until then no guest finds or sees its photos. Empty: at once."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # By how many seconds the clock of each camera was put right: see `galleries.photos.cameras.camera_clocks`.
    clock_shifts = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), editable=False)
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
            readable_constraint(
                "galleries", days=["shoot_date"], moments=["created_at", "shown_from"], json=["clock_shifts"]
            ),
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

    def is_limited(self, limit: Limit) -> bool:
        return self.session_id is not None and Gallery.objects.filter(pk=self.pk).limited(limit).exists()

    def load_settings(self) -> RecognitionSettings:
        """Return the recognition settings that hold for its photos. One query."""
        return settings_in(self.studio_id, self.session_id)


class ImportedFile(models.Model):
    """A file of a folder that a photo was imported from; while it has not changed, it need not be read again."""

    gallery = models.ForeignKey(Gallery, models.CASCADE, related_name="imported_files", verbose_name=_("gallery"))
    # A photo that was deleted can be imported again; one that was moved to another gallery stays there.
    photo = models.ForeignKey(
        "galleries.GalleryImage", models.CASCADE, related_name="imported_files", verbose_name=_("photo")
    )
    path = models.TextField(_("file"))
    byte_size = models.PositiveBigIntegerField(_("bytes"))
    # When the file was changed, in nanoseconds since 1970.
    modified_ns = models.BigIntegerField()

    class Meta:
        db_table = "imported_files"
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")

    def __str__(self) -> str:
        return self.path
