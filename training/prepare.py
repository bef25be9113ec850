"""The dataset of a studio, from what its staff verified, frozen in the row of a training session."""

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from facepass.models import Studio
from galleries import descriptors
from galleries.models import PhotoFace
from recognition.models import ModelVersion
from training import dataset
from training.dataset import Dataset, Faces, Part
from training.models import FaceTrainingSession

COLUMNS = ("pk", "person_id", "photo_id", "quality")


def prepare(studio: Studio, *, by: str = "") -> FaceTrainingSession:
    """Raises FacePassError 409 `nothing_to_train` where nobody has enough verified faces."""
    version = ModelVersion.objects.current()
    found = dataset.made_of(verified_faces(studio, version), version.scores)
    if not found.parts:
        message = _("Nobody has enough verified faces yet.")
        raise FacePassError("nothing_to_train", message, status=409)
    manifest = manifest_of(found, version)
    return FaceTrainingSession.objects.create(
        studio=studio,
        model_version=version,
        manifest=manifest,
        digest=digest_of(manifest),
        people_count=len(manifest["people"]),
        total_faces=len(found.parts),
        started_by=by,
    )


def verified_faces(studio: Studio, version: ModelVersion) -> Faces:
    """In the order of their ids. The studio of the person and that of the photo are the same."""
    verified = PhotoFace.objects.searchable(version).filter(
        gallery__studio=studio, person__studio=studio, verified=True
    )
    rows, stacked = descriptors.read(verified.order_by("pk"), *COLUMNS)
    ids, people, photos, quality = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Faces(ids, people, photos, [not each.get("reasons") for each in quality], stacked)


def manifest_of(found: Dataset, version: ModelVersion) -> dict[str, Any]:
    """Ids and counts only: no names and no descriptors, so that a person who is deleted leaves nothing here."""
    counts: dict[UUID, Counter[Part]] = defaultdict(Counter)
    for pk, person in zip(found.faces.ids, found.faces.people, strict=True):
        if pk in found.parts:
            counts[person][found.parts[pk]] += 1
    return {
        "model_version": str(version.pk),
        "people": {str(person): {part.value: n for part, n in sorted(c.items())} for person, c in counts.items()},
        "faces": {str(pk): part.value for pk, part in found.parts.items()},
        "left_out": {str(pk): reason.value for pk, reason in found.left_out.items()},
        "suspects": [
            {"face": str(s.face), "person": str(s.person), "looks_like": str(s.looks_like)} for s in found.suspects
        ],
        "conflicts": [[str(one), str(other)] for one, other in found.conflicts],
    }


def digest_of(manifest: dict[str, Any]) -> str:
    """SHA-256 in hex of the manifest, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
