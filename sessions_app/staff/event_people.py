"""Who was at an event: its named people, each with a face and in how many photos they are."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.utils.safestring import SafeString

from galleries.models import Occasion, Person, PhotoFace
from galleries.models.face import BEST_FIRST
from galleries.staff_kit import markup
from galleries.staff_kit.faces import select_shown

PEOPLE_SHOWN = 60
# The face shown is the best of so many: to find the best of all, PostgreSQL would read each face's whole row.
FACES_COMPARED = 30


@dataclass(frozen=True, slots=True)
class EventPerson:
    pk: UUID
    name: str
    photos: int
    crop: SafeString | None


def list_people(occasion: Occasion) -> tuple[list[EventPerson], int]:
    """Return the people who are in most photos, and how many people there are in all."""
    faces = PhotoFace.objects.within(occasion).named().order_by()
    rows = faces.values_list("person", "person__real_name").annotate(n=Count("photo", distinct=True))
    ranked = sorted(rows, key=lambda row: (-row[2], row[1], row[0]))
    shown = ranked[:PEOPLE_SHOWN]
    crops = _load_crops(occasion, [person for person, _name, _photos in shown])
    return [EventPerson(pk, name, photos, crops.get(pk)) for pk, name, photos in shown], len(ranked)


def _load_crops(occasion: Occasion, people: list[UUID]) -> dict[UUID, SafeString]:
    """Return a good face of each; two queries."""
    galleries = list(occasion.galleries.values_list("pk", flat=True))
    some = PhotoFace.objects.in_galleries(galleries).named().filter(person=OuterRef(OuterRef("pk"))).order_by()
    compared = PhotoFace.objects.filter(pk__in=some.values("pk")[:FACES_COMPARED])
    best = Subquery(compared.order_by("-verified", *BEST_FIRST).values("pk")[:1])
    chosen = Person.objects.filter(pk__in=people).annotate(face=best).values_list("face", flat=True)
    faces = select_shown(PhotoFace.objects.filter(pk__in=list(chosen)))
    return {face.person_id: markup.face_crop(face) for face in faces if face.person_id}
