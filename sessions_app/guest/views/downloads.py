"""`/found/…` and `/shared/…/…`: photos' files, one by one; and the ZIP that other pages answer with."""

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from galleries.models import GalleryImage
from galleries.photos import archives
from galleries.photos.media_files import Variant
from galleries.views import serve, serve_stripped
from sessions_app import analytics
from sessions_app.analytics import UsageKind
from sessions_app.guest.domain import downloads, photo_tiles
from sessions_app.guest.views import cookies
from sessions_app.guest_data import files
from sessions_app.models import FoundPhoto, GuestRules, PhotoSession


@require_safe
def guest_photo(request: HttpRequest, guest_id: UUID, pk: UUID, variant: Variant) -> HttpResponseBase:
    """Answer only the browser of the guest for whom the address was signed."""
    row = downloads.find_guest_photo(guest_id, pk)
    if row is None or not cookies.read_profiles(request, row.guest.session).find_guest(guest_id):
        raise Http404
    return _serve_signed(request, row, variant)


@require_safe
def shared_photo(request: HttpRequest, share_id: UUID, pk: UUID, variant: Variant) -> HttpResponseBase:
    """Answer whoever holds the shared link."""
    row = downloads.find_shared_photo(share_id, pk)
    if row is None:
        raise Http404
    return _serve_signed(request, row, variant)


def _serve_signed(request: HttpRequest, row: FoundPhoto, variant: Variant) -> HttpResponseBase:
    rules = GuestRules.for_session(row.guest.session)
    if not photo_tiles.has_valid_signature(request.path_info, request.GET):
        raise Http404
    if variant == "original" and rules.download_variant != "original":
        raise Http404
    if is_download := "download" in request.GET:
        analytics.count_usage(row.guest.session, UsageKind.DOWNLOAD)
    if variant == "original" and not rules.gives_as_taken:
        return serve_stripped(row.photo, as_attachment=is_download)
    prepare = files.prepare_download if is_download else files.prepare_file
    return serve(row.photo, prepare(row.photo, variant, rules), as_attachment=is_download)


def zip_response(photos: Sequence[GalleryImage], session: PhotoSession, *, size: str = "") -> HttpResponseBase:
    """Answer with the photos as the studio's rules give them. Raise Http404 where they give none.

    `size`: which one the guest chose, as the form sent it.
    """
    return archives.archive_response(downloads.build_archive(photos, session, size=size), session.name)
