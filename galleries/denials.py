"""Names that somebody took away from a face: no model may give it the same name again."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from galleries.changes import FACE_COLUMNS
from galleries.models import FaceDecision

PERSON = FACE_COLUMNS.index("person_id")


def denied_people(decisions: Iterable[FaceDecision]) -> dict[UUID, set[UUID]]:
    """Return the people whom each face was denied to be, by the face's id. Other kinds of decisions deny nothing."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for decision in decisions:
        if decision.kind == FaceDecision.Kind.DENY:
            for face, columns in decision.before["faces"].items():
                if columns[PERSON]:
                    found[UUID(face)].add(UUID(columns[PERSON]))
    return found


def denied_to(face_id: UUID, *, studio_id: UUID) -> set[UUID]:
    """Return the people whom one face was denied to be."""
    made = FaceDecision.objects.filter(studio=studio_id, kind=FaceDecision.Kind.DENY).standing()
    return denied_people(made.filter(before__faces__has_key=str(face_id)).only("kind", "before"))[face_id]


def denied_in(studio_id: UUID) -> dict[UUID, set[UUID]]:
    """Return the people whom each face of a studio was denied to be."""
    made = FaceDecision.objects.filter(studio=studio_id, kind=FaceDecision.Kind.DENY).standing()
    return denied_people(made.only("kind", "before"))
