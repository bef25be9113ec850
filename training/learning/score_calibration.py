"""What a likeness to templates is worth: the one at each false match rate, measured on the studio's own people.

Every face is compared with the templates of everybody else, of whom it taught nothing, so these are comparisons with
strangers. What so few people show is uncertain; the calibration takes the upper end of the interval, so that little
data make names rarer and never bolder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.calibration import Calibration, similarity_at_fmr
from recognition.evaluation.error_rates import CONFIDENCE, RESAMPLES, Interval, Numbers
from training.learning.dataset import Faces
from training.learning.scoring import Counts, Progress, Scored, score, some
from training.learning.templates import Enrolled

RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
# A rate is measured where at least so many comparisons are expected to lie above it.
RESOLVED = 10
LEAST_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Threshold:
    """The likeness that a share `fmr` of strangers reaches. `measured` is None where there were too few to say, and the
    likeness goes on as the model's own calibration does.
    """

    fmr: float
    likeness: float
    measured: Interval | None


def thresholds(scored: Scored, scores: Calibration) -> list[Threshold]:
    """From RATES' first on. `scores`: of the model that made the descriptors."""
    counts = scored.impostors
    found: list[Threshold] = []
    for rate in RATES:
        measured = quantile(counts, rate, scored.edges) if counts.sum() * rate >= RESOLVED else None
        if measured is not None:
            likeness = measured.high
        elif found:
            likeness = found[-1].likeness + _cosine(scores, rate) - _cosine(scores, found[-1].fmr)
        else:
            likeness = _cosine(scores, rate)
        least = found[-1].likeness + LEAST_STEP if found else -1 + LEAST_STEP
        found.append(Threshold(rate, round(max(likeness, least), 6), measured))
    return found


def calibration(found: Sequence[Threshold], *, people: int, comparisons: int) -> Calibration:
    """Where even the first rate was not measured, it says that it is not calibrated."""
    measured = {one.fmr: one.likeness for one in found if one.likeness < 1 - LEAST_STEP}
    source = f"likeness to templates of {people} people, {comparisons} comparisons with others, upper 95 % bounds"
    return Calibration.from_fmr(measured, calibrated=found[0].measured is not None, source=source)


def calibrate(
    faces: Faces, enrolled: Enrolled, scores: Calibration, *, progress: Progress | None = None
) -> tuple[Calibration, list[Threshold]]:
    """`faces`: those from which `enrolled` was learnt."""
    scored = score(some(faces), enrolled.people, enrolled.likeness, low=-1, progress=progress)
    found = thresholds(scored, scores)
    return calibration(found, people=len(enrolled.people), comparisons=int(scored.impostors.sum())), found


def quantile(counts: Counts, rate: float, edges: Numbers, *, seed: int = 0) -> Interval:
    """The least step's end that at most a share `rate` exceeds; its interval by the bootstrap over people."""
    people = len(counts)
    drawn = np.random.default_rng(seed).multinomial(people, np.full(people, 1 / people), RESAMPLES)
    low, high = (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2
    sums = drawn.astype(np.float32) @ counts.astype(np.float32)  # whole numbers of this size multiply slowly
    ends = [_exceeded(row, rate, edges) for row in sums if row.any()]
    return Interval(_exceeded(counts.sum(axis=0), rate, edges), *map(float, np.quantile(ends, [low, high])))


def _exceeded(counts: NDArray[Any], rate: float, edges: Numbers) -> float:
    above = np.cumsum(counts[::-1])[::-1] - counts  # how many lie in higher steps
    return float(edges[np.argmax(above <= rate * counts.sum())])


def _cosine(scores: Calibration, rate: float) -> float:
    return scores.cosine(similarity_at_fmr(rate))
