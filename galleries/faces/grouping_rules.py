"""What people decided about the faces of an occasion, as the rules by which its groups are built and merged.

A rule is a mark: `recognition.clustering` merges no group that is against a mark of the other. Every photo marks its
faces, and they are against it, because nobody is in a photo twice. A name marks the faces that have it, and faces are
against the names that they were denied. The two sides of a decision that they are different people mark their faces,
which are against the other side.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from galleries.faces.denials import find_denied_people
from galleries.matching import descriptors
from galleries.models import FaceCluster, FaceDecision, Occasion, PhotoFace
from recognition.clustering import Group
from recognition.types import FloatArray

# A split says of its faces that the rest is somebody else, not that they are one person.
KINDS_THAT_UNITE = {FaceDecision.Kind.MERGE, FaceDecision.Kind.NAME}

Marks = frozenset[Hashable]
NO_MARKS: Marks = frozenset()


@dataclass(frozen=True, slots=True)
class LooseFace:
    """A face that is in no group. `is_good`: without a reason to mistrust its descriptor, such as blur."""

    pk: UUID
    photo_id: UUID
    person_id: UUID | None
    is_good: bool
    descriptor: FloatArray


@dataclass(frozen=True, slots=True)
class GroupingRules:
    """The standing decisions of an occasion, by the ids of the faces that they name.

    `united`: faces that are one person, decision by decision. `marks` and `against`: see above; photos and names are
    added when a group is built. `group_of`: the group that each face named is in, None for a loose one.
    """

    united: Sequence[Sequence[UUID]]
    marks: dict[UUID, Marks]
    against: dict[UUID, Marks]
    group_of: dict[UUID, UUID | None]

    @classmethod
    def for_occasion(cls, occasion: Occasion) -> "GroupingRules":
        decisions = list(FaceDecision.objects.within(occasion).standing())
        marks, against = _sides_of(decisions)
        denied = find_denied_people(decisions)
        uniting = [decision for decision in decisions if decision.kind in KINDS_THAT_UNITE and len(decision.same) > 1]
        group_of: dict[UUID, UUID | None] = {}
        named = PhotoFace.objects.filter(pk__in={*marks, *denied}.union(*(decision.same for decision in uniting)))
        for face, group_id, person_id in named.values_list("pk", "cluster_id", "person_id"):
            group_of[face] = group_id
            denied.get(face, set()).discard(person_id)  # somebody has given the name again
            against[face] |= denied.get(face, set())
        united = [_still_united(decision, denied) for decision in uniting]
        return cls(united, _frozen(marks), _frozen(against), group_of)

    def unite_indexes(self, clusters: Sequence[FaceCluster], faces: Sequence[LooseFace]) -> list[list[int]]:
        """Return, for each decision that unites, the indexes of the groups and faces that are one person.

        Faces are counted on from the groups: index len(clusters) is the first face.
        """
        index_of_group: dict[UUID | None, int] = {cluster.pk: index for index, cluster in enumerate(clusters)}
        index_of_face = {face.pk: len(clusters) + index for index, face in enumerate(faces)}
        sets = []
        for members in self.united:
            held = {index_of_group.get(self.group_of.get(face), index_of_face.get(face)) for face in members}
            sets.append(sorted(index for index in held if index is not None))
        return [members for members in sets if len(members) > 1]

    def build_single(self, face: LooseFace) -> Group:
        """Return a group of the one face."""
        photo = frozenset({face.photo_id})
        marks = photo | self.marks.get(face.pk, NO_MARKS) | _name_mark(face.person_id)
        return Group(face.descriptor, 1, marks, photo | self.against.get(face.pk, NO_MARKS), face.person_id)

    def build_groups(self, clusters: Sequence[FaceCluster]) -> Iterator[Group]:
        """Yield a group for each row, from its centroid and size; its faces' descriptors are not read."""
        photos: dict[UUID | None, set[Hashable]] = defaultdict(set)
        inside = PhotoFace.objects.filter(cluster__in=clusters).values_list("cluster_id", "photo_id")
        for cluster_id, photo_id in inside:
            photos[cluster_id].add(photo_id)
        marks: dict[UUID | None, set[Hashable]] = defaultdict(set)
        against: dict[UUID | None, set[Hashable]] = defaultdict(set)
        for face, group_id in self.group_of.items():
            marks[group_id] |= self.marks.get(face, NO_MARKS)
            against[group_id] |= self.against.get(face, NO_MARKS)
        for cluster in clusters:
            own_photos = frozenset(photos[cluster.pk])
            own_marks = own_photos | marks[cluster.pk] | _name_mark(cluster.person_id)
            total = descriptors.as_array(cluster.centroid) * np.float32(cluster.size)
            yield Group(total, cluster.size, own_marks, own_photos | against[cluster.pk], cluster.person_id)


def _still_united(decision: FaceDecision, denied: Mapping[UUID, set[UUID]]) -> list[UUID]:
    """Return the faces that the decision unites, without those from which its name was taken away."""
    return [face for face in decision.same if decision.person_id not in denied.get(face, ())]


def _sides_of(
    decisions: Iterable[FaceDecision],
) -> tuple[dict[UUID, set[Hashable]], dict[UUID, set[Hashable]]]:
    """Return marks and counter-marks of the faces of which a decision says that they are different people."""
    marks: dict[UUID, set[Hashable]] = defaultdict(set)
    against: dict[UUID, set[Hashable]] = defaultdict(set)
    for decision in decisions:
        if not decision.apart:
            continue
        for side, other, faces in (("same", "apart", decision.same), ("apart", "same", decision.apart)):
            for face in faces:
                marks[face].add((decision.pk, side))
                against[face].add((decision.pk, other))
    return marks, against


def _frozen(marks: dict[UUID, set[Hashable]]) -> dict[UUID, Marks]:
    return {face: frozenset(own) for face, own in marks.items()}


def _name_mark(person_id: UUID | None) -> Marks:
    return frozenset({person_id}) if person_id else NO_MARKS
