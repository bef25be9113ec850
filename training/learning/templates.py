"""Templates of people: what is to be known of each, from their faces. Numbers only; the database is `versions.py`'s.

A person's first template is the mean of their faces, of unit length, where good faces count more and faces unlike the
rest not at all. Whoever has looks that are far from each other (glasses, years) gets a template of each look beside it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from galleries.matching.identification import TEMPLATE_WEIGHT
from recognition.calibration import Calibration
from recognition.types import FloatArray
from training.learning.dataset import Faces

# A face counts to its person where the nearest of their other faces are at least this like it; so much is one stranger
# in a hundred. With fewer faces than so many nobody can say which one is odd.
ODD_BELOW, ODD_FROM = 0.4, 4
# Faces whose mean similarity is below this are another look; the grouping would take them for another person's.
LOOK_BELOW, LOOK_FROM, MOST_LOOKS = 0.55, 3, 4
# A face without quality at all would vanish from the mean of a person who has no better one.
LEAST_WEIGHT = 0.05
# To compare each with each; of whoever has more the best are taken.
MOST_FACES = 500


@dataclass(frozen=True, slots=True)
class Enrolled:
    """People whom probes are compared with. Row i of `faces` is of the person whose rows begin at the last of
    `face_starts` that is not above i; the same for `templates`. Everybody has both.
    """

    people: Sequence[UUID]
    faces: FloatArray
    face_starts: NDArray[np.int64]
    templates: FloatArray
    template_starts: NDArray[np.int64]

    def nearest_faces(self, probes: FloatArray, *, count: int) -> FloatArray:
        """Mean cosine to the nearest `count` faces of each person: (n, people)."""
        cosines = probes @ self.faces.T
        ends = [*self.face_starts[1:], len(self.faces)]
        each = [
            np.sort(cosines[:, start:end], axis=1)[:, -count:].mean(axis=1)
            for start, end in zip(self.face_starts, ends, strict=True)
        ]
        return np.stack(each, axis=1)

    def likeness(self, probes: FloatArray) -> FloatArray:
        """`galleries.matching.identification.combine_cosines` of each probe to each person: (n, people)."""
        best = np.maximum.reduceat(probes @ self.templates.T, self.template_starts, axis=1)
        nearest = np.maximum.reduceat(probes @ self.faces.T, self.face_starts, axis=1)
        return np.asarray(TEMPLATE_WEIGHT * best + (1 - TEMPLATE_WEIGHT) * nearest, np.float32)

    def owners(self) -> list[UUID]:
        """Whose each template is."""
        counts = np.diff([*self.template_starts, len(self.templates)])
        return [person for person, n in zip(self.people, counts, strict=True) for _template in range(n)]


@dataclass(frozen=True, slots=True)
class Learnt:
    """`odd`: the faces that are left out because they are unlike their person's others."""

    enrolled: Enrolled
    odd: list[UUID]


def learn(faces: Faces, scores: Calibration) -> Learnt:
    """`scores`: the model's own, which say how alike is alike. There is at least one face."""
    rows_of: dict[UUID, list[int]] = defaultdict(list)
    for i, person in enumerate(faces.people):
        rows_of[person].append(i)
    kept, looks, odd = [], [], []
    for rows in rows_of.values():
        ordinary = _ordinary(faces.descriptors[rows], least=scores.cosine(ODD_BELOW))
        odd += [faces.ids[i] for i, is_kept in zip(rows, ordinary, strict=True) if not is_kept]
        own = [i for i, is_kept in zip(rows, ordinary, strict=True) if is_kept]
        kept.append(faces.descriptors[own])
        looks.append(templates_of(faces.descriptors[own], _weights(faces, own), least=scores.cosine(LOOK_BELOW)))
    return Learnt(
        Enrolled(list(rows_of), np.concatenate(kept), starts_of(kept), np.concatenate(looks), starts_of(looks)), odd
    )


def templates_of(descriptors: FloatArray, weights: FloatArray, *, least: float) -> FloatArray:
    """(k, 512), of unit length, k from 1 on: everything first, then the looks whose mean cosine is below `least`."""
    looks = _looks(descriptors, weights, least=least)
    parts = [np.ones(len(descriptors), bool), *(looks if len(looks) > 1 else [])]
    means = np.stack([(descriptors[part] * weights[part, None]).sum(axis=0) for part in parts])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def _ordinary(descriptors: FloatArray, *, least: float) -> NDArray[np.bool_]:
    """By the nearest faces of the same person, so that a rare look is no reason, as long as it is there a few times."""
    if len(descriptors) < ODD_FROM:
        return np.ones(len(descriptors), bool)
    cosines = descriptors @ descriptors.T
    np.fill_diagonal(cosines, -1)
    kept: NDArray[np.bool_] = np.sort(cosines, axis=1)[:, 1 - LOOK_FROM :].mean(axis=1) >= least
    return kept if kept.any() else np.ones(len(descriptors), bool)


def _weights(faces: Faces, rows: Sequence[int]) -> FloatArray:
    given = [faces.quality[i] for i in rows] if faces.quality else [1.0] * len(rows)
    return np.maximum(np.asarray(given, np.float32), LEAST_WEIGHT)


def _looks(descriptors: FloatArray, weights: FloatArray, *, least: float) -> list[NDArray[np.bool_]]:
    """The largest first, those of a few faces left out."""
    if len(descriptors) < 2 * LOOK_FROM:
        return []
    chosen = np.argsort(-weights, kind="stable")[:MOST_FACES]
    tree = linkage(descriptors[chosen], "average", "cosine")
    labels = np.zeros(len(descriptors), np.int64)
    labels[chosen] = fcluster(tree, 1 - least, "distance")
    counts = np.bincount(labels)
    counts[0] = 0  # those that were not chosen
    names = [n for n in np.argsort(-counts, kind="stable")[:MOST_LOOKS] if counts[n] >= LOOK_FROM]
    return [labels == n for n in names]


def starts_of(parts: Sequence[FloatArray]) -> NDArray[np.int64]:
    """Where each part begins in their concatenation."""
    return np.cumsum([0, *(len(part) for part in parts[:-1])])
