"""Whom a face shows, as staff type it: the studio's people by the beginning of a name, or somebody new."""

from typing import Any, cast
from uuid import UUID

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import transaction
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from facepass.admin_tenancy import VERIFIERS, acting
from facepass.errors import FacePassError
from facepass.models import Studio
from facepass.tenancy import Principal, studios_of
from galleries.models import Person
from galleries.staff.answers import invalid, require, said, uuid, visible

OFFERED = 8
NAME_CHARACTERS = 200


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


def people_of(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The people of one studio."""
    if not studios_of(cast(Principal, request.user)).filter(pk=pk).exists():
        return said(people=[])
    return offer(request, pk)


def chosen(request: HttpRequest, what: dict[str, Any], *, studio_id: UUID) -> Person:
    """`person`: an id; or `name`: the one person of that name, else somebody new, who is made.

    Raises 400 `invalid_request`, and 409 `several_of_that_name`.
    """
    require(request, studio_id, VERIFIERS)
    if what.get("person"):
        return visible(request, Person.objects.filter(studio=studio_id), uuid(what["person"]))
    name = what.get("name")
    name = " ".join(name.split()) if isinstance(name, str) else ""
    if not 0 < len(name) <= NAME_CHARACTERS:
        raise invalid()
    with transaction.atomic():
        # Two who type one name at the same moment mean one person.
        Studio.objects.select_for_update().get(pk=studio_id)
        if what.get("new"):
            return _made(request, name, studio_id)
        known = list(Person.objects.filter(studio=studio_id, real_name__iexact=name)[:2])
        if len(known) > 1:
            message = _("Several people have this name. Choose one from the list.")
            raise FacePassError("several_of_that_name", message, status=409)
        return known[0] if known else _made(request, name, studio_id)


def _made(request: HttpRequest, name: str, studio_id: UUID) -> Person:
    person = Person.objects.create(studio_id=studio_id, real_name=name)
    LogEntry.objects.log_actions(
        acting(request).pk, [person], ADDITION, change_message=[{"added": {}}], single_object=True
    )
    return person
