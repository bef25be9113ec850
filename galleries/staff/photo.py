"""The page of one photo: its faces over the picture, and its neighbours in the grid that it was opened from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format

from facepass.console.base import EDITORS, VERIFIERS, has_role
from facepass.core.database.storable_values import storable_moment
from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import media_files
from galleries.staff import grid, script_texts
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import page, reads, said, visible

NO_ROW = UUID(int=0)
# Paths below a photo's; the page's script puts the photo's id in.
PARTS = ("described", "people", "candidates", "decisions", "decide", "draw", "retry_one")


def urls(admin: ModelAdmin[GalleryImage]) -> list[URLPattern]:
    def faces_page(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _page(admin, request, pk)

    return [
        page(admin, "<uuid:pk>/faces/", faces_page, name="faces"),
        reads(admin, "<uuid:pk>/faces/described/", _described, name="described"),
    ]


def photo_of(request: HttpRequest, pk: UUID) -> GalleryImage:
    photos = GalleryImage.objects.event_photos().select_related("gallery")
    return visible(request, photos, pk)


def _page(admin: ModelAdmin[GalleryImage], request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A frame: what is in it comes as JSON, so that the next photo needs no new page."""
    photo = photo_of(request, pk)
    gallery = photo.gallery
    context = {
        **admin.admin_site.each_context(request),
        "title": gallery.title,
        "photo": photo,
        "gallery": gallery,
        "gallery_path": reverse("admin:galleries_gallery_photos", args=[gallery.pk]),
        "socket_path": f"/ws/galleries/{gallery.pk}/progress/",
        "poll_path": f"/api/v1/galleries/{gallery.pk}/progress",
        "form_path": markup.change_page("galleryimage", NO_ROW),
        "paths": {name: reverse(f"admin:galleries_galleryimage_{name}", args=[NO_ROW]) for name in ("faces", *PARTS)},
        "may_verify": has_role(request, gallery.studio_id, VERIFIERS),
        "may_edit": has_role(request, gallery.studio_id, EDITORS),
        "texts": script_texts.of_photo(),
        "keys": script_texts.keys_of_photo(),
    }
    return TemplateResponse(request, "admin/galleries/galleryimage/faces.html", context)


def _described(request: HttpRequest, pk: UUID) -> JsonResponse:
    photo = photo_of(request, pk)
    return said(photo=as_json(photo), place=_place(photo, request.GET))


def as_json(photo: GalleryImage) -> dict[str, Any]:
    faces = photo.faces.defer("insightface_descriptor", "landmarks").select_related("person", "cluster")
    return {
        "id": str(photo.pk),
        "name": photo.original_name,
        "state": photo.state,
        "label": photo.get_state_display(),
        "error": markup.error(photo),
        "taken": _moment(storable_moment(photo.taken_at)),
        "width": photo.width,
        "height": photo.height,
        "picture": media_files.photo_path(photo, "preview" if photo.processed_at and not photo.error else "original"),
        "faces": [_face(face) for face in sorted(faces, key=_reading_order) if not (face.is_hidden and face.drawn)],
    }


def _reading_order(face: PhotoFace) -> tuple[bool, float]:
    """From left to right, hidden ones last: where people look for number 3."""
    return face.is_hidden, face.box["x"]


def _face(face: PhotoFace) -> dict[str, Any]:
    group = face.cluster
    return {
        "id": str(face.pk),
        "box": face.box,
        "person": {"id": str(face.person_id), "name": str(face.person)} if face.person_id else None,
        "verified": face.verified,
        "hidden": face.is_hidden,
        "drawn": face.drawn,
        "similarity": face.recognition_confidence,
        "notes": markup.reasons(face),
        "group": {"id": str(group.pk), "size": group.size} if group and not group.rejected else None,
    }


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def _place(photo: GalleryImage, query: Any) -> dict[str, Any]:
    """Where it stands in the grid as it is filtered; a photo that has left the filter keeps its neighbours."""
    photos = grid.chosen(photo.gallery, query)
    before, after = _before(photos, photo), _after(photos, photo)
    return {
        "number": before.count() + 1,
        "total": photos.count(),
        "previous": _id(before.order_by("-created_at", "-pk")),
        "next": _id(after),
    }


def _before(photos: GalleryImageQuerySet, photo: GalleryImage) -> GalleryImageQuerySet:
    earlier = Q(created_at__lt=photo.created_at) | Q(created_at=photo.created_at, pk__lt=photo.pk)
    return photos.filter(earlier, created_at__lte=photo.created_at)


def _after(photos: GalleryImageQuerySet, photo: GalleryImage) -> GalleryImageQuerySet:
    later = Q(created_at__gt=photo.created_at) | Q(created_at=photo.created_at, pk__gt=photo.pk)
    return photos.filter(later, created_at__gte=photo.created_at)


def _id(photos: GalleryImageQuerySet) -> str | None:
    found = photos.values_list("pk", flat=True).first()
    return str(found) if found else None
