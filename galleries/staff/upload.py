"""Uploading to a gallery, one file to a request, so that each has its progress and its own outcome.

A browser that lost its connection, or was reloaded, asks first which of its files are there already.
"""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS
from facepass.core.access.authentication import user_of
from galleries.models import Gallery, GalleryImage
from galleries.photos import direct_uploads, ingest, progress, replacing, tagging
from galleries.staff.grid import find_gallery
from galleries.staff_kit.json_views import (
    answer_json,
    find_visible,
    invalid_request,
    log_addition,
    parse_body,
    parse_number,
    parse_uuid,
    require_role,
)

# Digests that one question may name.
MOST_DIGESTS = 1000
NAME_CHARACTERS = 255


def find_duplicates(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer which contents the gallery has, of those whose digests are named: `{"sha256": [...]}`."""
    gallery = _require_gallery(request, pk)
    digests = parse_body(request).get("sha256")
    if not isinstance(digests, list) or len(digests) > MOST_DIGESTS or not all(isinstance(d, str) for d in digests):
        raise invalid_request()
    rows = GalleryImage.objects.filter(gallery=gallery, sha256__in=digests).values_list("sha256", "pk")
    return answer_json(there={digest: str(photo) for digest, photo in rows})


def upload_file(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Add the one `file` of the form to the gallery, which lay in its `folder`, by which `tagged` has it found."""
    gallery = _require_gallery(request, pk)
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise invalid_request()
    folder = request.POST.get("folder", "")
    tags = tagging.folder_tag(folder) if request.POST.get("tagged") else ""
    return _answer(request, ingest.add_photos(gallery, files, by=user_of(request), folder=folder, tags=tags))


def replace_photo(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Put the one `file` of the form into the place of a photo that failed, and answer with the new photo's id."""
    photo = find_visible(request, GalleryImage.objects.event_photos().select_related("gallery"), pk)
    require_role(request, photo.gallery.studio_id, EDITORS)
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise invalid_request()
    new = replacing.replace_failed(photo, files[0], by=user_of(request))
    log_addition(request, new, f"in the place of {photo}")
    progress.publish_progress(photo.gallery_id)
    return answer_json(photo=str(new.pk), said=_("The photo was replaced and waits for analysis."))


def create_target(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer where the browser may put one file of `size` bytes: an address in the bucket."""
    gallery = _require_gallery(request, pk)
    _require_bucket()
    size = parse_number(parse_body(request).get("size"), most=10**12)
    target = direct_uploads.create_upload_target(gallery, size=size)
    return answer_json(id=str(target.pk), url=target.url)


def accept_direct_upload(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Add the file `id` that the browser has put into the bucket, under its `name`; `folder` and `tagged` as above."""
    gallery = _require_gallery(request, pk)
    _require_bucket()
    body = parse_body(request)
    name = str(body.get("name") or "")[:NAME_CHARACTERS]
    file_id = parse_uuid(body.get("id"))
    folder = str(body.get("folder") or "")
    tags = tagging.folder_tag(folder) if body.get("tagged") else ""
    user = user_of(request)
    return _answer(
        request, direct_uploads.accept_upload(gallery, file_id, name=name, by=user, folder=folder, tags=tags)
    )


def _require_gallery(request: HttpRequest, pk: UUID) -> Gallery:
    """Return the gallery for whoever may upload to it. Raise PermissionDenied for who may look only."""
    gallery = find_gallery(request, pk)
    require_role(request, gallery.studio_id, EDITORS)
    return gallery


def _require_bucket() -> None:
    """Raise 400 `invalid_request` where files are not kept in a bucket that browsers reach."""
    if not direct_uploads.is_available():
        raise invalid_request()


def _answer(request: HttpRequest, report: ingest.UploadReport) -> JsonResponse:
    """Return what became of the one file: accepted, duplicate, or refused with a code and a reason."""
    if report.accepted:
        (photo,) = report.accepted
        log_addition(request, photo, "uploaded")
        progress.publish_progress(photo.gallery_id)
        return answer_json(outcome="accepted", photo=str(photo.pk))
    if report.duplicates:
        ((_name, twin),) = report.duplicates
        return answer_json(outcome="duplicate", photo=str(twin))
    (refusal,) = report.rejected
    return answer_json(outcome="refused", code=refusal.code, message=refusal.message)
