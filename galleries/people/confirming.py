"""Answering many proposed names at once: whose is right, whose is somebody else's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from facepass.core.access.tenancy import Principal
from galleries.faces import decisions
from galleries.models import FaceDecision, PhotoFace


@dataclass(frozen=True, slots=True)
class AnsweredProposals:
    """What was decided. `changed`: faces that had no proposal, or another one, by then; nothing was said of them."""

    decisions: list[FaceDecision]
    confirmed: int
    denied: int
    changed: int


@transaction.atomic
def answer_proposals(proposals: Mapping[UUID, UUID], *, wrong: Collection[UUID], by: Principal) -> AnsweredProposals:
    """Confirm the names that somebody saw beside these faces, and deny those of the `wrong` ones.

    `proposals`: the id of the person who was proposed, by the id of the face. It is checked under a lock: a name that a
    colleague or a worker changed since the page was read is neither confirmed nor denied.
    """
    faces = _lock_proposed(proposals)
    right = [face for face in faces if face.pk not in wrong]
    denied = [face for face in faces if face.pk in wrong]
    made = decisions.confirm_all(right, by=by) + [decisions.deny(face, by=by) for face in denied]
    return AnsweredProposals(made, len(right), len(denied), len(proposals) - len(faces))


def _lock_proposed(proposals: Mapping[UUID, UUID]) -> list[PhotoFace]:
    """Return the faces, locked, that still have the proposal."""
    rows = PhotoFace.objects.filter(pk__in=list(proposals)).proposed().order_by("pk")
    locked = rows.select_for_update(of=("self",)).select_related("gallery")
    faces = locked.defer("insightface_descriptor", "landmarks")
    return [face for face in faces if face.person_id == proposals[face.pk]]
