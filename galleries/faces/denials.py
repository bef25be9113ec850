"""Names that somebody took away from a face: no model may give it the same name again."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from galleries.faces.changes import FACE_COLUMNS
from galleries.models import FaceDecision
from galleries.models.decision import FaceDecisionQuerySet

PERSON_INDEX = FACE_COLUMNS.index("person_id")
# Decisions that can leave a face without the name that it had.
KINDS_THAT_DENY = (FaceDecision.Kind.DENY, FaceDecision.Kind.NAME, FaceDecision.Kind.SPLIT)


def find_denied_people(decisions: Iterable[FaceDecision]) -> dict[UUID, set[UUID]]:
    """Return the people whom each face was denied to be, by the face's id."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for decision in decisions:
        after = decision.after.get("faces", {}) if decision.kind in KINDS_THAT_DENY else {}
        for face, columns in after.items():
            former = decision.before["faces"][face][PERSON_INDEX]
            if former and columns[PERSON_INDEX] is None:
                found[UUID(face)].add(UUID(former))
    return found


def find_people_denied_to(face_id: UUID, *, studio_id: UUID) -> set[UUID]:
    """Return the people whom one face was denied to be."""
    return find_denied_people(_denials_of_studio(studio_id).filter(before__faces__has_key=str(face_id)))[face_id]


def find_denials_in_studio(studio_id: UUID) -> dict[UUID, set[UUID]]:
    """Return the people whom each face of a studio was denied to be."""
    return find_denied_people(_denials_of_studio(studio_id).iterator())


def _denials_of_studio(studio_id: UUID) -> FaceDecisionQuerySet:
    made = FaceDecision.objects.filter(studio=studio_id, kind__in=KINDS_THAT_DENY).standing()
    return made.only("kind", "before", "after")
