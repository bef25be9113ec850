"""Naming faces and groups: what a name does, wherever somebody gives it.

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
    """Return the studio's one person of that name, or create one. `namesake`: create another in any case.

    Locks the studio, so that two users who type one name at the same moment get one person. Raises FacePassError 400
    `invalid_request` for an empty name, and 409 `several_of_that_name`.
    """
    name = _normalise(name)
    if not 0 < len(name) <= NAME_CHARACTERS:
        raise FacePassError("invalid_request", _("Type a name."))
    # NO KEY UPDATE: rows that point to the studio can still be written meanwhile.
    Studio.objects.select_for_update(no_key=True).get(pk=studio_id)
    people = [] if namesake else list(find_namesakes(name, studio_id=studio_id)[:2])
    if len(people) > 1:
        message = _("Several people have this name. Choose one from the list.")
        raise FacePassError("several_of_that_name", message, status=409)
    return people[0] if people else _create_person(name, studio_id=studio_id, by=by)


def find_namesakes(name: str, *, studio_id: UUID) -> PersonQuerySet:
    """Return the studio's people of that name; capitals do not matter."""
    return Person.objects.filter(studio=studio_id, real_name__iexact=_normalise(name))


def _normalise(name: str) -> str:
    return " ".join(name.replace("\0", "").split())


def _create_person(name: str, *, studio_id: UUID, by: Principal) -> Person:
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
    _lock_person(person)
    groups_of_person = FaceCluster.objects.within(group.occasion).shown().filter(person=person)
    if other := groups_of_person.exclude(pk=group.pk).first():
        return decisions.merge([other, group], person=person, by=by)
    return decisions.name(group, person, by=by)


@transaction.atomic
def name_faces(faces: Sequence[PhotoFace], person: Person | None, *, by: Principal) -> list[FaceDecision]:
    """Say that these faces of one occasion show the person. None takes their names away.

    Raises FacePassError 404 `not_found` where the person is gone by now, and as `decisions.assign` does.
    """
    if person is None:
        return [decisions.assign(faces, None, by=by)]
    _lock_person(person)
    made: list[FaceDecision] = []
    singles: list[PhotoFace] = []
    for group, part in _group_by_group(faces).items():
        if group is None or group.rejected or group.person_id == person.pk:
            singles += part
        else:
            made += _name_part(group, part, person, by=by)
    return [*made, decisions.assign(singles, person, by=by)] if singles else made


def _group_by_group(faces: Sequence[PhotoFace]) -> dict[FaceCluster | None, list[PhotoFace]]:
    """Return the faces by their group, read anew: a form may have changed the objects that it was given."""
    faces_of_group: dict[FaceCluster | None, list[PhotoFace]] = defaultdict(list)
    rows = PhotoFace.objects.filter(pk__in=[face.pk for face in faces]).select_related("cluster", "gallery")
    for face in rows.defer("insightface_descriptor", "landmarks"):
        faces_of_group[face.cluster].append(face)
    return faces_of_group


def _name_part(group: FaceCluster, part: list[PhotoFace], person: Person, *, by: Principal) -> list[FaceDecision]:
    """Name faces of a group: the whole group where they are all of its faces that are shown, else what is split off."""
    if not group.faces.shown().exclude(pk__in=[face.pk for face in part]).exists():
        return [name_group(group, person, by=by)]
    split = decisions.split(part, by=by)
    return [split, name_group(FaceCluster.objects.get(faces=part[0]), person, by=by)]


def _lock_person(person: Person) -> None:
    """Lock the person: whoever names the same one waits, and then sees the group that the first one made."""
    if Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first() is None:
        raise FacePassError("not_found", _("Not found."), status=404)
