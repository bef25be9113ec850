"""Names proposed for the unknown faces of a gallery: the job `recognize_gallery`."""

from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from galleries.faces import denials
from galleries.jobs.runner import JobTurn
from galleries.matching import descriptors, identification
from galleries.models import Person, PhotoFace
from galleries.models.face import PhotoFaceQuerySet, proposal_columns
from recognition.config import recognition_settings
from recognition.model_versions import current_model_version


class Cursor(TypedDict):
    """How far the job is: the last face's id, and what was counted up to it."""

    face: str
    faces: int
    named: int


def propose_names(turn: JobTurn) -> dict[str, Any] | None:
    """The job `recognize_gallery`: gives unknown faces the name that is sure, to be verified by somebody.

    Sure is `confidence_thresholds.assign`. Faces that have a name are left alone, a name that somebody
    denied is not given again, and nobody is in a photo twice.
    """
    at: Cursor = turn.job.cursor or Cursor(face=str(UUID(int=0)), faces=0, named=0)
    version, threshold = current_model_version(), recognition_settings().confidence_thresholds.assign
    here = PhotoFace.objects.filter(gallery=turn.job.arguments["gallery_id"], gallery__studio=turn.job.studio_id)
    unknown = here.searchable(version).filter(person=None, pk__gt=at["face"]).order_by("pk")
    rows, stacked = descriptors.read(unknown, "pk", "photo_id")
    total = at["faces"] + len(rows)
    denied = denials.find_denials_in_studio(turn.job.studio_id)
    for (pk, photo_id), descriptor in zip(rows, stacked, strict=True):
        if not turn.has_time():
            return None
        who = identification.identify(descriptor, studio_ids=[turn.job.studio_id], threshold=threshold, candidates=2)
        named = 0
        barred = who.person and who.person.pk in denied.get(pk, ())
        if who.person and not barred and not here.filter(photo=photo_id, person=who.person).exists():
            named = _propose(here.filter(pk=pk, person=None), who.person.pk, who.candidates[0].similarity)
        at = Cursor(face=str(pk), faces=at["faces"] + 1, named=at["named"] + named)
        turn.report(done=at["faces"], total=total, cursor=at)
    return {"faces": at["faces"], "named": at["named"]}


@transaction.atomic
def _propose(face: PhotoFaceQuerySet, person_id: UUID, similarity: float) -> int:
    """Whether that name was given to the one face: not where the person was deleted meanwhile."""
    there = Person.objects.filter(pk=person_id).lock_against_deletion()
    return face.update(**proposal_columns(person_id, similarity=similarity)) if there else 0
