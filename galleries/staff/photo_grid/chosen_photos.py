"""What is done with photos that were chosen in the grid: hidden from guests, shown again, moved, turned, deleted …

Analysing again is `grid.retry_photos`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facepass.console.base import EDITORS
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from facepass.core.trash import entries
from facepass.models import TrashEntry
from galleries.jobs import queue
from galleries.models import Gallery, GalleryImage, Occasion
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import archives, moving, progress, tagging
from galleries.photos.bursts import taking_apart
from galleries.photos.rotation import turning
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

# Degrees clockwise.
TURNS: Final = {"left": 270, "right": 90}
# So many may be chosen at once, as `parse_uuids` takes.
MOST_CHOSEN = 5000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many photos it concerned, what to say of it, and the body that takes it back, where that can be done."""

    number: int
    text: str
    undo: Body | None = None


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
    outcome = verb(request, photos, gallery, body)
    if outcome.number:
        log_change(request, gallery, f"{outcome.number} photos: {body['verb']}")
        progress.publish_progress(pk)
    return answer_json(number=outcome.number, said=outcome.text, undo=outcome.undo)


def _hide(_request: HttpRequest, photos: GalleryImageQuerySet, _gallery: Gallery, body: Body) -> Outcome:
    number = photos.filter(hidden_from_guests=False).update(hidden_from_guests=True)
    text = ngettext("%(number)d photo is hidden from guests.", "%(number)d photos are hidden from guests.", number)
    return Outcome(number, text % {"number": number}, {"verb": "show", "photos": body["photos"]})


def _show(_request: HttpRequest, photos: GalleryImageQuerySet, _gallery: Gallery, _body: Body) -> Outcome:
    number = photos.hidden().update(hidden_from_guests=False)
    text = ngettext("%(number)d photo is shown to guests.", "%(number)d photos are shown to guests.", number)
    return Outcome(number, text % {"number": number})


def _move(_request: HttpRequest, photos: GalleryImageQuerySet, gallery: Gallery, body: Body) -> Outcome:
    """Raise Http404 for a gallery to which they can not move."""
    target = moving.list_targets(gallery).filter(pk=parse_uuid(body.get("target"))).first()
    if target is None:
        raise Http404
    asked, number = photos.count(), moving.move_photos(photos, target)
    progress.publish_progress(target.pk)
    text = ngettext("%(number)d photo was moved.", "%(number)d photos were moved.", number) % {"number": number}
    if number == asked:
        return Outcome(number, text)
    stay = _("The others stay: they wait for their analysis, or are in that gallery already.")
    return Outcome(number, f"{text} {stay}")


def _delete(request: HttpRequest, photos: GalleryImageQuerySet, _gallery: Gallery, _body: Body) -> Outcome:
    """Move them to the trash, if there is one. Raise PermissionDenied for whoever may not delete photos."""
    chosen = list(photos)
    made = entries.move_to_trash("photo", chosen, by=user_of(request)) if chosen else []
    text = ngettext("%(number)d photo was deleted.", "%(number)d photos were deleted.", len(chosen))
    undo: Body = {"verb": "restore", "photos": [], "entries": [str(entry.pk) for entry in made]}
    return Outcome(len(chosen), text % {"number": len(chosen)}, undo if made and settings.TRASH_DAYS else None)


def _restore(request: HttpRequest, _photos: GalleryImageQuerySet, gallery: Gallery, body: Body) -> Outcome:
    """Bring back what `entries` of the trash hold. Raise as `entries.restore`, and Http404 for another studio's."""
    ids = parse_uuids(body.get("entries"))
    if TrashEntry.objects.filter(studio=gallery.studio_id, kind="photo", pk__in=ids).count() != len(set(ids)):
        raise Http404
    for pk in ids:
        entries.restore(pk, by=user_of(request))
    return Outcome(len(ids), _("The photos are back."))


def _tag(_request: HttpRequest, photos: GalleryImageQuerySet, _gallery: Gallery, body: Body) -> Outcome:
    """Raise 400 `invalid_request` where no tag is named, and for too many."""
    number = tagging.add_tags(photos, tagging.parse_tags(str(body.get("tags") or "")))
    text = ngettext("%(number)d photo has a new tag.", "%(number)d photos have a new tag.", number)
    return Outcome(number, text % {"number": number})


def _untag(_request: HttpRequest, photos: GalleryImageQuerySet, _gallery: Gallery, body: Body) -> Outcome:
    number = tagging.remove_tags(photos, tagging.parse_tags(str(body.get("tags") or "")))
    text = ngettext("%(number)d photo has lost the tag.", "%(number)d photos have lost the tag.", number)
    return Outcome(number, text % {"number": number})


def _turn(request: HttpRequest, photos: GalleryImageQuerySet, gallery: Gallery, body: Body) -> Outcome:
    """Turn them as the verb says. Raise 400 `invalid_request` for more than MOST_TURNED."""
    asked, degrees = photos.count(), TURNS[body["verb"]]
    if asked > turning.MOST_TURNED:
        message = _("At most %(number)d photos are turned at once.") % {"number": turning.MOST_TURNED}
        raise FacePassError("invalid_request", message)
    number = turning.turn_photos(photos, degrees, by=user_of(request))
    if number:
        queue.wake_workers(gallery.pk, photos=number)
    text = ngettext("%(number)d photo was turned.", "%(number)d photos were turned.", number) % {"number": number}
    if number == asked:
        return Outcome(number, text)
    stay = _("The others stay: they have not been analysed.")
    return Outcome(number, f"{text} {stay}")


def _take_apart(_request: HttpRequest, photos: GalleryImageQuerySet, _gallery: Gallery, _body: Body) -> Outcome:
    shots = taking_apart.take_apart(photos)
    text = ngettext("%(number)d shot is shown by itself.", "%(number)d shots are shown by themselves.", len(shots))
    undo: Body = {"verb": "together", "photos": [str(shot.pk) for shot in shots]}
    return Outcome(len(shots), text % {"number": len(shots)}, undo if shots else None)


def _put_together(_request: HttpRequest, photos: GalleryImageQuerySet, gallery: Gallery, _body: Body) -> Outcome:
    number = taking_apart.put_together(photos, Occasion.for_gallery(gallery))
    return Outcome(number, _("Similar shots stand together again."))


VERBS: Final[dict[str, Callable[[HttpRequest, GalleryImageQuerySet, Gallery, Body], Outcome]]] = {
    "hide": _hide,
    "show": _show,
    "move": _move,
    "left": _turn,
    "right": _turn,
    "tag": _tag,
    "untag": _untag,
    "apart": _take_apart,
    "together": _put_together,
    "delete": _delete,
    "restore": _restore,
}


def find_chosen(request: HttpRequest, gallery: Gallery) -> GalleryImageQuerySet:
    """Return the gallery's photos that a form's field `photos` names, ids with commas between them."""
    ids = [parse_page_uuid(text) for text in request.POST.get("photos", "").split(",")[:MOST_CHOSEN]]
    return GalleryImage.objects.filter(gallery=gallery, pk__in=ids)


def download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Answer with the originals of `photos`, ids with commas between them, as one ZIP. Raise Http404 for none."""
    gallery = find_gallery(request, pk)
    photos = list(find_chosen(request, gallery).exclude(file=""))
    if not photos:
        raise Http404
    return archives.archive_response(archives.build_originals_archive(photos), gallery.title)
