"""Uploading to a gallery, one file to a request, so that each has its progress and its own outcome.

A browser that lost its connection, or was reloaded, asks first which of its files are there already.
"""

from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern

from facepass.console.base import EDITORS
from facepass.core.access.authentication import user_of
from galleries.models import Gallery, GalleryImage
from galleries.photos import direct_uploads, ingest, progress
from galleries.staff.grid import gallery_of
from galleries.staff_kit.json_views import asked, invalid, number, require, said, uuid, writes

# Digests that one question may name.
MOST_ASKED = 1000
NAME_CHARACTERS = 255


def urls(admin: ModelAdmin[Gallery]) -> list[URLPattern]:
    def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _file(admin, request, pk)

    def arrived(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _arrived(admin, request, pk)

    return [
        writes(admin, "<uuid:pk>/upload/there/", _there, name="upload_there"),
        writes(admin, "<uuid:pk>/upload/file/", file, name="upload_file"),
        writes(admin, "<uuid:pk>/upload/place/", _place, name="upload_place"),
        writes(admin, "<uuid:pk>/upload/arrived/", arrived, name="upload_arrived"),
    ]


def _there(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Which of these contents the gallery has: `{"sha256": [...]}`."""
    gallery = _writable(request, pk)
    digests = asked(request).get("sha256")
    if not isinstance(digests, list) or len(digests) > MOST_ASKED or not all(isinstance(d, str) for d in digests):
        raise invalid()
    rows = GalleryImage.objects.filter(gallery=gallery, sha256__in=digests).values_list("sha256", "pk")
    return said(there={digest: str(photo) for digest, photo in rows})


def _file(admin: ModelAdmin[Gallery], request: HttpRequest, pk: UUID) -> JsonResponse:
    gallery = _writable(request, pk)
    files = request.FILES.getlist("file")
    if len(files) != 1:
        raise invalid()
    return _told(admin, request, ingest.add_photos(gallery, files, by=user_of(request)))


def _place(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Where the browser may put one file of that size: an address in the bucket."""
    gallery = _writable(request, pk)
    if not direct_uploads.is_available():
        raise invalid()
    place = direct_uploads.create_upload_target(gallery, size=number(asked(request).get("size"), most=10**12))
    return said(id=str(place.pk), url=place.url)


def _arrived(admin: ModelAdmin[Gallery], request: HttpRequest, pk: UUID) -> JsonResponse:
    gallery = _writable(request, pk)
    if not direct_uploads.is_available():
        raise invalid()
    what = asked(request)
    name = str(what.get("name") or "")[:NAME_CHARACTERS]
    return _told(
        admin, request, direct_uploads.accept_upload(gallery, uuid(what.get("id")), name=name, by=user_of(request))
    )


def _writable(request: HttpRequest, pk: UUID) -> Gallery:
    gallery = gallery_of(request, pk)
    require(request, gallery.studio_id, EDITORS)
    return gallery


def _told(admin: Any, request: HttpRequest, report: ingest.UploadReport) -> JsonResponse:
    """What became of the one file: accepted, duplicate, or refused with a code and a reason."""
    for photo in report.accepted:
        admin.log_addition(request, photo, "uploaded")
        progress.publish_progress(photo.gallery_id)
        return said(outcome="accepted", photo=str(photo.pk))
    for _name, twin in report.duplicates:
        return said(outcome="duplicate", photo=str(twin))
    refusal = report.rejected[0]
    return said(outcome="refused", code=refusal.code, message=refusal.message)
