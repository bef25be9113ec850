"""Calibrate a version of templates: the cosine at each false match rate, measured on the studio's own people.

Every face is compared with the templates of everybody else, to which it did not contribute, so these are impostor
comparisons. What few people show is uncertain; the calibration takes the upper end of the interval, so that with little
data names are given more rarely and not more boldly. "Cosine" here is `identification.combine_cosines` of a person's
template and nearest face.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.calibration import Calibration, similarity_at_fmr
from recognition.evaluation.error_rates import CONFIDENCE, RESAMPLES, Interval, Numbers
from training.learning.dataset import Faces
from training.learning.scoring import Counts, ProbeScores, Progress, sample_faces, score_probes
from training.learning.templates import EnrolledPeople

RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
# A rate is measured where at least so many comparisons are expected above its threshold.
MIN_RESOLVED = 10
# By how much the cosine rises from one rate to the next at least.
MIN_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class RateThreshold:
    """The cosine that a share `fmr` of impostor comparisons reaches.

    `measured` is None where there were too few comparisons; the cosine then follows the model's own calibration.
    """

    fmr: float
    cosine: float
    measured: Interval | None


def measure_thresholds(probe_scores: ProbeScores, scores: Calibration) -> list[RateThreshold]:
    """Return a rising threshold for each of RATES. `scores`: the calibration of the model."""
    counts = probe_scores.impostor_counts
    thresholds: list[RateThreshold] = []
    for rate in RATES:
        is_resolved = counts.sum() * rate >= MIN_RESOLVED
        measured = quantile_interval(counts, rate, probe_scores.step_ends) if is_resolved else None
        if measured is not None:
            cosine = measured.high
        elif thresholds:
            # Continue from the last rate by as much as the model's own calibration rises between the two.
            last = thresholds[-1]
            cosine = last.cosine + _cosine_at_fmr(scores, rate) - _cosine_at_fmr(scores, last.fmr)
        else:
            cosine = _cosine_at_fmr(scores, rate)
        lowest = thresholds[-1].cosine + MIN_STEP if thresholds else -1 + MIN_STEP
        thresholds.append(RateThreshold(rate, round(max(cosine, lowest), 6), measured))
    return thresholds


def build_calibration(thresholds: Sequence[RateThreshold], *, people: int, comparisons: int) -> Calibration:
    """Return the calibration through these thresholds. It counts as calibrated if the first rate was measured."""
    measured = {threshold.fmr: threshold.cosine for threshold in thresholds if threshold.cosine < 1 - MIN_STEP}
    source = f"likeness to templates of {people} people, {comparisons} comparisons with others, upper 95 % bounds"
    return Calibration.from_fmr(measured, calibrated=thresholds[0].measured is not None, source=source)


def calibrate_templates(
    faces: Faces, enrolled: EnrolledPeople, scores: Calibration, *, progress: Progress | None = None
) -> tuple[Calibration, list[RateThreshold]]:
    """Return the calibration of these templates and its thresholds. `faces`: those that `enrolled` was learnt from."""
    probe_scores = score_probes(
        sample_faces(faces), enrolled.people, enrolled.combined_cosines, lowest=-1, progress=progress
    )
    thresholds = measure_thresholds(probe_scores, scores)
    comparisons = int(probe_scores.impostor_counts.sum())
    return build_calibration(thresholds, people=len(enrolled.people), comparisons=comparisons), thresholds


def quantile_interval(counts: Counts, rate: float, step_ends: Numbers, *, seed: int = 0) -> Interval:
    """Return the lowest step's end that at most a share `rate` exceeds, with its bootstrap interval over people."""
    people = len(counts)
    draws = np.random.default_rng(seed).multinomial(people, np.full(people, 1 / people), RESAMPLES)
    low, high = (1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2
    # As float32, because NumPy multiplies matrices of integers slowly.
    sums = draws.astype(np.float32) @ counts.astype(np.float32)
    resampled = [_quantile(row, rate, step_ends) for row in sums if row.any()]
    return Interval(_quantile(counts.sum(axis=0), rate, step_ends), *map(float, np.quantile(resampled, [low, high])))


def _quantile(counts: NDArray[Any], rate: float, step_ends: Numbers) -> float:  # whole numbers, also as float32
    in_higher_steps = np.cumsum(counts[::-1])[::-1] - counts
    return float(step_ends[np.argmax(in_higher_steps <= rate * counts.sum())])


def _cosine_at_fmr(scores: Calibration, rate: float) -> float:
    return scores.cosine(similarity_at_fmr(rate))
