"""Prepare a training: build the dataset from what a studio's staff verified, and freeze it in the training's row."""

import hashlib
import json
from collections import Counter, defaultdict
from typing import TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.models import Studio
from galleries.jobs.runner import JobResult, JobTurn
from galleries.matching import descriptors
from galleries.models import PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from training.learning import dataset
from training.learning.dataset import Dataset, Faces, Part
from training.models import FaceTrainingSession, TrainingAct

COLUMNS = ("pk", "person_id", "photo_id", "quality")
# Part of the digest, as the data are: raise it when code learns differently from the same data.
RECIPE = 1
# Up to so many verified faces are prepared while the caller waits; more are a job.
MAX_IN_REQUEST = 5_000


class SuspectEntry(TypedDict):
    """A `dataset.Suspect`."""

    face: str
    person: str
    looks_like: str


class DatasetManifest(TypedDict):
    """`face_training_sessions.manifest`: ids as text and counts, see `build_manifest`."""

    recipe: int
    model_version: str
    people: dict[str, dict[str, int]]
    faces: dict[str, str]
    names: str
    left_out: dict[str, str]
    suspects: list[SuspectEntry]
    conflicts: list[list[str]]


def prepare_training(studio: Studio, *, by: str = "") -> FaceTrainingSession:
    """Create a training with its dataset, not started yet.

    Raise FacePassError 409 `nothing_to_train` where nobody has enough verified faces.
    """
    version = current_model_version()
    training = FaceTrainingSession(studio=studio, started_by=by)
    freeze_dataset(training, build_current_dataset(studio, version), version)
    with transaction.atomic():
        training.save()
        training.record_act(TrainingAct.Kind.PREPARED, by=by)
    return training


def run_prepare_job(turn: JobTurn) -> JobResult:
    """Do the job `prepare_training`, in one turn."""
    turn.report(done=0, total=1)
    prepared = str(prepare_training(turn.job.studio, by=turn.job.arguments["by"]).pk)
    return {"training_id": prepared, "session_id": prepared}


def needs_job(studio: Studio) -> bool:
    """Return whether the studio has more verified faces than a request should prepare."""
    faces = _verified_faces(studio, current_model_version())
    return faces[: MAX_IN_REQUEST + 1].count() > MAX_IN_REQUEST


def build_current_dataset(studio: Studio, version: ModelVersion) -> Dataset:
    """Return what there is to learn from now. Raise as `prepare_training` does."""
    found = dataset.build_dataset(load_verified_faces(studio, version), version.scores)
    if not found.parts:
        raise nothing_to_train_error()
    return found


def nothing_to_train_error() -> FacePassError:
    return FacePassError("nothing_to_train", _("Nobody has enough verified faces yet."), status=409)


def require_something_to_train(studio: Studio) -> None:
    """Raise FacePassError 409 `nothing_to_train` where nobody has enough verified faces that can be learnt from.

    With more faces than a request should prepare, only by their number; the run itself looks closer.
    """
    if not needs_job(studio):
        build_current_dataset(studio, current_model_version())


def freeze_dataset(training: FaceTrainingSession, data: Dataset, version: ModelVersion) -> None:
    """Write the dataset's manifest and digest to the training, which the caller saves."""
    training.model_version = version
    manifest = build_manifest(data, version)
    training.manifest, training.digest = manifest, compute_digest(manifest)
    training.people_count, training.total_faces = len(manifest["people"]), len(data.parts)


def load_verified_faces(studio: Studio, version: ModelVersion) -> Faces:
    """Return the studio's verified faces in the order of their ids.

    The person and the photo of each belong to the same studio.
    """
    rows, stacked = descriptors.read(_verified_faces(studio, version).order_by("pk"), *COLUMNS)
    ids, people, photos, quality = zip(*rows, strict=True) if rows else ((), (), (), ())
    usable = [not each.get("reasons") for each in quality]
    return Faces(ids, people, photos, usable, stacked, [float(each.get("score", 1)) for each in quality])


def _verified_faces(studio: Studio, version: ModelVersion) -> PhotoFaceQuerySet:
    faces = PhotoFace.objects.searchable(version)
    return faces.filter(gallery__studio=studio, person__studio=studio, verified=True)


def build_manifest(data: Dataset, version: ModelVersion) -> DatasetManifest:
    """Return ids and counts of the dataset.

    It holds no names and no descriptors, so that a person who is deleted leaves nothing in it.
    """
    counts: dict[UUID, Counter[Part]] = defaultdict(Counter)
    person_of_face = {}
    for pk, person in zip(data.faces.ids, data.faces.people, strict=True):
        if pk in data.parts:
            counts[person][data.parts[pk]] += 1
            person_of_face[str(pk)] = str(person)
    return {
        "recipe": RECIPE,
        "model_version": str(version.pk),
        "people": {str(person): {part.value: n for part, n in sorted(c.items())} for person, c in counts.items()},
        "faces": {str(pk): part.value for pk, part in data.parts.items()},
        # Exchanging the people of two faces leaves all counts the same, so the digest covers who each face is.
        "names": compute_digest(person_of_face),
        "left_out": {str(pk): reason.value for pk, reason in data.left_out.items()},
        "suspects": [
            {"face": str(s.face), "person": str(s.person), "looks_like": str(s.looks_like)} for s in data.suspects
        ],
        "conflicts": [[str(one), str(other)] for one, other in data.conflicts],
    }


def compute_digest(value: DatasetManifest | dict[str, str]) -> str:
    """Return the SHA-256 in hex of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
