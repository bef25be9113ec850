"""Photos' files on their way to a guest: which may be opened, one by one or as a ZIP."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from zipstream import ZipStream

from galleries.models import GalleryImage
from galleries.photos import archives
from recognition.pictures.formats import JPEG, WEBP
from sessions_app.guest_data.files import prepare_download
from sessions_app.models import FoundPhoto, Guest, GuestRules, PhotoSession, PossiblePhoto

# What a guest chooses who wants less than the studio allows.
SMALL = "small"
_NEEDED = ("photo", "guest__session__guest_rules")


def find_guest_photo(guest_id: UUID, photo_id: UUID) -> FoundPhoto | None:
    """Return the photo where the guest may open it.

    It was found for them, they are asked about it, or everybody may look at all photos.
    """
    rows = FoundPhoto.objects.kept().shown().filter(guest=guest_id, photo=photo_id)
    row = rows.select_related(*_NEEDED).first() or _find_possible(guest_id, photo_id)
    row = row or _find_browsable(guest_id, photo_id)
    return row if row and _is_open(row) else None


def find_shared_photo(share_id: UUID, photo_id: UUID) -> FoundPhoto | None:
    """Return the photo where the shared link shows it."""
    rows = FoundPhoto.objects.kept().shown().filter(photo=photo_id)
    rows = rows.filter(shares=share_id, shares__expires_at__gt=timezone.now())
    row = rows.select_related(*_NEEDED).first()
    return row if row and _is_open(row) else None


def _find_possible(guest_id: UUID, photo_id: UUID) -> FoundPhoto | None:
    rows = PossiblePhoto.objects.shown().filter(guest=guest_id, photo=photo_id)
    row = rows.select_related(*_NEEDED).first()
    return FoundPhoto(guest=row.guest, photo=row.photo) if row else None


def _find_browsable(guest_id: UUID, photo_id: UUID) -> FoundPhoto | None:
    guests = Guest.objects.select_related("session__guest_rules").filter(session__guest_rules__browsing=True)
    guest = guests.filter(pk=guest_id).first()
    if guest is None:
        return None
    photos = GalleryImage.objects.event_photos().shown_to_guests().filter(pk=photo_id)
    photo = photos.filter(gallery__session_id=guest.session_id, gallery__studio_id=guest.session.studio_id).first()
    return FoundPhoto(guest=guest, photo=photo) if photo else None


def _is_open(row: FoundPhoto) -> bool:
    session = row.guest.session
    if row.guest.withdrawn_at or not session.facepass_enabled:
        return False
    return not GuestRules.for_session(session).is_expired


def build_archive(photos: Sequence[GalleryImage], session: PhotoSession, *, size: str = "") -> ZipStream:
    """Return a ZIP of the photos, stored as they are, that is made while it is read.

    `size`: "small" for the smaller copies; anything else is as large as the studio allows. The ZIP's length is known
    beforehand only where it holds originals as they were taken. Raise Http404 where the studio allows no downloads.
    """
    rules = GuestRules.for_session(session)
    variant = rules.download_variant
    if variant is None:
        raise Http404
    if size == SMALL:
        variant = "preview"
    copies_as = None if variant == "original" else WEBP if rules.gives_webp else JPEG
    is_stripped = variant == "original" and not rules.gives_as_taken
    return archives.build_archive(
        photos,
        storage_name=lambda photo: prepare_download(photo, variant, rules),
        copies_as=copies_as,
        stripped={photo.pk for photo in photos} if is_stripped else (),
    )


def list_sessions_as_taken(sessions: Collection[UUID]) -> set[UUID]:
    """Return those of the sessions whose originals are given as they were taken. A rule of `given_files`."""
    rules = GuestRules.objects.filter(session__in=sessions, downloads=GuestRules.Downloads.ORIGINAL)
    return set(rules.values_list("session", flat=True))
