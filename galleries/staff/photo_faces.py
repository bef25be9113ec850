"""What staff say about the faces of one photo; every word of it is a decision that can be taken back."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import Case, IntegerField, Q, When
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS, VERIFIERS
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from galleries.faces import decisions, denials, marking
from galleries.jobs import queue
from galleries.matching import descriptors, identification
from galleries.models import FaceDecision, GalleryImage, Occasion, Person, PhotoFace
from galleries.people import naming
from galleries.photos import progress
from galleries.staff.photo import as_json, photo_of
from galleries.staff_kit import markup, person_choice
from galleries.staff_kit.json_views import (
    asked,
    finite_number,
    invalid,
    reads,
    require,
    said,
    uuid,
    uuids,
    visible,
    writes,
)
from recognition.config import recognition_settings
from recognition.types import Box

OFFERED = 8
DECISIONS_SHOWN = 30


def urls(admin: ModelAdmin[GalleryImage]) -> list[URLPattern]:
    def retry(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _retry(admin, request, pk)

    return [
        reads(admin, "<uuid:pk>/faces/people/", _people, name="people"),
        reads(admin, "<uuid:pk>/faces/candidates/", _candidates, name="candidates"),
        reads(admin, "<uuid:pk>/faces/decisions/", _history, name="decisions"),
        writes(admin, "<uuid:pk>/faces/decide/", _decide, name="decide"),
        writes(admin, "<uuid:pk>/faces/draw/", _draw, name="draw"),
        writes(admin, "<uuid:pk>/faces/retry/", retry, name="retry_one"),
    ]


def _people(request: HttpRequest, pk: UUID) -> JsonResponse:
    """People of the photo's studio whose name, e-mail or external id holds what was typed; beginnings come first."""
    photo = photo_of(request, pk)
    typed = request.GET.get("q", "").replace("\0", "").strip()
    if not typed:
        return said(people=[])
    found = Person.objects.filter(studio=photo.gallery.studio_id)
    found = found.filter(
        Q(real_name__icontains=typed) | Q(email__istartswith=typed) | Q(external_id__istartswith=typed)
    )
    first = Case(When(real_name__istartswith=typed, then=0), default=1, output_field=IntegerField())
    return said(people=[_person(person) for person in found.order_by(first, "real_name", "pk")[:OFFERED]])


def _candidates(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Who the face is like, of the people that the studio knows, before anything is typed. Enter takes the first, so
    nobody is offered who is hardly like it, who was confirmed elsewhere in the photo, or whom it was denied to be.
    """
    photo = photo_of(request, pk)
    face = _faces(photo, [request.GET.get("face")])[0]
    if face.insightface_descriptor is None:
        return said(people=[])
    vector = descriptors.as_array(face.insightface_descriptor)
    least = recognition_settings().confidence_thresholds.suggest
    found = identification.identify(vector, studio_ids=[photo.gallery.studio_id], threshold=least, candidates=OFFERED)
    there = set(photo.faces.exclude(pk=face.pk).filter(verified=True).values_list("person_id", flat=True))
    there |= denials.find_people_denied_to(face.pk, studio_id=photo.gallery.studio_id)
    likely = [like for like in found.candidates if like.similarity >= least and like.person.pk not in there]
    return said(people=[{**_person(like.person), "similarity": like.similarity} for like in likely])


def _person(person: Person) -> dict[str, Any]:
    return {"id": str(person.pk), "name": person.real_name, "email": person.email}


def _history(request: HttpRequest, pk: UUID) -> JsonResponse:
    """What was decided about faces of this photo, latest first, by whomever."""
    photo = photo_of(request, pk)
    ids = [str(face) for face in photo.faces.values_list("pk", flat=True)]
    rows = FaceDecision.objects.within(Occasion.for_gallery(photo.gallery)).filter(before__faces__has_any_keys=ids)
    shown = (
        rows.with_faces_gone().select_related("made_by").defer("before", "after", "same", "apart").order_by("-made_at")
    )
    return said(decisions=[_decision(row) for row in shown[:DECISIONS_SHOWN]])


def _decision(row: FaceDecision) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.get_kind_display(),
        "by": str(row.made_by or row.made_with),
        "at": date_format(timezone.localtime(row.made_at), "DATETIME_FORMAT"),
        "undone": row.undone_at is not None,
        "gone": markup.gone(row),
    }


def _decide(request: HttpRequest, pk: UUID) -> JsonResponse:
    """`{"verb", "faces": [...], …}`: see VERBS. Answers with the photo as it is then, and the decisions to undo."""
    photo = _verifiable(request, pk)
    what = asked(request)
    verb = VERBS.get(str(what.get("verb")))
    if verb is None:
        raise invalid()
    return _told(photo, verb(request, photo, what))


Verb = Callable[[HttpRequest, GalleryImage, dict[str, Any]], Sequence[FaceDecision]]


@transaction.atomic
def _name(request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Sequence[FaceDecision]:
    """`person` by id, or by `name`; `group`: the whole group of the face has that name."""
    faces = _faces(photo, what.get("faces"))
    person = person_choice.chosen(request, what, studio_id=photo.gallery.studio_id)
    group = faces[0].cluster
    if what.get("group") and group is not None:
        return [naming.name_group(group, person, by=user_of(request))]
    return naming.name_faces(faces, person, by=user_of(request))


def _unname(request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Sequence[FaceDecision]:
    return naming.name_faces(_faces(photo, what.get("faces")), None, by=user_of(request))


def _confirm(request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Sequence[FaceDecision]:
    return [decisions.confirm(_faces(photo, what.get("faces")), by=user_of(request))]


def _reject(request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Sequence[FaceDecision]:
    return [decisions.ignore(_faces(photo, what.get("faces")), by=user_of(request))]


def _show(request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Sequence[FaceDecision]:
    return [decisions.show(_faces(photo, what.get("faces")), by=user_of(request))]


def _ignore_rest(request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Sequence[FaceDecision]:
    """Every face of the photo that has no name."""
    rest = list(photo.faces.unnamed().select_related("gallery"))
    if not rest:
        raise FacePassError("nothing_left", _("Every face of this photo has a name."))
    return [decisions.ignore(rest, by=user_of(request))]


@transaction.atomic
def _undo(request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Sequence[FaceDecision]:
    """`decisions`, or one `decision`, of the photo's occasion: all or none, the latest first."""
    rows = FaceDecision.objects.within(Occasion.for_gallery(photo.gallery))
    wanted = uuids(what["decisions"]) if "decisions" in what else [uuid(what.get("decision"))]
    chosen = [visible(request, rows, pk) for pk in wanted]
    for decision in sorted(chosen, key=lambda one: one.made_at, reverse=True):
        decisions.undo(decision, by=user_of(request))
    return []


VERBS: dict[str, Verb] = {
    "name": _name,
    "unname": _unname,
    "confirm": _confirm,
    "reject": _reject,
    "show": _show,
    "ignore_rest": _ignore_rest,
    "undo": _undo,
}


def _draw(request: HttpRequest, pk: UUID) -> JsonResponse:
    """`{"x", "y", "width", "height"}` in pixels of the photo. Answers as `decide`, with the new face's id."""
    photo = _verifiable(request, pk)
    what = asked(request)
    box = Box(*(finite_number(what.get(side)) for side in ("x", "y", "width", "height")))
    face, decision = marking.mark_face(photo, box, by=user_of(request))
    if face.insightface_descriptor is None:
        return _told(photo, [decision], face=str(face.pk), described=False)
    queue.wake_workers(photo.gallery_id, photos=1)
    return _told(photo, [decision], face=str(face.pk), described=True)


def _retry(admin: ModelAdmin[GalleryImage], request: HttpRequest, pk: UUID) -> JsonResponse:
    photo = photo_of(request, pk)
    require(request, photo.gallery.studio_id, EDITORS)
    if not GalleryImage.objects.filter(pk=photo.pk).requeue():
        raise FacePassError("photo_busy", _("This photo is being analysed."), status=409, retry_after=5)
    queue.wake_workers(photo.gallery_id, photos=1)
    admin.log_change(request, photo, "analysed again")
    photo.refresh_from_db(fields=["state", "error", "attempts", "processed_at"])
    return _told(photo, [])


def _told(photo: GalleryImage, made: Sequence[FaceDecision], **more: Any) -> JsonResponse:
    """Others who look at the gallery hear of it; what they see they ask for themselves. `decision`: the last one."""
    progress.publish_progress(photo.gallery_id)
    ids = [str(decision.pk) for decision in made]
    return said(photo=as_json(photo), decision=ids[-1] if ids else None, decisions=ids, **more)


def _verifiable(request: HttpRequest, pk: UUID) -> GalleryImage:
    photo = photo_of(request, pk)
    require(request, photo.gallery.studio_id, VERIFIERS)
    return photo


def _faces(photo: GalleryImage, wanted: Any) -> Sequence[PhotoFace]:
    """Those faces of the photo; 404 where one of them is not."""
    if not isinstance(wanted, list) or not wanted:
        raise invalid()
    ids = {uuid(face) for face in wanted}
    found = list(photo.faces.filter(pk__in=ids).select_related("person", "cluster", "gallery"))
    if len(found) != len(ids):
        raise Http404
    return found
