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

from facepass.admin_tenancy import EDITORS, VERIFIERS, acting
from facepass.errors import FacePassError
from galleries import analysis, decisions, denials, descriptors, identify, marking, progress, tasks
from galleries.models import FaceDecision, GalleryImage, Occasion, Person, PhotoFace
from galleries.staff.answers import asked, finite_number, invalid, reads, require, said, uuid, visible, writes
from galleries.staff.photo import as_json, photo_of
from recognition.config import recognition_settings
from recognition.types import Box

OFFERED = 8
DECISIONS_SHOWN = 30
NAME_CHARACTERS = 200


def urls(admin: ModelAdmin[GalleryImage]) -> list[URLPattern]:
    def decide(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _decide(admin, request, pk)

    def retry(request: HttpRequest, pk: UUID) -> HttpResponseBase:
        return _retry(admin, request, pk)

    return [
        reads(admin, "<uuid:pk>/faces/people/", _people, name="people"),
        reads(admin, "<uuid:pk>/faces/candidates/", _candidates, name="candidates"),
        reads(admin, "<uuid:pk>/faces/decisions/", _history, name="decisions"),
        writes(admin, "<uuid:pk>/faces/decide/", decide, name="decide"),
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
    found = identify.identify(vector, studio_ids=[photo.gallery.studio_id], threshold=least, candidates=OFFERED)
    there = set(photo.faces.exclude(pk=face.pk).filter(verified=True).values_list("person_id", flat=True))
    there |= denials.denied_to(face.pk, studio_id=photo.gallery.studio_id)
    likely = [like for like in found.candidates if like.similarity >= least and like.person.pk not in there]
    return said(people=[{**_person(like.person), "similarity": like.similarity} for like in likely])


def _person(person: Person) -> dict[str, Any]:
    return {"id": str(person.pk), "name": person.real_name, "email": person.email}


def _history(request: HttpRequest, pk: UUID) -> JsonResponse:
    """What was decided about faces of this photo, latest first, by whomever."""
    photo = photo_of(request, pk)
    ids = [str(face) for face in photo.faces.values_list("pk", flat=True)]
    rows = FaceDecision.objects.within(Occasion.of_gallery(photo.gallery)).filter(before__faces__has_any_keys=ids)
    shown = rows.select_related("made_by").defer("before", "after", "same", "apart").order_by("-made_at")
    return said(decisions=[_decision(row) for row in shown[:DECISIONS_SHOWN]])


def _decision(row: FaceDecision) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.get_kind_display(),
        "by": str(row.made_by or row.made_with),
        "at": date_format(timezone.localtime(row.made_at), "SHORT_DATETIME_FORMAT"),
        "undone": row.undone_at is not None,
    }


def _decide(admin: ModelAdmin[GalleryImage], request: HttpRequest, pk: UUID) -> JsonResponse:
    """`{"verb", "faces": [...], …}`: see VERBS. Answers with the photo as it is then, and the decision to undo."""
    photo = _verifiable(request, pk)
    what = asked(request)
    verb = VERBS.get(str(what.get("verb")))
    if verb is None:
        raise invalid()
    return _told(photo, verb(admin, request, photo, what))


Verb = Callable[[Any, HttpRequest, GalleryImage, dict[str, Any]], FaceDecision | None]


@transaction.atomic
def _name(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> FaceDecision:
    """`person` by id, or a new one by `name`; `group`: the whole group of the face has that name."""
    faces = _faces(photo, what.get("faces"))
    person = _named(admin, request, photo, what)
    group = faces[0].cluster
    if what.get("group") and group is not None:
        return decisions.name(group, person, by=acting(request))
    return decisions.assign(faces, person, by=acting(request))


def _named(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> Person:
    people = Person.objects.filter(studio=photo.gallery.studio_id)
    if what.get("person"):
        found = people.filter(pk=uuid(what["person"])).first()
        if found is None:
            raise Http404
        return found
    name = str(what.get("name") or "").replace("\0", "").strip()
    if not name or len(name) > NAME_CHARACTERS:
        raise FacePassError("invalid_request", _("Type a name."))
    made = Person.objects.create(studio_id=photo.gallery.studio_id, real_name=name)
    admin.log_addition(request, made, "named in a photo")
    return made


def _unname(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> FaceDecision:
    return decisions.assign(_faces(photo, what.get("faces")), None, by=acting(request))


def _confirm(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> FaceDecision:
    return decisions.confirm(_faces(photo, what.get("faces")), by=acting(request))


def _reject(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> FaceDecision:
    return decisions.ignore(_faces(photo, what.get("faces")), by=acting(request))


def _show(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> FaceDecision:
    return decisions.show(_faces(photo, what.get("faces")), by=acting(request))


def _ignore_rest(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> FaceDecision:
    """Every face of the photo that has no name."""
    rest = list(photo.faces.unnamed().select_related("gallery"))
    if not rest:
        raise FacePassError("nothing_left", _("Every face of this photo has a name."))
    return decisions.ignore(rest, by=acting(request))


def _undo(admin: Any, request: HttpRequest, photo: GalleryImage, what: dict[str, Any]) -> None:
    """`decision`: one of the photo's occasion."""
    rows = FaceDecision.objects.within(Occasion.of_gallery(photo.gallery))
    decisions.undo(visible(request, rows, uuid(what.get("decision"))), by=acting(request))


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
    face, decision = marking.mark(photo, box, by=acting(request))
    if face.insightface_descriptor is None:
        return _told(photo, decision, face=str(face.pk), described=False)
    tasks.wake_workers(photo.gallery_id, photos=1)
    return _told(photo, decision, face=str(face.pk), described=True)


def _retry(admin: ModelAdmin[GalleryImage], request: HttpRequest, pk: UUID) -> JsonResponse:
    photo = photo_of(request, pk)
    require(request, photo.gallery.studio_id, EDITORS)
    if not analysis.analyse_again([photo]):
        raise FacePassError("photo_busy", _("This photo is being analysed."), status=409, retry_after=5)
    tasks.wake_workers(photo.gallery_id, photos=1)
    admin.log_change(request, photo, "analysed again")
    photo.refresh_from_db(fields=["state", "error", "attempts", "processed_at"])
    return _told(photo, None)


def _told(photo: GalleryImage, decision: FaceDecision | None, **more: Any) -> JsonResponse:
    """Others who look at the gallery hear of it; what they see they ask for themselves."""
    progress.publish(photo.gallery_id)
    return said(photo=as_json(photo), decision=str(decision.pk) if decision else None, **more)


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
