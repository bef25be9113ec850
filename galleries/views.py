"""Files of photos: for a signed address, a signed-in member of the studio, or an API key; private links of people."""

from collections.abc import AsyncIterator
from typing import TypeVar, cast
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
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from facepass.core.access import rate_limits
from facepass.core.access.authentication import ApiKeyAuthentication
from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError, refusal_response
from facepass.models import ApiKey, Scope
from galleries.models import GalleryImage, PhotoFace
from galleries.people import appearances, avatars, private_links
from galleries.photos import archives, given_files, media_files
from galleries.photos.rotation.shown_files import prepare_file
from recognition.pictures import formats
from recognition.pictures.file_names import agreeing_name
from recognition.pictures.formats import Format

CHUNK = 1 << 18
Response = TypeVar("Response", bound=HttpResponseBase)


@require_safe
def photo_file(request: HttpRequest, pk: UUID, variant: media_files.Variant) -> HttpResponseBase:
    """Return the original, preview or thumbnail. A stranger gets the same 404 as for a photo that does not exist.

    A signed address may be in anybody's hands: what it opens for who is not of the studio has no place in it.
    """
    photos, is_download = GalleryImage.objects.filter(pk=pk), "download" in request.GET
    is_signed = media_files.is_signed(request.path, request.GET.get("signature", ""))
    try:
        principal = find_reader(request, is_signed=is_signed)
        _require_quota(request, principal, variant)
    except FacePassError as refusal:
        return refusal_response(refusal, request=request)
    own = photos.visible_to(principal).first() if principal and not (is_signed and variant != "original") else None
    photo = own or (photos.first() if is_signed else None)
    if photo is None:
        raise Http404
    if own is None and variant == "original" and not given_files.list_as_taken([photo]):
        return serve_stripped(photo, as_attachment=is_download)
    try:
        name = prepare_file(photo, variant)
    except FileNotFoundError:
        raise Http404 from None
    return serve(photo, name, as_attachment=is_download)


def _require_quota(request: HttpRequest, principal: Principal | None, variant: media_files.Variant) -> None:
    """Raise 429 `rate_limited`. Originals are limited for everybody, and for keys all files: scripts fetch by them."""
    known = principal and f"{type(principal).__name__}:{principal.pk}"
    name = known or rate_limits.address_bucket(request)
    if isinstance(principal, ApiKey):
        rate_limits.require_quota("media", f"media:{name}")
    if variant == "original":
        rate_limits.require_quota("media_original", f"originals:{name}")


@require_safe
def face_file(request: HttpRequest, photo: UUID, pk: UUID) -> HttpResponseBase:
    """Return a face, cut out of its photo, for whoever may see the photo."""
    try:
        principal = find_reader(request)
        _require_quota(request, principal, "preview")
    except FacePassError as refusal:
        return refusal_response(refusal, request=request)
    if principal is None:
        raise Http404
    rows = PhotoFace.objects.visible_to(principal).filter(photo=photo)
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
        stripped = {photo.pk for photo in stored} - given_files.list_as_taken(stored)
        archive = archives.build_originals_archive(stored, stripped=stripped)
        return archives.archive_response(archive, link.person.real_name)
    tiles = [
        {
            "photo": photo,
            "thumbnail": media_files.signed_path(photo, "thumbnail"),
            "preview": media_files.signed_path(photo, "preview"),
        }
        for photo in photos
    ]
    with timezone.override(link.person.studio.zone):
        return render(request, "person_link.html", {"link": link, "tiles": tiles})


def serve(photo: GalleryImage, name: str, *, as_attachment: bool) -> HttpResponseBase:
    """Return the file of that name in the storage, one of the photo's. Raises Http404 where it is not there.

    What it is served as, its content says, and never the name that it was uploaded by: bytes that are no picture of an
    accepted format are a download of no type. From a bucket it is a redirect to an address that the bucket has signed;
    there the name that the content gave the file when it was stored says it.
    """
    if settings.ENV.s3_bucket:
        form = formats.find_by_ending(name)
        parameters = {"ResponseContentType": _mime_of(form)}
        if disposition := _disposition(photo, form, as_attachment=as_attachment):
            parameters["ResponseContentDisposition"] = disposition
        return HttpResponseRedirect(default_storage.url(name, parameters=parameters))  # type: ignore[call-arg]
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        raise Http404 from None
    form = _detect_format(file)
    kind = _mime_of(form)
    response = (
        _read_whole(file, kind) if file.size <= CHUNK else StreamingHttpResponse(_read_chunks(file), content_type=kind)
    )
    response["Content-Length"] = file.size
    return _add_headers(response, _disposition(photo, form, as_attachment=as_attachment))


def serve_stripped(photo: GalleryImage, *, as_attachment: bool) -> HttpResponseBase:
    """Return the original without place and serial numbers. Raises Http404 where it is not there.

    Never a redirect: a bucket has the file as it was taken.
    """
    try:
        content = given_files.read_stripped(photo)
    except FileNotFoundError:
        raise Http404 from None
    form = formats.detect_format(content[: formats.HEAD_BYTES])
    given = form if isinstance(form, Format) else None
    response = HttpResponse(content, content_type=_mime_of(given))
    return _add_headers(response, _disposition(photo, given, as_attachment=as_attachment))


def _add_headers(response: Response, disposition: str | None) -> Response:
    if disposition:
        response["Content-Disposition"] = disposition
    # A photo's files never change under their address; shared caches must not keep them.
    response["Cache-Control"] = "private, max-age=3600, immutable"
    # What a studio uploads is shown as a picture or not at all.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _detect_format(file: File[bytes]) -> Format | None:
    head = file.read(formats.HEAD_BYTES)
    file.seek(0)
    form = formats.detect_format(head)
    return form if isinstance(form, Format) else None


def _mime_of(form: Format | None) -> str:
    return form.mime if form else "application/octet-stream"


def _disposition(photo: GalleryImage, form: Format | None, *, as_attachment: bool) -> str | None:
    """Return the header that names the file; of what is no picture always that it is a download."""
    name = agreeing_name(photo.original_name, stored=form.extension if form else ".bin")
    return content_disposition_header(as_attachment or form is None, name)


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


def find_reader(request: HttpRequest, *, is_signed: bool = False) -> Principal | None:
    """Return whose key or sign-in the request has; None for one that has neither.

    Raise 403 `permission_denied` for a key without the scope `read`, unless the address is signed, which opens itself.
    """
    try:
        keyed = ApiKeyAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        keyed = None
    if keyed is None:
        return cast(Principal, request.user) if request.user.is_authenticated else None
    if Scope.READ in keyed[0].scopes:
        return keyed[0]
    if is_signed:
        return None
    raise FacePassError("permission_denied", _("This key may not read photos."), status=403)
