"""A face against a whole studio: which faces are like it, who is in a picture, who is in a gallery."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from galleries.faces import denials, descriptors
from galleries.jobs.runner import Turn
from galleries.matching import identification, probe
from galleries.matching.nearest import nearest
from galleries.matching.search import Match
from galleries.models import Person, PhotoFace
from galleries.models.face import PhotoFaceQuerySet, proposal
from recognition import pipeline
from recognition.config import recognition_settings
from recognition.models import ModelVersion
from recognition.types import DescribedFace, FloatArray


@dataclass(frozen=True, slots=True)
class Recognised:
    """`scale`: from the picture that was looked at to the uploaded one."""

    face: DescribedFace
    scale: float
    who: identification.Identification


def descriptor_of_picture(file: File[bytes]) -> FloatArray:
    """Raises what `probe.read` and `probe.subject` raise."""
    return probe.subject(probe.read(file)).descriptor


def descriptor_of_face(face: PhotoFace) -> FloatArray:
    """Raises 409 `not_described` where the model in use has not described the face."""
    if face.model_version_id != ModelVersion.objects.current().pk or face.insightface_descriptor is None:
        message = _("The model in use has not described this face yet. Run generate_descriptors first.")
        raise FacePassError("not_described", message, status=409)
    return descriptors.as_array(face.insightface_descriptor)


def like(descriptor: FloatArray, *, among: PhotoFaceQuerySet, threshold: float, limit: int) -> list[Match]:
    """The faces that reach the threshold, best first."""
    version = ModelVersion.objects.current()
    faces = among.searchable(version).select_related("photo", "person")
    found = nearest(faces, descriptor, limit=limit)
    matches = [
        Match(face, round(1 - face.distance, 4), round(version.scores.similarity(1 - face.distance), 4))
        for face in found
    ]
    return [match for match in matches if match.similarity >= threshold]


def people_in(file: File[bytes], *, studio_ids: Iterable[UUID], threshold: float, candidates: int) -> list[Recognised]:
    """Every face of the picture, largest first. Raises what `probe.read` raises; no face is an empty list."""
    studios = list(studio_ids)
    width, _height = probe.size(file)
    picture = probe.read(file)
    scale = width / picture.shape[1]
    return [
        Recognised(
            face,
            scale,
            identification.identify(face.descriptor, studio_ids=studios, threshold=threshold, candidates=candidates),
        )
        for face in pipeline.describe(picture)
    ]


@transaction.atomic
def _propose(face: PhotoFaceQuerySet, person_id: UUID, similarity: float) -> int:
    """Whether that name was given to the one face: not where the person was deleted meanwhile."""
    there = Person.objects.filter(pk=person_id).hold_rows()
    return face.update(**proposal(person_id, similarity=similarity)) if there else 0


class Cursor(TypedDict):
    """How far the job is: the last face's id, and what was counted up to it."""

    face: str
    faces: int
    named: int


def gallery(turn: Turn) -> dict[str, Any] | None:
    """The job `recognize_gallery`: gives unknown faces the name that is sure, to be verified by somebody.

    Sure is `confidence_thresholds.assign`. Faces that have a name are left alone, a name that somebody
    denied is not given again, and nobody is in a photo twice.
    """
    at: Cursor = turn.job.cursor or Cursor(face=str(UUID(int=0)), faces=0, named=0)
    version, threshold = ModelVersion.objects.current(), recognition_settings().confidence_thresholds.assign
    here = PhotoFace.objects.filter(gallery=turn.job.arguments["gallery_id"], gallery__studio=turn.job.studio_id)
    unknown = here.searchable(version).filter(person=None, pk__gt=at["face"]).order_by("pk")
    rows, stacked = descriptors.read(unknown, "pk", "photo_id")
    total = at["faces"] + len(rows)
    denied = denials.denied_in(turn.job.studio_id)
    for (pk, photo_id), descriptor in zip(rows, stacked, strict=True):
        if not turn.more():
            return None
        who = identification.identify(descriptor, studio_ids=[turn.job.studio_id], threshold=threshold, candidates=2)
        named = 0
        barred = who.person and who.person.pk in denied.get(pk, ())
        if who.person and not barred and not here.filter(photo=photo_id, person=who.person).exists():
            named = _propose(here.filter(pk=pk, person=None), who.person.pk, who.candidates[0].similarity)
        at = Cursor(face=str(pk), faces=at["faces"] + 1, named=at["named"] + named)
        turn.report(done=at["faces"], total=total, cursor=at)
    return {"faces": at["faces"], "named": at["named"]}
