"""Proposed names by person: all faces of one name at once, the most alike first; click out the wrong ones."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID
from zlib import crc32

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from galleries.matching.likeness import measure_likeness
from galleries.models import Occasion, Person, PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from galleries.people import confirming
from galleries.people.confirming import AnsweredProposals
from galleries.staff import script_texts
from galleries.staff_kit import markup
from galleries.staff_kit.decision_history import answer_decisions
from galleries.staff_kit.faces import find_faces, select_shown
from galleries.staff_kit.json_views import (
    Body,
    Context,
    invalid_request,
    parse_body,
    parse_page_uuid,
    parse_uuid,
    parse_uuids,
    render_page,
    require_role,
)
from galleries.staff_kit.occasions import (
    find_chosen_occasion,
)
from galleries.staff_kit.open_proposals import build_frame, build_list_context, find_proposals
from recognition.settings.overrides import settings_in

# A page takes people until it has FACES_SHOWN. It never shows more than MOST_FACES; the next ones follow.
FACES_SHOWN, MOST_FACES, PEOPLE_SHOWN = 120, 160, 40
KNOWN_FACES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class SheetFace:
    """`similarity`: to the person's confirmed faces, None where it cannot be compared."""

    face: PhotoFace
    picture: SafeString
    similarity: float | None
    is_unlike: bool


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """The proposed faces of one person, the most alike first. `total`: how many there are, also beyond `faces`."""

    person: Person
    known: list[SafeString]
    faces: list[SheetFace]
    total: int

    @property
    def unlike(self) -> int:
        return sum(one.is_unlike for one in self.faces)

    @property
    def version(self) -> str:
        """What the card shows, so that a card that shows the same is left alone."""
        shown = ",".join(str(one.face.pk) for one in self.faces)
        return f"{self.total}-{len(self.known)}-{crc32(shown.encode()):x}"


def show_sheet(request: HttpRequest) -> HttpResponseBase:
    """Names to confirm by person: of all studios of the user, or of the occasion `of`, or of one `person`."""
    occasion = find_chosen_occasion(request)
    frame = build_frame(request, occasion, keys=script_texts.sheet_keys())
    context = {**_build_context(request, occasion), **frame}
    return render_page(request, "admin/galleries/photoface/contact_sheet.html", context)


def render_list(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes."""
    context = _build_context(request, find_chosen_occasion(request))
    return render(request, "admin/galleries/photoface/contact_sheet_list.html", context)


def _build_context(request: HttpRequest, occasion: Occasion | None) -> Context:
    proposed = find_proposals(request, occasion)
    if person := request.GET.get("person"):
        proposed = proposed.filter(person=parse_page_uuid(person))
    skipped = [parse_page_uuid(pk) for pk in request.GET.getlist("skip")]
    return {
        "total": proposed.count(),
        "people": list_people(proposed.exclude(person__in=skipped)),
        **build_list_context(request, occasion, skipped=len(skipped)),
    }


def list_people(proposed: PhotoFaceQuerySet) -> list[SheetPerson]:
    """Return people with their proposed faces, by name, as many as fit on a page."""
    totals = _choose_people(proposed)
    rows = select_shown(proposed.filter(person__in=totals)).select_related("person")
    faces = list(rows.order_by("-recognition_confidence", "pk").first_rows(MOST_FACES))
    similarities = measure_likeness(PhotoFace.objects.filter(pk__in=[face.pk for face in faces]))
    studios = {face.person.studio_id for face in faces if face.person}
    least = {pk: settings_in(pk).confidence_thresholds.identify for pk in studios}
    people: dict[UUID, Person] = {}
    of_person: dict[UUID, list[SheetFace]] = defaultdict(list)
    for face in faces:
        assert face.person is not None  # noqa: S101 - proposed faces have a person
        shown = _build_face(face, similarities.get(face.pk), least=least[face.person.studio_id])
        people[face.person.pk] = face.person
        of_person[face.person.pk].append(shown)
    known = _load_known(of_person)
    return [
        SheetPerson(people[pk], known.get(pk, []), _most_alike_first(of_person[pk]), totals[pk])
        for pk in totals
        if pk in people
    ]


def _choose_people(proposed: PhotoFaceQuerySet) -> dict[UUID, int]:
    """Return how many faces each of the page's people has.

    They stand by name and not by number: what is left of a person keeps its place when a part of it is confirmed.
    """
    # By `*`, so that the partial index `named_faces` answers alone.
    counted = proposed.order_by().values_list("person_id").annotate(number=Count("*"))
    chosen: dict[UUID, int] = {}
    for person_id, number in counted.order_by("person__real_name", "person_id")[:PEOPLE_SHOWN]:
        if sum(chosen.values()) >= FACES_SHOWN:
            break
        chosen[person_id] = number
    return chosen


def _build_face(face: PhotoFace, similarity: float | None, *, least: float) -> SheetFace:
    """`least`: the similarity below which the model by itself would not say that it is this person."""
    is_unlike = similarity is not None and similarity < least
    return SheetFace(face, markup.face_picture(face), similarity, is_unlike)


def _most_alike_first(faces: Iterable[SheetFace]) -> list[SheetFace]:
    return sorted(faces, key=lambda one: (one.similarity is None, -(one.similarity or 0), str(one.face.pk)))


def _load_known(people: Iterable[UUID]) -> dict[UUID, list[SafeString]]:
    """Return pictures of each person's best confirmed faces."""
    verified = PhotoFace.objects.filter(verified=True)
    known: dict[UUID, list[SafeString]] = defaultdict(list)
    for face in select_shown(verified).best_of_each("person", people, KNOWN_FACES_SHOWN):
        if face.person_id:  # as all verified faces have
            known[face.person_id].append(markup.face_picture(face))
    return known


def answer_names(request: HttpRequest) -> JsonResponse:
    """Confirm the names of the faces `right` of each of `people`, and deny those of `wrong`.

    Names that changed since the page was read are left as they are, and the answer says how many.
    """
    proposals, wrong = _parse_answers(parse_body(request))
    faces = find_faces(PhotoFace.objects.visible_to(user_of(request)), proposals)
    if not faces:
        raise Http404
    for studio_id in {face.gallery.studio_id for face in faces}:
        require_role(request, studio_id, VERIFIERS)
    answered = confirming.answer_proposals(proposals, wrong=wrong, by=user_of(request))
    return answer_decisions(answered.decisions, text=_describe(answered))


def _parse_answers(body: Body) -> tuple[dict[UUID, UUID], set[UUID]]:
    """Return the person of each face, by the face's id, and which faces are somebody else."""
    people = body.get("people")
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise invalid_request()
    proposals: dict[UUID, UUID] = {}
    wrong: set[UUID] = set()
    for one in people:
        person, denied = parse_uuid(one.get("person")), parse_uuids(one.get("wrong", []))
        proposals |= dict.fromkeys([*parse_uuids(one.get("right", [])), *denied], person)
        wrong |= set(denied)
    return proposals, wrong


def _describe(answered: AnsweredProposals) -> str:
    """Return what was done, in words."""
    confirmed = ngettext("%(number)d face was confirmed.", "%(number)d faces were confirmed.", answered.confirmed)
    denied = ngettext("%(number)d is somebody else.", "%(number)d are somebody else.", answered.denied)
    changed = ngettext(
        "%(number)d was changed meanwhile and is left as it is.",
        "%(number)d were changed meanwhile and are left as they are.",
        answered.changed,
    )
    parts = [(confirmed, answered.confirmed), (denied, answered.denied), (changed, answered.changed)]
    return " ".join(text % {"number": number} for text, number in parts if number)
