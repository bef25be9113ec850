"""The results of `manage.py evaluate`, as JSON and as an HTML page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NotRequired, TypedDict

from django.template.loader import render_to_string

from recognition.evaluation import error_rates
from recognition.evaluation.comparisons import Trial
from recognition.evaluation.error_rates import IntervalJson, Numbers, PresentationErrors, PresentationErrorsJson, Scores

FARS = (1e-1, 1e-2, 1e-3, 1e-4)
# The false match rate, over all pairs, of the threshold at which labels are compared.
LABEL_FMR = 1e-2


class RateJson(IntervalJson):
    """A rate at a threshold."""

    threshold: float


class TarJson(RateJson):
    """A true accept rate at the threshold of a false accept rate."""

    far: float


class AccuracyJson(TypedDict):
    """The best accuracy at any one threshold."""

    value: float
    threshold: float


class ThresholdJson(TypedDict):
    """The error rates at one threshold."""

    threshold: float
    fmr: float
    fnmr: float


class LabelJson(TypedDict):
    """The rates of pairs with one label; None where there is no pair of that kind."""

    pairs: int
    fnmr: IntervalJson | None
    fmr: IntervalJson | None


class EngineReport(TypedDict):
    """One engine in evaluation.json. Everything but `name` and `liveness` is there where pairs were compared."""

    name: str
    genuine: NotRequired[int]
    impostor: NotRequired[int]
    without_face: NotRequired[int]
    eer: NotRequired[RateJson]
    best_accuracy: NotRequired[AccuracyJson]
    tar_at_far: NotRequired[list[TarJson]]
    thresholds: NotRequired[list[ThresholdJson]]
    by_label: NotRequired[dict[str, dict[str, LabelJson]]]
    liveness: NotRequired[PresentationErrorsJson]


@dataclass(frozen=True, slots=True)
class EngineEvaluation:
    """One engine on one set of pairs. `scores` is None where only liveness was evaluated."""

    name: str
    trials: Sequence[Trial] = ()
    liveness: PresentationErrors | None = None
    scores: Scores | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.trials:
            object.__setattr__(self, "scores", _collect_scores(self.trials))

    def as_json(self, thresholds: Numbers) -> EngineReport:
        """Return the report, with the error rates at these thresholds."""
        report: EngineReport = {"name": self.name}
        if self.scores is not None:
            accuracy, best_threshold = error_rates.best_accuracy(self.scores)
            rows = zip(thresholds, self.scores.fmr(thresholds), self.scores.fnmr(thresholds), strict=True)
            report |= {
                "genuine": len(self.scores.genuine),
                "impostor": len(self.scores.impostor),
                "without_face": sum(not trial.has_faces for trial in self.trials),
                "eer": _equal_error_rate(self.scores),
                "best_accuracy": {"value": round(accuracy, 6), "threshold": round(best_threshold, 6)},
                "tar_at_far": [
                    _tar_at_far(self.scores, far) for far in FARS if error_rates.is_resolvable(self.scores, far)
                ],
                "thresholds": [{"threshold": round(t, 6), "fmr": round(m, 6), "fnmr": round(n, 6)} for t, m, n in rows],
                "by_label": _rates_by_label(self.trials),
            }
        if self.liveness is not None:
            report["liveness"] = self.liveness.as_json()
        return report


def _collect_scores(trials: Sequence[Trial]) -> Scores:
    return Scores.from_labels([t.similarity for t in trials], [t.same for t in trials])


def _equal_error_rate(scores: Scores) -> RateJson:
    interval = error_rates.bootstrap_interval(scores, lambda resampled: error_rates.equal_error_rate(resampled)[0])
    return {**interval.as_json(), "threshold": round(error_rates.equal_error_rate(scores)[1], 6)}


def _tar_at_far(scores: Scores, far: float) -> TarJson:
    interval = error_rates.bootstrap_interval(scores, partial(error_rates.tar_at_far, far=far))
    threshold = error_rates.threshold_at_fmr(scores.impostor, far)
    return {"far": far, **interval.as_json(), "threshold": round(threshold, 6)}


def _rates_by_label(trials: Sequence[Trial]) -> dict[str, dict[str, LabelJson]]:
    """Return {column: {label: rates}}, all at the one threshold that has LABEL_FMR over all pairs.

    In use there is one threshold for everybody, so this shows how the error rates of groups of people differ.
    """
    threshold = error_rates.threshold_at_fmr(_collect_scores(trials).impostor, LABEL_FMR)
    by_label: dict[str, dict[str, list[Trial]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        for column, label in trial.labels.items():
            by_label[column][label].append(trial)
    return {
        column: {label: _label_rates(labelled, threshold) for label, labelled in sorted(labels.items())}
        for column, labels in by_label.items()
    }


def _label_rates(trials: Sequence[Trial], threshold: float) -> LabelJson:
    genuine = [trial.similarity < threshold for trial in trials if trial.same]
    impostor = [trial.similarity >= threshold for trial in trials if not trial.same]
    return {
        "pairs": len(trials),
        "fnmr": error_rates.proportion_interval(genuine).as_json() if genuine else None,
        "fmr": error_rates.proportion_interval(impostor).as_json() if impostor else None,
    }


def render_page(report: Mapping[str, Sequence[EngineReport]], *, plots: Sequence[str]) -> str:
    """Return an HTML page that needs no other files but the plots beside it.

    `report`: the content of evaluation.json. `plots`: their names without suffixes.
    """
    return render_to_string("recognition/evaluation.html", {"report": report, "plots": plots})
