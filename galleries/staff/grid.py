"""The page of a gallery: its photos as a grid of which any window can be asked for, filtered, live."""

from typing import TypedDict
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from facepass.console.base import EDITORS, has_role
from galleries.jobs import queue
from galleries.models import Gallery, GalleryImage, Occasion, PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from galleries.models.photo import FAILED, UNFINISHED, GalleryImageQuerySet, PhotoState
from galleries.photos import media_files, moving, progress
from galleries.photos.cameras import assumed_zones
from galleries.staff import script_texts
from galleries.staff.photo_grid.filters import Filter, apply_filter, filter_photos, is_best_shot
from galleries.staff.photo_grid.sort_orders import Sort
from galleries.staff_kit import markup, photo_sessions
from galleries.staff_kit.json_views import (
    answer_json,
    find_visible,
    log_change,
    parse_body,
    parse_number,
    parse_uuid,
    render_page,
    require_role,
)
from galleries.staff_kit.upload_paths import build_upload_paths

WINDOW = 200


class GridPhoto(TypedDict):
    """A photo as the grid's script draws it. `place`: when taken, folder and tags; `note`: a line below it.

    `burst`: the id of the one that it is a shot of, empty for none; `shots`: its place there, in words.
    """

    id: str
    name: str
    place: str
    state: str
    note: str
    error: str
    hidden: bool
    thumbnail: str | None
    faces: int
    unnamed: int
    burst: str
    shots: str


def find_gallery(request: HttpRequest, pk: UUID) -> Gallery:
    """Return the gallery. Raise Http404 for a stranger's."""
    gallery = find_visible(request, Gallery.objects.event_galleries(), pk)
    assumed_zones.read_in_time_of_event(gallery)
    return gallery


def show_grid(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The gallery's page; its photos come as JSON."""
    gallery = find_gallery(request, pk)
    may_upload = has_role(request, gallery.studio_id, EDITORS)
    context = {
        "title": gallery.title,
        "gallery": gallery,
        "event": photo_sessions.find_session(request, gallery.session_id),
        "progress": progress.load_progress(pk),
        "socket_path": f"/ws/galleries/{pk}/progress/",
        "poll_path": f"/api/v1/galleries/{pk}/progress",
        "filters": Filter.choices,
        "sorts": Sort.choices,
        "export_key": Occasion.for_gallery(gallery).key,
        "download_path": reverse("admin:galleries_gallery_download", args=[pk]),
        "elsewhere_path": reverse("admin:galleries_gallery_elsewhere", args=[pk]),
        "clocks_path": reverse("admin:galleries_gallery_clocks", args=[pk]),
        "targets": moving.list_targets(gallery) if may_upload else [],
        "may_upload": may_upload,
        "paths": _build_paths(pk, may_upload=may_upload),
        "photo_path": reverse("admin:galleries_galleryimage_faces", args=[UUID(int=0)]),
        "settings_path": markup.change_page_path("gallery", pk),
        "texts": script_texts.grid_texts(),
        "keys": script_texts.grid_keys(),
        "upload_texts": script_texts.upload_texts(),
        "takes_raw": settings.RAW_PHOTOS,
    }
    return render_page(request, "admin/galleries/gallery/work.html", context)


def _build_paths(pk: UUID, *, may_upload: bool) -> dict[str, str]:
    """Return the paths that the page's scripts may use."""
    names = ["window", "counts", "people", "ids", *(["retry", "act"] if may_upload else [])]
    paths = {name: reverse(f"admin:galleries_gallery_{name}", args=[pk]) for name in names}
    return {**paths, **build_upload_paths(pk)} if may_upload else paths


def read_window(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer `limit` of the filtered photos from `offset` on, with the number of all of them."""
    gallery = find_gallery(request, pk)
    photos = filter_photos(gallery, request.GET)
    start = parse_number(request.GET.get("offset", 0), most=10_000_000)
    end = start + parse_number(request.GET.get("limit", WINDOW), least=1, most=WINDOW)
    rows = list(
        _with_shots(photos).only(
            "original_name",
            "folder",
            "tags",
            "taken_at",
            "hidden_from_guests",
            "truncated",
            "state",
            "error",
            "rotation",
            "gallery_id",
            "burst",
            "burst_place",
        )[start:end]
    )
    faces = PhotoFace.objects.filter(gallery=gallery, photo__in=[photo.pk for photo in rows]).order_by()
    shown, unnamed = _count_by_photo(faces.shown()), _count_by_photo(faces.unnamed())
    window = [_describe_photo(row, faces=shown.get(row.pk, 0), unnamed=unnamed.get(row.pk, 0)) for row in rows]
    return answer_json(total=photos.count(), offset=start, photos=window)


def _count_by_photo(faces: PhotoFaceQuerySet) -> dict[UUID, int]:
    return dict(faces.values_list("photo").annotate(Count("pk")))


def _with_shots(photos: GalleryImageQuerySet) -> GalleryImageQuerySet:
    """Add to each photo how many shots its burst has within the gallery, and how many of them are better."""
    shots = GalleryImage.objects.filter(burst=OuterRef("burst"), gallery=OuterRef("gallery")).order_by()
    better = shots.filter(burst_place__lt=OuterRef("burst_place"))
    return photos.annotate(**{name: _count_rows(rows) for name, rows in (("shots", shots), ("better", better))})


def _count_rows(rows: GalleryImageQuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.values("burst").annotate(n=Count("pk")).values("n")), 0)


def _describe_shot(photo: GalleryImage) -> str:
    """Return which of how many shots a photo from `_with_shots` is, the best first; empty where it is in no burst."""
    shots, better = getattr(photo, "shots", 0), getattr(photo, "better", 0)
    return gettext("shot %(number)s of %(total)s") % {"number": better + 1, "total": shots} if shots > 1 else ""


def _describe_photo(photo: GalleryImage, *, faces: int, unnamed: int) -> GridPhoto:
    shots, is_done = _describe_shot(photo), photo.state == PhotoState.PROCESSED
    return {
        "id": str(photo.pk),
        "name": photo.original_name,
        "place": markup.describe_place(photo, markup.format_capture_time(photo, "SHORT_DATETIME_FORMAT")),
        "state": photo.state,
        "note": _describe_faces(faces, unnamed) if is_done else photo.get_state_display(),
        "hidden": photo.hidden_from_guests,
        "error": markup.photo_error(photo),
        "thumbnail": media_files.photo_path(photo, "thumbnail") if is_done else None,
        "faces": faces,
        "unnamed": unnamed,
        "burst": str(photo.burst) if shots else "",
        "shots": shots,
    }


def _describe_faces(faces: int, unnamed: int) -> str:
    text = ngettext("%(number)s face", "%(number)s faces", faces) % {"number": faces}
    if not unnamed:
        return text
    without_name = gettext("%(number)s without a name") % {"number": unnamed}
    return f"{text}, {without_name}"


def count_photos(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer how many photos each filter leaves."""
    gallery = find_gallery(request, pk)
    by_state = GalleryImage.objects.filter(gallery=gallery).aggregate(
        all=Count("pk"),
        unprocessed=Count("pk", filter=UNFINISHED),
        failed=Count("pk", filter=FAILED),
        hidden=Count("pk", filter=Q(hidden_from_guests=True)),
        best_shots=Count("pk", filter=is_best_shot(gallery)),
    )
    by_faces = {chosen: apply_filter(gallery, chosen).count() for chosen in (Filter.NO_FACES, Filter.UNNAMED)}
    return answer_json(**by_state, **by_faces)


def list_people(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer who is named in the gallery, whom one can filter by, and in how many photos; most photos first."""
    faces = PhotoFace.objects.filter(gallery=find_gallery(request, pk)).named().order_by()
    rows = faces.values_list("person", "person__real_name").annotate(n=Count("photo", distinct=True))
    ranked = sorted(rows, key=lambda row: (-row[2], row[1]))
    return answer_json(people=[{"id": str(person), "name": name, "photos": photos} for person, name, photos in ranked])


def retry_photos(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Analyse `photos` again or, where none are named, all that failed."""
    gallery = find_gallery(request, pk)
    require_role(request, gallery.studio_id, EDITORS)
    ids = parse_body(request).get("photos")
    photos = GalleryImage.objects.filter(gallery=gallery)
    photos = photos.failed() if ids is None else photos.filter(pk__in=map(parse_uuid, ids))
    number = photos.with_files().requeue()
    if number:
        queue.wake_workers(pk, photos=number)
        progress.publish_progress(pk)
        log_change(request, gallery, f"{number} photos analysed again")
    text = ngettext("%(number)d photo waits for analysis.", "%(number)d photos wait for analysis.", number)
    return answer_json(number=number, said=text % {"number": number})
