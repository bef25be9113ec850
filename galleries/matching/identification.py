"""Who a face shows, of the people that a studio knows: open-set identification, with an honest "nobody".

Somebody who has templates, because a training learnt them, is compared by their best template and their nearest
verified face together: the template is the person, the face is how they look on one day. Everybody else is compared by
the mean over their nearest verified faces: several, so that one face under a wrong name decides nothing. Both scales
are calibrated, so their similarities can be ranked together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import mean
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from galleries.matching.nearest import find_nearest
from galleries.models import Person, PersonTemplate, PhotoFace, TemplateSet
from galleries.models.face import PhotoFaceQuerySet
from galleries.models.gallery import Limit
from recognition.calibration import Calibration
from recognition.model_versions import current_model_version
from recognition.settings.overrides import settings_across
from recognition.types import FloatArray

# How many of the nearest faces are read, and over how many of one person the mean is taken.
FACES_COMPARED, FACES_PER_PERSON = 200, 3
# How much the best template counts beside the nearest face. With 0.7 known people are found as often as by the nearest
# faces, or more often, and strangers are told from them better, with both engines (measured in docs/training.md).
TEMPLATE_WEIGHT = 0.7
DEFAULT_CANDIDATES, MAX_CANDIDATES = 5, 50


@dataclass(frozen=True, slots=True)
class PersonCandidate:
    """Somebody whom the probe may show. `similarity`: calibrated, 0..1. `face`: the person's nearest one.

    `cosine`: the mean over the nearest faces, or what `combine_cosines` returns where the person has templates.
    """

    person: Person
    cosine: float
    similarity: float
    face: PhotoFace


@dataclass(frozen=True, slots=True)
class Identification:
    """Whom the probe shows: `person`, or None where nobody reaches the threshold.

    `candidates`: best first. `margin`: by how much of similarity the best is ahead of the next; a margin near 0 means
    that the two people look alike to this model, whatever the similarity.
    """

    person: Person | None
    candidates: list[PersonCandidate]
    margin: float | None
    threshold: float


def default_threshold(studio_ids: Iterable[UUID]) -> float:
    """Return the similarity that the settings require of a search among the people or faces of these studios."""
    return float(settings_across(studio_ids).confidence_thresholds.identify)


def identify(
    descriptor: FloatArray,
    *,
    studio_ids: Iterable[UUID],
    threshold: float | None = None,
    candidates: int = DEFAULT_CANDIDATES,
    beyond: Limit = Limit.ENDED,
) -> Identification:
    """Return whom the descriptor shows, of the people of these studios.

    `descriptor`: protected, float32 (512,), unit length, made by the engine in use. `threshold`: a similarity, by
    default that of the settings. `beyond`: nothing is compared with faces of events to which the limit applies; for
    apps that is CLOSED. Raises FacePassError 503 as `current_model_version` does.
    """
    studios = list(studio_ids)
    required = default_threshold(studios) if threshold is None else threshold
    found = _find_candidates(descriptor, studios, limit=candidates, beyond=beyond)
    ranked = sorted(found, key=lambda candidate: (-candidate.similarity, -candidate.cosine))[:candidates]
    best = ranked[0] if ranked else None
    margin = round(ranked[0].similarity - ranked[1].similarity, 4) if len(ranked) > 1 else None
    return Identification(
        person=best.person if best and best.similarity >= required else None,
        candidates=ranked,
        margin=margin,
        threshold=required,
    )


def combine_cosines(template: float, face: float) -> float:
    """Return the weighted mean of the cosines to a person's best template and to their nearest face.

    The calibration of a template set is for this mean.
    """
    return TEMPLATE_WEIGHT * template + (1 - TEMPLATE_WEIGHT) * face


def _find_candidates(
    descriptor: FloatArray, studios: list[UUID], *, limit: int, beyond: Limit
) -> Iterator[PersonCandidate]:
    version = current_model_version()
    known = PhotoFace.objects.searchable(version).filter(person__studio__in=studios, verified=True).outside(beyond)
    known = known.select_related("person")
    template_sets = list(TemplateSet.objects.in_use(version).filter(studio__in=studios))
    for templates in template_sets:
        yield from _find_by_templates(templates, known, descriptor, limit=limit)
    if template_sets:
        # The others. People are looked through rather than faces: there are twenty times fewer of them.
        own_templates = PersonTemplate.objects.filter(template_set__in=template_sets, person=OuterRef("pk"))
        known = known.filter(person__in=Person.objects.filter(~Exists(own_templates), studio__in=studios))
    faces_of_person: dict[UUID | None, list[PhotoFace]] = defaultdict(list)
    for face in find_nearest(known, descriptor, limit=FACES_COMPARED):
        faces_of_person[face.person_id].append(face)
    for faces in faces_of_person.values():
        yield _candidate(faces[0], mean(1 - face.distance for face in faces[:FACES_PER_PERSON]), version.scores)


def _find_by_templates(
    templates: TemplateSet, known: PhotoFaceQuerySet, descriptor: FloatArray, *, limit: int
) -> Iterator[PersonCandidate]:
    """Yield the people with the nearest templates: twice as many as wanted, because faces may change their order."""
    best = templates.templates.nearest_people(descriptor, limit=2 * limit)
    faces = known.filter(person__in=best).defer("insightface_descriptor", "landmarks").at_distance(descriptor)
    nearest_first = faces.order_by("person_id", F("distance"))
    for face in nearest_first.distinct("person_id"):
        cosine = combine_cosines(best[face.person_id], 1 - face.distance)  # type: ignore[index]
        yield _candidate(face, cosine, templates.scores)


def _candidate(face: PhotoFace, cosine: float, scores: Calibration) -> PersonCandidate:
    assert face.person is not None  # noqa: S101 - the query says so
    return PersonCandidate(face.person, round(cosine, 4), round(scores.similarity(cosine), 4), face)
