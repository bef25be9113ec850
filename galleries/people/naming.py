"""Who a face or a group is, said by a person: what a name does, wherever it is given.

The same name is the same person. A second group of a person joins the first. Faces that are a part of a group leave it
before they get a name of their own.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.contrib.admin.models import ADDITION, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.models import Studio, User
from galleries.faces import decisions
from galleries.models import FaceCluster, FaceDecision, Person, PhotoFace
from galleries.models.person import PersonQuerySet

NAME_CHARACTERS = 200


@transaction.atomic
def get_or_create_person(name: str, *, studio_id: UUID, by: Principal, namesake: bool = False) -> Person:
    """Return the studio's one person of that name, or make somebody new. `namesake`: somebody new in any case.

    Locks the studio, so that two who type one name at the same moment mean one person.
    Raises FacePassError 400 `invalid_request` for an empty name, and 409 `several_of_that_name`.
    """
    name = _tidied(name)
    if not 0 < len(name) <= NAME_CHARACTERS:
        raise FacePassError("invalid_request", _("Type a name."))
    Studio.objects.select_for_update(no_key=True).get(pk=studio_id)
    known = [] if namesake else list(find_namesakes(name, studio_id=studio_id)[:2])
    if len(known) > 1:
        message = _("Several people have this name. Choose one from the list.")
        raise FacePassError("several_of_that_name", message, status=409)
    return known[0] if known else _made(name, studio_id=studio_id, by=by)


def find_namesakes(name: str, *, studio_id: UUID) -> PersonQuerySet:
    """Return the studio's people of that name, in capitals or not."""
    return Person.objects.filter(studio=studio_id, real_name__iexact=_tidied(name))


def _tidied(name: str) -> str:
    return " ".join(name.replace("\0", "").split())


def _made(name: str, *, studio_id: UUID, by: Principal) -> Person:
    person = Person.objects.create(studio_id=studio_id, real_name=name)
    if isinstance(by, User):
        LogEntry.objects.log_actions(by.pk, [person], ADDITION, change_message=[{"added": {}}], single_object=True)
    return person


@transaction.atomic
def name_group(group: FaceCluster, person: Person | None, *, by: Principal) -> FaceDecision:
    """Say that the whole group shows the person, and join it to the group that the person has. None takes a name away.

    Raises FacePassError 404 `not_found` where the person is gone by now.
    """
    if person is None:
        return decisions.name(group, None, by=by)
    _lock(person)
    theirs = FaceCluster.objects.within(group.occasion).shown().filter(person=person)
    if own := theirs.exclude(pk=group.pk).first():
        return decisions.merge([own, group], person=person, by=by)
    return decisions.name(group, person, by=by)


@transaction.atomic
def name_faces(faces: Sequence[PhotoFace], person: Person | None, *, by: Principal) -> list[FaceDecision]:
    """Say that these faces of one occasion show the person. None takes their names away.

    Raises FacePassError 404 `not_found` where the person is gone by now, and as `decisions.assign` does.
    """
    if person is None:
        return [decisions.assign(faces, None, by=by)]
    _lock(person)
    made: list[FaceDecision] = []
    alone: list[PhotoFace] = []
    for group, part in _by_group(faces).items():
        if group is None or group.rejected or group.person_id == person.pk:
            alone += part
        else:
            made += _name_part(group, part, person, by=by)
    return [*made, decisions.assign(alone, person, by=by)] if alone else made


def _by_group(faces: Sequence[PhotoFace]) -> dict[FaceCluster | None, list[PhotoFace]]:
    """As the database has them: a form may have changed what it was given."""
    found: dict[FaceCluster | None, list[PhotoFace]] = defaultdict(list)
    rows = PhotoFace.objects.filter(pk__in=[face.pk for face in faces]).select_related("cluster", "gallery")
    for face in rows.defer("insightface_descriptor", "landmarks"):
        found[face.cluster].append(face)
    return found


def _name_part(group: FaceCluster, part: list[PhotoFace], person: Person, *, by: Principal) -> list[FaceDecision]:
    if not group.faces.shown().exclude(pk__in=[face.pk for face in part]).exists():
        return [name_group(group, person, by=by)]
    split = decisions.split(part, by=by)
    return [split, name_group(FaceCluster.objects.get(faces=part[0]), person, by=by)]


def _lock(person: Person) -> None:
    """Whoever names the same person waits, and then sees the group that the first one made."""
    if Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first() is None:
        raise FacePassError("not_found", _("Not found."), status=404)
