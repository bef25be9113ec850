"""A photo, whose row is also the job of analysing it.

    pending > processing > processed
                         > failed        the picture cannot be read; trying again would not help
                         > quarantined   three attempts were begun and none was finished

A worker claims a row by a conditional update. The attempt is counted, and committed, before any work starts, so a photo
that kills its worker is given up after three. `attempts` is the claim's fencing token: a worker that lost its lease
finds another number there and leaves the row alone. Leases run on the database's clock.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.value_loaders import UNREADABLE_KEY as UNREADABLE
from facepass.core.database.value_loaders import list_unreadable_columns
from galleries.models.face import PhotoFace
from galleries.models.gallery import Gallery, GalleryKind, shown_now

MAX_ATTEMPTS = 3
TAG_SEPARATOR = ", "


class PhotoState(models.TextChoices):
    PENDING = "pending", _("pending")
    PROCESSING = "processing", _("processing")
    PROCESSED = "processed", _("processed")
    FAILED = "failed", _("failed")
    QUARANTINED = "quarantined", _("quarantined")


# Waiting for an analysis or at it; and given up.
UNFINISHED = models.Q(state__in=[PhotoState.PENDING, PhotoState.PROCESSING])
FAILED = models.Q(state__in=[PhotoState.FAILED, PhotoState.QUARANTINED])


class GalleryImageQuerySet(TenantQuerySet["GalleryImage"]):
    studio_path = "gallery__studio"

    def event_photos(self) -> "GalleryImageQuerySet":
        """Photos that are no enrolment pictures; those are shown with the person whom they enrol."""
        return self.filter(gallery__kind=GalleryKind.EVENT)

    def unfinished(self) -> "GalleryImageQuerySet":
        return self.filter(UNFINISHED)

    def failed(self) -> "GalleryImageQuerySet":
        return self.filter(FAILED)

    def shown_to_guests(self) -> "GalleryImageQuerySet":
        """Photos that guests see at this moment: staff have not hidden them, and their gallery is shown."""
        return self.filter(shown_now("gallery__"), hidden_from_guests=False)

    def hidden(self) -> "GalleryImageQuerySet":
        """Photos that staff have hidden from guests; staff go on seeing them."""
        return self.filter(hidden_from_guests=True)

    def processed(self) -> "GalleryImageQuerySet":
        return self.filter(state=PhotoState.PROCESSED)

    def with_face_count(self) -> "GalleryImageQuerySet":
        faces = PhotoFace.objects.filter(photo=models.OuterRef("pk")).order_by().values("photo")
        counted = models.Subquery(faces.annotate(n=models.Count("pk")).values("n"))
        return self.annotate(face_count=models.functions.Coalesce(counted, 0))  # type: ignore[no-redef]

    def claimable(self) -> "GalleryImageQuerySet":
        """Photos that wait, or were left behind by a worker whose lease has run out."""
        abandoned = models.Q(state=PhotoState.PROCESSING, lease_expires_at__lt=Now())
        return self.filter(models.Q(state=PhotoState.PENDING) | abandoned)

    def claim_next(self) -> "GalleryImage | None":
        """Claim and return the oldest claimable photo that has attempts left, or None."""
        waiting = self.claimable().filter(attempts__lt=MAX_ATTEMPTS).order_by("created_at", "pk")
        # Whoever updates the row first has it; the others see another number of attempts and try the next photo.
        while photo := waiting.first():
            lease = Now() + timedelta(seconds=settings.ANALYSIS_LEASE_SECONDS)
            unclaimed = self.model.objects.claimable().filter(pk=photo.pk, attempts=photo.attempts)
            if unclaimed.update(state=PhotoState.PROCESSING, attempts=photo.attempts + 1, lease_expires_at=lease):
                photo.state, photo.attempts = PhotoState.PROCESSING, photo.attempts + 1
                return photo
        return None

    def claim_fresh(self, limit: int) -> "list[GalleryImage]":
        """Claim and return the oldest photos that have not been tried yet, at most `limit`.

        Photos claimed together lose an attempt together when one of them kills the worker. That can happen to a photo
        once: from then on only `claim_next` claims it, alone.
        """
        with transaction.atomic():
            waiting = self.claimable().filter(attempts=0).order_by("created_at", "pk")
            photos = list(waiting.select_for_update(skip_locked=True)[:limit])
            lease = Now() + timedelta(seconds=settings.ANALYSIS_LEASE_SECONDS)
            claimed = self.model.objects.filter(pk__in=[photo.pk for photo in photos])
            claimed.update(state=PhotoState.PROCESSING, attempts=1, lease_expires_at=lease)
        for photo in photos:
            photo.state, photo.attempts = PhotoState.PROCESSING, 1
        return photos

    def quarantine_exhausted(self) -> int:
        """Give up photos that killed their workers, with which their galleries may be done; return how many."""
        exhausted = self.claimable().filter(attempts__gte=MAX_ATTEMPTS)
        with transaction.atomic():
            # Rows that another worker is giving up at this moment are skipped, so that each is counted once.
            photos = dict(exhausted.select_for_update(skip_locked=True).values_list("pk", "gallery_id"))
            Gallery.objects.event_galleries().filter(pk__in=photos.values()).update(analyses=models.F("analyses") + 1)
            given_up = self.filter(pk__in=photos)
            # An attempt that raised has left its code; a worker that was killed could not.
            error = models.Case(models.When(error="", then=models.Value("worker_lost")), default="error")
            return given_up.update(state=PhotoState.QUARANTINED, error=error, lease_expires_at=None)

    def requeue(self) -> int:
        """Put photos back to the start, with all their attempts; return how many. One at work is left alone."""
        waiting = self.exclude(state=PhotoState.PROCESSING)
        return waiting.update(state=PhotoState.PENDING, attempts=0, error="", lease_expires_at=None, processed_at=None)

    def held_by(self, photo: "GalleryImage") -> "GalleryImageQuerySet":
        """Return the photo's row, if the claim that `photo` stands for still holds."""
        return self.filter(pk=photo.pk, state=PhotoState.PROCESSING, attempts=photo.attempts)

    def being_processed(self) -> "GalleryImageQuerySet":
        """Photos that a worker holds with a live lease."""
        return self.filter(state=PhotoState.PROCESSING, lease_expires_at__gte=Now())


def original_path(photo: "GalleryImage", filename: str) -> str:
    """Return `photos/GALLERY/PHOTO/original.jpg`: keys by UUID, so that a file's own name never reaches the storage."""
    return f"photos/{photo.gallery_id}/{photo.pk}/original.{filename.rpartition('.')[2]}"


class GalleryImage(TenantModel):
    """A photo of a gallery. The table and the class have a name that other programs know."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gallery = models.ForeignKey("galleries.Gallery", models.CASCADE, related_name="photos", verbose_name=_("gallery"))
    # Whom an enrolment picture shows, and with whom it is deleted.
    subject = models.ForeignKey(
        "galleries.Person", models.CASCADE, null=True, editable=False, related_name="pictures", verbose_name=_("person")
    )
    image_url = models.TextField(_("address"), editable=False)
    file = models.FileField(_("file"), upload_to=original_path, max_length=300, editable=False)
    original_name = models.CharField(_("file name"), max_length=255, editable=False)
    # Where the file lay in what was uploaded, such as `card 1/ceremony`; a photo that came alone has none.
    folder = models.CharField(_("folder"), max_length=255, default="", db_default="", editable=False)
    hidden_from_guests = models.BooleanField(_("hidden from guests"), default=False, db_default=False, editable=False)
    # With TAG_SEPARATOR between them; see `galleries.photos.tagging`.
    tags = models.CharField(_("tags"), max_length=500, default="", db_default="", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    byte_size = models.PositiveBigIntegerField(_("bytes"), editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    # See `recognition.pictures.thumbnails.encode_blur`; empty until the photo is analysed.
    blur = models.CharField(max_length=64, default="", editable=False)
    taken_at = models.DateTimeField(_("taken"), null=True, editable=False)
    state = models.CharField(
        _("status"), max_length=20, choices=PhotoState.choices, default=PhotoState.PENDING, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(_("error"), max_length=100, default="", blank=True, editable=False)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    processed_at = models.DateTimeField(_("processed"), null=True, editable=False)

    objects = GalleryImageQuerySet.as_manager()
    face_count: int
    """Only on rows from `with_face_count`."""

    class Meta:
        db_table = "gallery_images"
        ordering = ["created_at", "pk"]
        constraints = [
            readable_constraint(
                "gallery_images", moments=["taken_at", "lease_expires_at", "created_at", "processed_at"]
            ),
            models.UniqueConstraint(fields=["gallery", "sha256"], name="one_photo_per_content"),
        ]
        indexes = [
            models.Index(fields=["gallery", "state"]),
            models.Index(fields=["gallery", "created_at", "id"], name="photos_in_order"),
            models.Index(fields=["gallery", "taken_at", "original_name", "id"], name="photos_by_capture"),
            models.Index(fields=["gallery", "original_name", "id"], name="photos_by_name"),
            models.Index(
                fields=["gallery", "state"], name="photos_for_guests", condition=models.Q(hidden_from_guests=False)
            ),
            models.Index(fields=["gallery", "id"], name="hidden_photos", condition=models.Q(hidden_from_guests=True)),
            models.Index(
                fields=["created_at"], name="unfinished_photos", condition=models.Q(state__in=["pending", "processing"])
            ),
        ]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.original_name

    @property
    def tag_list(self) -> list[str]:
        return self.tags.split(TAG_SEPARATOR) if self.tags else []

    @property
    def has_failed(self) -> bool:
        return self.state in (PhotoState.FAILED, PhotoState.QUARANTINED)

    @property
    def problem_code(self) -> str:
        """The code of what is wrong with the photo; empty where nothing is."""
        return self.error or (UNREADABLE if list_unreadable_columns(self) else "")

    def fail(self, code: str) -> None:
        """Give the photo up with that error code, if the claim still holds. Its gallery may be done with that."""
        with transaction.atomic():
            failed = (
                type(self)
                .objects.held_by(self)
                .update(state=PhotoState.FAILED, error=code, lease_expires_at=None, processed_at=timezone.now())
            )
            if failed:
                self.count_analysis()

    def return_attempt(self) -> None:
        """Do not count this attempt. The row waits until its lease runs out, so that the wait is not a busy one."""
        type(self).objects.held_by(self).update(attempts=self.attempts - 1)

    def release_claim(self) -> None:
        """Give up a claim on which no work was done; the next worker may have the photo at once."""
        held = type(self).objects.held_by(self)
        held.update(state=PhotoState.PENDING, attempts=self.attempts - 1, lease_expires_at=None)

    def count_analysis(self) -> None:
        """Note that an analysis has ended, good or bad, so that the gallery's faces are grouped again.

        To be called last in its transaction, because the next worker waits for the gallery's row. The face of an
        enrolment picture needs no group.
        """
        if self.subject_id is None:
            Gallery.objects.filter(pk=self.gallery_id).mark_for_grouping()
