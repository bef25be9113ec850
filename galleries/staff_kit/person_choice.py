"""Whom a face shows, as staff type it: the studio's people by the beginning of a name, or somebody new."""

from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, JsonResponse

from facepass.console.base import VERIFIERS
from facepass.core.access.authentication import user_of
from galleries.models import Person
from galleries.people import naming
from galleries.staff_kit.json_views import require, said, uuid, visible

OFFERED = 8


def offer(request: HttpRequest, studio_id: UUID) -> JsonResponse:
    """`?q=`: people whose name has it, those whose name begins with it first."""
    text = request.GET.get("q", "").strip()
    found = Person.objects.filter(studio=studio_id).defer("metadata")
    begins = Case(
        When(real_name__iexact=text, then=Value(0)), When(real_name__istartswith=text, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    people = list(found.filter(real_name__icontains=text).order_by(begins, "real_name")[:OFFERED]) if text else []
    return said(people=[{"id": str(person.pk), "name": person.real_name, "note": person.email} for person in people])


def chosen(request: HttpRequest, what: dict[str, Any], *, studio_id: UUID) -> Person:
    """`person`: an id; or `name`: the one person of that name, else somebody new, who is made.

    Raises as `naming.get_or_create_person` does.
    """
    require(request, studio_id, VERIFIERS)
    if what.get("person"):
        return visible(request, Person.objects.filter(studio=studio_id), uuid(what["person"]))
    name = what.get("name")
    return naming.get_or_create_person(
        name if isinstance(name, str) else "", studio_id=studio_id, by=user_of(request), namesake=bool(what.get("new"))
    )
