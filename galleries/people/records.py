"""Rows of people: written in bulk, and deleted with all that is known of their faces."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.core.trash import entries
from facepass.models import Studio, TrashEntry
from galleries.models import Person
from galleries.models.person import refuse_duplicates


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """What a person's deletion did.

    `pictures` and `faces` of the enrolment were deleted; `unnamed` faces in photos of events lost only the name.
    """

    pictures: int
    faces: int
    unnamed: int


@dataclass(frozen=True, slots=True)
class UpsertedPerson:
    """What became of one row: the person, or the refusal."""

    person: Person | None
    is_new: bool = False
    refusal: FacePassError | None = None


def upsert_people(
    studio: Studio,
    rows: Sequence[Mapping[str, Any]],
    *,
    write: Callable[[Mapping[str, Any], Person | None], Person],
) -> list[UpsertedPerson]:
    """Write each row on its own: change the person with its external id, or create one where there is none.

    `write` validates a row and stores it; a row that it refuses stops none of the others.
    """
    ids = [str(row["external_id"]) for row in rows]
    known = {person.external_id: person for person in Person.objects.filter(studio=studio, external_id__in=ids)}
    return [_write_row(row, known, write) for row in rows]


def _write_row(
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


def delete_person(person: Person, *, by: Principal | None) -> ErasureCounts:
    """Delete the person with the pictures, faces and descriptors of their enrolment; the trash keeps them for a while.

    Faces in photos of events lose only the name.
    """
    return count_erased(entries.move_to_trash("person", [person], by=by))


def count_erased(deleted: Iterable[TrashEntry]) -> ErasureCounts:
    """Return what went with the people of these entries."""
    counts = sum((Counter(entry.counts) for entry in deleted), Counter())
    return ErasureCounts(
        pictures=counts["galleries.GalleryImage"],
        faces=counts["galleries.PhotoFace"],
        unnamed=counts["galleries.PhotoFace.person_id"],
    )
