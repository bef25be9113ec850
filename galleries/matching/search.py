"""Photos of the person whose face the probe shows, within one occasion. Exact: every group and every face is compared.

A group counts where the mean cosine of the probe to its faces reaches the threshold, and then gives all its photos,
also those whose face alone would not: turned away, blurred, years of make-up apart. A face that is in no group counts
for itself; a face of somebody else's group only where it is beyond doubt. What decides among the groups and loose
faces, and what may be the person as well, is in candidates.py; thresholds are in recognition/config.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet

from galleries.matching import descriptors
from galleries.matching.candidates import WEAK_PROBE, Levels, SearchCandidate, choose_candidates
from galleries.models import FaceCluster, GalleryImage, Occasion, Person, PhotoFace
from recognition.calibration import Calibration
from recognition.config import ConfidenceThresholds, recognition_settings
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import DescribedFace, FloatArray

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


def is_weak_probe(probe: DescribedFace) -> bool:
    """Whether a probe is too small, blurred or badly lit to be trusted as much as another. See `WEAK_PROBE`."""
    return bool(set(probe.quality.reasons) - {"turned_away"})


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`matches`: photos of the person. `possible`: photos of who may be the same person, never among the matches.

    Both have one match for each photo, best first. `threshold`: the similarity that held.
    """

    matches: list[Match]
    possible: list[Match]
    threshold: float


def find_matches(
    descriptor: FloatArray,
    *,
    within: Occasion,
    threshold: float | None = None,
    limit: int = DEFAULT_LIMIT,
    rules: ConfidenceThresholds | None = None,
) -> list[Match]:
    """One match for each photo of the person, best first; as `search_photos`."""
    return search_photos(descriptor, within=within, threshold=threshold, limit=limit, rules=rules).matches


def search_photos(
    descriptor: FloatArray,
    *,
    within: Occasion,
    threshold: float | None = None,
    limit: int = DEFAULT_LIMIT,
    rules: ConfidenceThresholds | None = None,
    weak: bool = False,
) -> SearchResult:
    """Photos of the person, and photos that may show them.

    `descriptor`: protected, float32 (512,), unit length, made by the engine in use; faces that another model version
    described are not compared. `threshold`: a similarity; by default that of the settings for as many groups and loose
    faces as the occasion has, and a little more for a `weak` probe. `rules`: for callers who have read the settings
    already.
    """
    version = current_model_version()
    rules = rules or recognition_settings().confidence_thresholds
    if threshold is None:
        usual = search_threshold(within, rules=rules)
        threshold = min(1.0, round(usual + WEAK_PROBE, 4)) if weak else usual
    levels = Levels.of(threshold, rules, version.scores)
    faces = _faces(descriptor, within=within, version=version)
    groups = FaceCluster.objects.within(within).shown()
    candidates = [
        *_groups(
            groups.nearest_to(descriptor, version=version, min_cosine=levels.near),
            vouched=faces.filter(distance__lte=1 - levels.sure).values_list("cluster_id", flat=True),  # type: ignore[misc]
        ),
        *_loose(faces.filter(cluster=None, distance__lte=1 - levels.near)),  # type: ignore[misc]
    ]
    decision = choose_candidates(descriptor, candidates, levels)
    matches = _one_each(_shown(faces, decision.found, sure=levels.sure), decision.found, version.scores)
    given = {match.face.photo_id for match in matches}
    possible = [
        match
        for match in _one_each(_shown(faces, decision.possible), decision.possible, version.scores)
        if match.face.photo_id not in given
    ]
    return SearchResult(matches[:limit], possible[:limit], threshold)


def search_threshold(within: Occasion, *, rules: ConfidenceThresholds) -> float:
    """The similarity from which a candidate is found, by how many groups and loose faces the occasion has."""
    version = current_model_version()
    groups = FaceCluster.objects.within(within).shown().described_by(version)
    loose = PhotoFace.objects.searchable(version).in_galleries(_galleries(within)).filter(cluster=None)
    return round(rules.search_threshold(groups.count() + loose.count()), 4)


def _galleries(within: Occasion) -> list[UUID]:
    return list(within.galleries.values_list("pk", flat=True))


def find_photos_of_person(
    person: Person, *, within: Occasion, threshold: float | None = None, limit: int = DEFAULT_LIMIT
) -> list[Match]:
    """Photos in which somebody named the person, and photos of whoever looks like the person's verified faces."""
    version = current_model_version()
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
    alike = find_matches(mean, within=within, threshold=threshold, limit=MAX_LIMIT)
    others = [match for match in alike if match.face.photo_id not in photos and match.face.person_id is None]
    return sorted(_first_of_photo(found + others), key=lambda match: -match.cosine)[:limit]


def combine_matches(found: Sequence[Sequence[Match]], *, combine: Literal["any", "all"]) -> list[Match]:
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


def lock_existing_matches(matches: Sequence[Match]) -> list[Match]:
    """Without faces that were rejected or deleted since the search, or whose photo was; the others stay until the
    transaction ends.
    """
    faces = PhotoFace.objects.filter(pk__in=[match.face.pk for match in matches]).shown().lock_against_deletion()
    photos = GalleryImage.objects.filter(pk__in=[match.face.photo_id for match in matches]).lock_against_deletion()
    return [match for match in matches if match.face.pk in faces and match.face.photo_id in photos]


def _groups(near: "QuerySet[FaceCluster]", *, vouched: Iterable[UUID | None]) -> list[SearchCandidate]:
    """`vouched`: the groups of faces that are beyond doubt."""
    groups, sure = list(near), set(vouched)
    photos: dict[UUID, set[UUID]] = defaultdict(set)
    shown = PhotoFace.objects.filter(cluster__in=groups).values_list("cluster_id", "photo_id")
    for cluster_id, photo_id in shown if groups else ():
        photos[cluster_id].add(photo_id)
    return [
        SearchCandidate(
            pk=group.pk,
            is_group=True,
            cosine=1 - group.distance,
            centroid=descriptors.as_array(group.centroid),
            size=group.size,
            photos=frozenset(photos[group.pk]),
            person_id=group.person_id,
            vouched=group.pk in sure,
        )
        for group in groups
    ]


def _loose(near: "QuerySet[PhotoFace]") -> list[SearchCandidate]:
    rows, stacked = descriptors.read(near.order_by(), "pk", "photo_id", "person_id", "distance")
    return [
        SearchCandidate(
            pk=pk,
            is_group=False,
            cosine=1 - distance,
            centroid=descriptor,
            size=1,
            photos=frozenset({photo_id}),
            person_id=person_id,
        )
        for (pk, photo_id, person_id, distance), descriptor in zip(rows, stacked, strict=True)
    ]


def _shown(
    faces: "QuerySet[PhotoFace]", candidates: Sequence[SearchCandidate], *, sure: float | None = None
) -> "QuerySet[PhotoFace]":
    """The faces of the candidates, and those that are `sure` whatever group they are in."""
    groups = [each.pk for each in candidates if each.is_group]
    wanted = Q(cluster__in=groups) | Q(pk__in=[each.pk for each in candidates if not each.is_group])
    if sure is not None:
        return faces.filter(wanted | Q(distance__lte=1 - sure))
    return faces.filter(wanted) if candidates else faces.none()


def _faces(descriptor: FloatArray, *, within: Occasion, version: ModelVersion) -> "QuerySet[PhotoFace]":
    faces = PhotoFace.objects.searchable(version).in_galleries(_galleries(within)).at_distance(descriptor)
    # The few photos are read by themselves: a join would be planned for as many as there are.
    return faces.prefetch_related("photo").defer("insightface_descriptor", "landmarks").order_by("distance")  # type: ignore[misc]


def _one_each(faces: "QuerySet[PhotoFace]", candidates: Sequence[SearchCandidate], scores: Calibration) -> list[Match]:
    """A photo's face of a group that was found goes before any other face of that photo."""
    groups = {each.pk: scores.similarity(each.cosine) for each in candidates if each.is_group}
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


def find_misses(
    descriptor: FloatArray, found: Sequence[Match], *, within: Occasion, threshold: float, limit: int = 50
) -> list[Miss]:
    """For staff and partners: the nearest faces of photos that were not given; last those of other model versions."""
    version = current_model_version()
    rules = recognition_settings().confidence_thresholds
    given = [match.face.photo_id for match in found]
    faces = PhotoFace.objects.within(within).exclude(photo__in=given).select_related("photo")
    faces = faces.defer("insightface_descriptor", "landmarks")
    near = faces.described_by(version).at_distance(descriptor)
    least = version.scores.cosine(max(0.0, threshold - rules.possible))
    near = near.filter(distance__lte=1 - least).order_by("distance")  # type: ignore[misc]
    told = [_miss(face, version.scores, threshold=threshold) for face in near[:limit]]
    others = faces.not_described_by(version).order_by("pk")[: limit - len(told)]
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
