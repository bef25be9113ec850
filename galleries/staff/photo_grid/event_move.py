"""Chosen photos go to another event: a page says what goes and what stays, and asks where to."""

from itertools import groupby
from typing import TypedDict
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facepass.console.base import EDITORS
from galleries.faces import event_change
from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import progress
from galleries.staff.grid import find_gallery
from galleries.staff.photo_grid.chosen_photos import find_chosen
from galleries.staff_kit import photo_sessions
from galleries.staff_kit.json_views import Context, log_change, parse_page_uuid, render_page, require_role
from galleries.staff_kit.photo_sessions import FoundByGuests


class MoveCounts(TypedDict):
    """What the page says before: how much goes, what stays, and who loses sight of it."""

    photos: int
    waiting: int
    named: int
    loose: int
    found: FoundByGuests


def move_elsewhere(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Ask where the photos go or, where the form names a `target`, move them. Raise Http404 for no photos."""
    gallery = find_gallery(request, pk)
    require_role(request, gallery.studio_id, EDITORS)
    photos = find_chosen(request, gallery)
    if "target" not in request.POST:
        return render_page(request, "admin/galleries/gallery/elsewhere.html", _build_context(request, gallery, photos))
    target = event_change.list_targets(gallery).filter(pk=parse_page_uuid(request.POST["target"])).first()
    if target is None:
        raise Http404
    _move(request, gallery, photos, target)
    return HttpResponseRedirect(reverse("admin:galleries_gallery_photos", args=[gallery.pk]))


def _move(request: HttpRequest, gallery: Gallery, photos: GalleryImageQuerySet, target: Gallery) -> None:
    number = event_change.move_photos(photos, target)
    text = ngettext("%(number)d photo was moved.", "%(number)d photos were moved.", number) % {"number": number}
    messages.success(request, text)
    if not number:
        return
    log_change(request, gallery, f"{number} photos: to another event, {target.pk}")
    for one in (gallery, target):
        progress.publish_progress(one.pk)


def _build_context(request: HttpRequest, gallery: Gallery, photos: GalleryImageQuerySet) -> Context:
    ids = list(photos.values_list("pk", flat=True))
    if not ids:
        raise Http404
    return {
        "title": _("Move to another event"),
        "gallery": gallery,
        "event": photo_sessions.find_session(request, gallery.session_id),
        "photos": ",".join(map(str, ids)),
        "targets": _list_targets(request, gallery),
        "counts": _count(ids),
        "gallery_path": reverse("admin:galleries_gallery_photos", args=[gallery.pk]),
    }


def _count(ids: list[UUID]) -> MoveCounts:
    waiting = GalleryImage.objects.filter(pk__in=ids).unfinished().count()
    faces = PhotoFace.objects.filter(photo__in=ids).shown()
    return {
        "photos": len(ids) - waiting,
        "waiting": waiting,
        "named": faces.named().count(),
        "loose": faces.unnamed().count(),
        "found": photo_sessions.count_found(ids),
    }


def _list_targets(request: HttpRequest, gallery: Gallery) -> list[tuple[str, list[Gallery]]]:
    """Return the galleries to choose from, under the names of their events, the latest event first."""
    by_event = groupby(event_change.list_targets(gallery), key=lambda target: target.session_id)
    galleries = {session: list(own) for session, own in by_event}
    events = photo_sessions.find_sessions(request, galleries)
    latest = sorted(events.values(), key=lambda event: event.day, reverse=True)
    return [(event.name, galleries[event.pk]) for event in latest]
