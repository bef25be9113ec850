"""Photos' files on their way to a guest: which may be opened, with the studio's watermark, one by one or as a ZIP."""

from collections.abc import Sequence
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.utils import timezone
from zipstream import ZipStream  # type: ignore[import-untyped]

from galleries.models import GalleryImage
from galleries.photos import archives, media_files
from galleries.photos.media_files import Variant
from recognition.pictures import watermark
from sessions_app.models import FoundPhoto, Guest, GuestRules, PhotoSession

_NEEDED = ("photo", "guest__session__guest_rules")


def find_guest_photo(guest_id: UUID, photo_id: UUID) -> FoundPhoto | None:
    """Return the photo where the guest may open it: it was found for them, or everybody may look at all photos."""
    rows = FoundPhoto.objects.kept().shown().filter(guest=guest_id, photo=photo_id)
    row = rows.select_related(*_NEEDED).first() or _find_browsable(guest_id, photo_id)
    return row if row and _is_open(row) else None


def find_shared_photo(share_id: UUID, photo_id: UUID) -> FoundPhoto | None:
    """Return the photo where the shared link shows it."""
    rows = FoundPhoto.objects.kept().shown().filter(photo=photo_id)
    rows = rows.filter(shares=share_id, shares__expires_at__gt=timezone.now())
    row = rows.select_related(*_NEEDED).first()
    return row if row and _is_open(row) else None


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


def prepare_file(photo: GalleryImage, variant: Variant, rules: GuestRules) -> str:
    """Return the name in the storage of what guests see: the file, or a copy with the studio's watermark.

    The copy is made the first time and kept beside the file. Originals have no watermark. Raise Http404 where the file
    is missing.
    """
    name = media_files.storage_name(photo, variant)
    if variant == "original" or not rules.watermark:
        return name
    marked = media_files.watermarked_name(photo, variant, text=rules.watermark)
    if not default_storage.exists(marked):
        try:
            with default_storage.open(name) as file:
                picture = watermark.mark_jpeg(file.read(), rules.watermark)
        except FileNotFoundError:
            raise Http404 from None
        default_storage.save(marked, ContentFile(picture))
    return marked


def build_archive(photos: Sequence[GalleryImage], session: PhotoSession) -> ZipStream:
    """Return a ZIP of the photos, stored as they are, that is made while it is read.

    Its length is known beforehand only where it holds originals. Raise Http404 where the studio allows no downloads.
    """
    rules = GuestRules.for_session(session)
    variant = rules.download_variant
    if variant is None:
        raise Http404
    return archives.build_archive(
        photos, storage_name=lambda photo: prepare_file(photo, variant, rules), originals=variant == "original"
    )
