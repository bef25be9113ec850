"""A photo, whose row is also the job of analysing it.

    pending > processing > processed
                         > failed        the picture cannot be read; trying again would not help
                         > quarantined   three attempts were begun and none was finished

A worker claims a row by a conditional update. The attempt is counted, and committed, before any work starts, so a photo
that kills its worker is given up after three. `attempts` is the claim's fencing token: a worker that lost its lease
finds another number there and leaves the row alone. Leases run on the database's clock.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database import time_zones
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.value_loaders import UNREADABLE_KEY as UNREADABLE
from facepass.core.database.value_loaders import list_unreadable_columns
from facepass.core.logs import request_ids
from galleries.models.face import PhotoFace
from galleries.models.gallery import Gallery, GalleryKind, Limit, shown_now
from recognition.pictures.exif import CAMERA_LENGTH
from recognition.pictures.file_names import agreeing_name
from recognition.pictures.formats import JPEG
from recognition.pictures.rotation import ROTATIONS

MAX_ATTEMPTS = 3
TAG_SEPARATOR = ", "
# Orders of photos, whose last column is never equal. Those without a capture time come last, as PostgreSQL sorts.
BY_NAME: Final = ("name_key", "original_name", "pk")
BY_CAPTURE: Final = ("taken_at", *BY_NAME)


class PhotoState(models.TextChoices):
    PENDING = "pending", _("pending")
    PROCESSING = "processing", _("processing")
    PROCESSED = "processed", _("processed")
    FAILED = "failed", _("failed")
    QUARANTINED = "quarantined", _("quarantined")


# What the row of a photo says whose analysis a defect of ours has ended, until another attempt succeeds.
DEFECT = "internal_error"
# Waiting for an analysis or at it; and given up.
UNFINISHED = models.Q(state__in=[PhotoState.PENDING, PhotoState.PROCESSING])
FAILED = models.Q(state__in=[PhotoState.FAILED, PhotoState.QUARANTINED])
UNMEASURED = models.Q(state=PhotoState.PROCESSED.value, sharpness__isnull=True)


class GalleryImageQuerySet(TenantQuerySet["GalleryImage"]):
    studio_path = "gallery__studio"

    def event_photos(self) -> "GalleryImageQuerySet":
        """Photos that are no enrolment pictures; those are shown with the person whom they enrol."""
        return self.filter(gallery__kind=GalleryKind.EVENT)

    def describable(self) -> "GalleryImageQuerySet":
        """Photos without those of events whose faces are no longer described."""
        return self.exclude(gallery__in=Gallery.objects.limited(Limit.FACELESS).order_by().values("pk"))

    def unfinished(self) -> "GalleryImageQuerySet":
        return self.filter(UNFINISHED)

    def failed(self) -> "GalleryImageQuerySet":
        return self.filter(FAILED)

    def shown_to_guests(self) -> "GalleryImageQuerySet":
        """Photos that guests see at this moment: staff have not hidden them, and their gallery is shown."""
        return self.filter(shown_now("gallery__"), hidden_from_guests=False)

    def without_copies(self) -> "GalleryImageQuerySet":
        """Of photos of one event with the same bytes the one that was uploaded first. See `galleries.models.copies`."""
        of_events = self.exclude(gallery__session_id=None)
        firsts = of_events.order_by("gallery__session_id", "sha256", "created_at", "pk")
        firsts = firsts.distinct("gallery__session_id", "sha256")
        return self.filter(models.Q(gallery__session_id=None) | models.Q(pk__in=firsts.values("pk")))

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
            same = {"pk": photo.pk, "attempts": photo.attempts, "rotation": photo.rotation}
            unclaimed = self.model.objects.claimable().filter(**same)
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

    def quarantine_exhausted(self) -> list[uuid.UUID]:
        """Give up photos that killed their workers, with which their galleries may be done; return their ids."""
        exhausted = self.claimable().filter(attempts__gte=MAX_ATTEMPTS)
        with transaction.atomic():
            # Rows that another worker is giving up at this moment are skipped, so that each is counted once.
            photos = dict(exhausted.select_for_update(skip_locked=True).values_list("pk", "gallery_id"))
            Gallery.objects.event_galleries().filter(pk__in=photos.values()).update(analyses=models.F("analyses") + 1)
            given_up = self.filter(pk__in=photos)
            # An attempt that raised has left its code; a worker that was killed could not.
            error = models.Case(models.When(error="", then=models.Value("worker_lost")), default="error")
            given_up.update(state=PhotoState.QUARANTINED, error=error, lease_expires_at=None)
            return list(photos)

    def with_files(self) -> "GalleryImageQuerySet":
        """Leave out pictures that were refused to enrol somebody: of them nothing is kept but the row."""
        return self.exclude(state=PhotoState.FAILED, subject__isnull=False)

    def requeue(self) -> int:
        """Put photos back to the start, with all their attempts; return how many. One at work is left alone."""
        waiting = self.exclude(state=PhotoState.PROCESSING)
        return waiting.update(
            state=PhotoState.PENDING, attempts=0, error="", error_reasons="", lease_expires_at=None, processed_at=None
        )

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
    # The name in the form in which IMG_9 sorts before IMG_10. A trigger keeps it: see migration 0034.
    name_key = models.CharField(db_default="", max_length=400, db_collation="C", editable=False)
    # Where the file lay in what was uploaded, such as `card 1/ceremony`; a photo that came alone has none.
    folder = models.CharField(_("folder"), max_length=255, default="", db_default="", editable=False)
    hidden_from_guests = models.BooleanField(_("hidden from guests"), default=False, db_default=False, editable=False)
    # With TAG_SEPARATOR between them; see `galleries.photos.tagging`.
    tags = models.CharField(_("tags"), max_length=500, default="", db_default="", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    # Of the request that brought it: lines in the log of what is done with it name it. Empty for a command's.
    request_id = models.CharField(max_length=request_ids.LENGTH, default="", db_default="", editable=False)
    byte_size = models.PositiveBigIntegerField(_("bytes"), editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    # Degrees clockwise, on top of what the file says (EXIF), because somebody turned it; width and height are after it.
    rotation = models.PositiveSmallIntegerField(_("turned by"), default=0, db_default=0, editable=False)
    # See `recognition.pictures.thumbnails.encode_blur`; empty until the photo is analysed.
    blur = models.CharField(max_length=64, default="", editable=False)
    # See `recognition.pictures.perceptual_hash`; without sharpness until the photo is measured.
    picture_hash = models.BigIntegerField(null=True, editable=False)
    sharpness = models.FloatField(null=True, editable=False)
    # Which burst it is a shot of, its place there, and whether staff took it apart: see `galleries.photos.bursts`.
    burst = models.UUIDField(null=True, editable=False)
    burst_place = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    kept_apart = models.BooleanField(default=False, db_default=False, editable=False)
    # The end of the file is missing: what a viewer shows of it was analysed.
    truncated = models.BooleanField(_("cut off"), default=False, db_default=False, editable=False)
    # See `recognition.pictures.exif.read_camera`, and `galleries.photos.cameras.camera_clocks` for what it is good for.
    camera = models.CharField(_("camera"), max_length=CAMERA_LENGTH, default="", db_default="", editable=False)
    # The seconds by which `taken_at` differs from what the camera's clock said.
    clock_shift = models.IntegerField(default=0, db_default=0, editable=False)
    # In which zone the camera's clock was read, where it told none; empty where it did, and for photos of before.
    assumed_zone = models.CharField(max_length=time_zones.NAME_LENGTH, default="", db_default="", editable=False)
    taken_at = models.DateTimeField(_("taken"), null=True, editable=False)
    state = models.CharField(
        _("status"), max_length=20, choices=PhotoState.choices, default=PhotoState.PENDING, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(_("error"), max_length=100, default="", blank=True, editable=False)
    # Beside the error `low_quality`: all that is wrong with the face, with spaces between.
    error_reasons = models.CharField(max_length=200, default="", db_default="", editable=False)
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
                "gallery_images",
                moments=["taken_at", "lease_expires_at", "created_at", "processed_at"],
                numbers=["sharpness"],
            ),
            models.UniqueConstraint(fields=["gallery", "sha256"], name="one_photo_per_content"),
            models.CheckConstraint(condition=models.Q(rotation__in=ROTATIONS), name="photos_turned_by_quarters"),
        ]
        indexes = [
            models.Index(fields=["gallery", "state"]),
            models.Index(fields=["gallery", "created_at", "id"], name="photos_in_order"),
            models.Index(
                fields=["gallery", "taken_at", "name_key", "original_name", "id"], name="photos_capture_order"
            ),
            models.Index(fields=["gallery", "name_key", "original_name", "id"], name="photos_name_order"),
            models.Index(
                fields=["gallery", "state"], name="photos_for_guests", condition=models.Q(hidden_from_guests=False)
            ),
            models.Index(fields=["burst"], name="photos_of_bursts", condition=models.Q(burst__isnull=False)),
            models.Index(fields=["id"], name="unmeasured_photos", condition=UNMEASURED),
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
    def shown_as_jpeg(self) -> bool:
        """Whether people are given a JPEG in the place of the file: of other formats only pixels can be turned."""
        return self.rotation != 0 and not (self.file.name or "").endswith(JPEG.extension)

    @property
    def shown_name(self) -> str:
        """The name under which people are given the file."""
        stored = JPEG.extension if self.shown_as_jpeg else self.file.name or ""
        return agreeing_name(self.original_name, stored=stored)

    @property
    def has_failed(self) -> bool:
        return self.state in (PhotoState.FAILED, PhotoState.QUARANTINED)

    @property
    def problem_code(self) -> str:
        """The code of what is wrong with the photo; empty where nothing is."""
        return self.error or (UNREADABLE if list_unreadable_columns(self) else "")

    @property
    def reason_list(self) -> list[str]:
        return self.error_reasons.split()

    def fail(self, code: str, *, reasons: Sequence[str] = ()) -> bool:
        """Give the photo up with that error code, if the claim still holds; return whether it did.

        Its gallery may be done with that.
        """
        over: dict[str, Any] = {"lease_expires_at": None, "processed_at": timezone.now()}
        with transaction.atomic():
            held = type(self).objects.held_by(self)
            failed = held.update(state=PhotoState.FAILED, error=code, error_reasons=" ".join(reasons), **over)
            if failed:
                self.count_analysis()
        return bool(failed)

    def return_attempt(self, code: str) -> None:
        """Do not count this attempt, which something else than the photo has ended: that is the error's code.

        The row waits until its lease runs out, so that the wait is not a busy one.
        """
        type(self).objects.held_by(self).update(attempts=self.attempts - 1, error=code)

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
