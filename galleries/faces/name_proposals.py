"""Names proposed for the unknown faces of a gallery: the job `recognize_gallery`."""

from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from galleries.faces import denials
from galleries.jobs.runner import JobTurn
from galleries.matching import descriptors, identification
from galleries.models import Person, PhotoFace
from galleries.models.face import PhotoFaceQuerySet, proposal_columns
from galleries.models.gallery import Limit
from recognition.model_versions import current_model_version
from recognition.settings.overrides import settings_in


class ProposalCursor(TypedDict):
    """How far the job is: the id of the last face, and the counts up to it."""

    face: str
    faces: int
    named: int


def propose_names(turn: JobTurn) -> dict[str, Any] | None:
    """Run a turn of the job `recognize_gallery`: propose names to unknown faces, for somebody to verify.

    A name is proposed from the similarity `confidence_thresholds.assign` on. Faces that have a name are left alone, a
    name that somebody denied is not proposed again, and nobody is in a photo twice.
    """
    position: ProposalCursor = turn.job.cursor or ProposalCursor(face=str(UUID(int=0)), faces=0, named=0)
    version, threshold = current_model_version(), settings_in(turn.job.studio_id).confidence_thresholds.assign
    faces = PhotoFace.objects.filter(gallery=turn.job.arguments["gallery_id"], gallery__studio=turn.job.studio_id)
    unknown = faces.searchable(version).outside(Limit.ENDED).filter(person=None, pk__gt=position["face"]).order_by("pk")
    rows, stacked = descriptors.read(unknown, "pk", "photo_id")
    total = position["faces"] + len(rows)
    # Read once: decisions that are made while this turn runs count from the next one on.
    denied = denials.find_denials_in_studio(turn.job.studio_id)
    for (pk, photo_id), descriptor in zip(rows, stacked, strict=True):
        if not turn.has_time():
            return None
        who = identification.identify(descriptor, studio_ids=[turn.job.studio_id], threshold=threshold, candidates=2)
        named = 0
        is_denied = who.person and who.person.pk in denied.get(pk, ())
        if who.person and not is_denied and not faces.filter(photo=photo_id, person=who.person).exists():
            named = _propose(faces.filter(pk=pk, person=None), who.person.pk, who.candidates[0].similarity)
        position = ProposalCursor(face=str(pk), faces=position["faces"] + 1, named=position["named"] + named)
        turn.report(done=position["faces"], total=total, cursor=position)
    return {"faces": position["faces"], "named": position["named"]}


@transaction.atomic
def _propose(face: PhotoFaceQuerySet, person_id: UUID, similarity: float) -> int:
    """Propose the name to the one face; return 1, or 0 where the person or the face is gone or has a name by now."""
    person = Person.objects.filter(pk=person_id).lock_against_deletion()
    return face.update(**proposal_columns(person_id, similarity=similarity)) if person else 0
