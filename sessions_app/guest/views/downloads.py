"""Photos on their way to a guest: one by one, or many in a ZIP that is made while it is sent."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import PurePath
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from zipstream import ZipStream  # type: ignore[import-untyped]

from galleries import views
from galleries.models import GalleryImage
from galleries.photos import media_files
from recognition.pictures import watermark
from sessions_app import analytics
from sessions_app.analytics import What
from sessions_app.guest.domain import guest_cookie, photo_addresses
from sessions_app.models import FoundPhoto, Guest, GuestRules, PhotoSession

NEEDED = ("photo", "guest__session__guest_rules")


@require_safe
def guest_photo(request: HttpRequest, guest_id: UUID, pk: UUID, variant: media_files.Variant) -> HttpResponseBase:
    """For the browser of the guest for whom the address was signed, and nobody else's."""
    rows = FoundPhoto.objects.kept().filter(guest=guest_id, photo=pk)
    row = _signed_for(request, rows.select_related(*NEEDED).first() or _looked_at(guest_id, pk))
    if guest_cookie.named(request, row.guest.session) != guest_id:
        raise Http404
    return _send(request, row, variant)


@require_safe
def shared_photo(request: HttpRequest, share_id: UUID, pk: UUID, variant: media_files.Variant) -> HttpResponseBase:
    """For whoever holds the shared link."""
    rows = FoundPhoto.objects.kept().filter(shares=share_id, shares__expires_at__gt=timezone.now(), photo=pk)
    return _send(request, _signed_for(request, rows.select_related(*NEEDED).first()), variant)


def _looked_at(guest_id: UUID, pk: UUID) -> FoundPhoto | None:
    """Where guests may look around, any photo of the session."""
    guests = Guest.objects.select_related("session__guest_rules").filter(session__guest_rules__browsing=True)
    guest = guests.filter(pk=guest_id).first()
    photos = GalleryImage.objects.event_photos().filter(pk=pk)
    within = guest and photos.filter(gallery__session_id=guest.session_id, gallery__studio_id=guest.session.studio_id)
    photo = within.first() if within else None
    return FoundPhoto(guest=guest, photo=photo) if guest and photo else None


def _signed_for(request: HttpRequest, row: FoundPhoto | None) -> FoundPhoto:
    if row is None or row.guest.withdrawn_at or not photo_addresses.is_signed(request):
        raise Http404
    if not row.guest.session.facepass_enabled or GuestRules.of(row.guest.session).expired:
        raise Http404
    return row


def _send(request: HttpRequest, row: FoundPhoto, variant: media_files.Variant) -> HttpResponseBase:
    rules = GuestRules.of(row.guest.session)
    if variant == "original" and rules.download_variant != "original":
        raise Http404
    if is_download := "download" in request.GET:
        analytics.count(row.guest.session, What.DOWNLOAD)
    return views.serve(row.photo, file_name(row.photo, variant, rules), as_attachment=is_download)


def file_name(photo: GalleryImage, variant: media_files.Variant, rules: GuestRules) -> str:
    """In the storage, of what guests may see: the file, or a copy with the studio's watermark, made the first time."""
    name = media_files.storage_name(photo, variant)
    if variant == "original" or not rules.watermark:
        return name
    marked = media_files.watermarked_name(photo, variant, text=rules.watermark)
    if not default_storage.exists(marked):
        try:
            with default_storage.open(name) as file:
                picture = watermark.marked(file.read(), rules.watermark)
        except FileNotFoundError:
            raise Http404 from None
        default_storage.save(marked, ContentFile(picture))
    return marked


def as_zip(photos: Sequence[GalleryImage], session: PhotoSession) -> HttpResponseBase:
    """The photos as the studio's rules give them, stored as they are. Raises Http404 where the rules give none."""
    rules = GuestRules.of(session)
    variant = rules.download_variant
    if variant is None:
        raise Http404
    originals = variant == "original"
    archive = ZipStream(sized=originals)
    for photo, name in zip(photos, _names(photos, as_jpeg=not originals), strict=True):
        archive.add(_bytes(photo, variant, rules), name, size=photo.byte_size if originals else None)
    response = StreamingHttpResponse(_pieces(archive), content_type="application/zip")
    if originals:
        response["Content-Length"] = len(archive)
    title = slugify(session.name, allow_unicode=True) or "photos"
    response["Content-Disposition"] = content_disposition_header(True, f"{title}.zip")
    response["Cache-Control"] = "no-store"
    return response


def _names(photos: Sequence[GalleryImage], *, as_jpeg: bool) -> Iterator[str]:
    """The photos' own names; one that is there already gets a number."""
    taken: set[str] = set()
    for photo in photos:
        own = PurePath(PurePath(photo.original_name).name or "photo")
        suffix = ".jpg" if as_jpeg else own.suffix
        name, number = f"{own.stem}{suffix}", 2
        while name.lower() in taken:
            name, number = f"{own.stem}-{number}{suffix}", number + 1
        taken.add(name.lower())
        yield name


def _bytes(photo: GalleryImage, variant: media_files.Variant, rules: GuestRules) -> Iterator[bytes]:
    """Opens the file when it is its turn, so that one is open at a time."""
    with default_storage.open(file_name(photo, variant, rules)) as file:
        while chunk := file.read(views.CHUNK):
            yield chunk


async def _pieces(archive: ZipStream) -> AsyncIterator[bytes]:
    """Under ASGI a plain iterator would be held in memory as a whole."""
    pieces = iter(archive)
    while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
        yield piece
