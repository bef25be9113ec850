"""Error rates of comparisons and searches, computed from scores alone.

A higher score means more similar, and a comparison is a match where its score is at least the threshold. Names are
those of ISO/IEC 19795-1 (FMR, FNMR, FPIR, FNIR) and 30107-3 (APCER, BPCER).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

RESAMPLES, CONFIDENCE = 400, 0.95


class IntervalJson(TypedDict):
    """`Interval`, rounded to six decimals."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its bootstrap confidence interval of 95 %, over comparisons.

    The interval is too narrow where people occur in many comparisons.
    """

    value: float
    low: float
    high: float

    def as_json(self) -> IntervalJson:
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of comparisons of one person and of two people. Neither array is empty; both ascend."""

    genuine: Numbers
    impostor: Numbers

    @classmethod
    def from_labels(cls, scores: ArrayLike, same: ArrayLike) -> "Scores":
        """Build from scores (n,) and whether each is of one person (n,)."""
        values, is_same = np.asarray(scores, np.float64), np.asarray(same, np.bool_)
        return cls.from_groups(values[is_same], values[~is_same])

    @classmethod
    def from_groups(cls, genuine: ArrayLike, impostor: ArrayLike) -> "Scores":
        """Build from the scores of either kind. Raise ValueError where one is empty."""
        scores = cls(np.sort(np.asarray(genuine, np.float64)), np.sort(np.asarray(impostor, np.float64)))
        if not (len(scores.genuine) and len(scores.impostor)):
            raise ValueError("rates need comparisons of both kinds")
        return scores

    def fmr(self, thresholds: ArrayLike) -> Numbers:
        """Return the false match rate at each threshold: the share of impostor scores that reach it."""
        below = np.searchsorted(self.impostor, thresholds, side="left")
        return np.asarray(1 - below / len(self.impostor), np.float64)

    def fnmr(self, thresholds: ArrayLike) -> Numbers:
        """Return the false non-match rate at each threshold: the share of genuine scores below it."""
        below = np.searchsorted(self.genuine, thresholds, side="left")
        return np.asarray(below / len(self.genuine), np.float64)

    def thresholds(self) -> Numbers:
        """Return every threshold that makes a difference, ascending: each score, and one above all scores."""
        values = np.unique(np.concatenate([self.genuine, self.impostor]))
        return np.append(values, np.nextafter(values[-1], np.inf))


def error_curve(scores: Scores, *, points: int = 500) -> tuple[Numbers, Numbers, Numbers]:
    """Return thresholds, FMR and FNMR along the ROC or DET curve: at most `points`, evenly by the thresholds' rank."""
    thresholds = scores.thresholds()
    if len(thresholds) > points:
        thresholds = thresholds[np.linspace(0, len(thresholds) - 1, points).round().astype(int)]
    return thresholds, scores.fmr(thresholds), scores.fnmr(thresholds)


def equal_error_rate(scores: Scores) -> tuple[float, float]:
    """Return the equal error rate and its threshold: the mean of FMR and FNMR where they are closest."""
    thresholds = scores.thresholds()
    fmr, fnmr = scores.fmr(thresholds), scores.fnmr(thresholds)
    nearest = int(np.argmin(np.abs(fmr - fnmr)))
    return float((fmr[nearest] + fnmr[nearest]) / 2), float(thresholds[nearest])


def threshold_at_fmr(impostor: Numbers, fmr: float) -> float:
    """Return the lowest threshold that at most that share of the impostor scores reaches. `impostor` ascends."""
    allowed = int(np.floor(fmr * len(impostor) + 1e-9))
    if allowed >= len(impostor):
        return float(impostor[0])
    return float(np.nextafter(impostor[len(impostor) - allowed - 1], np.inf))


def tar_at_far(scores: Scores, far: float) -> float:
    """Return the share of genuine comparisons that match where at most `far` of the impostors do."""
    return float(1 - scores.fnmr(threshold_at_fmr(scores.impostor, far)))


def is_resolvable(scores: Scores, far: float) -> bool:
    """Return whether there are enough impostor scores for that rate to allow at least one of them."""
    return len(scores.impostor) * far >= 1


def best_accuracy(scores: Scores) -> tuple[float, float]:
    """Return the largest share of right decisions at any one threshold, and that threshold."""
    cuts = scores.thresholds()
    right = (1 - scores.fmr(cuts)) * len(scores.impostor) + (1 - scores.fnmr(cuts)) * len(scores.genuine)
    best = int(np.argmax(right))
    return float(right[best] / (len(scores.impostor) + len(scores.genuine))), float(cuts[best])


def bootstrap_interval(
    scores: Scores, measure: Callable[[Scores], float], *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Return `measure` of the scores with its percentile interval over resampled comparisons."""
    rng = np.random.default_rng(seed)
    resampled = [
        measure(Scores.from_groups(_resample(rng, scores.genuine), _resample(rng, scores.impostor)))
        for _ in range(resamples)
    ]
    return _percentile_interval(measure(scores), resampled)


def proportion_interval(hits: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """Return the share of true outcomes with its bootstrap interval. There is at least one outcome."""
    flags = np.asarray(hits, np.bool_)
    counts = np.random.default_rng(seed).binomial(len(flags), flags.mean(), resamples)
    return _percentile_interval(float(flags.mean()), counts / len(flags))


def _resample(rng: np.random.Generator, values: Numbers) -> Numbers:
    return values[rng.integers(0, len(values), len(values))]


def _percentile_interval(value: float, resampled: Sequence[float] | Numbers) -> Interval:
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value, float(low), float(high))


class PresentationErrorsJson(TypedDict):
    """`PresentationErrors`, rounded to six decimals."""

    apcer: IntervalJson
    bpcer: IntervalJson
    acer: float


@dataclass(frozen=True, slots=True)
class PresentationErrors:
    """Error rates of liveness detection.

    `apcer`: attacks classified as bona fide; `bpcer`: living people classified as attacks; `acer`: the mean of both.
    """

    apcer: Interval
    bpcer: Interval

    @property
    def acer(self) -> float:
        return (self.apcer.value + self.bpcer.value) / 2

    def as_json(self) -> PresentationErrorsJson:
        return {"apcer": self.apcer.as_json(), "bpcer": self.bpcer.as_json(), "acer": round(self.acer, 6)}


def presentation_errors(*, live_accepted: ArrayLike, spoof_accepted: ArrayLike) -> PresentationErrors:
    """Return the rates of decisions about each living person and each attack; neither is empty."""
    live, spoof = np.asarray(live_accepted, np.bool_), np.asarray(spoof_accepted, np.bool_)
    return PresentationErrors(apcer=proportion_interval(spoof), bpcer=proportion_interval(~live))


@dataclass(frozen=True, slots=True)
class Searches:
    """Searches of a gallery by n probes; all arrays have the shape (n,).

    `score`: of the best candidate. `right`: that candidate is the probe's person. `known`: the probe's person is
    enrolled; nobody who is not known is right.
    """

    score: Numbers
    right: Flags
    known: Flags


@dataclass(frozen=True, slots=True)
class OpenSet:
    """Rates of open-set identification at one threshold, 0..1; None where nobody of that kind was searched.

    `rank1`: known people whose best candidate is right, at any score. `accuracy`: open-set rank 1, known people named
    rightly and strangers not named. `fpir`: strangers who are given a name. `fnir`: known people who are not given
    their own.
    """

    threshold: float
    rank1: float | None
    accuracy: float
    fpir: float | None
    fnir: float | None

    def as_json(self) -> dict[str, float | None]:
        values = {name: getattr(self, name) for name in ("threshold", "rank1", "accuracy", "fpir", "fnir")}
        return {name: None if value is None else round(value, 6) for name, value in values.items()}


def open_set_rates(searches: Searches, threshold: float) -> OpenSet:
    """Return the rates where a probe gets its best candidate's name from that threshold on."""
    named, known = searches.score >= threshold, searches.known
    hit = named & searches.right & known
    return OpenSet(
        threshold=threshold,
        rank1=_mean(searches.right[known]),
        accuracy=float(np.mean(np.where(known, hit, ~named))),
        fpir=_mean(named[~known]),
        fnir=_mean(~hit[known]),
    )


def threshold_at_fpir(searches: Searches, fpir: float) -> float:
    """Return the lowest threshold at which at most that share of strangers is named. There is at least one stranger."""
    return threshold_at_fmr(np.sort(searches.score[~searches.known]), fpir)


def _mean(flags: Flags) -> float | None:
    return float(flags.mean()) if len(flags) else None
