"""Files of photos: for a signed address, a signed-in member of the studio, or an API key; private links of people."""

import mimetypes
from collections.abc import AsyncIterator
from typing import cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from facepass.core.access.authentication import ApiKeyAuthentication
from facepass.core.access.tenancy import Principal
from galleries.models import GalleryImage, PhotoFace
from galleries.people import appearances, avatars, private_links
from galleries.photos import archives, media_files

CHUNK = 1 << 18


@require_safe
def photo_file(request: HttpRequest, pk: UUID, variant: media_files.Variant) -> HttpResponseBase:
    """Return the original, preview or thumbnail. A stranger gets the same 404 as for a photo that does not exist."""
    photos = GalleryImage.objects.all()
    if not media_files.is_signed(request.path, request.GET.get("signature", "")):
        photos = photos.visible_to(_principal(request))
    photo = photos.filter(pk=pk).first()
    if photo is None:
        raise Http404
    return serve(photo, media_files.storage_name(photo, variant), as_attachment="download" in request.GET)


@require_safe
def face_file(request: HttpRequest, photo: UUID, pk: UUID) -> HttpResponseBase:
    """Return a face, cut out of its photo, for whoever may see the photo."""
    rows = PhotoFace.objects.visible_to(_principal(request)).filter(photo=photo)
    face = rows.select_related("photo").defer("insightface_descriptor", "landmarks").filter(pk=pk).first()
    if face is None:
        raise Http404
    try:
        response = HttpResponse(avatars.crop_face(face), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "private, max-age=3600"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show all photos of a person to whoever holds the link. A POST fetches them as a ZIP."""
    link = private_links.find_link(token)
    if link is None:
        return render(request, "person_link.html", status=404)
    photos = list(appearances.find_sendable_photos(link.person))
    if request.method == "POST":
        stored = [photo for photo in photos if photo.file]
        return archives.archive_response(archives.build_originals_archive(stored), link.person.real_name)
    tiles = [
        {
            "photo": photo,
            "thumbnail": media_files.signed_path(photo, "thumbnail"),
            "preview": media_files.signed_path(photo, "preview"),
        }
        for photo in photos
    ]
    return render(request, "person_link.html", {"link": link, "tiles": tiles})


def serve(photo: GalleryImage, name: str, *, as_attachment: bool) -> HttpResponseBase:
    """Return the file of that name in the storage, one of the photo's. Raises Http404 where it is not there.

    From a bucket it is a redirect to an address that the bucket has signed.
    """
    disposition = content_disposition_header(as_attachment, photo.original_name)
    if settings.ENV.s3_bucket:
        parameters = {"ResponseContentDisposition": disposition} if as_attachment else {}
        return HttpResponseRedirect(default_storage.url(name, parameters=parameters))  # type: ignore[call-arg]
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = (
        _read_whole(file, kind) if file.size <= CHUNK else StreamingHttpResponse(_read_chunks(file), content_type=kind)
    )
    response["Content-Length"] = file.size
    if disposition:
        response["Content-Disposition"] = disposition
    # A photo's files never change under their address; shared caches must not keep them.
    response["Cache-Control"] = "private, max-age=3600, immutable"
    # What a studio uploads is shown as a picture or not at all.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _read_whole(file: File[bytes], kind: str) -> HttpResponse:
    """Return the whole file: a thumbnail is read sooner than it could be handed to another thread."""
    with file:
        return HttpResponse(file.read(), content_type=kind)


async def _read_chunks(file: File[bytes]) -> AsyncIterator[bytes]:
    """Yield the file piece by piece: under ASGI, Django's FileResponse is held in memory as a whole."""
    try:
        while chunk := await sync_to_async(file.read)(CHUNK):
            yield chunk
    finally:
        file.close()


def _principal(request: HttpRequest) -> Principal:
    try:
        keyed = ApiKeyAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        keyed = None
    return keyed[0] if keyed else cast(Principal, request.user)
