"""The page of one photo: its faces over the picture, and its neighbours in the grid that it was opened from."""

from typing import TypedDict
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, JsonResponse, QueryDict
from django.urls import reverse

from facepass.console.base import EDITORS, VERIFIERS, has_role
from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import media_files
from galleries.photos.cameras import assumed_zones
from galleries.staff import script_texts
from galleries.staff.photo_grid.filters import filter_photos, parse_sort
from galleries.staff.photo_grid.sort_orders import list_after, list_before
from galleries.staff_kit import markup, photo_sessions
from galleries.staff_kit.json_views import answer_json, find_visible, render_page
from recognition.pictures.formats import find_by_ending

NO_ROW = UUID(int=0)
# Paths below a photo's; the page's script puts the photo's id in.
PARTS = ("described", "people", "candidates", "decisions", "decide", "draw", "retry_one", "turn", "also", "replace")


class ShownFace(TypedDict):
    """A face as the page's script draws it. `box` is in pixels of the upright photo."""

    id: str
    box: dict[str, float]
    person: dict[str, str] | None
    verified: bool
    hidden: bool
    drawn: bool
    whole: bool
    similarity: float | None
    notes: str
    group: dict[str, object] | None


class ShownPhoto(TypedDict):
    """A photo as the page's script draws it, with its faces in the order of their numbers."""

    id: str
    name: str
    state: str
    label: str
    error: str
    taken: str
    width: int
    height: int
    rotation: int
    picture: str
    full: str
    faces: list[ShownFace]


def find_photo(request: HttpRequest, pk: UUID) -> GalleryImage:
    """Return the photo with its gallery. Raise Http404 for a stranger's."""
    photo = find_visible(request, GalleryImage.objects.event_photos().select_related("gallery"), pk)
    assumed_zones.read_in_time_of_event(photo.gallery)
    return photo


def show_photo(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A frame: what is in it comes as JSON, so that the next photo needs no new page."""
    photo = find_photo(request, pk)
    gallery = photo.gallery
    context = {
        "title": gallery.title,
        "photo": photo,
        "gallery": gallery,
        "event": photo_sessions.find_session(request, gallery.session_id),
        "gallery_path": reverse("admin:galleries_gallery_photos", args=[gallery.pk]),
        "socket_path": f"/ws/galleries/{gallery.pk}/progress/",
        "poll_path": f"/api/v1/galleries/{gallery.pk}/progress",
        "form_path": markup.change_page_path("galleryimage", NO_ROW),
        "paths": {
            "act": reverse("admin:galleries_gallery_act", args=[gallery.pk]),
            **{name: reverse(f"admin:galleries_galleryimage_{name}", args=[NO_ROW]) for name in ("faces", *PARTS)},
        },
        "may_verify": has_role(request, gallery.studio_id, VERIFIERS),
        "may_edit": has_role(request, gallery.studio_id, EDITORS),
        "texts": script_texts.photo_texts(),
        "keys": script_texts.photo_keys(),
    }
    return render_page(request, "admin/galleries/galleryimage/faces.html", context)


def read_photo(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer the photo with its faces, and its place in the grid as it is filtered."""
    photo = find_photo(request, pk)
    return answer_json(photo=describe_photo(photo), place=_describe_place(photo, request.GET))


def describe_photo(photo: GalleryImage) -> ShownPhoto:
    """Return the photo with the faces that the page shows: all but those that were drawn and then hidden."""
    faces = photo.faces.defer("insightface_descriptor", "landmarks").select_related("person", "cluster")
    return {
        "id": str(photo.pk),
        "name": photo.original_name,
        "state": photo.state,
        "label": photo.get_state_display(),
        "error": markup.photo_error(photo),
        "taken": markup.describe_place(photo, markup.format_capture_time(photo)),
        "width": photo.width,
        "height": photo.height,
        "rotation": photo.rotation,
        "picture": media_files.photo_path(photo, "preview" if _has_preview(photo) else "original"),
        "full": media_files.photo_path(photo, "original" if _is_shown_by_browsers(photo) else "preview"),
        "faces": [
            _describe_face(face) for face in sorted(faces, key=_reading_order) if not (face.is_hidden and face.drawn)
        ],
    }


def _has_preview(photo: GalleryImage) -> bool:
    """Return whether there is a preview: the analysis makes it, and of a photo that was turned whoever asks first."""
    return bool(photo.rotation or (photo.processed_at and not photo.error))


def _is_shown_by_browsers(photo: GalleryImage) -> bool:
    """Return whether browsers show the file as people are given it."""
    form = find_by_ending(photo.file.name or "")
    return photo.shown_as_jpeg or form is None or form.in_browsers


def _reading_order(face: PhotoFace) -> tuple[bool, bool, float]:
    """Sort from left to right, hidden faces last, as people look for face number 3; before them who shows no face."""
    return face.is_hidden, face.is_of_whole_photo, face.box["x"]


def _describe_face(face: PhotoFace) -> ShownFace:
    group = face.cluster
    return {
        "id": str(face.pk),
        "box": face.box,
        "person": {"id": str(face.person_id), "name": str(face.person)} if face.person_id else None,
        "verified": face.verified,
        "hidden": face.is_hidden,
        "drawn": face.drawn and not face.is_of_whole_photo,
        "whole": face.is_of_whole_photo,
        "similarity": face.recognition_confidence,
        "notes": markup.quality_reasons(face),
        "group": {"id": str(group.pk), "size": group.size} if group and not group.rejected else None,
    }


def _describe_place(photo: GalleryImage, query: QueryDict) -> dict[str, object]:
    """Return where it stands in the grid as it is filtered; a photo that has left the filter keeps its neighbours."""
    photos, sort = filter_photos(photo.gallery, query), parse_sort(query)
    before = list_before(photos, photo, sort)
    return {
        "number": before.count() + 1,
        "total": photos.count(),
        "previous": _first_id(before),
        "next": _first_id(list_after(photos, photo, sort)),
    }


def _first_id(photos: GalleryImageQuerySet) -> str | None:
    found = photos.values_list("pk", flat=True).first()
    return str(found) if found else None
