"""Comparing held-out faces with people, in blocks that stay small, and keeping only what is judged by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from recognition.calibration import Calibration
from recognition.evaluation.error_rates import Numbers, Searches
from recognition.types import FloatArray
from training.learning.dataset import Faces

BLOCK = 500
# More probes make no figure surer than the people do whom they show, and each is compared with every face.
MOST_PROBES = 5_000
# Scores are counted in steps: exact to 0.0005, however many there are.
STEPS = 4_000

# Probes (n, 512) -> how like each of the people they are (n, people).
Compare = Callable[[FloatArray], FloatArray]
Counts = NDArray[np.int32]
# Called with the number of probes that are done.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Scored:
    """Of n probes. `own`: the score with the person whom the probe shows, NaN for strangers; `taken_for`: the best.

    `impostors` (people who are probes, STEPS): how often each of them had which score with somebody else, in steps from
    `low` to 1. By person, so that the bootstrap draws people.
    """

    searches: Searches
    shown: Sequence[UUID]
    taken_for: Sequence[UUID]
    own: Numbers
    impostors: Counts
    low: float

    @property
    def edges(self) -> Numbers:
        """The upper ends of the steps."""
        return np.linspace(self.low, 1, STEPS + 1)[1:]


def score(
    probes: Faces, people: Sequence[UUID], compare: Compare, *, low: float = 0.0, progress: Progress | None = None
) -> Scored:
    """`low`: the least possible score, -1 for cosines. There is at least one probe, and one person."""
    place = {person: i for i, person in enumerate(people)}
    column = np.array([place.get(person, -1) for person in probes.people])
    names, group = np.unique([str(person) for person in probes.people], return_inverse=True)
    best, first, own = np.empty(len(column)), np.empty(len(column), np.int64), np.full(len(column), np.nan)
    impostors = np.zeros((len(names), STEPS), np.int32)
    for start in range(0, len(column), BLOCK):
        rows = slice(start, min(start + BLOCK, len(column)))
        scores = compare(probes.descriptors[rows])
        best[rows], first[rows] = scores.max(axis=1), scores.argmax(axis=1)
        known = np.flatnonzero(column[rows] >= 0)
        own[start + known] = scores[known, column[rows][known]]
        scores[known, column[rows][known]] = np.nan
        _count(impostors, group[rows], scores, low)
        if progress is not None:
            progress(rows.stop)
    found = Searches(best, first == column, column >= 0)
    return Scored(found, probes.people, [people[i] for i in first.tolist()], own, impostors, low)


def _count(counts: Counts, group: NDArray[np.int64], scores: FloatArray, low: float) -> None:
    for name in np.unique(group):
        values = scores[group == name]
        values = values[~np.isnan(values)]
        steps = np.clip((values - low) / (1 - low) * STEPS, 0, STEPS - 1).astype(np.int64)
        counts[name] += np.bincount(steps, minlength=STEPS).astype(np.int32)


def calibrated(compare: Compare, scores: Calibration) -> Compare:
    """The same comparison, in similarities."""
    cosines, similarities = np.array(scores.knots).T
    return lambda probes: np.interp(compare(probes), cosines, similarities)


def some(faces: Faces, *, most: int = MOST_PROBES) -> Faces:
    """At most so many of them, evenly over their order, which is by random ids."""
    if len(faces.ids) <= most:
        return faces
    return faces.only(np.linspace(0, len(faces.ids) - 1, most).astype(int).tolist())
