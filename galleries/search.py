"""Photos of the person whose face the probe shows, within one occasion. Exact: every group and every face is compared.

A group counts where the mean cosine of the probe to its faces reaches the threshold, and then gives all its photos,
also those whose face alone would not: turned away, blurred, years of make-up apart. Nobody is in a photo twice, so of
two groups that share a photo only the better one counts. A group that is like what was found, and not unlike the probe,
is the same person seen from another side, and comes with it (`widen`). A doubtful best group (below `certain`) must be
well ahead of the next one that was not found (`margin`): a stranger is somewhat like several people. A face that is in
no group counts for itself; a face of somebody else's group only where it is beyond doubt (`assign`). Thresholds:
recognition/config.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet

from galleries import descriptors
from galleries.models import FaceCluster, Occasion, Person, PhotoFace
from recognition.calibration import Calibration
from recognition.config import ConfidenceThresholds, recognition_settings
from recognition.models import ModelVersion
from recognition.types import FloatArray

DEFAULT_LIMIT = 200
MAX_LIMIT = 1000
Via = Literal["group", "face", "person"]


@dataclass(frozen=True, slots=True)
class Match:
    """A photo's face of the person, with its own cosine to the probe and its calibrated similarity (0..1).

    `via`: what decided, the face itself, its group, or that somebody had named it. `group_similarity`: of the group,
    where the group decided. `subjects`: which of several probes it is, by index.
    """

    face: PhotoFace
    cosine: float
    similarity: float
    via: Via = "face"
    group_similarity: float | None = None
    subjects: tuple[int, ...] = (0,)


def default_threshold() -> float:
    """The similarity from which a group or a face counts as found, from the recognition settings."""
    return float(recognition_settings().confidence_thresholds.search)


def photos_of(
    descriptor: FloatArray,
    *,
    within: Occasion,
    threshold: float,
    limit: int = DEFAULT_LIMIT,
    rules: ConfidenceThresholds | None = None,
) -> list[Match]:
    """One match for each photo of the person, best first.

    `descriptor`: protected, float32 (512,), unit length, made by the engine in use; faces that another model version
    described are not compared. `rules`: for callers who have read the settings already.
    """
    version = ModelVersion.objects.current()
    rules = rules or recognition_settings().confidence_thresholds
    groups = groups_of(descriptor, within=within, version=version, threshold=threshold, rules=rules)
    sure = max(threshold, rules.assign)
    faces = _faces(descriptor, within=within, version=version)
    # In this order nearly every face is compared once: it is of no group that was found, and not near.
    near, nearer = (Q(distance__lte=1 - version.scores.cosine(least)) for least in (threshold, sure))
    counted = Q(cluster__in=groups) | (near & (Q(cluster=None) | nearer))
    return _one_each(faces.filter(counted), groups, version.scores)[:limit]


def photos_with(person: Person, *, within: Occasion, threshold: float, limit: int = DEFAULT_LIMIT) -> list[Match]:
    """Photos in which somebody named the person, and photos of whoever looks like the person's verified faces."""
    version = ModelVersion.objects.current()
    known = PhotoFace.objects.searchable(version).filter(person=person)
    _rows, verified = descriptors.read(known.filter(verified=True), "pk")
    if not len(verified):
        _rows, verified = descriptors.read(known, "pk")
    if not len(verified):
        return []
    mean = verified.mean(axis=0)
    mean /= np.linalg.norm(mean)
    named = _faces(mean, within=within, version=version).filter(person=person)
    found = [_match(face, {}, version.scores, via="person") for face in named.iterator(chunk_size=500)]
    photos = {match.face.photo_id for match in found}
    alike = photos_of(mean, within=within, threshold=threshold, limit=MAX_LIMIT)
    others = [match for match in alike if match.face.photo_id not in photos and match.face.person_id is None]
    return sorted(_first_of_photo(found + others), key=lambda match: -match.cosine)[:limit]


def together(found: Sequence[Sequence[Match]], *, combine: Literal["any", "all"]) -> list[Match]:
    """Photos of any of several people, or of all of them at once; each photo with its best match, and who is in it."""
    best: dict[UUID, Match] = {}
    subjects: dict[UUID, set[int]] = defaultdict(set)
    for number, matches in enumerate(found):
        for match in matches:
            photo = match.face.photo_id
            subjects[photo].add(number)
            if photo not in best or match.cosine > best[photo].cosine:
                best[photo] = match
    wanted = len(found) if combine == "all" else 1
    shown = [replace(best[photo], subjects=tuple(sorted(who))) for photo, who in subjects.items() if len(who) >= wanted]
    return sorted(shown, key=lambda match: -match.cosine)


def groups_of(
    descriptor: FloatArray, *, within: Occasion, version: ModelVersion, threshold: float, rules: ConfidenceThresholds
) -> dict[UUID, float]:
    """The groups that show the person, with the probe's similarity to each; usually one, or none."""
    scores = version.scores
    least = scores.cosine(max(0.0, min(threshold - rules.margin, rules.widen)))
    candidates = _candidates(descriptor, within=within, version=version, least=least)
    found = _Found(candidates)
    for candidate in candidates:
        if candidate.cosine >= scores.cosine(threshold):
            found.take(candidate)
    found.widen(scores.cosine(rules.widen))
    told = {each.group.pk: scores.similarity(each.cosine) for each in found.taken}
    best = max(told.values(), default=0.0)
    others = [scores.similarity(each.cosine) for each in candidates if each not in found.taken]
    doubtful = best < rules.certain and best - max(others, default=0.0) < rules.margin
    return {} if doubtful else told


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    group: FaceCluster
    cosine: float
    photos: frozenset[UUID]


def _candidates(descriptor: FloatArray, *, within: Occasion, version: ModelVersion, least: float) -> list[_Candidate]:
    """The groups whose mean cosine to the probe reaches `least`, most alike first."""
    near = FaceCluster.objects.within(within).inhabited().nearest_to(descriptor, version=version, min_cosine=least)
    groups = {group.pk: group for group in near}
    photos: dict[UUID, set[UUID]] = defaultdict(set)
    shown = PhotoFace.objects.filter(cluster__in=groups).values_list("cluster_id", "photo_id")
    for cluster_id, photo_id in shown if groups else ():
        photos[cluster_id].add(photo_id)
    return [_Candidate(group, 1 - group.distance, frozenset(photos[pk])) for pk, group in groups.items()]


class _Found:
    """Groups of one person, each photo in at most one of them."""

    def __init__(self, candidates: Sequence[_Candidate]) -> None:
        self.taken: list[_Candidate] = []
        self._candidates = candidates

    def take(self, one: _Candidate) -> bool:
        if one in self.taken or any(_exclude(one, other) for other in self.taken):
            return False
        self.taken.append(one)
        return True

    def widen(self, least: float) -> None:
        """Adds candidates that are like the probe and whose mean cosine to the faces found so far reaches `least`."""
        near = [(each, descriptors.as_array(each.group.centroid)) for each in self._candidates if each.cosine >= least]
        grown = bool(self.taken)
        while grown:
            sizes = sum(each.group.size for each in self.taken)
            mean = sum(descriptors.as_array(t.group.centroid) * np.float32(t.group.size / sizes) for t in self.taken)
            grown = sum(self.take(each) for each, centroid in near if float(centroid @ mean) >= least) > 0


def _exclude(one: _Candidate, other: _Candidate) -> bool:
    """Whether the two groups show different people."""
    names = {one.group.person_id, other.group.person_id} - {None}
    return len(names) > 1 or not one.photos.isdisjoint(other.photos)


def _faces(descriptor: FloatArray, *, within: Occasion, version: ModelVersion) -> "QuerySet[PhotoFace]":
    galleries = list(within.galleries.values_list("pk", flat=True))
    faces = PhotoFace.objects.searchable(version).in_galleries(galleries).at_distance(descriptor)
    # The few photos are read by themselves: a join would be planned for as many as there are.
    return faces.prefetch_related("photo").defer("insightface_descriptor", "landmarks").order_by("distance")  # type: ignore[misc]


def _one_each(faces: "QuerySet[PhotoFace]", groups: dict[UUID, float], scores: Calibration) -> list[Match]:
    """A photo's face of a group that was found goes before any other face of that photo."""
    found = [
        _match(face, groups, scores, via="group" if face.cluster_id in groups else "face")
        for face in faces  # no iterator(): PostgreSQL reads a cursor with one process
    ]
    kept = _first_of_photo(sorted(found, key=lambda match: match.via != "group"))
    return sorted(kept, key=lambda match: -match.cosine)


def _first_of_photo(matches: Iterable[Match]) -> list[Match]:
    first: dict[UUID, Match] = {}
    for match in matches:
        first.setdefault(match.face.photo_id, match)
    return list(first.values())


def _match(face: PhotoFace, groups: dict[UUID, float], scores: Calibration, *, via: Via) -> Match:
    cosine = 1 - face.distance
    link = groups.get(face.cluster_id) if face.cluster_id else None
    return Match(
        face=face,
        cosine=round(cosine, 4),
        similarity=round(scores.similarity(cosine), 4),
        via=via,
        group_similarity=None if link is None else round(link, 4),
    )


Reason = Literal["hidden", "low_quality", "someone_else", "below_threshold", "other_model_version"]


@dataclass(frozen=True, slots=True)
class Miss:
    """A face like the probe's that was not given, and why. `cosine` is None where it can not be compared."""

    face: PhotoFace
    cosine: float | None
    similarity: float | None
    reason: Reason


def misses(
    descriptor: FloatArray, found: Sequence[Match], *, within: Occasion, threshold: float, limit: int = 50
) -> list[Miss]:
    """For staff and partners: the nearest faces of photos that were not given; last those of other model versions."""
    version = ModelVersion.objects.current()
    rules = recognition_settings().confidence_thresholds
    given = [match.face.photo_id for match in found]
    faces = PhotoFace.objects.filter(gallery__in=within.galleries).exclude(photo__in=given).select_related("photo")
    faces = faces.defer("insightface_descriptor", "landmarks")
    near = faces.filter(model_version=version).at_distance(descriptor)
    near = near.filter(distance__lte=1 - version.scores.cosine(rules.widen)).order_by("distance")  # type: ignore[misc]
    told = [_miss(face, version.scores, threshold=threshold) for face in near[:limit]]
    others = faces.exclude(model_version=version).order_by("pk")[: limit - len(told)]
    return told + [Miss(face, None, None, "other_model_version") for face in others]


def _miss(face: PhotoFace, scores: Calibration, *, threshold: float) -> Miss:
    similarity = scores.similarity(1 - face.distance)
    reason: Reason = "below_threshold"
    if face.is_hidden:
        reason = "hidden"
    elif similarity >= threshold:
        reason = "someone_else"
    elif face.quality.get("reasons"):
        reason = "low_quality"
    return Miss(face, round(1 - face.distance, 4), round(similarity, 4), reason)
