"""The page of a gallery: its photos as a grid of which any window can be asked for, filtered, live."""

from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db import models
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from facepass.console.base import EDITORS, has_role
from galleries.jobs import queue
from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.models.photo import FAILED, UNFINISHED, GalleryImageQuerySet, PhotoState
from galleries.photos import direct_uploads, media_files, progress
from galleries.staff import script_texts
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import asked, invalid, number, page, reads, require, said, uuid, visible, writes

WINDOW = 200


class Filter(models.TextChoices):
    ALL = "all", _("All")
    UNPROCESSED = "unprocessed", _("Not analysed yet")
    FAILED = "failed", _("Failed")
    NO_FACES = "no_faces", _("No faces")
    UNNAMED = "unnamed", _("With unnamed faces")


def urls(admin: ModelAdmin[Gallery]) -> list[URLPattern]:
    def photos_page(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _page(admin, request, pk)

    def retry(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _retry(admin, request, pk)

    return [
        page(admin, "<uuid:pk>/photos/", photos_page, name="photos"),
        reads(admin, "<uuid:pk>/photos/window/", _window, name="window"),
        reads(admin, "<uuid:pk>/photos/counts/", _counts, name="counts"),
        reads(admin, "<uuid:pk>/photos/people/", _people, name="people"),
        writes(admin, "<uuid:pk>/photos/retry/", retry, name="retry"),
    ]


def gallery_of(request: HttpRequest, pk: UUID) -> Gallery:
    return visible(request, Gallery.objects.event_galleries(), pk)


def chosen(gallery: Gallery, query: Any) -> GalleryImageQuerySet:
    """The photos that the page's filters leave, in the order in which they came: `filter`, `person`."""
    try:
        wanted = Filter(query.get("filter") or Filter.ALL)
    except ValueError:
        raise invalid() from None
    photos = _filtered(gallery, wanted)
    if person := query.get("person"):
        faces = PhotoFace.objects.filter(photo=OuterRef("pk"), gallery_id=gallery.pk).named()
        photos = photos.filter(Exists(faces.filter(person=uuid(person))))
    return photos.order_by("created_at", "pk")


def _filtered(gallery: Gallery, wanted: Filter) -> GalleryImageQuerySet:
    photos = GalleryImage.objects.filter(gallery=gallery)
    faces = PhotoFace.objects.filter(photo=OuterRef("pk"), gallery_id=gallery.pk)
    match wanted:
        case Filter.UNPROCESSED:
            return photos.unfinished()
        case Filter.FAILED:
            return photos.failed()
        case Filter.NO_FACES:
            return photos.processed().filter(~Exists(faces.shown()))
        case Filter.UNNAMED:
            return photos.filter(Exists(faces.unnamed()))
    return photos


def _page(admin: ModelAdmin[Gallery], request: HttpRequest, pk: UUID) -> HttpResponseBase:
    gallery = gallery_of(request, pk)
    may_upload = has_role(request, gallery.studio_id, EDITORS)
    context = {
        **admin.admin_site.each_context(request),
        "title": gallery.title,
        "gallery": gallery,
        "progress": progress.load_progress(pk),
        "socket_path": f"/ws/galleries/{pk}/progress/",
        "poll_path": f"/api/v1/galleries/{pk}/progress",
        "filters": Filter.choices,
        "may_upload": may_upload,
        "paths": {name: reverse(f"admin:galleries_gallery_{name}", args=[pk]) for name in _paths(may_upload)},
        "photo_path": reverse("admin:galleries_galleryimage_faces", args=[UUID(int=0)]),
        "settings_path": markup.change_page("gallery", pk),
        "texts": script_texts.of_grid(),
        "keys": script_texts.keys_of_grid(),
        "upload_texts": script_texts.of_upload(),
    }
    return TemplateResponse(request, "admin/galleries/gallery/work.html", context)


def _paths(may_upload: bool) -> list[str]:
    straight = ["upload_place", "upload_arrived"] if direct_uploads.is_available() else []
    uploads = ["upload_there", "upload_file", *straight] if may_upload else []
    return ["window", "counts", "people", *(["retry"] if may_upload else []), *uploads]


def _window(request: HttpRequest, pk: UUID) -> JsonResponse:
    gallery = gallery_of(request, pk)
    photos = chosen(gallery, request.GET)
    start = number(request.GET.get("offset", 0), most=10_000_000)
    end = start + number(request.GET.get("limit", WINDOW), least=1, most=WINDOW)
    rows = list(photos.only("original_name", "state", "error", "gallery_id")[start:end])
    ids = [photo.pk for photo in rows]
    faces = PhotoFace.objects.filter(gallery=gallery, photo__in=ids).order_by()
    seen, unnamed = _by_photo(faces.shown()), _by_photo(faces.unnamed())
    tiles = [_tile(photo, faces=seen.get(photo.pk, 0), unnamed=unnamed.get(photo.pk, 0)) for photo in rows]
    return said(total=photos.count(), offset=start, photos=tiles)


def _by_photo(faces: Any) -> dict[UUID, int]:
    return dict(faces.values_list("photo").annotate(Count("pk")))


def _tile(photo: GalleryImage, *, faces: int, unnamed: int) -> dict[str, Any]:
    done = photo.state == PhotoState.PROCESSED
    return {
        "id": str(photo.pk),
        "name": photo.original_name,
        "state": photo.state,
        "note": _note(faces, unnamed) if done else photo.get_state_display(),
        "error": markup.error(photo),
        "thumbnail": media_files.photo_path(photo, "thumbnail") if done else None,
        "faces": faces,
        "unnamed": unnamed,
    }


def _note(faces: int, unnamed: int) -> str:
    text = ngettext("%(number)s face", "%(number)s faces", faces) % {"number": faces}
    if not unnamed:
        return text
    without_name = gettext("%(number)s without a name") % {"number": unnamed}
    return f"{text}, {without_name}"


def _counts(request: HttpRequest, pk: UUID) -> JsonResponse:
    """How many photos each filter leaves."""
    gallery = gallery_of(request, pk)
    found = GalleryImage.objects.filter(gallery=gallery).aggregate(
        all=Count("pk"),
        unprocessed=Count("pk", filter=UNFINISHED),
        failed=Count("pk", filter=FAILED),
    )
    by_faces = {wanted: _filtered(gallery, wanted).count() for wanted in (Filter.NO_FACES, Filter.UNNAMED)}
    return said(**found, **by_faces)


def _people(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Who is named in the gallery, and in how many photos: what one can filter by."""
    faces = PhotoFace.objects.filter(gallery=gallery_of(request, pk)).named().order_by()
    rows = faces.values_list("person", "person__real_name").annotate(n=Count("photo", distinct=True))
    ranked = sorted(rows, key=lambda row: (-row[2], row[1]))
    return said(people=[{"id": str(person), "name": name, "photos": photos} for person, name, photos in ranked])


def _retry(admin: ModelAdmin[Gallery], request: HttpRequest, pk: UUID) -> JsonResponse:
    """Analyses the photos named again or, where none is, all that failed."""
    gallery = gallery_of(request, pk)
    require(request, gallery.studio_id, EDITORS)
    wanted = asked(request).get("photos")
    photos = GalleryImage.objects.filter(gallery=gallery)
    photos = photos.failed() if wanted is None else photos.filter(pk__in=map(uuid, wanted))
    again = photos.requeue()
    if again:
        queue.wake_workers(pk, photos=again)
        progress.publish_progress(pk)
        admin.log_change(request, gallery, f"{again} photos analysed again")
    text = ngettext("%(number)d photo waits for analysis.", "%(number)d photos wait for analysis.", again)
    return said(number=again, said=text % {"number": again})
