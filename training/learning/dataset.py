"""Build the dataset of a training: the faces to learn from, why the others are left out, and which part is held out.

Faces are rows of arrays here; `preparation.py` reads them from the database. Nothing is random: the same faces always
give the same dataset.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from recognition import clustering
from recognition.calibration import Calibration
from recognition.types import Descriptors, FloatArray

# Faces with at least this cosine are of the same shot, or of one burst: other pictures of one person reach at most 0.94
# (LFW, both engines measured).
SAME_SHOT = 0.95
# How many of a face's nearest faces vote on its name; those below this similarity do not count.
VOTERS, VOTE_FROM = 10, 0.5
MIN_FACES = 2
# The share of people who are left out of the templates as strangers, and the share of the others' photos held out.
STRANGERS, HELD_OUT = 0.2, 0.3


class Reason(StrEnum):
    """Why a verified face is left out."""

    LOW_QUALITY = "low_quality"
    MISLABELLED = "mislabelled"
    CONFLICT = "conflict"
    TOO_FEW = "too_few"


class Part(StrEnum):
    """What a face is used for.

    A `stranger` is a face of a person who is left out of the templates altogether, to test that strangers stay unnamed.
    """

    TRAIN = "train"
    TEST = "test"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Faces:
    """Verified faces, all of one model version: row i of `descriptors`, float32 (n, 512), is the face `ids[i]`.

    `quality`: 0..1, the weight of each face in its person's template; empty where all weigh the same.
    """

    ids: Sequence[UUID]
    people: Sequence[UUID]
    photos: Sequence[UUID]
    usable: Sequence[bool]
    descriptors: Descriptors
    quality: Sequence[float] = ()

    def select(self, rows: Sequence[int]) -> "Faces":
        """Return the faces of these rows, in their order."""
        return Faces(
            [self.ids[i] for i in rows],
            [self.people[i] for i in rows],
            [self.photos[i] for i in rows],
            [self.usable[i] for i in rows],
            self.descriptors[list(rows)],
            [self.quality[i] for i in rows] if self.quality else (),
        )


@dataclass(frozen=True, slots=True)
class Suspect:
    """A face whose nearest faces have another name."""

    face: UUID
    person: UUID
    looks_like: UUID


@dataclass(frozen=True, slots=True)
class Dataset:
    """The faces of a training.

    `parts`: what each face that is used is for, by its id. `left_out`: why each of the others is not used. `conflicts`:
    pairs of faces that show the same shot under two names.
    """

    faces: Faces
    parts: dict[UUID, Part]
    left_out: dict[UUID, Reason]
    suspects: list[Suspect]
    conflicts: list[tuple[UUID, UUID]]

    def faces_in(self, *parts: Part) -> Faces:
        """Return the faces of these parts, in their order."""
        return self.faces.select([i for i, pk in enumerate(self.faces.ids) if self.parts.get(pk) in parts])


def build_dataset(faces: Faces, scores: Calibration) -> Dataset:
    """Return the dataset of these faces. `scores`: the calibration of the model that described them.

    Whether a person has too few faces is decided last, by what the other reasons leave.
    """
    left_out = {pk: Reason.LOW_QUALITY for pk, usable in zip(faces.ids, faces.usable, strict=True) if not usable}
    good = faces.select([i for i, usable in enumerate(faces.usable) if usable])
    cosines, neighbours = clustering.find_neighbours(good.descriptors, count=VOTERS)
    conflicts = list(_find_conflicts(good, cosines, neighbours))
    left_out |= {pk: Reason.CONFLICT for pair in conflicts for pk in pair}
    suspects = list(_find_suspects(good, cosines, neighbours, floor=scores.cosine(VOTE_FROM)))
    left_out |= {suspect.face: Reason.MISLABELLED for suspect in suspects}
    counts = Counter(person for pk, person in zip(good.ids, good.people, strict=True) if pk not in left_out)
    left_out |= {
        pk: Reason.TOO_FEW
        for pk, person in zip(good.ids, good.people, strict=True)
        if pk not in left_out and counts[person] < MIN_FACES
    }
    used = [i for i, pk in enumerate(good.ids) if pk not in left_out]
    shots = _group_by_shot(good, used, cosines, neighbours)
    return Dataset(faces, _assign_parts(good, shots), left_out, suspects, conflicts)


def _find_conflicts(faces: Faces, cosines: FloatArray, neighbours: NDArray[np.int64]) -> Iterator[tuple[UUID, UUID]]:
    for i, j in _find_same_shots(cosines, neighbours):
        if faces.people[i] != faces.people[j]:
            yield faces.ids[i], faces.ids[j]


def _find_same_shots(cosines: FloatArray, neighbours: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the pairs (i, j), i < j, that show the same shot, each once and in order."""
    rows, columns = np.nonzero((cosines >= SAME_SHOT) & (neighbours >= 0))
    pairs = {(min(i, j), max(i, j)) for i, j in zip(rows.tolist(), neighbours[rows, columns].tolist(), strict=True)}
    return sorted(pairs)


def _find_suspects(
    faces: Faces, cosines: FloatArray, neighbours: NDArray[np.int64], *, floor: float
) -> Iterator[Suspect]:
    """Yield the outvoted faces. Each neighbour votes for its own name by how far its cosine is above `floor`."""
    for i, (row, others) in enumerate(zip(cosines, neighbours, strict=True)):
        votes: dict[UUID, float] = defaultdict(float)
        for cosine, j in zip(row.tolist(), others.tolist(), strict=True):
            if j >= 0 and cosine > floor:
                votes[faces.people[j]] += cosine - floor
        own = votes.pop(faces.people[i], 0.0)
        best = max(votes, key=lambda person: votes[person], default=None)
        if best is not None and votes[best] > own:
            yield Suspect(faces.ids[i], faces.people[i], best)


def _group_by_shot(
    faces: Faces, used: Sequence[int], cosines: FloatArray, neighbours: NDArray[np.int64]
) -> list[list[int]]:
    """Return the used rows in lists that must not be divided: faces of one photo, and faces of the same shot."""
    by_photo: dict[UUID, list[int]] = defaultdict(list)
    for i in used:
        by_photo[faces.photos[i]].append(i)
    used_rows = set(used)
    pairs = [pair for pair in _find_same_shots(cosines, neighbours) if used_rows.issuperset(pair)]
    united = clustering.unite_sets(len(faces.ids), [*by_photo.values(), *pairs])
    return [members for members in united if used_rows.issuperset(members)]


def _assign_parts(faces: Faces, shots: Sequence[Sequence[int]]) -> dict[UUID, Part]:
    """Return what each face of the shots is for, by its id.

    People and shots are chosen by a hash of their ids. Everybody who is no stranger keeps a shot to learn from.
    """
    strangers = {person for person in set(faces.people) if _hash_to_unit(person) < STRANGERS}
    people_of_shots = [{faces.people[i] for i in shot} - strangers for shot in shots]
    shots_left = Counter(person for people in people_of_shots for person in people)
    keys = [_hash_to_unit(min(faces.photos[i] for i in shot)) for shot in shots]
    held_out: set[int] = set()
    for number in sorted(range(len(shots)), key=lambda n: keys[n]):
        people = people_of_shots[number]
        if keys[number] < HELD_OUT and all(shots_left[person] > 1 for person in people):
            held_out.add(number)
            shots_left.subtract(people)
    return {
        faces.ids[i]: Part.STRANGER if faces.people[i] in strangers else Part.TEST if number in held_out else Part.TRAIN
        for number, shot in enumerate(shots)
        for i in shot
    }


def _hash_to_unit(pk: UUID) -> float:
    """Return a number from 0 to 1 that depends on the id alone."""
    return int.from_bytes(hashlib.sha256(pk.bytes).digest()[:8], "big") / 2.0**64
