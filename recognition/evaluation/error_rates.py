"""How well scores tell one person from two, and known people from strangers: error rates, from numbers only.

A higher score is more alike, and a comparison is a match where its score is at least the threshold. Names as in
ISO/IEC 19795-1 (FMR, FNMR, FPIR, FNIR) and 30107-3 (APCER, BPCER).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

RESAMPLES, CONFIDENCE = 400, 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """`low` to `high`: where the value lies with a confidence of 95 %, by the bootstrap over comparisons.

    People who occur in many comparisons make it too narrow.
    """

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float]:
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


@dataclass(frozen=True, slots=True)
class Scores:
    """Of comparisons of one person with herself, and of two people; neither is empty, both ascend."""

    genuine: Numbers
    impostor: Numbers

    @classmethod
    def from_labels(cls, scores: ArrayLike, same: ArrayLike) -> "Scores":
        values, is_same = np.asarray(scores, np.float64), np.asarray(same, np.bool_)
        return cls.from_groups(values[is_same], values[~is_same])

    @classmethod
    def from_groups(cls, genuine: ArrayLike, impostor: ArrayLike) -> "Scores":
        found = cls(np.sort(np.asarray(genuine, np.float64)), np.sort(np.asarray(impostor, np.float64)))
        if not (len(found.genuine) and len(found.impostor)):
            raise ValueError("rates need comparisons of both kinds")
        return found

    def fmr(self, thresholds: ArrayLike) -> Numbers:
        """False match rate: the share of impostors whose score reaches each threshold."""
        below = np.searchsorted(self.impostor, thresholds, side="left")
        return np.asarray(1 - below / len(self.impostor), np.float64)

    def fnmr(self, thresholds: ArrayLike) -> Numbers:
        """False non-match rate: the share of genuine comparisons below each threshold."""
        below = np.searchsorted(self.genuine, thresholds, side="left")
        return np.asarray(below / len(self.genuine), np.float64)

    def cuts(self) -> Numbers:
        """Every threshold that makes a difference, ascending, and one above all scores."""
        values = np.unique(np.concatenate([self.genuine, self.impostor]))
        return np.append(values, np.nextafter(values[-1], np.inf))


def error_curve(scores: Scores, *, points: int = 500) -> tuple[Numbers, Numbers, Numbers]:
    """Thresholds, FMR and FNMR along the ROC or DET curve; at most `points`, evenly along the thresholds' order."""
    cuts = scores.cuts()
    if len(cuts) > points:
        cuts = cuts[np.linspace(0, len(cuts) - 1, points).round().astype(int)]
    return cuts, scores.fmr(cuts), scores.fnmr(cuts)


def equal_error_rate(scores: Scores) -> tuple[float, float]:
    """The equal error rate and its threshold: where FMR and FNMR cross, between two cuts the mean of both there."""
    cuts = scores.cuts()
    fmr, fnmr = scores.fmr(cuts), scores.fnmr(cuts)
    nearest = int(np.argmin(np.abs(fmr - fnmr)))
    return float((fmr[nearest] + fnmr[nearest]) / 2), float(cuts[nearest])


def threshold_at_fmr(impostor: Numbers, fmr: float) -> float:
    """The least threshold that at most that share of the impostors reaches. `impostor` ascends."""
    allowed = int(np.floor(fmr * len(impostor) + 1e-9))
    if allowed >= len(impostor):
        return float(impostor[0])
    return float(np.nextafter(impostor[len(impostor) - allowed - 1], np.inf))


def tar_at_far(scores: Scores, far: float) -> float:
    """The share of genuine comparisons that match where at most `far` of the impostors do."""
    return float(1 - scores.fnmr(threshold_at_fmr(scores.impostor, far)))


def is_resolvable(scores: Scores, far: float) -> bool:
    """Whether there are impostors enough for that rate to be more than "none of them"."""
    return len(scores.impostor) * far >= 1


def best_accuracy(scores: Scores) -> tuple[float, float]:
    """The largest share of right decisions at any one threshold, and that threshold."""
    cuts = scores.cuts()
    right = (1 - scores.fmr(cuts)) * len(scores.impostor) + (1 - scores.fnmr(cuts)) * len(scores.genuine)
    best = int(np.argmax(right))
    return float(right[best] / (len(scores.impostor) + len(scores.genuine))), float(cuts[best])


def bootstrap_interval(
    scores: Scores, measure: Callable[[Scores], float], *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """`measure` of the scores, and the percentile interval of it over resampled comparisons."""
    rng = np.random.default_rng(seed)
    found = [
        measure(Scores.from_groups(_again(rng, scores.genuine), _again(rng, scores.impostor))) for _ in range(resamples)
    ]
    return _interval(measure(scores), found)


def proportion_interval(hits: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """The mean of yes-or-no outcomes, with its bootstrap interval."""
    flags = np.asarray(hits, np.bool_)
    counts = np.random.default_rng(seed).binomial(len(flags), flags.mean(), resamples)
    return _interval(float(flags.mean()), counts / len(flags))


def _again(rng: np.random.Generator, values: Numbers) -> Numbers:
    return values[rng.integers(0, len(values), len(values))]


def _interval(value: float, found: Sequence[float] | Numbers) -> Interval:
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value, float(low), float(high))


@dataclass(frozen=True, slots=True)
class PresentationErrors:
    """`apcer`: attacks taken for living people; `bpcer`: living people taken for attacks; `acer`: the mean of both."""

    apcer: Interval
    bpcer: Interval

    @property
    def acer(self) -> float:
        return (self.apcer.value + self.bpcer.value) / 2

    def as_json(self) -> dict[str, Any]:
        return {"apcer": self.apcer.as_json(), "bpcer": self.bpcer.as_json(), "acer": round(self.acer, 6)}


def presentation_errors(*, live_accepted: ArrayLike, spoof_accepted: ArrayLike) -> PresentationErrors:
    """From what was decided about each living person and each attack; neither is empty."""
    live, spoof = np.asarray(live_accepted, np.bool_), np.asarray(spoof_accepted, np.bool_)
    return PresentationErrors(apcer=proportion_interval(spoof), bpcer=proportion_interval(~live))


@dataclass(frozen=True, slots=True)
class Searches:
    """Searches of a gallery. `score`: of the best candidate; `right`: it is who was searched; `known`: she is enrolled.

    All of shape (n,). Nobody who is not `known` is `right`.
    """

    score: Numbers
    right: Flags
    known: Flags


@dataclass(frozen=True, slots=True)
class OpenSet:
    """`rank1`: known people whose best candidate is right, at any score. `accuracy`: open-set rank 1, known people
    named rightly and strangers named nobody. `fpir`: strangers who are given a name; `fnir`: known people who are not
    given their own. None where nobody of that kind was searched.
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
    """The least threshold at which at most that share of the strangers is given a name; strangers there must be."""
    return threshold_at_fmr(np.sort(searches.score[~searches.known]), fpir)


def _mean(flags: Flags) -> float | None:
    return float(flags.mean()) if len(flags) else None
