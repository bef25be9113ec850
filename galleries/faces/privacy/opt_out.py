"""Somebody asks to be left out of an event: their faces are deleted, and only what keeps them out is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from galleries.faces import erasure
from galleries.matching import search
from galleries.models import FaceCluster, LeftOutPerson, Occasion, PersonTemplate, PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import FloatArray


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many faces were deleted, in how many photos, and whether the person is kept out of later photos too."""

    faces: int
    photos: int
    later: bool


def leave_out(descriptor: FloatArray, *, within: Occasion, later: bool) -> LeftOut:
    """Delete the faces of whoever the descriptor shows, and keep their places; return how many there were.

    Hidden photos are looked through too. `descriptor`: protected, float32 (512,), unit length, of the engine in use.
    `later`: keep it, to leave the person out of photos that come later. To be called with the consent checked, in a
    transaction; raises as `current_model_version`.
    """
    version = current_model_version()
    with transaction.atomic():
        ModelVersion.objects.prevent_switch()
        if later and within.session_id:
            LeftOutPerson.objects.create(
                studio_id=within.studio_id, session_id=within.session_id, model_version=version, descriptor=descriptor
            )
        faces = list(find_faces(descriptor, within=within, version=version).select_related("photo__gallery"))
        erase_requested(faces)
    return LeftOut(len(faces), len({face.photo_id for face in faces}), later)


def erase_requested(faces: Iterable[PhotoFace], *, request_id: UUID | None = None) -> None:
    """Erase the faces, read with their galleries, with what was learnt from them, and keep their places."""
    rows = list(faces)
    learnt = [face.person_id for face in rows if face.training_used]
    PersonTemplate.objects.filter(person__in=learnt).delete()
    for face in rows:
        erasure.erase_face(face, requested=True, request_id=request_id)


def find_faces(descriptor: FloatArray, *, within: Occasion, version: ModelVersion) -> PhotoFaceQuerySet:
    """Return the occasion's faces that show the person: alone, or in a group that does, as a search would find them."""
    rules = within.load_settings().confidence_thresholds
    least = version.scores.cosine(search.search_threshold(within, rules=rules))
    described = PhotoFace.objects.within(within).searchable(version)
    groups = FaceCluster.objects.within(within).shown().nearest_to(descriptor, version=version, min_cosine=least)
    alone = described.at_distance(descriptor).closer_than(least).values_list("pk", flat=True)
    wanted = {*alone, *described.filter(cluster__in=list(groups)).values_list("pk", flat=True)}
    return PhotoFace.objects.filter(pk__in=wanted)
