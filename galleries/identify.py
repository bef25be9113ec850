"""Who a face shows, of the people that a studio knows: open-set identification, with an honest "nobody".

A person is as like the probe as the mean of their nearest verified faces: several, so that one face under a wrong name
decides nothing, and the nearest ones only, because people have several looks.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean
from uuid import UUID

from galleries.models import Person, PhotoFace
from galleries.nearest import nearest
from recognition.config import recognition_settings
from recognition.models import ModelVersion
from recognition.types import FloatArray

# Faces that are looked at, and those of one person that count.
LOOKED_AT, COUNTED = 200, 3
DEFAULT_CANDIDATES, MAX_CANDIDATES = 5, 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """`cosine`: the mean over the person's nearest faces; `similarity`: calibrated, 0..1; `face`: the nearest one."""

    person: Person
    cosine: float
    similarity: float
    face: PhotoFace


@dataclass(frozen=True, slots=True)
class Identification:
    """`person` is None where nobody reaches the threshold. `margin`: how much less like the probe the next person is.

    A margin near 0 says that the two people look alike to this model, whatever the similarity.
    """

    person: Person | None
    candidates: list[Candidate]
    margin: float | None
    threshold: float


def default_threshold() -> float:
    return float(recognition_settings().confidence_thresholds.search)


def identify(
    descriptor: FloatArray,
    *,
    studio_ids: Iterable[UUID],
    threshold: float | None = None,
    candidates: int = DEFAULT_CANDIDATES,
) -> Identification:
    """`descriptor`: protected, float32 (512,), unit length, made by the engine in use."""
    least = default_threshold() if threshold is None else threshold
    version = ModelVersion.objects.current()
    known = PhotoFace.objects.searchable(version).filter(person__studio__in=list(studio_ids), verified=True)
    faces: dict[UUID, list[PhotoFace]] = defaultdict(list)
    for face in nearest(known.select_related("person"), descriptor, limit=LOOKED_AT):
        faces[face.person_id].append(face)  # type: ignore[index]
    ranked = sorted((_candidate(found, version) for found in faces.values()), key=lambda c: -c.cosine)[:candidates]
    first = ranked[0] if ranked else None
    margin = round(ranked[0].similarity - ranked[1].similarity, 4) if len(ranked) > 1 else None
    return Identification(
        person=first.person if first and first.similarity >= least else None,
        candidates=ranked,
        margin=margin,
        threshold=least,
    )


def _candidate(faces: list[PhotoFace], version: ModelVersion) -> Candidate:
    cosine = mean(1 - face.distance for face in faces[:COUNTED])
    person = faces[0].person
    assert person is not None  # noqa: S101 - the query says so
    return Candidate(person, round(cosine, 4), round(version.scores.similarity(cosine), 4), faces[0])
