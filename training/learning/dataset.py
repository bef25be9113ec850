"""What a training run may learn from, and on what it is judged: which faces, why not the others, and which part is held
out. Knows faces as rows of arrays; the database is `prepare.py`'s.

Nothing here is random: the same faces always give the same dataset.
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
from recognition.types import FloatArray

# Faces above this cosine are the same shot, or two of one burst: engines give other pictures of one person at most 0.94
# (LFW, both engines measured).
SAME_SHOT = 0.95
# A face is voted on by so many of its nearest ones; those below this similarity say nothing.
VOTERS, VOTE_FROM = 10, 0.5
MIN_FACES = 2
# Shares of the people who are strangers to the templates, and of the photos of the others that are held out.
STRANGERS, HELD_OUT = 0.2, 0.3


class Reason(StrEnum):
    """Why a verified face is left out."""

    LOW_QUALITY = "low_quality"
    MISLABELLED = "mislabelled"
    CONFLICT = "conflict"
    TOO_FEW = "too_few"


class Part(StrEnum):
    """`stranger`: of a person who is left out of the templates altogether, so that "nobody" can be tested too."""

    TRAIN = "train"
    TEST = "test"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Faces:
    """Verified faces, all of one model version: row i of `descriptors` (n, 512) is `ids[i]`.

    `quality`: 0..1, how much each says of its person; none where all say the same.
    """

    ids: Sequence[UUID]
    people: Sequence[UUID]
    photos: Sequence[UUID]
    usable: Sequence[bool]
    descriptors: FloatArray
    quality: Sequence[float] = ()

    def only(self, rows: Sequence[int]) -> "Faces":
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
    """A face whose nearest faces bear another name."""

    face: UUID
    person: UUID
    looks_like: UUID


@dataclass(frozen=True, slots=True)
class Dataset:
    """`parts`: what each face that is kept is for; `left_out`: why the others are not. `conflicts`: pairs of faces that
    show the same shot under two names.
    """

    faces: Faces
    parts: dict[UUID, Part]
    left_out: dict[UUID, Reason]
    suspects: list[Suspect]
    conflicts: list[tuple[UUID, UUID]]

    def part(self, *parts: Part) -> Faces:
        return self.faces.only([i for i, pk in enumerate(self.faces.ids) if self.parts.get(pk) in parts])


def made_of(faces: Faces, scores: Calibration) -> Dataset:
    """Too few faces is judged last, of what the other reasons leave."""
    left_out = {pk: Reason.LOW_QUALITY for pk, usable in zip(faces.ids, faces.usable, strict=True) if not usable}
    good = faces.only([i for i, usable in enumerate(faces.usable) if usable])
    cosines, found = clustering.find_neighbours(good.descriptors, count=VOTERS)
    conflicts = list(_conflicts(good, cosines, found))
    left_out |= {pk: Reason.CONFLICT for pair in conflicts for pk in pair}
    suspects = list(_suspects(good, cosines, found, floor=scores.cosine(VOTE_FROM)))
    left_out |= {suspect.face: Reason.MISLABELLED for suspect in suspects}
    counts = Counter(person for pk, person in zip(good.ids, good.people, strict=True) if pk not in left_out)
    left_out |= {
        pk: Reason.TOO_FEW
        for pk, person in zip(good.ids, good.people, strict=True)
        if pk not in left_out and counts[person] < MIN_FACES
    }
    kept = [i for i, pk in enumerate(good.ids) if pk not in left_out]
    shots = _shots(good, kept, cosines, found)
    return Dataset(faces, _parts(good, shots), left_out, suspects, conflicts)


def _conflicts(faces: Faces, cosines: FloatArray, found: NDArray[np.int64]) -> Iterator[tuple[UUID, UUID]]:
    for i, j in _same_shots(cosines, found):
        if faces.people[i] != faces.people[j]:
            yield faces.ids[i], faces.ids[j]


def _same_shots(cosines: FloatArray, found: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, each once."""
    rows, columns = np.nonzero((cosines >= SAME_SHOT) & (found >= 0))
    pairs = {(min(i, j), max(i, j)) for i, j in zip(rows.tolist(), found[rows, columns].tolist(), strict=True)}
    return sorted(pairs)


def _suspects(faces: Faces, cosines: FloatArray, found: NDArray[np.int64], *, floor: float) -> Iterator[Suspect]:
    """Each neighbour votes for its own name, by how far its cosine is above `floor`."""
    for i, (likeness, others) in enumerate(zip(cosines, found, strict=True)):
        votes: dict[UUID, float] = defaultdict(float)
        for cosine, j in zip(likeness.tolist(), others.tolist(), strict=True):
            if j >= 0 and cosine > floor:
                votes[faces.people[j]] += cosine - floor
        own = votes.pop(faces.people[i], 0.0)
        best = max(votes, key=lambda person: votes[person], default=None)
        if best is not None and votes[best] > own:
            yield Suspect(faces.ids[i], faces.people[i], best)


def _shots(faces: Faces, kept: Sequence[int], cosines: FloatArray, found: NDArray[np.int64]) -> list[list[int]]:
    """The faces that must stay together: those of one photo, and those that show the same shot."""
    of_photo: dict[UUID, list[int]] = defaultdict(list)
    for i in kept:
        of_photo[faces.photos[i]].append(i)
    staying = set(kept)
    pairs = [pair for pair in _same_shots(cosines, found) if staying.issuperset(pair)]
    united = clustering.unite_sets(len(faces.ids), [*of_photo.values(), *pairs])
    return [members for members in united if staying.issuperset(members)]


def _parts(faces: Faces, shots: Sequence[Sequence[int]]) -> dict[UUID, Part]:
    """Whoever is no stranger keeps a shot to learn from; photos are held out in the order of a hash of their ids."""
    strangers = {person for person in set(faces.people) if _draw(person) < STRANGERS}
    seen_in = [{faces.people[i] for i in shot} - strangers for shot in shots]
    shots_left = Counter(person for people in seen_in for person in people)
    first = [min(faces.photos[i] for i in shot) for shot in shots]
    held: set[int] = set()
    for number in sorted(range(len(shots)), key=lambda n: _draw(first[n])):
        people = seen_in[number]
        if _draw(first[number]) < HELD_OUT and all(shots_left[person] > 1 for person in people):
            held.add(number)
            shots_left.subtract(people)
    return {
        faces.ids[i]: Part.STRANGER if faces.people[i] in strangers else Part.TEST if number in held else Part.TRAIN
        for number, shot in enumerate(shots)
        for i in shot
    }


def _draw(pk: UUID) -> float:
    """A number from 0 to 1 that only the id decides."""
    return int.from_bytes(hashlib.sha256(pk.bytes).digest()[:8], "big") / 2.0**64
