"""Evaluate a training: error rates on photos and people that were held out, before it and after it."""

from collections import Counter
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from recognition.evaluation import error_rates
from recognition.evaluation.error_rates import IntervalJson, Numbers
from training.learning.scoring import ProbeScores

FARS, FPIR = (1e-2, 1e-3, 1e-4), 1e-2
# How many of the people who are found least are listed, and the bars of a histogram.
WORST_PEOPLE, BARS = 10, 40


class TarMetric(TypedDict):
    """`tar` is None without genuine comparisons."""

    far: float
    threshold: float
    tar: IntervalJson | None


class FpirMetric(TypedDict):
    """`found`: the share of known people who are found at the threshold of this FPIR."""

    fpir: float
    threshold: float
    found: float


class PersonMetric(TypedDict):
    """How many probes of a person were found, and as whom the others were named most often."""

    person: str
    faces: int
    found: int
    taken_for: str | None


class EvaluationMetrics(TypedDict):
    """`before` or `after` in `face_training_sessions.metrics`. Rates are from 0 to 1, None where not measured."""

    threshold: float
    rank1: float | None
    accuracy: float | None
    fpir: float | None
    fnir: float | None
    accuracy_interval: IntervalJson
    known: int
    strangers: int
    eer: float | None
    tar_at_far: list[TarMetric]
    at_fpir: FpirMetric | None
    worst: list[PersonMetric]
    histogram: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class HeldOutEvaluation:
    """The evaluation of one way to identify people, by similarities, at one threshold."""

    probe_scores: ProbeScores
    threshold: float

    @property
    def open_set(self) -> error_rates.OpenSet:
        return error_rates.open_set_rates(self.probe_scores.searches, self.threshold)

    def as_json(self) -> EvaluationMetrics:
        searches, open_set = self.probe_scores.searches, self.open_set.as_json()
        return {
            "threshold": round(self.threshold, 6),
            "rank1": open_set["rank1"],
            "accuracy": open_set["accuracy"],
            "fpir": open_set["fpir"],
            "fnir": open_set["fnir"],
            "accuracy_interval": error_rates.proportion_interval(self._right_decisions()).as_json(),
            "known": int(searches.known.sum()),
            "strangers": int((~searches.known).sum()),
            "eer": _round(self._equal_error_rate()),
            "tar_at_far": [self._tar_at(far) for far in FARS if self._impostor_counts.sum() * far >= 1],
            "at_fpir": self._rates_at_fpir(),
            "worst": self._worst_people(),
            "histogram": self._histogram(),
        }

    def _right_decisions(self) -> NDArray[np.bool_]:
        """Return, for each probe, whether it was named rightly, or not named if it shows a stranger."""
        searches = self.probe_scores.searches
        named = searches.score >= self.threshold
        return np.asarray(np.where(searches.known, named & searches.right, ~named), np.bool_)

    @property
    def _impostor_counts(self) -> NDArray[np.int64]:
        """How many impostor comparisons have a score in each step, (STEPS,)."""
        return np.asarray(self.probe_scores.impostor_counts.sum(axis=0), np.int64)

    @property
    def _genuine(self) -> Numbers:
        """The scores of known people with themselves, ascending."""
        own = self.probe_scores.own_scores
        return np.sort(own[~np.isnan(own)])

    def _fmr(self) -> Numbers:
        """Return the false match rate at the upper end of each step."""
        counts = self._impostor_counts
        return np.asarray(1 - np.cumsum(counts) / max(1, counts.sum()), np.float64)

    def _fnmr(self) -> Numbers:
        """Return the false non-match rate at the upper end of each step."""
        return np.searchsorted(self._genuine, self.probe_scores.step_ends, side="left") / max(1, len(self._genuine))

    def _equal_error_rate(self) -> float | None:
        if not (len(self._genuine) and self._impostor_counts.any()):
            return None
        fmr, fnmr = self._fmr(), self._fnmr()
        nearest = int(np.argmin(np.abs(fmr - fnmr)))
        return float(fmr[nearest] + fnmr[nearest]) / 2

    def _tar_at(self, far: float) -> TarMetric:
        threshold = float(self.probe_scores.step_ends[np.argmax(self._fmr() <= far)])
        matched = self._genuine >= threshold
        tar = error_rates.proportion_interval(matched).as_json() if len(matched) else None
        return {"far": far, "threshold": round(threshold, 4), "tar": tar}

    def _rates_at_fpir(self) -> FpirMetric | None:
        """Return the threshold at which FPIR of the strangers are named, which rises with the number of people."""
        strangers = int((~self.probe_scores.searches.known).sum())
        if strangers * FPIR < 1 or strangers == len(self.probe_scores.own_scores):
            return None
        threshold = error_rates.threshold_at_fpir(self.probe_scores.searches, FPIR)
        found = 1 - (error_rates.open_set_rates(self.probe_scores.searches, threshold).fnir or 0.0)
        return {"fpir": FPIR, "threshold": round(threshold, 4), "found": round(found, 6)}

    def _worst_people(self) -> list[PersonMetric]:
        """Return the people who are found least, and as whom they are named most often instead."""
        searches = self.probe_scores.searches
        named = searches.score >= self.threshold
        rows_by_person: dict[UUID, list[int]] = {}
        for i in np.flatnonzero(searches.known).tolist():
            rows_by_person.setdefault(self.probe_scores.people[i], []).append(i)
        metrics = [_person_metric(person, rows, named, self.probe_scores) for person, rows in rows_by_person.items()]
        missed = [metric for metric in metrics if metric["found"] < metric["faces"]]
        return sorted(missed, key=lambda metric: (metric["found"] / metric["faces"], -metric["faces"]))[:WORST_PEOPLE]

    def _histogram(self) -> dict[str, list[float]]:
        """Return the shares of genuine and impostor scores in BARS equal steps of similarity from 0 to 1."""
        genuine, _edges = np.histogram(self._genuine, BARS, (0, 1))
        impostor = self._impostor_counts.reshape(BARS, -1).sum(axis=1)
        counts = {"genuine": genuine, "impostor": impostor}
        return {name: [round(float(n), 5) for n in bars / max(1, bars.sum())] for name, bars in counts.items()}


def is_not_worse(before: HeldOutEvaluation, after: HeldOutEvaluation) -> bool:
    """Return whether no rate got worse, which puts a version in use by itself. False where a rate was not measured."""
    old, new = before.open_set, after.open_set
    if old.rank1 is None or new.rank1 is None or old.fpir is None or new.fpir is None:
        return False
    return new.rank1 >= old.rank1 and new.accuracy >= old.accuracy and new.fpir <= old.fpir


def _person_metric(person: UUID, rows: list[int], named: NDArray[np.bool_], probe_scores: ProbeScores) -> PersonMetric:
    right = probe_scores.searches.right
    wrong_names = Counter(str(probe_scores.best_people[i]) for i in rows if named[i] and not right[i])
    return {
        "person": str(person),
        "faces": len(rows),
        "found": int(sum(named[i] and right[i] for i in rows)),
        "taken_for": wrong_names.most_common(1)[0][0] if wrong_names else None,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
