"""Guests of a photo session: what they agreed to, and which photos were found for them. No name, no picture."""

import unicodedata
import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import check_moment
from facepass.core.errors import FacePassError
from facepass.core.keys.sealed_fields import SealedTextField
from galleries.models import GalleryImage
from galleries.models.gallery import shown_now
from galleries.photos.media_files import Variant

if TYPE_CHECKING:
    from sessions_app.models.session import PhotoSession

# How long a guest who does not come, a private link and an alert last where the session names no end.
GUEST_LIFETIME = timedelta(days=90)
# How long a withdrawal of the consent can be undone.
UNDO_LIFETIME = timedelta(minutes=1)
# `last_seen_at` is as exact as this, so that looking at photos does not write at each request.
SEEN_PRECISION = timedelta(hours=1)
# Cyrillic letters that look on a card as Latin ones do. Within one alphabet no two letters become the same (but Ё and
# Е, which are written alike), so there is nothing less to guess.
LOOK_ALIKES = str.maketrans("авеёкмнорстух", "abeekmhopctyx")


def normalise_pin(pin: str) -> str:
    """Return the letters and digits of a PIN in small letters: what is compared, however it is typed."""
    letters = unicodedata.normalize("NFKC", pin).casefold().translate(LOOK_ALIKES)
    return "".join(letter for letter in letters if letter.isalnum())


class GuestRules(models.Model):
    """What the studio allows guests of one session. A session without a row has the defaults."""

    class Downloads(models.TextChoices):
        ORIGINAL = "original", _("the photo as it was taken, with place and serial numbers")
        STRIPPED = "stripped", _("the photo in full size, without place and serial numbers")
        PREVIEW = "preview", _("a smaller copy")
        WEBP = "webp", _("a smaller copy as WebP")
        NONE = "none", _("none")

    session = models.OneToOneField(
        "sessions_app.PhotoSession", models.CASCADE, primary_key=True, related_name="guest_rules"
    )
    # Hashed; an empty one asks for nothing.
    pin = models.CharField(max_length=128, default="", blank=True, editable=False)
    # The PIN itself: only where staff have it printed on the table card.
    printed_pin = SealedTextField(null=True, editable=False)
    expires_at = models.DateTimeField(_("open until"), null=True, blank=True, validators=[check_moment])
    browsing = models.BooleanField(_("guests may look at all photos without a selfie"), default=False)
    uploads = models.BooleanField(
        _("guests may send photos of their own"), default=False, db_default=False,
        help_text=_("They wait until somebody of the studio approves them."),
    )  # fmt: skip
    challenge = models.BooleanField(_("guests take a liveness challenge"), default=False)
    downloads = models.CharField(_("downloads"), max_length=10, choices=Downloads.choices, default=Downloads.STRIPPED)
    watermark = models.CharField(
        _("watermark on what guests see"), max_length=60, default="", blank=True, help_text=_("Empty for none.")
    )

    class Meta:
        db_table = "guest_rules"
        verbose_name = _("rules for guests")
        verbose_name_plural = _("rules for guests")
        constraints = [readable_constraint("guest_rules", moments=["expires_at"])]

    def __str__(self) -> str:
        return str(self.session)

    @classmethod
    def for_session(cls, session: "PhotoSession") -> "GuestRules":
        """Return the session's rules, or a row with the defaults that is not saved."""
        return getattr(session, "guest_rules", None) or cls(session=session)

    @property
    def download_variant(self) -> Variant | None:
        """Return which of a photo's files guests may take away; None where they may have none."""
        choices: dict[str, Variant] = {
            self.Downloads.ORIGINAL: "original",
            self.Downloads.STRIPPED: "original",
            self.Downloads.PREVIEW: "preview",
            self.Downloads.WEBP: "preview",
        }
        return choices.get(self.downloads)

    @property
    def gives_webp(self) -> bool:
        return self.downloads == self.Downloads.WEBP

    @property
    def gives_as_taken(self) -> bool:
        """Return whether what guests take away has place and serial numbers, as the camera wrote them."""
        return self.downloads == self.Downloads.ORIGINAL

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def require_unexpired(self) -> None:
        """Raise 410 `session_expired`."""
        if self.expires_at and self.is_expired:
            moment = date_format(timezone.localtime(self.expires_at, self.session.zone), "DATE_FORMAT")
            message = gettext("This page was open until %(date)s. Please ask the photographer for your photos.")
            raise FacePassError("session_expired", message % {"date": moment}, status=410)

    def set_pin(self, pin: str) -> None:
        """Set the PIN, or none. A former one is printed no longer."""
        self.pin = make_password(normalise_pin(pin)) if pin else ""
        self.printed_pin = None

    def is_pin(self, pin: str) -> bool:
        """Return whether that is the PIN, as `normalise_pin` reads it; any is, where none is set.

        A PIN that is stored as it was written, as all once were, has to be typed in that way.
        """
        spellings = dict.fromkeys([normalise_pin(pin), pin.strip()])
        return not self.pin or any(check_password(spelling, self.pin) for spelling in spellings)


class GuestQuerySet(TenantQuerySet["Guest"]):
    studio_path = "session__studio"

    def active(self) -> "GuestQuerySet":
        """Guests who have not withdrawn their consent."""
        return self.filter(withdrawn_at=None)

    def without_record(self) -> "GuestQuerySet":
        """Guests who agreed and have no record of it: from before there were records, or out of the trash."""
        return self.exclude(notice="").filter(consent_record=None)

    def to_be_emptied(self) -> "GuestQuerySet":
        """Guests who withdrew so long ago that they can no longer undo it, and of whom something may still be kept."""
        return self.filter(withdrawn_at__lte=timezone.now() - UNDO_LIFETIME, emptied_at=None)

    def undoable(self) -> "GuestQuerySet":
        """Guests who withdrew just now, and may take that back."""
        return self.filter(withdrawn_at__gt=timezone.now() - UNDO_LIFETIME, emptied_at=None)

    def absent(self) -> "GuestQuerySet":
        """Guests not seen for a long time who have no link and no alert by which they or others might come."""
        unseen = self.filter(last_seen_at__lte=timezone.now() - GUEST_LIFETIME)
        return unseen.filter(return_links=None, shares=None, alert=None)


class Guest(TenantModel):
    """A visitor of one session's page on one device, from the consent on. The id is in a signed cookie."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("sessions_app.PhotoSession", models.CASCADE, related_name="guests")
    # What was agreed to: the version of the notice, in which language, when, for whom. Empty for who only browses.
    notice = models.CharField(_("version of the notice"), max_length=20, default="", blank=True)
    language = models.CharField(_("language"), max_length=10)
    guardian = models.BooleanField(_("agreed for a child"), default=False)
    consented_at = models.DateTimeField(_("agreed"), default=timezone.now)
    # The text itself; None where only the version was recorded.
    notice_text = models.ForeignKey(
        "sessions_app.NoticeText", models.SET_NULL, null=True, related_name="+", verbose_name=_("text of the notice")
    )
    # The record of the consent, which stays when the guest goes. None for who only browses.
    consent_record = models.OneToOneField(
        "sessions_app.ConsentRecord", models.SET_NULL, null=True, editable=False, related_name="guest"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    # When what was kept for a guest who withdrew was deleted: a minute later, so that it can be undone until then.
    emptied_at = models.DateTimeField(_("deleted after the withdrawal"), null=True)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    objects = GuestQuerySet.as_manager()

    class Meta:
        db_table = "guests"
        ordering = ["-consented_at"]
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        constraints = [
            readable_constraint("guests", moments=["consented_at", "withdrawn_at", "emptied_at", "last_seen_at"])
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def record_visit(self) -> None:
        now = timezone.now()
        if now - self.last_seen_at > SEEN_PRECISION:
            self.last_seen_at = now
            Guest.objects.filter(pk=self.pk).update(last_seen_at=now)  # save() would bring back who was just forgotten


def shown_to_guest() -> models.Q:
    """Return the condition for a row with a `guest` and a `photo` whose photo the guest sees at this moment."""
    here = models.Q(photo__gallery__session_id=models.F("guest__session"))
    return here & shown_now("photo__gallery__") & models.Q(photo__hidden_from_guests=False)


class FoundPhotoQuerySet(models.QuerySet["FoundPhoto"]):
    def kept(self) -> "FoundPhotoQuerySet":
        """Photos of which the guest has not said "that is not me"."""
        return self.filter(refused_at=None)

    def shown(self) -> "FoundPhotoQuerySet":
        """Photos that guests see at this moment. Hidden ones stay the guest's, and come back as they were.

        So do those that staff have moved to another event.
        """
        return self.filter(shown_to_guest())

    def of_photos(self, photos: Collection[uuid.UUID]) -> "FoundPhotoQuerySet":
        """Rows of these photos and of their copies (`galleries.models.copies`), as one guest is shown one of them."""
        return self.filter(photo__sha256__in=GalleryImage.objects.filter(pk__in=photos).values("sha256"))

    def in_order(self) -> "FoundPhotoQuerySet":
        """Order photos of the guest before those of friends, the last search before earlier ones, the best first."""
        ranked = self.annotate(others=models.Case(models.When(face=None, then=1), default=0))
        return ranked.order_by("others", "-found_at", "rank")

    def for_tiles(self) -> "FoundPhotoQuerySet":
        """Join what a tile shows, and leave out the descriptors, which it does not."""
        joined = self.select_related("photo", "face")
        return joined.defer("face__insightface_descriptor", "face__landmarks", "face__quality")


class FoundPhoto(models.Model):
    """A photo that a guest may open: it was found for them or shown while they looked around."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="found")
    photo = models.ForeignKey("galleries.GalleryImage", models.CASCADE, related_name="+")
    # The guest's own face on it; None where the photo was found for a friend, or by browsing.
    face = models.ForeignKey("galleries.PhotoFace", models.SET_NULL, null=True, related_name="+")
    # Best first.
    rank = models.PositiveIntegerField()
    # The friend whom the guest added last is on it.
    friend = models.BooleanField(default=False)
    favourite = models.BooleanField(default=False)
    # "That is not me": hidden from this guest from then on.
    refused_at = models.DateTimeField(null=True)
    # "Yes, that is me", of a photo that was only possible.
    confirmed_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(default=timezone.now)

    objects = FoundPhotoQuerySet.as_manager()

    class Meta:
        db_table = "guest_photos"
        verbose_name = _("photo found for a guest")
        verbose_name_plural = _("photos found for guests")
        ordering = ["rank"]
        constraints = [
            readable_constraint("guest_photos", moments=["refused_at", "confirmed_at", "found_at"]),
            models.UniqueConstraint(fields=["guest", "photo"], name="one_found_photo_per_guest"),
        ]

    def __str__(self) -> str:
        return f"{self.guest_id} {self.photo_id}"
