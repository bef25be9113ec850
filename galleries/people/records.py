"""People: made, changed, taken over in bulk, and deleted with all that was known of their faces."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from facepass.core import events
from facepass.core.errors import FacePassError
from facepass.models import EventType, Studio
from galleries.models import GalleryImage, Person, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.person import refuse_duplicates


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """`pictures` and `faces` of the enrolment are gone; `unnamed` faces are still in the photos of events."""

    pictures: int
    faces: int
    unnamed: int


@dataclass(frozen=True, slots=True)
class UpsertedPerson:
    """What became of one row of a bulk: the person, or the refusal."""

    person: Person | None
    is_new: bool = False
    refusal: FacePassError | None = None


def upsert_people(
    studio: Studio,
    rows: Sequence[Mapping[str, Any]],
    *,
    write: Callable[[Mapping[str, Any], Person | None], Person],
) -> list[UpsertedPerson]:
    """Each row on its own: the person with its external id is changed, or made where there is none.

    `write` checks a row and stores it; what it refuses fails that row and no other.
    """
    ids = [str(row["external_id"]) for row in rows]
    known = {person.external_id: person for person in Person.objects.filter(studio=studio, external_id__in=ids)}
    return [_written(row, known, write) for row in rows]


def _written(
    row: Mapping[str, Any],
    known: dict[str | None, Person],
    write: Callable[[Mapping[str, Any], Person | None], Person],
) -> UpsertedPerson:
    found = known.get(str(row["external_id"]))
    try:
        with refuse_duplicates():
            person = write(row, found)
    except FacePassError as refusal:
        if found is not None:
            found.refresh_from_db()
        return UpsertedPerson(None, refusal=refusal)
    known[person.external_id] = person
    return UpsertedPerson(person, is_new=found is None)


@transaction.atomic
def delete_person(person: Person) -> ErasureCounts:
    """The person with the pictures, faces and descriptors of their enrolment. Photos of events lose only the name."""
    pictures = GalleryImage.objects.filter(subject=person)
    number, faces = pictures.count(), PhotoFace.objects.filter(photo__subject=person).count()
    unnamed = PhotoFace.objects.filter(person=person).exclude(photo__subject=person)
    left = unnamed.update(person=None, verified=False, recognition_confidence=None, face_category=FaceCategory.UNKNOWN)
    person.delete()
    gone = ErasureCounts(pictures=number, faces=faces, unnamed=left)
    events.emit(EventType.ERASURE_COMPLETED, studio_id=person.studio_id, data=asdict(gone))
    return gone
