"""Who a face shows, of the people that a studio knows: open-set identification, with an honest "nobody".

Whoever has templates (a training learnt them) is as like the probe as their best template and their nearest verified
face together: the template is the person, the face one of their looks. Everybody else is as like it as the mean of
their nearest verified faces: several, so that one face under a wrong name decides nothing. Both scales are calibrated,
so their similarities can be ranked together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import mean
from uuid import UUID

from django.db.models import Exists, OuterRef

from galleries.matching.nearest import find_nearest
from galleries.models import Person, PersonTemplate, PhotoFace, TemplateSet
from galleries.models.face import PhotoFaceQuerySet
from recognition.calibration import Calibration
from recognition.config import recognition_settings
from recognition.model_versions import current_model_version
from recognition.types import FloatArray

# Faces that are looked at, and those of one person that count.
FACES_COMPARED, FACES_PER_PERSON = 200, 3
# How much the best template counts beside the nearest face. With 0.7 known people are found as often as by the nearest
# faces, or more often, and strangers are told from them better, with both engines (measured in docs/training.md).
TEMPLATE_WEIGHT = 0.7
DEFAULT_CANDIDATES, MAX_CANDIDATES = 5, 50


@dataclass(frozen=True, slots=True)
class PersonCandidate:
    """`similarity`: calibrated, 0..1; `face`: the person's nearest one.

    `cosine`: what it is made of, the mean over the nearest faces, or `combine_cosines` where the person has templates.
    """

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
    candidates: list[PersonCandidate]
    margin: float | None
    threshold: float


def default_threshold() -> float:
    return float(recognition_settings().confidence_thresholds.identify)


def identify(
    descriptor: FloatArray,
    *,
    studio_ids: Iterable[UUID],
    threshold: float | None = None,
    candidates: int = DEFAULT_CANDIDATES,
) -> Identification:
    """`descriptor`: protected, float32 (512,), unit length, made by the engine in use."""
    least = default_threshold() if threshold is None else threshold
    found = list(_candidates(descriptor, list(studio_ids), most=candidates))
    ranked = sorted(found, key=lambda c: (-c.similarity, -c.cosine))[:candidates]
    first = ranked[0] if ranked else None
    margin = round(ranked[0].similarity - ranked[1].similarity, 4) if len(ranked) > 1 else None
    return Identification(
        person=first.person if first and first.similarity >= least else None,
        candidates=ranked,
        margin=margin,
        threshold=least,
    )


def combine_cosines(template: float, face: float) -> float:
    """From the cosines to a person's best template and to their nearest face. The calibration of a set is for this."""
    return TEMPLATE_WEIGHT * template + (1 - TEMPLATE_WEIGHT) * face


def _candidates(descriptor: FloatArray, studios: list[UUID], *, most: int) -> Iterator[PersonCandidate]:
    version = current_model_version()
    known = PhotoFace.objects.searchable(version).filter(person__studio__in=studios, verified=True)
    known = known.select_related("person")
    learnt = list(TemplateSet.objects.in_use(version).filter(studio__in=studios))
    for templates in learnt:
        yield from _by_templates(templates, known, descriptor, most=most)
    if learnt:
        # People are looked through rather than faces: there are twenty times fewer of them.
        taught = PersonTemplate.objects.filter(template_set__in=learnt, person=OuterRef("pk"))
        known = known.filter(person__in=Person.objects.filter(~Exists(taught), studio__in=studios))
    faces: dict[UUID, list[PhotoFace]] = defaultdict(list)
    for face in find_nearest(known, descriptor, limit=FACES_COMPARED):
        faces[face.person_id].append(face)  # type: ignore[index]
    for of_one in faces.values():
        yield _candidate(of_one[0], mean(1 - face.distance for face in of_one[:FACES_PER_PERSON]), version.scores)


def _by_templates(
    templates: TemplateSet, known: PhotoFaceQuerySet, descriptor: FloatArray, *, most: int
) -> Iterator[PersonCandidate]:
    """More than are wanted: the nearest faces may change their order."""
    best = templates.templates.nearest(descriptor, limit=2 * most)
    faces = known.filter(person__in=best).defer("insightface_descriptor", "landmarks").at_distance(descriptor)
    nearest_first = faces.order_by("person_id", "distance")  # type: ignore[misc] # an annotation
    for face in nearest_first.distinct("person_id"):
        together = combine_cosines(best[face.person_id], 1 - face.distance)  # type: ignore[index]
        yield _candidate(face, together, templates.scores)


def _candidate(face: PhotoFace, cosine: float, scores: Calibration) -> PersonCandidate:
    assert face.person is not None  # noqa: S101 - the query says so
    return PersonCandidate(face.person, round(cosine, 4), round(scores.similarity(cosine), 4), face)
