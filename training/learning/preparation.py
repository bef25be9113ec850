"""The dataset of a studio, from what its staff verified, frozen in the row of a training session."""

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.models import Studio
from galleries.jobs.runner import JobTurn
from galleries.matching import descriptors
from galleries.models import PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from training.learning import dataset
from training.learning.dataset import Dataset, Faces, Part
from training.models import FaceTrainingSession, TrainingAct

COLUMNS = ("pk", "person_id", "photo_id", "quality")
# Part of what a run is made of, as the data are: code that learns differently from the same data says so here.
RECIPE = 1
# So many verified faces are looked through while the caller waits; more are a job.
AT_ONCE = 5_000


def prepare(studio: Studio, *, by: str = "") -> FaceTrainingSession:
    """Raises FacePassError 409 `nothing_to_train` where nobody has enough verified faces."""
    version = current_model_version()
    session = FaceTrainingSession(studio=studio, started_by=by)
    freeze(session, look(studio, version), version)
    with transaction.atomic():
        session.save()
        session.note(TrainingAct.Kind.PREPARED, by=by)
    return session


def in_a_turn(turn: JobTurn) -> dict[str, Any]:
    """The job `prepare_training`."""
    turn.report(done=0, total=1)
    return {"session_id": str(prepare(turn.job.studio, by=turn.job.arguments["by"]).pk)}


def is_large(studio: Studio) -> bool:
    faces = _verified(studio, current_model_version())
    return faces[: AT_ONCE + 1].count() > AT_ONCE


def look(studio: Studio, version: ModelVersion) -> Dataset:
    """What there is to learn from now. Raises as `prepare` does."""
    found = dataset.made_of(verified_faces(studio, version), version.scores)
    if not found.parts:
        raise nothing_to_train()
    return found


def nothing_to_train() -> FacePassError:
    return FacePassError("nothing_to_train", _("Nobody has enough verified faces yet."), status=409)


def is_anything(studio: Studio) -> bool:
    return _verified(studio, current_model_version()).exists()


def freeze(session: FaceTrainingSession, found: Dataset, version: ModelVersion) -> None:
    session.model_version = version
    session.manifest = manifest_of(found, version)
    session.digest = digest_of(session.manifest)
    session.people_count, session.total_faces = len(session.manifest["people"]), len(found.parts)


def verified_faces(studio: Studio, version: ModelVersion) -> Faces:
    """In the order of their ids. The studio of the person and that of the photo are the same."""
    rows, stacked = descriptors.read(_verified(studio, version).order_by("pk"), *COLUMNS)
    ids, people, photos, quality = zip(*rows, strict=True) if rows else ((), (), (), ())
    usable = [not each.get("reasons") for each in quality]
    return Faces(ids, people, photos, usable, stacked, [float(each.get("score", 1)) for each in quality])


def _verified(studio: Studio, version: ModelVersion) -> PhotoFaceQuerySet:
    faces = PhotoFace.objects.searchable(version)
    return faces.filter(gallery__studio=studio, person__studio=studio, verified=True)


def manifest_of(found: Dataset, version: ModelVersion) -> dict[str, Any]:
    """Ids and counts only: no names and no descriptors, so that a person who is deleted leaves nothing here."""
    counts: dict[UUID, Counter[Part]] = defaultdict(Counter)
    for pk, person in zip(found.faces.ids, found.faces.people, strict=True):
        if pk in found.parts:
            counts[person][found.parts[pk]] += 1
    named = {str(pk): str(person) for pk, person in zip(found.faces.ids, found.faces.people, strict=True)}
    return {
        "recipe": RECIPE,
        "model_version": str(version.pk),
        "people": {str(person): {part.value: n for part, n in sorted(c.items())} for person, c in counts.items()},
        "faces": {str(pk): part.value for pk, part in found.parts.items()},
        # Whose each face is: the names of two faces may be exchanged, and every count stay as it was.
        "names": digest_of({str(pk): named[str(pk)] for pk in found.parts}),
        "left_out": {str(pk): reason.value for pk, reason in found.left_out.items()},
        "suspects": [
            {"face": str(s.face), "person": str(s.person), "looks_like": str(s.looks_like)} for s in found.suspects
        ],
        "conflicts": [[str(one), str(other)] for one, other in found.conflicts],
    }


def digest_of(manifest: dict[str, Any]) -> str:
    """SHA-256 in hex of the manifest, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
