"""Who belongs together within an occasion: groups of faces, which grow with every photo.

A run looks at the loose faces, which are in no group yet. It compares them with each other and with the groups there
are, so it changes only what a new photo touches, and groups keep their ids. Poor faces (blurred, tiny) follow: they
join the group that they are most similar to, and never bring two groups together. Nobody is in a photo twice, and what
people decided holds (grouping_rules.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, models, transaction

from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from galleries.faces import live_events
from galleries.faces.grouping_rules import GroupingRules, LooseFace
from galleries.faces.live_events import GroupsEvent
from galleries.faces.suggestions import refresh_suggestions
from galleries.jobs.runner import JobTurn
from galleries.matching import descriptors
from galleries.models import FaceCluster, Gallery, Occasion, Person, PhotoFace
from galleries.models.face import proposal_columns
from recognition import clustering
from recognition.clustering import Group
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import FloatArray

ROWS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a run did: faces that joined a group, groups that are new, groups that became part of another."""

    joined: int = 0
    created: int = 0
    merged: int = 0


def group_faces(occasion: Occasion, *, rebuild: bool = False) -> Grouping:
    """Put the loose faces of the occasion into groups. Safe to run at any time, again and again.

    One run per occasion at a time: a second one waits, so that it sees the groups that the first one made. `rebuild`:
    groups that have no name, and in which nobody decided anything, are made anew. Raises FacePassError 503 as
    `current_model_version` does.
    """
    version = current_model_version()
    with hold_lock(LockPurpose.GROUPING, key=occasion.key):
        # Read before the faces are: an analysis that ends meanwhile makes the gallery wait for another run.
        analyses = dict(occasion.galleries.values_list("pk", "analyses"))
        if rebuild:
            _dissolve_undecided(occasion)
        grouping = _GroupingRun(occasion, version).run()
        _propose_names(occasion, version)
        for gallery_id, number in analyses.items():
            Gallery.objects.filter(pk=gallery_id).update(grouped_analyses=number)
    if grouping != Grouping():
        refresh_suggestions(occasion)
        live_events.publish_event(occasion, _event(occasion, grouping))
    return grouping


def _event(occasion: Occasion, grouping: Grouping) -> GroupsEvent:
    return GroupsEvent(
        type="groups.changed",
        occasion=str(occasion.key),
        joined=grouping.joined,
        created=grouping.created,
        merged=grouping.merged,
    )


def run_grouping_job(turn: JobTurn) -> dict[str, Any]:
    """Run the job `cluster_unknown_faces`. It takes one turn, however long."""
    bounds = {name: UUID(value) for name, value in turn.job.arguments.items() if name != "rebuild"}
    occasion = Occasion(turn.job.studio_id, **bounds)
    return asdict(group_faces(occasion, rebuild=bool(turn.job.arguments["rebuild"])))


class _GroupingRun:
    """Groups and loose faces are nodes, named by index: first the groups, then the good faces, then the poor ones."""

    def __init__(self, occasion: Occasion, version: ModelVersion) -> None:
        self._occasion = occasion
        self._min_cosine = version.scores.cosine(occasion.load_settings().confidence_thresholds.group)
        self._rules = GroupingRules.for_occasion(occasion)
        # Groups that another version described cannot be compared; they wait until they are described anew.
        groups = FaceCluster.objects.within(occasion).shown().described_by(version)
        self._clusters = list(groups.order_by("created_at", "pk"))
        loose = list(_load_loose_faces(occasion, version))
        self._good = [face for face in loose if face.is_good]
        self._poor = [face for face in loose if not face.is_good]

    def run(self) -> Grouping:
        singles = [self._rules.build_single(face) for face in self._good]
        if not singles and not self._poor:
            return Grouping()
        nodes = [*self._rules.build_groups(self._clusters), *singles]
        # What people said to be one person is one node for the clustering, however dissimilar the faces are.
        sets = clustering.unite_sets(len(nodes), self._rules.unite_indexes(self._clusters, self._good))
        united = [_add_up(nodes[index] for index in members) for members in sets]
        merged = clustering.merge_groups(united, self._find_pairs(nodes, sets), least=self._min_cosine)
        people = [[index for part in parts for index in sets[part]] for parts in merged]
        self._add_poor_faces(people, nodes)
        return self._write(people)

    def _find_pairs(self, nodes: Sequence[Group], sets: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
        """Yield every similar pair with a new face in it, by the number of the set that each belongs to."""
        set_of = {index: number for number, members in enumerate(sets) for index in members}
        first_new = len(self._clusters)
        old, new = _stack_means(nodes[:first_new]), _stack_means(nodes[first_new:])
        for i, j in clustering.find_similar_pairs(new, old, least=self._min_cosine):
            yield set_of[first_new + i], set_of[j]
        for i, j in clustering.find_similar_pairs(new, new, least=self._min_cosine):
            yield set_of[first_new + i], set_of[first_new + j]

    def _add_poor_faces(self, people: list[list[int]], nodes: Sequence[Group]) -> None:
        """Add each poor face to the person whom it is most similar to, if nothing speaks against it."""
        groups = [_add_up(nodes[index] for index in members) for members in people]
        singles = [self._rules.build_single(face) for face in self._poor]
        links = [
            (float(singles[i].mean @ groups[j].mean), i, j)
            for i, j in clustering.find_similar_pairs(
                _stack_means(singles), _stack_means(groups), least=self._min_cosine
            )
        ]
        placed: set[int] = set()
        for _cosine, i, j in sorted(links, reverse=True):
            if i not in placed and not groups[j].excludes(singles[i]):
                placed.add(i)
                groups[j] = groups[j].merged_with(singles[i])
                people[j].append(len(nodes) + i)

    @transaction.atomic
    def _write(self, people: Sequence[Sequence[int]]) -> Grouping:
        """Write only what changes: groups that gain faces, and faces that become one.

        Nothing is written if the galleries are gone by now.
        """
        if not self._occasion.galleries.lock_against_deletion():
            return Grouping()
        faces = [*self._good, *self._poor]
        new_group_of_face: dict[UUID, UUID] = {}
        created: list[FaceCluster] = []
        merged_into: dict[UUID, UUID] = {}
        for members in people:
            clusters = [self._clusters[index] for index in members if index < len(self._clusters)]
            newcomers = [faces[index - len(self._clusters)].pk for index in members if index >= len(self._clusters)]
            # A single face stays loose, and a group that gained nothing stays as it is.
            if len(clusters) + len(newcomers) < 2:
                continue
            if not clusters:
                created.append(FaceCluster(**self._occasion.fields))
            kept = max(clusters, key=_seniority) if clusters else created[-1]
            new_group_of_face.update(dict.fromkeys(newcomers, kept.pk))
            merged_into.update({cluster.pk: kept.pk for cluster in clusters if cluster is not kept})
        FaceCluster.objects.bulk_create(created, batch_size=ROWS_AT_ONCE)
        merged_faces = PhotoFace.objects.filter(cluster__in=merged_into)
        _move(merged_faces, {pk: merged_into[group] for pk, group in merged_faces.values_list("pk", "cluster_id")})
        joined = _move(PhotoFace.objects.filter(cluster=None), new_group_of_face)
        return Grouping(joined, len(created), len(merged_into))


def _load_loose_faces(occasion: Occasion, version: ModelVersion) -> Iterator[LooseFace]:
    faces = PhotoFace.objects.searchable(version).within(occasion).filter(cluster=None)
    is_good = models.Case(models.When(quality__reasons=[], then=True), default=False)
    columns = faces.annotate(is_good=is_good).order_by("created_at", "pk")
    rows, stacked = descriptors.read(columns, "pk", "photo_id", "person_id", "is_good")
    for row, descriptor in zip(rows, stacked, strict=True):
        pk, photo_id, person_id, is_good = row
        yield LooseFace(pk, photo_id, person_id, is_good, descriptor)


def _add_up(groups: Iterable[Group]) -> Group:
    first, *others = groups
    for other in others:
        first = first.merged_with(other)
    return first


def _stack_means(groups: Sequence[Group]) -> FloatArray:
    return np.stack([group.mean for group in groups]) if groups else np.zeros((0, 0), np.float32)


def _seniority(cluster: FaceCluster) -> tuple[bool, int, float]:
    """Return the key by which the group is chosen whose id survives: the named, then the larger, then the older one."""
    return cluster.person_id is not None, cluster.size, -cluster.created_at.timestamp()


def _move(faces: "models.QuerySet[PhotoFace]", groups: dict[UUID, UUID]) -> int:
    """Move faces to their new groups, by id, in one statement; return how many.

    `faces` says where they were when they were read; one that has left since stays where it is.
    """
    if not groups:
        return 0
    still_there, parameters = faces.values("pk").query.sql_with_params()
    statement = f"""
        UPDATE photo_faces face SET cluster_id = move.cluster_id
        FROM unnest(%s::uuid[], %s::uuid[]) AS move (face_id, cluster_id)
        WHERE face.id = move.face_id AND face.id IN ({still_there})
    """  # noqa: S608 - Django's own statement
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(groups), list(groups.values()), *parameters])
        return int(cursor.rowcount)


def _dissolve_undecided(occasion: Occasion) -> None:
    """Take the faces out of groups that have no name, and hold no face that a decision names.

    Rejected faces stay in theirs, so that they can be shown again where they were.
    """
    decided = {group for group in GroupingRules.for_occasion(occasion).group_of.values() if group}
    undecided = FaceCluster.objects.within(occasion).shown().filter(person=None).exclude(pk__in=decided)
    PhotoFace.objects.filter(cluster__in=undecided).shown().update(cluster=None)


def _propose_names(occasion: Occasion, version: ModelVersion) -> None:
    """Propose the name of a group to the faces that joined it, until somebody verifies it."""
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
        # Whoever was deleted meanwhile is proposed to nobody.
        people = Person.objects.filter(pk__in={face.person_id for face in faces}).lock_against_deletion()
        named = [face for face in faces if face.person_id in people]
        PhotoFace.objects.bulk_update(named, ["person", "face_category", "recognition_confidence"], batch_size=500)
