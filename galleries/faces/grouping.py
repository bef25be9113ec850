"""Who belongs together within a photo session: groups of faces, which grow with every photo.

A run looks at the faces that are in no group yet. It compares them with each other and with the groups there are, so
it changes only what a new photo touches, and groups keep their ids. Blurred, tiny and otherwise poor faces follow: they
join the group that they are like, and never bring two groups together. Nobody is in a photo twice, and what people
decided (decisions.py) holds.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, models, transaction

from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from galleries.faces import live_events
from galleries.faces.denials import find_denied_people
from galleries.faces.live_events import GroupsEvent
from galleries.jobs.runner import JobTurn
from galleries.matching import descriptors
from galleries.models import FaceCluster, FaceDecision, Gallery, Occasion, Person, PhotoFace, SuggestionCount
from galleries.models.face import proposal_columns
from recognition import clustering
from recognition.clustering import Group
from recognition.config import recognition_settings
from recognition.models import ModelVersion
from recognition.types import FloatArray

# Groups among which pairs to ask about are looked for: what a page can do while somebody waits for it.
COMPARED = 1000
# Of the most alike of them so many are held against the photos and the decisions at a time.
PAIRS_AT_ONCE = 200
MOST_NOTED = 100
ROWS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a run did: faces that joined a group, groups that are new, groups that became part of another."""

    joined: int = 0
    created: int = 0
    merged: int = 0


@dataclass(frozen=True, slots=True)
class _Face:
    """A face that is in no group yet."""

    pk: UUID
    photo_id: UUID
    person_id: UUID | None
    good: bool
    descriptor: FloatArray


def group_faces(occasion: Occasion, *, rebuild: bool = False) -> Grouping:
    """Puts faces into groups; safe to run at any time, again and again. One run per occasion at a time.

    `rebuild`: groups that have no name, and in which nobody decided anything, are made anew.
    Raises FacePassError 503 as `ModelVersion.objects.current` does.
    """
    version = ModelVersion.objects.current()
    # A second run waits for the first, so that it sees the groups that the first one made.
    with hold_lock(LockPurpose.GROUPING, key=occasion.key):
        seen = dict(occasion.galleries.values_list("pk", "analyses"))
        if rebuild:
            _dissolve(occasion)
        found = _Run(occasion, version).run()
        _spread_names(occasion, version)
        for gallery_id, analyses in seen.items():
            Gallery.objects.filter(pk=gallery_id).update(grouped_analyses=analyses)
    if found != Grouping():
        refresh_suggestions(occasion)
        live_events.publish_event(occasion, _event(occasion, found))
    return found


def _event(occasion: Occasion, found: Grouping) -> GroupsEvent:
    key = str(occasion.key)
    return GroupsEvent(
        type="groups.changed", occasion=key, joined=found.joined, created=found.created, merged=found.merged
    )


def run_grouping_job(turn: JobTurn) -> dict[str, Any]:
    """The job `cluster_unknown_faces`."""
    where = {name: UUID(value) for name, value in turn.job.arguments.items() if name != "rebuild"}
    found = group_faces(Occasion(turn.job.studio_id, **where), rebuild=bool(turn.job.arguments["rebuild"]))
    return asdict(found)


class _Run:
    def __init__(self, occasion: Occasion, version: ModelVersion) -> None:
        self._occasion = occasion
        self._version = version
        self._least = version.scores.cosine(recognition_settings().confidence_thresholds.group)
        self._rules = _Rules.of(occasion)
        # PhotoFace rows of other versions can not be compared; their groups wait until they are described anew.
        self._clusters = list(
            FaceCluster.objects.within(occasion).shown().described_by(version).order_by("created_at", "pk")
        )
        faces = list(_faces(occasion, version))
        self._good = [face for face in faces if face.good]
        self._poor = [face for face in faces if not face.good]

    def run(self) -> Grouping:
        nodes = [*_old_groups(self._clusters, self._rules), *(_single(face, self._rules) for face in self._good)]
        old, new = nodes[: len(self._clusters)], nodes[len(self._clusters) :]
        if not new and not self._poor:
            return Grouping()
        sets, united = _united(nodes, self._rules.sets(self._clusters, self._good))
        pairs = self._pairs(old, new, where=sets)
        merged = clustering.merged(united, pairs, least=self._least)
        people = [[index for part in parts for index in sets[part]] for parts in merged]
        self._follow(people, nodes)
        return self._write(people)

    def _pairs(
        self, old: Sequence[Group], new: Sequence[Group], *, where: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, int]]:
        """Every pair with a new face in it, by the number of the set that each belongs to."""
        home = {index: number for number, members in enumerate(where) for index in members}
        means, fresh = _means(old), _means(new)
        shift = len(old)
        for i, j in clustering.alike(fresh, means, least=self._least):
            yield home[shift + i], home[j]
        for i, j in clustering.alike(fresh, fresh, least=self._least):
            yield home[shift + i], home[shift + j]

    def _follow(self, people: list[list[int]], nodes: Sequence[Group]) -> None:
        """Each poor face joins the person whom it is most like, if nothing speaks against it."""
        whole = [_sum(nodes[index] for index in members) for members in people]
        shift = len(self._clusters) + len(self._good)
        followers = [_single(face, self._rules) for face in self._poor]
        links = [
            (float(followers[i].mean @ whole[j].mean), i, j)
            for i, j in clustering.alike(_means(followers), _means(whole), least=self._least)
        ]
        placed: set[int] = set()
        for _link, i, j in sorted(links, reverse=True):
            if i not in placed and not whole[j].excludes(followers[i]):
                placed.add(i)
                whole[j] = whole[j].with_(followers[i])
                people[j].append(shift + i)

    @transaction.atomic
    def _write(self, people: Sequence[Sequence[int]]) -> Grouping:
        """Only what changes: groups that gain faces, and faces that become one; nothing if the galleries are gone."""
        if not self._occasion.galleries.lock_against_deletion():
            return Grouping()
        faces = [*self._good, *self._poor]
        homes: dict[UUID, UUID] = {}
        created: list[FaceCluster] = []
        swallowed: dict[UUID, UUID] = {}
        for members in people:
            clusters = [self._clusters[index] for index in members if index < len(self._clusters)]
            newcomers = [faces[index - len(self._clusters)].pk for index in members if index >= len(self._clusters)]
            if len(clusters) + len(newcomers) < 2:
                continue
            if not clusters:
                created.append(FaceCluster(**self._occasion.fields))
            kept = max(clusters, key=_seniority) if clusters else created[-1]
            homes.update(dict.fromkeys(newcomers, kept.pk))
            swallowed.update({cluster.pk: kept.pk for cluster in clusters if cluster is not kept})
        FaceCluster.objects.bulk_create(created, batch_size=ROWS_AT_ONCE)
        _move(PhotoFace.objects.filter(cluster__in=swallowed), dict(_members(swallowed)))
        joined = _move(PhotoFace.objects.filter(cluster=None), homes)
        return Grouping(joined, len(created), len(swallowed))


@dataclass(frozen=True, slots=True)
class _Rules:
    """What people decided: faces that are one person, and the marks of those that are not.

    Whoever has a name is marked with the person's id, and a face is against the people whom it was denied to be.
    """

    same: Sequence[Sequence[UUID]]
    marks: dict[UUID, frozenset[Hashable]]
    against: dict[UUID, frozenset[Hashable]]
    group_of: dict[UUID, UUID | None]

    @classmethod
    def of(cls, occasion: Occasion) -> "_Rules":
        decisions = list(FaceDecision.objects.within(occasion).standing())
        marks: dict[UUID, set[Hashable]] = defaultdict(set)
        against: dict[UUID, set[Hashable]] = defaultdict(set)
        for decision in decisions:
            for side, faces in (("same", decision.same), ("apart", decision.apart)):
                other = "apart" if side == "same" else "same"
                for face in faces if decision.apart else ():
                    marks[face].add((decision.pk, side))
                    against[face].add((decision.pk, other))
        denied = find_denied_people(decisions)
        same = [decision.same for decision in decisions if decision.kind in _SAYS_SAME and len(decision.same) > 1]
        group_of: dict[UUID, UUID | None] = {}
        named = PhotoFace.objects.filter(pk__in={*marks, *denied}.union(*same))
        for face, group_id, person_id in named.values_list("pk", "cluster_id", "person_id"):
            group_of[face] = group_id
            against[face] |= denied.get(face, set()) - {person_id}  # somebody may have given the name again
        return cls(same, _frozen(marks), _frozen(against), group_of)

    def sets(self, clusters: Sequence[FaceCluster], faces: Sequence[_Face]) -> list[list[int]]:
        """The faces of each decision `same`, as indexes of the groups and the single faces that hold them."""
        numbers: dict[UUID | None, int] = {cluster.pk: index for index, cluster in enumerate(clusters)}
        singles = {face.pk: len(clusters) + index for index, face in enumerate(faces)}
        found = []
        for members in self.same:
            held = {numbers.get(self.group_of.get(face), singles.get(face)) for face in members}
            found.append(sorted(index for index in held if index is not None))
        return [members for members in found if len(members) > 1]


# A split says of its faces that the rest is somebody else, not that they are one person.
_SAYS_SAME = {FaceDecision.Kind.MERGE, FaceDecision.Kind.NAME}


def _frozen(found: dict[UUID, set[Hashable]]) -> dict[UUID, frozenset[Hashable]]:
    return {pk: frozenset(marks) for pk, marks in found.items()}


def _faces(occasion: Occasion, version: ModelVersion) -> Iterator[_Face]:
    faces = PhotoFace.objects.searchable(version).within(occasion).filter(cluster=None)
    good = models.Case(models.When(quality__reasons=[], then=True), default=False)
    columns = faces.annotate(good=good).order_by("created_at", "pk")
    rows, stacked = descriptors.read(columns, "pk", "photo_id", "person_id", "good")
    for row, descriptor in zip(rows, stacked, strict=True):
        pk, photo_id, person_id, is_good = row
        yield _Face(pk, photo_id, person_id, is_good, descriptor)


def _single(face: _Face, rules: _Rules) -> Group:
    photo = frozenset({face.photo_id})
    marks = photo | rules.marks.get(face.pk, frozenset()) | _name_mark(face.person_id)
    return Group(face.descriptor, 1, marks, photo | rules.against.get(face.pk, frozenset()), face.person_id)


def _old_groups(clusters: Sequence[FaceCluster], rules: _Rules) -> Iterator[Group]:
    photos: dict[UUID | None, set[Hashable]] = defaultdict(set)
    for cluster_id, photo_id in PhotoFace.objects.filter(cluster__in=clusters).values_list("cluster_id", "photo_id"):
        photos[cluster_id].add(photo_id)
    marks: dict[UUID | None, set[Hashable]] = defaultdict(set)
    against: dict[UUID | None, set[Hashable]] = defaultdict(set)
    for face, home in rules.group_of.items():
        marks[home] |= rules.marks.get(face, frozenset())
        against[home] |= rules.against.get(face, frozenset())
    for cluster in clusters:
        inside = frozenset(photos[cluster.pk])
        total = descriptors.as_array(cluster.centroid) * np.float32(cluster.size)
        marked = inside | marks[cluster.pk] | _name_mark(cluster.person_id)
        yield Group(total, cluster.size, marked, inside | against[cluster.pk], cluster.person_id)


def _name_mark(person_id: UUID | None) -> frozenset[Hashable]:
    return frozenset({person_id}) if person_id else frozenset()


def _united(nodes: Sequence[Group], sets: Iterable[Sequence[int]]) -> tuple[list[list[int]], list[Group]]:
    united = clustering.together(len(nodes), sets)
    return united, [_sum(nodes[index] for index in members) for members in united]


def _sum(groups: Iterable[Group]) -> Group:
    first, *others = groups
    for other in others:
        first = first.with_(other)
    return first


def _means(groups: Sequence[Group]) -> FloatArray:
    return np.stack([group.mean for group in groups]) if groups else np.zeros((0, 0), np.float32)


def _seniority(cluster: FaceCluster) -> tuple[bool, int, float]:
    """Whose id survives: the named one, then the larger, then the older."""
    return cluster.person_id is not None, cluster.size, -cluster.created_at.timestamp()


def _members(swallowed: dict[UUID, UUID]) -> Iterator[tuple[UUID, UUID]]:
    for pk, cluster_id in PhotoFace.objects.filter(cluster__in=swallowed).values_list("pk", "cluster_id"):
        yield pk, swallowed[cluster_id]


def _move(faces: "models.QuerySet[PhotoFace]", homes: dict[UUID, UUID]) -> int:
    """Faces that are still where they were read go to their new groups, in one statement; how many did."""
    if not homes:
        return 0
    still, parameters = faces.values("pk").query.sql_with_params()
    statement = f"""
        UPDATE photo_faces face SET cluster_id = home.cluster_id
        FROM unnest(%s::uuid[], %s::uuid[]) AS home (face_id, cluster_id)
        WHERE face.id = home.face_id AND face.id IN ({still})
    """  # noqa: S608 - Django's own statement
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(homes), list(homes.values()), *parameters])
        return int(cursor.rowcount)


def _dissolve(occasion: Occasion) -> None:
    """Decided groups stay: they have a name, or hold a face that a decision speaks of. So do rejected faces, which can
    be shown again where they were.
    """
    rules = _Rules.of(occasion)
    free = FaceCluster.objects.within(occasion).shown().filter(person=None)
    free = free.exclude(pk__in={pk for pk in rules.group_of.values() if pk})
    PhotoFace.objects.filter(cluster__in=free).shown().update(cluster=None)


def _spread_names(occasion: Occasion, version: ModelVersion) -> None:
    """Faces that joined a named group are proposed to be that person, until somebody verifies it."""
    unnamed = PhotoFace.objects.within(occasion).filter(person=None, cluster__person__isnull=False)
    faces = list(unnamed.searchable(version).select_related("cluster"))
    for face in faces:
        group = face.cluster
        assert group is not None  # noqa: S101 - the query says so
        cosine = float(descriptors.as_array(face.insightface_descriptor) @ descriptors.as_array(group.centroid))
        columns = proposal_columns(group.person_id, similarity=version.scores.similarity(cosine))
        for name, value in columns.items():
            setattr(face, name, value)
    with transaction.atomic():
        there = Person.objects.filter(pk__in={face.person_id for face in faces}).lock_against_deletion()
        named = [face for face in faces if face.person_id in there]
        PhotoFace.objects.bulk_update(named, ["person", "face_category", "recognition_confidence"], batch_size=500)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two groups that may be one person, and how alike they are (0..1)."""

    one: FaceCluster
    other: FaceCluster
    similarity: float


def refresh_suggestions(occasion: Occasion) -> list[Suggestion]:
    """`find_suggestions`, whose number is kept for `count_suggestions`."""
    found = find_suggestions(occasion, limit=MOST_NOTED)
    SuggestionCount.objects.record(occasion, len(found))
    return found


def count_suggestions(keys: Iterable[UUID]) -> dict[UUID, int]:
    """How many suggestions occasions had, MOST_NOTED at most, when their faces were last grouped or pairs looked at: to
    know it now would be to compare all their groups.
    """
    return dict(SuggestionCount.objects.filter(occasion__in=list(keys)).values_list("occasion", "number"))


def find_suggestions(occasion: Occasion, *, limit: int = 50) -> list[Suggestion]:
    """Pairs to ask a person about, the most alike first; none that share a photo, have two names or were decided upon.

    Of very many groups the largest COMPARED are looked at; as they become fewer, others move up.
    """
    version = ModelVersion.objects.current()
    largest = FaceCluster.objects.within(occasion).shown().described_by(version).order_by("-size", "pk")
    clusters = list(largest.defer("centroid").select_related("person")[:COMPARED])
    rows, centroids = descriptors.read(largest.filter(pk__in=[group.pk for group in clusters]), "pk", of="centroid")
    centroid_of = {pk: centroid for (pk,), centroid in zip(rows, centroids, strict=True)}
    for cluster in clusters:
        cluster.centroid = centroid_of[cluster.pk]
    means = np.stack([group.centroid for group in clusters]) if clusters else np.zeros((0, 0), np.float32)
    least = version.scores.cosine(recognition_settings().confidence_thresholds.suggest)
    pairs = {(min(i, j), max(i, j)) for i, j in clustering.alike(means, means, least=least) if i != j}
    ranked = sorted(((float(means[i] @ means[j]), i, j) for i, j in pairs), reverse=True)
    found: list[Suggestion] = []
    rules = _Rules.of(occasion)
    for start in range(0, len(ranked), PAIRS_AT_ONCE):
        part = ranked[start : start + PAIRS_AT_ONCE]
        near = sorted({number for _link, i, j in part for number in (i, j)})
        groups = dict(zip(near, _old_groups([clusters[number] for number in near], rules), strict=True))
        found += [
            Suggestion(clusters[i], clusters[j], round(version.scores.similarity(link), 4))
            for link, i, j in part
            if not groups[i].excludes(groups[j])
        ]
        if len(found) >= limit:
            break
    return found[:limit]
