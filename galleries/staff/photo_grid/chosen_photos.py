"""What is done with photos that were chosen in the grid: hidden from guests, shown again, moved, downloaded.

Analysing again is `grid.retry_photos`; deleting is the admin's own action on its list of photos.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facepass.console.base import EDITORS
from galleries.models import Gallery, GalleryImage
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import archives, moving, progress
from galleries.staff.grid import find_gallery
from galleries.staff.photo_grid.filters import filter_photos
from galleries.staff_kit.json_views import (
    Body,
    answer_json,
    invalid_request,
    log_change,
    parse_body,
    parse_page_uuid,
    parse_uuid,
    parse_uuids,
    require_role,
)

# So many may be chosen at once, as `parse_uuids` takes.
MOST_CHOSEN = 5000


def list_ids(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer the ids of the filtered photos in their order, so that all, or a row of them, can be chosen."""
    photos = filter_photos(find_gallery(request, pk), request.GET)
    return answer_json(photos=[str(photo) for photo in photos.values_list("pk", flat=True)[:MOST_CHOSEN]])


def act(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Do what `verb` says with `photos`, and answer with how many it concerned and what to say of it."""
    gallery = find_gallery(request, pk)
    require_role(request, gallery.studio_id, EDITORS)
    body = parse_body(request)
    verb = VERBS.get(str(body.get("verb")))
    if verb is None:
        raise invalid_request()
    photos = GalleryImage.objects.filter(gallery=gallery, pk__in=parse_uuids(body.get("photos"), most=MOST_CHOSEN))
    number, text = verb(photos, gallery, body)
    if number:
        log_change(request, gallery, f"{number} photos: {body['verb']}")
        progress.publish_progress(pk)
    return answer_json(number=number, said=text)


def _hide(photos: GalleryImageQuerySet, _gallery: Gallery, _body: Body) -> tuple[int, str]:
    number = photos.shown_to_guests().update(hidden_from_guests=True)
    text = ngettext("%(number)d photo is hidden from guests.", "%(number)d photos are hidden from guests.", number)
    return number, text % {"number": number}


def _show(photos: GalleryImageQuerySet, _gallery: Gallery, _body: Body) -> tuple[int, str]:
    number = photos.hidden().update(hidden_from_guests=False)
    text = ngettext("%(number)d photo is shown to guests.", "%(number)d photos are shown to guests.", number)
    return number, text % {"number": number}


def _move(photos: GalleryImageQuerySet, gallery: Gallery, body: Body) -> tuple[int, str]:
    """Raise Http404 for a gallery to which they can not move."""
    target = moving.list_targets(gallery).filter(pk=parse_uuid(body.get("target"))).first()
    if target is None:
        raise Http404
    asked, number = photos.count(), moving.move_photos(photos, target)
    progress.publish_progress(target.pk)
    text = ngettext("%(number)d photo was moved.", "%(number)d photos were moved.", number) % {"number": number}
    if number == asked:
        return number, text
    stay = _("The others stay: they wait for their analysis, or are in that gallery already.")
    return number, f"{text} {stay}"


VERBS: Final[dict[str, Callable[[GalleryImageQuerySet, Gallery, Body], tuple[int, str]]]] = {
    "hide": _hide,
    "show": _show,
    "move": _move,
}


def download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Answer with the originals of `photos`, ids with commas between them, as one ZIP. Raise Http404 for none."""
    gallery = find_gallery(request, pk)
    ids = [parse_page_uuid(text) for text in request.POST.get("photos", "").split(",")[:MOST_CHOSEN]]
    photos = list(GalleryImage.objects.filter(gallery=gallery, pk__in=ids).exclude(file=""))
    if not photos:
        raise Http404
    return archives.archive_response(archives.build_originals_archive(photos), gallery.title)
