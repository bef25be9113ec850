"""Choosing whom a face shows: by a part of a name, out of those whom it looks like, or somebody new."""

from collections.abc import Container
from typing import TypedDict
from uuid import UUID

from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpRequest, JsonResponse

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from galleries.matching import identification
from galleries.matching.identification import PersonCandidate
from galleries.models import Person
from galleries.people import naming
from galleries.staff_kit.json_views import Body, answer_json, find_visible, parse_uuid, require_role
from recognition.settings.overrides import settings_in
from recognition.types import FloatArray

PEOPLE_OFFERED = 8


class OfferedPerson(TypedDict):
    """`note`: what tells people of one name apart, their e-mail. The photo page knows it by that name."""

    id: str
    name: str
    note: str | None
    email: str | None


def answer_people(request: HttpRequest, studio_id: UUID) -> JsonResponse:
    """Return the studio's people who match the text typed, `?q=`, as `{"people": [OfferedPerson]}`."""
    people = search_people(request.GET.get("q", ""), studio_id=studio_id)
    return answer_json(people=[offer_person(person) for person in people])


def offer_person(person: Person) -> OfferedPerson:
    return {"id": str(person.pk), "name": person.real_name, "note": person.email, "email": person.email}


def search_people(typed: str, *, studio_id: UUID) -> list[Person]:
    """Return people whose name has the text in it, or whose e-mail or external id begins with it; nobody for no text.

    Whoever is called so comes first, then those whose names begin so.
    """
    text = typed.replace("\0", "").strip()
    if not text:
        return []
    matching = Q(real_name__icontains=text) | Q(email__istartswith=text) | Q(external_id__istartswith=text)
    rank = Case(
        When(real_name__iexact=text, then=Value(0)), When(real_name__istartswith=text, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    people = Person.objects.filter(matching, studio=studio_id).defer("metadata")
    return list(people.order_by(rank, "real_name", "pk")[:PEOPLE_OFFERED])


def suggest_people(
    descriptor: FloatArray, *, studio_id: UUID, excluded: Container[UUID], most: int
) -> list[PersonCandidate]:
    """Return whom a face or a group looks like, the most alike first.

    A key takes the first of them, so nobody is offered below the threshold `suggest`, and no hidden person.

    `descriptor`: protected, float32 (512,), unit length. `excluded`: people who it cannot be.
    """
    least = settings_in(studio_id).confidence_thresholds.suggest
    candidates = identification.identify(descriptor, studio_ids=[studio_id], candidates=PEOPLE_OFFERED).candidates
    likely = [one for one in candidates if one.similarity >= least and not one.person.is_hidden]
    return [one for one in likely if one.person.pk not in excluded][:most]


def choose_person(request: HttpRequest, body: Body, *, studio_id: UUID) -> Person:
    """Return the person whom the body names by `person`, an id, or by `name`.

    A name is the one person's who has it, else that of somebody new, who is created; with `new` also beside others of
    the name. Raise PermissionDenied for whoever may not decide, and as `naming.get_or_create_person` does.
    """
    require_role(request, studio_id, VERIFIERS)
    if body.get("person"):
        return find_visible(request, Person.objects.filter(studio=studio_id), parse_uuid(body["person"]))
    name = body.get("name")
    return naming.get_or_create_person(
        name if isinstance(name, str) else "", studio_id=studio_id, by=user_of(request), namesake=bool(body.get("new"))
    )
