"""Learn templates of people from their faces. Numbers only; `training.versions` writes them to the database.

A person's first template is the mean of their faces' descriptors, of unit length, in which good faces count more and
outliers not at all. A person with appearances that are far apart (glasses, years) also gets a template of each.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from galleries.matching.identification import TEMPLATE_WEIGHT
from recognition.calibration import Calibration
from recognition.types import Descriptors, FloatArray
from training.learning.dataset import Faces

# A face is an outlier where the mean similarity to the nearest of its person's other faces is below this (a false match
# rate of 1e-2). With fewer faces than this nobody can say which one is the outlier.
OUTLIER_BELOW, OUTLIER_MIN_FACES = 0.4, 4
# Faces whose mean similarity is below this are another appearance; grouping would take them for another person. An
# appearance has at least so many faces, and a person at most so many appearances.
APPEARANCE_BELOW, APPEARANCE_MIN_FACES, MAX_APPEARANCES = 0.55, 3, 4
# A face of quality 0 would vanish from the mean of a person who has no better one.
MIN_WEIGHT = 0.05
# Appearances are found by comparing each face with each; of a person with more faces the best are taken.
MAX_FACES = 500


@dataclass(frozen=True, slots=True)
class EnrolledPeople:
    """People with whom probes are compared; each has at least one face and one template.

    `faces` and `templates`: descriptors (n, 512), those of one person in consecutive rows. `face_starts` and
    `template_starts`: (people,), the first row of each person.
    """

    people: Sequence[UUID]
    faces: Descriptors
    face_starts: NDArray[np.int64]
    templates: Descriptors
    template_starts: NDArray[np.int64]

    def nearest_face_cosines(self, probes: Descriptors, *, count: int) -> FloatArray:
        """Return the mean cosine of each probe to each person's nearest `count` faces: (probes, people)."""
        cosines = probes @ self.faces.T
        ends = [*self.face_starts[1:], len(self.faces)]
        means = [
            np.sort(cosines[:, start:end], axis=1)[:, -count:].mean(axis=1)
            for start, end in zip(self.face_starts, ends, strict=True)
        ]
        return np.stack(means, axis=1)

    def combined_cosines(self, probes: Descriptors) -> FloatArray:
        """Return `identification.combine_cosines` of each probe to each person: (probes, people)."""
        best = np.maximum.reduceat(probes @ self.templates.T, self.template_starts, axis=1)
        nearest = np.maximum.reduceat(probes @ self.faces.T, self.face_starts, axis=1)
        return np.asarray(TEMPLATE_WEIGHT * best + (1 - TEMPLATE_WEIGHT) * nearest, np.float32)

    def template_owners(self) -> list[UUID]:
        """Return the person of each template."""
        counts = np.diff([*self.template_starts, len(self.templates)])
        return [person for person, n in zip(self.people, counts, strict=True) for _template in range(n)]


@dataclass(frozen=True, slots=True)
class LearntTemplates:
    """`outliers`: ids of faces that were left out because they are unlike their person's others."""

    enrolled: EnrolledPeople
    outliers: list[UUID]


def learn_templates(faces: Faces, scores: Calibration) -> LearntTemplates:
    """Return templates of everybody in `faces`, of which there is at least one. `scores`: the model's calibration."""
    rows_by_person: dict[UUID, list[int]] = defaultdict(list)
    for i, person in enumerate(faces.people):
        rows_by_person[person].append(i)
    descriptors, templates, outliers = [], [], []
    for rows in rows_by_person.values():
        is_typical = _find_typical(faces.descriptors[rows], least=scores.cosine(OUTLIER_BELOW))
        outliers += [faces.ids[i] for i, typical in zip(rows, is_typical, strict=True) if not typical]
        kept = [i for i, typical in zip(rows, is_typical, strict=True) if typical]
        own = faces.descriptors[kept]
        descriptors.append(own)
        templates.append(compute_templates(own, _weights(faces, kept), least=scores.cosine(APPEARANCE_BELOW)))
    enrolled = EnrolledPeople(
        list(rows_by_person),
        np.concatenate(descriptors),
        part_starts(descriptors),
        np.concatenate(templates),
        part_starts(templates),
    )
    return LearntTemplates(enrolled, outliers)


def compute_templates(descriptors: Descriptors, weights: FloatArray, *, least: float) -> Descriptors:
    """Return one person's templates (k, 512) of unit length: the mean of all faces, then that of each appearance.

    `weights`: (n,), above 0. `least`: faces whose mean cosine is below it are different appearances.
    """
    appearances = _find_appearances(descriptors, weights, least=least)
    parts = [np.ones(len(descriptors), bool), *(appearances if len(appearances) > 1 else [])]
    means = np.stack([(descriptors[part] * weights[part, None]).sum(axis=0) for part in parts])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def _find_typical(descriptors: Descriptors, *, least: float) -> NDArray[np.bool_]:
    """Return, for each face of one person, whether the nearest others are similar enough.

    Only the nearest count, so a rare appearance is no outlier as long as it occurs a few times. Where all faces would
    be outliers none is.
    """
    if len(descriptors) < OUTLIER_MIN_FACES:
        return np.ones(len(descriptors), bool)
    cosines = descriptors @ descriptors.T
    np.fill_diagonal(cosines, -1)
    typical: NDArray[np.bool_] = np.sort(cosines, axis=1)[:, 1 - APPEARANCE_MIN_FACES :].mean(axis=1) >= least
    return typical if typical.any() else np.ones(len(descriptors), bool)


def _weights(faces: Faces, rows: Sequence[int]) -> FloatArray:
    weights = [faces.quality[i] for i in rows] if faces.quality else [1.0] * len(rows)
    return np.maximum(np.asarray(weights, np.float32), MIN_WEIGHT)


def _find_appearances(descriptors: Descriptors, weights: FloatArray, *, least: float) -> list[NDArray[np.bool_]]:
    """Return a mask of the faces of each appearance, the most frequent first, without those of a few faces."""
    if len(descriptors) < 2 * APPEARANCE_MIN_FACES:
        return []
    best = np.argsort(-weights, kind="stable")[:MAX_FACES]
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - a third of a second at the start of each process

    tree = linkage(descriptors[best], "average", "cosine")
    labels = np.zeros(len(descriptors), np.int64)
    labels[best] = fcluster(tree, 1 - least, "distance")
    counts = np.bincount(labels)
    counts[0] = 0  # the faces beyond MAX_FACES; labels start at 1
    frequent = np.argsort(-counts, kind="stable")[:MAX_APPEARANCES]
    return [labels == label for label in frequent if counts[label] >= APPEARANCE_MIN_FACES]


def part_starts(parts: Sequence[Descriptors]) -> NDArray[np.int64]:
    """Return the row at which each part begins in the concatenation of all."""
    return np.cumsum([0, *(len(part) for part in parts[:-1])])
