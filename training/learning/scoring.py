"""Compare probes with people, in blocks that stay small in memory, and keep only what error rates need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from recognition.calibration import Calibration
from recognition.evaluation.error_rates import Numbers, Searches
from recognition.types import Descriptors, FloatArray
from training.learning.dataset import Faces

# Probes that are compared at once.
BLOCK = 500
# More probes make no figure more certain than the people whom they show, and each is compared with every face.
MAX_PROBES = 5_000
# Scores are counted in steps of 0.0005 (cosines) or finer, however many there are.
STEPS = 4_000

# Compares probes (n, 512) with people: float32 (n, people), cosines or similarities.
Compare = Callable[[Descriptors], FloatArray]
# Scores by person and step, (people, STEPS).
Counts = NDArray[np.int32]
# Called with the number of probes that are done.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ProbeScores:
    """The scores of n probes.

    `people`: whom each probe shows. `best_people`: the best candidate of each. `own_scores`: (n,), the score with the
    person whom the probe shows, NaN for strangers. `impostor_counts`: how often the probes of each person had which
    score with somebody else, in steps from `lowest` to 1; by person, so that the bootstrap can draw people.
    """

    searches: Searches
    people: Sequence[UUID]
    best_people: Sequence[UUID]
    own_scores: Numbers
    impostor_counts: Counts
    lowest: float

    @property
    def step_ends(self) -> Numbers:
        """The upper ends of the steps, (STEPS,)."""
        return np.linspace(self.lowest, 1, STEPS + 1)[1:]


def score_probes(
    probes: Faces, people: Sequence[UUID], compare: Compare, *, lowest: float = 0.0, progress: Progress | None = None
) -> ProbeScores:
    """Compare the probes with the people, of both of which there is at least one.

    `lowest`: the lowest possible score, -1 for cosines.
    """
    column_of = {person: i for i, person in enumerate(people)}
    columns = np.array([column_of.get(person, -1) for person in probes.people])
    names, person_rows = np.unique([str(person) for person in probes.people], return_inverse=True)
    best_scores, best_columns = np.empty(len(columns)), np.empty(len(columns), np.int64)
    own_scores = np.full(len(columns), np.nan)
    impostor_counts = np.zeros((len(names), STEPS), np.int32)
    for start in range(0, len(columns), BLOCK):
        block = slice(start, min(start + BLOCK, len(columns)))
        scores = compare(probes.descriptors[block])
        best_scores[block], best_columns[block] = scores.max(axis=1), scores.argmax(axis=1)
        known = np.flatnonzero(columns[block] >= 0)
        own_scores[start + known] = scores[known, columns[block][known]]
        scores[known, columns[block][known]] = np.nan  # what remains are impostor scores
        _count_steps(impostor_counts, person_rows[block], scores, lowest)
        if progress is not None:
            progress(block.stop)
    searches = Searches(best_scores, best_columns == columns, columns >= 0)
    best_people = [people[i] for i in best_columns.tolist()]
    return ProbeScores(searches, probes.people, best_people, own_scores, impostor_counts, lowest)


def _count_steps(counts: Counts, person_rows: NDArray[np.int64], scores: FloatArray, lowest: float) -> None:
    """Add the scores that are not NaN to the counts of the person of each row."""
    for row in np.unique(person_rows):
        values = scores[person_rows == row]
        values = values[~np.isnan(values)]
        steps = np.clip((values - lowest) / (1 - lowest) * STEPS, 0, STEPS - 1).astype(np.int64)
        counts[row] += np.bincount(steps, minlength=STEPS).astype(np.int32)


def with_calibration(compare: Compare, scores: Calibration) -> Compare:
    """Return the same comparison in similarities instead of cosines."""
    cosines, similarities = np.array(scores.knots).T
    return lambda probes: np.interp(compare(probes), cosines, similarities)


def sample_faces(faces: Faces, *, size: int = MAX_PROBES) -> Faces:
    """Return at most so many of the faces, evenly over their order, which is by random ids."""
    if len(faces.ids) <= size:
        return faces
    return faces.select(np.linspace(0, len(faces.ids) - 1, size).astype(int).tolist())
