"""Photos of the person whose face the probe shows, within one occasion. Exact: every group and every face is compared.
What is found is for guests: photos that staff hid from them, or show later, are not among it, whoever asks.

A group counts where the mean cosine of the probe to its faces reaches the threshold. It then gives all its photos, also
those whose face alone would not count: turned away, blurred, years of make-up apart. A face that is in no group counts
for itself; a face of somebody else's group only where it is beyond doubt. What decides among the groups and loose
faces, and what may be the person as well, is in candidates.py; thresholds are in recognition/config.py.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import numpy as np
from django.db.models import F, Q, QuerySet

from galleries.matching import descriptors
from galleries.matching.candidates import WEAK_PROBE, Levels, SearchCandidate, choose_candidates
from galleries.models import FaceCluster, GalleryImage, Occasion, Person, PhotoFace
from galleries.models.face import PhotoFaceQuerySet
from galleries.models.gallery import Limit
from recognition import coverings
from recognition.calibration import Calibration
from recognition.config import ConfidenceThresholds
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import DescribedFace, FloatArray

DEFAULT_LIMIT = 200
MAX_LIMIT = 1000
Via = Literal["group", "face", "person"]


@dataclass(frozen=True, slots=True)
class Match:
    """A photo's face of the person, with its own cosine to the probe and its calibrated similarity (0..1).

    `via`: what decided, which is the face itself, its group, or that somebody had named it. `group_similarity`: of the
    group, where the group decided. `subjects`: which of several probes the photo shows, by index.
    """

    face: PhotoFace
    cosine: float
    similarity: float
    via: Via = "face"
    group_similarity: float | None = None
    subjects: tuple[int, ...] = (0,)


def is_weak_probe(probe: DescribedFace) -> bool:
    """Return whether a probe is too small, blurred or badly lit to be trusted as much as another (`WEAK_PROBE`)."""
    return bool(set(probe.quality.reasons) - {"turned_away", *coverings.CODES})


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Photos of the person (`matches`), and of people who may be the same person (`possible`); no photo is in both.

    Both have one match for each photo, best first. `threshold`: the similarity that was required.
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
    """Return one match for each photo of the person, best first: the `matches` of `search_photos`."""
    return search_photos(descriptor, within=within, threshold=threshold, limit=limit, rules=rules).matches


def search_photos(
    descriptor: FloatArray,
    *,
    within: Occasion,
    threshold: float | None = None,
    limit: int = DEFAULT_LIMIT,
    rules: ConfidenceThresholds | None = None,
    weak: bool = False,
    vouched: Collection[UUID] = (),
) -> SearchResult:
    """Return photos of the person, and photos that may show the same person.

    `descriptor`: protected, float32 (512,), unit length, made by the engine in use; faces that another model version
    described are not compared. `threshold`: a similarity; by default that of the settings for as many groups and loose
    faces as the occasion has, and a little more for a `weak` probe. `vouched`: faces of which somebody said that they
    are the person's; they and their groups need only be possible. `rules`: the settings, where they are read already.
    Raises FacePassError 503 as `current_model_version` does.
    """
    version, galleries = current_model_version(), _list_galleries(within)
    rules = rules or within.load_settings().confidence_thresholds
    if threshold is None:
        usual = _threshold_for_size(within, galleries, rules=rules, version=version)
        threshold = min(1.0, round(usual + WEAK_PROBE, 4)) if weak else usual
    levels = Levels.for_threshold(threshold, rules, version.scores)
    faces = _faces(descriptor, galleries=galleries, version=version)
    groups = FaceCluster.objects.within(within).shown()
    sure = _read_sure_faces(faces, levels.sure)  # the one comparison with every face; what follows looks rows up
    vouching = {*sure.values(), *faces.filter(pk__in=vouched).order_by().values_list("cluster_id", flat=True)}
    candidates = [
        *_groups(groups.nearest_to(descriptor, version=version, min_cosine=levels.near), vouched=vouching),
        *_loose(faces.closer_than(levels.near).filter(cluster=None), vouched=vouched),
    ]
    decision = choose_candidates(descriptor, candidates, levels)
    matches = _match_photos(_faces_of(faces, decision.found, also=sure), decision.found, version.scores)
    named = {group.person_id: group.cosine for group in decision.found if group.is_group and group.person_id}
    matches += _match_undescribed(named, matches, galleries=galleries, scores=version.scores)
    given = {match.face.photo_id for match in matches}
    possible = [
        match
        for match in _match_photos(_faces_of(faces, decision.possible), decision.possible, version.scores)
        if match.face.photo_id not in given
    ]
    return SearchResult(matches[:limit], possible[:limit], threshold)


def _read_sure_faces(faces: PhotoFaceQuerySet, cosine: float) -> dict[UUID, UUID | None]:
    """Return the groups of the faces that reach the cosine, by face; None where a face is in no group."""
    return dict(faces.filter(Q(distance__lte=1 - cosine)).order_by().values_list("pk", "cluster_id"))


def _match_undescribed(
    named: Mapping[UUID, float], matches: Sequence[Match], *, galleries: Collection[UUID], scores: Calibration
) -> list[Match]:
    """Return photos in which somebody confirmed one of these people, though no face of theirs is seen there.

    `named`: people by whose name a group that was found goes, and its cosine. `matches`: photos that are found already.
    """
    if not named:
        return []
    photos = GalleryImage.objects.filter(gallery__in=galleries).shown_to_guests().order_by().values("pk")
    faces = PhotoFace.objects.undescribed_names().filter(person__in=named, photo__in=photos)
    faces = faces.exclude(photo__in=[match.face.photo_id for match in matches]).prefetch_related("photo")
    cosines = [(face, named[face.person_id]) for face in faces.order_by("photo", "pk") if face.person_id]
    return _first_of_photo(
        Match(face=face, cosine=round(cosine, 4), similarity=round(scores.similarity(cosine), 4), via="person")
        for face, cosine in cosines
    )


def search_threshold(within: Occasion, *, rules: ConfidenceThresholds) -> float:
    """Return the similarity from which a candidate is found, by how many groups and loose faces the occasion has."""
    return _threshold_for_size(within, _list_galleries(within), rules=rules, version=current_model_version())


def _threshold_for_size(
    within: Occasion, galleries: Collection[UUID], *, rules: ConfidenceThresholds, version: ModelVersion
) -> float:
    groups = FaceCluster.objects.within(within).shown().described_by(version)
    loose = PhotoFace.objects.searchable(version).in_galleries(galleries).filter(cluster=None)
    return round(rules.search_threshold(groups.count() + loose.count()), 4)


def _list_galleries(within: Occasion) -> list[UUID]:
    """Return the ids of the galleries in which guests find photos."""
    return list(within.galleries.shown_to_guests().values_list("pk", flat=True))


def find_photos_of_person(
    person: Person, *, within: Occasion, threshold: float | None = None, limit: int = DEFAULT_LIMIT
) -> list[Match]:
    """Return photos in which the person was named, and photos of whoever looks like the person's verified faces.

    Without a verified face, the faces to which a model gave the name are searched with; without any, nothing is found.
    """
    version, galleries = current_model_version(), _list_galleries(within)
    known = PhotoFace.objects.searchable(version).filter(person=person).outside(Limit.ENDED)
    _rows, verified = descriptors.read(known.filter(verified=True), "pk")
    if not len(verified):
        _rows, verified = descriptors.read(known, "pk")
    if not len(verified):
        return []
    mean = verified.mean(axis=0)
    mean /= np.linalg.norm(mean)
    named = _faces(mean, galleries=galleries, version=version).filter(person=person)
    found = [_match(face, {}, version.scores, via="person") for face in named.iterator(chunk_size=500)]
    found += _match_undescribed({person.pk: 0.0}, found, galleries=galleries, scores=version.scores)
    photos = {match.face.photo_id for match in found}
    alike = find_matches(mean, within=within, threshold=threshold, limit=MAX_LIMIT)
    others = [match for match in alike if match.face.photo_id not in photos and match.face.person_id is None]
    return sorted(_first_of_photo(found + others), key=lambda match: -match.cosine)[:limit]


def combine_matches(found: Sequence[Sequence[Match]], *, combine: Literal["any", "all"]) -> list[Match]:
    """Return photos of any of several people, or of all of them at once.

    Each photo has its best match, and in `subjects` who of the people is in it.
    """
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


def lock_existing_matches(matches: Sequence[Match], *, session_id: UUID) -> list[Match]:
    """Return the matches whose face is still shown and whose photo is still in the session, and not hidden from guests.

    They cannot be deleted until the caller's transaction ends.
    """
    faces = PhotoFace.objects.filter(pk__in=[match.face.pk for match in matches]).shown().lock_against_deletion()
    rows = GalleryImage.objects.filter(pk__in=[match.face.photo_id for match in matches])
    photos = rows.filter(gallery__session_id=session_id).shown_to_guests().lock_against_deletion()
    return [match for match in matches if match.face.pk in faces and match.face.photo_id in photos]


def _groups(near: "QuerySet[FaceCluster]", *, vouched: Collection[UUID | None]) -> list[SearchCandidate]:
    """Return a candidate for each group. `vouched`: ids of the groups with a face that is beyond doubt."""
    groups = list(near)
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
            vouched=group.pk in vouched,
        )
        for group in groups
    ]


def _loose(near: PhotoFaceQuerySet, *, vouched: Collection[UUID]) -> list[SearchCandidate]:
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
            vouched=pk in vouched,
        )
        for (pk, photo_id, person_id, distance), descriptor in zip(rows, stacked, strict=True)
    ]


def _faces_of(
    faces: PhotoFaceQuerySet, candidates: Sequence[SearchCandidate], *, also: Collection[UUID] = ()
) -> PhotoFaceQuerySet:
    """Return the faces of the candidates, and those of the ids in `also`, whatever group they are in."""
    groups = [candidate.pk for candidate in candidates if candidate.is_group]
    singles = [candidate.pk for candidate in candidates if not candidate.is_group]
    return faces.filter(Q(cluster__in=groups) | Q(pk__in=[*singles, *also]))


def _faces(descriptor: FloatArray, *, galleries: Collection[UUID], version: ModelVersion) -> PhotoFaceQuerySet:
    hidden = GalleryImage.objects.filter(gallery__in=galleries).hidden().order_by().values("pk")
    faces = PhotoFace.objects.searchable(version).in_galleries(galleries).exclude(photo__in=hidden)
    faces = faces.at_distance(descriptor)
    # The few photos are read by themselves: a join would be planned for as many as there are.
    return faces.prefetch_related("photo").defer("insightface_descriptor", "landmarks").order_by(F("distance"))


def _match_photos(faces: PhotoFaceQuerySet, candidates: Sequence[SearchCandidate], scores: Calibration) -> list[Match]:
    """Return one match for each photo. A face of a group that was found goes before any other face of its photo."""
    groups = {each.pk: scores.similarity(each.cosine) for each in candidates if each.is_group}
    matches = [
        _match(face, groups, scores, via="group" if face.cluster_id in groups else "face")
        for face in faces  # no iterator(): PostgreSQL reads a cursor with one process
    ]
    best = _first_of_photo(sorted(matches, key=lambda match: match.via != "group"))
    return sorted(best, key=lambda match: -match.cosine)


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
