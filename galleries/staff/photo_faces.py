"""What staff decide about the faces of one photo; every verb is a decision that can be undone."""

from collections.abc import Callable, Sequence
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS, VERIFIERS
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from galleries.faces import decisions, denials, marking
from galleries.jobs import queue
from galleries.matching import descriptors
from galleries.models import FaceDecision, GalleryImage, Occasion, PhotoFace
from galleries.models.decision import FaceDecisionQuerySet
from galleries.models.gallery import Limit
from galleries.people import naming
from galleries.photos import progress
from galleries.photos.rotation import turning
from galleries.staff.photo import describe_photo, find_photo
from galleries.staff_kit import markup
from galleries.staff_kit.decision_history import answer_decisions, find_decisions, load_history, undo_decisions
from galleries.staff_kit.faces import find_faces
from galleries.staff_kit.json_views import (
    Body,
    answer_json,
    invalid_request,
    log_change,
    parse_body,
    parse_finite,
    parse_uuid,
    parse_uuids,
    require_role,
)
from galleries.staff_kit.person_choice import (
    PEOPLE_OFFERED,
    answer_people,
    choose_person,
    offer_person,
    suggest_people,
)
from recognition.pictures.rotation import ROTATIONS
from recognition.types import Box

TURNS = ROTATIONS[1:]
DECISIONS_SHOWN = 30
Verb = Callable[[HttpRequest, GalleryImage, Body], Sequence[FaceDecision]]


class ShownDecision(TypedDict):
    """A decision as the page's script lists it, in words."""

    id: str
    kind: str
    by: str
    at: str
    undone: bool
    gone: str


def list_people(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The people of the photo's studio who match what was typed."""
    return answer_people(request, find_photo(request, pk).gallery.studio_id)


def list_candidates(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Whom the face looks like, of the people that the studio knows, before anything is typed.

    Nobody is offered who was confirmed elsewhere in the photo, or whom it was denied to be.
    """
    photo = find_photo(request, pk)
    (face,) = _find_faces(photo, [request.GET.get("face")])
    if face.insightface_descriptor is None or photo.gallery.is_limited(Limit.ENDED):
        return answer_json(people=[])
    studio_id = photo.gallery.studio_id
    others = photo.faces.exclude(pk=face.pk).filter(verified=True)
    excluded = {
        *others.values_list("person_id", flat=True),
        *denials.find_people_denied_to(face.pk, studio_id=studio_id),
    }
    likely = suggest_people(
        descriptors.as_array(face.insightface_descriptor), studio_id=studio_id, excluded=excluded, most=PEOPLE_OFFERED
    )
    return answer_json(people=[{**offer_person(one.person), "similarity": one.similarity} for one in likely])


def list_decisions(request: HttpRequest, pk: UUID) -> JsonResponse:
    """What was decided about faces of this photo, latest first, by whomever."""
    photo = find_photo(request, pk)
    ids = [str(face) for face in photo.faces.values_list("pk", flat=True)]
    about_photo = _decisions_within(photo).filter(before__faces__has_any_keys=ids)
    history = load_history(about_photo, most=DECISIONS_SHOWN)
    return answer_json(decisions=[_describe_decision(decision) for decision in history])


def _describe_decision(decision: FaceDecision) -> ShownDecision:
    return {
        "id": str(decision.pk),
        "kind": decision.get_kind_display(),
        "by": str(decision.made_by or decision.made_with),
        "at": date_format(timezone.localtime(decision.made_at), "DATETIME_FORMAT"),
        "undone": decision.undone_at is not None,
        "gone": markup.gone_faces(decision),
    }


def decide(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Do what `verb` of VERBS says with `faces`; answer the photo as it is then, and the decisions to undo."""
    photo, body = _require_photo(request, pk), parse_body(request)
    verb = VERBS.get(str(body.get("verb")))
    if verb is None:
        raise invalid_request()
    return _answer(photo, verb(request, photo, body))


@transaction.atomic
def _name(request: HttpRequest, photo: GalleryImage, body: Body) -> Sequence[FaceDecision]:
    """Name the faces, or with `group` the whole group of the first; see `choose_person` for `person` and `name`."""
    faces = _find_faces(photo, body.get("faces"))
    person = choose_person(request, body, studio_id=photo.gallery.studio_id)
    group = faces[0].cluster
    if body.get("group") and group is not None:
        return [naming.name_group(group, person, by=user_of(request))]
    return naming.name_faces(faces, person, by=user_of(request))


def _remove_name(request: HttpRequest, photo: GalleryImage, body: Body) -> Sequence[FaceDecision]:
    return naming.name_faces(_find_faces(photo, body.get("faces")), None, by=user_of(request))


def _confirm(request: HttpRequest, photo: GalleryImage, body: Body) -> Sequence[FaceDecision]:
    return [decisions.confirm(_find_faces(photo, body.get("faces")), by=user_of(request))]


def _reject(request: HttpRequest, photo: GalleryImage, body: Body) -> Sequence[FaceDecision]:
    return [decisions.ignore(_find_faces(photo, body.get("faces")), by=user_of(request))]


def _show(request: HttpRequest, photo: GalleryImage, body: Body) -> Sequence[FaceDecision]:
    return [decisions.show(_find_faces(photo, body.get("faces")), by=user_of(request))]


def _reject_unnamed(request: HttpRequest, photo: GalleryImage, body: Body) -> Sequence[FaceDecision]:
    """Reject every face of the photo that has no name."""
    unnamed = list(photo.faces.unnamed().select_related("gallery"))
    if not unnamed:
        raise FacePassError("nothing_left", _("Every face of this photo has a name."))
    return [decisions.ignore(unnamed, by=user_of(request))]


def _undo(request: HttpRequest, photo: GalleryImage, body: Body) -> Sequence[FaceDecision]:
    """Undo `decisions`, or one `decision`, of the photo's occasion: all or none."""
    ids = parse_uuids(body["decisions"]) if "decisions" in body else [parse_uuid(body.get("decision"))]
    undo_decisions(request, find_decisions(request, _decisions_within(photo), ids))
    return []


VERBS: dict[str, Verb] = {
    "name": _name,
    "unname": _remove_name,
    "confirm": _confirm,
    "reject": _reject,
    "show": _show,
    "ignore_rest": _reject_unnamed,
    "undo": _undo,
}


def draw_face(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Add the face in a box of `x`, `y`, `width` and `height`, in pixels of the photo; answer as `decide`, with its id.

    `described` says whether the engine sees it, too: only then do searches find it.
    """
    photo, body = _require_photo(request, pk), parse_body(request)
    box = Box(*(parse_finite(body.get(side)) for side in ("x", "y", "width", "height")))
    face, decision = marking.mark_face(photo, box, by=user_of(request))
    is_described = face.insightface_descriptor is not None
    if is_described:  # for the grouping
        queue.wake_workers(photo.gallery_id, photos=1)
    return _answer(photo, [decision], face=str(face.pk), described=is_described)


@transaction.atomic
def add_person(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Say who is in the photo of whom no face is seen; see `choose_person` for `person` and `name`."""
    photo, body = _require_photo(request, pk), parse_body(request)
    person, by = choose_person(request, body, studio_id=photo.gallery.studio_id), user_of(request)
    row, decision = marking.mark_person(photo, person, by=by)
    return _answer(photo, [decision, *naming.name_faces([row], person, by=by)], face=str(row.pk))


def retry_photo(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Have the photo analysed again. 409 `photo_busy` while it is being analysed."""
    photo = find_photo(request, pk)
    require_role(request, photo.gallery.studio_id, EDITORS)
    if not GalleryImage.objects.filter(pk=photo.pk).requeue():
        raise FacePassError("photo_busy", _("This photo is being analysed."), status=409, retry_after=5)
    queue.wake_workers(photo.gallery_id, photos=1)
    log_change(request, photo, "analysed again")
    photo.refresh_from_db(fields=["state", "error", "attempts", "processed_at"])
    return _answer(photo, [])


def turn_photo(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Turn the photo clockwise by `degrees`: 90, 180 or 270. Raise as `turning.turn_photo`."""
    photo = find_photo(request, pk)
    require_role(request, photo.gallery.studio_id, EDITORS)
    degrees = parse_body(request).get("degrees")
    if degrees not in TURNS:
        raise invalid_request()
    turned = turning.turn_photo(photo, degrees, by=user_of(request))
    queue.wake_workers(turned.gallery_id, photos=1)
    log_change(request, turned, f"turned by {degrees} degrees")
    return _answer(turned, [])


def _answer(photo: GalleryImage, made: Sequence[FaceDecision], **more: object) -> JsonResponse:
    """Return the photo and the decisions, and tell others who look at the gallery that something has changed.

    `decision` is the last one, which a script undoes first.
    """
    progress.publish_progress(photo.gallery_id)
    last = str(made[-1].pk) if made else None
    return answer_decisions(made, photo=describe_photo(photo), decision=last, **more)


def _require_photo(request: HttpRequest, pk: UUID) -> GalleryImage:
    """Return the photo for whoever may decide about its faces. Raise PermissionDenied for who may look only."""
    photo = find_photo(request, pk)
    require_role(request, photo.gallery.studio_id, VERIFIERS)
    return photo


def _find_faces(photo: GalleryImage, ids: object) -> list[PhotoFace]:
    """Return the faces of the photo with these ids. Raise 400 where none are named, 404 for one of another photo."""
    if not ids:
        raise invalid_request()
    return find_faces(photo.faces.all(), parse_uuids(ids))


def _decisions_within(photo: GalleryImage) -> FaceDecisionQuerySet:
    return FaceDecision.objects.within(Occasion.for_gallery(photo.gallery))
