"""What `manage.py evaluate` found, as JSON and as a page to read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.template.loader import render_to_string

from recognition.evaluation import error_rates
from recognition.evaluation.comparisons import Trial
from recognition.evaluation.error_rates import Numbers, PresentationErrors, Scores

FARS = (1e-1, 1e-2, 1e-3, 1e-4)


@dataclass(frozen=True, slots=True)
class Judged:
    """One engine on one set of pairs. `scores` is None where only liveness was looked at."""

    name: str
    trials: Sequence[Trial] = ()
    liveness: PresentationErrors | None = None
    scores: Scores | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.trials:
            object.__setattr__(self, "scores", _scores(self.trials))

    def as_json(self, thresholds: Numbers) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.name}
        if self.scores is not None:
            found |= {**_rates(self.trials, thresholds), "by_label": _by_label(self.trials)}
        if self.liveness is not None:
            found["liveness"] = self.liveness.as_json()
        return found


def _scores(trials: Sequence[Trial]) -> Scores:
    return Scores.from_labels([t.similarity for t in trials], [t.same for t in trials])


def _rates(trials: Sequence[Trial], thresholds: Numbers) -> dict[str, Any]:
    scores = _scores(trials)
    accuracy, at = error_rates.best_accuracy(scores)
    rows = zip(thresholds, scores.fmr(thresholds), scores.fnmr(thresholds), strict=True)
    return {
        "genuine": len(scores.genuine),
        "impostor": len(scores.impostor),
        "without_face": sum(not trial.has_faces for trial in trials),
        "eer": _eer(scores),
        "best_accuracy": {"value": round(accuracy, 6), "threshold": round(at, 6)},
        "tar_at_far": [_tar(scores, far) for far in FARS if error_rates.is_resolvable(scores, far)],
        "thresholds": [{"threshold": round(t, 6), "fmr": round(m, 6), "fnmr": round(n, 6)} for t, m, n in rows],
    }


def _eer(scores: Scores) -> dict[str, float]:
    interval = error_rates.bootstrap_interval(scores, lambda some: error_rates.equal_error_rate(some)[0])
    return {**interval.as_json(), "threshold": round(error_rates.equal_error_rate(scores)[1], 6)}


def _tar(scores: Scores, far: float) -> dict[str, float]:
    interval = error_rates.bootstrap_interval(scores, partial(error_rates.tar_at_far, far=far))
    threshold = error_rates.threshold_at_fmr(scores.impostor, far)
    return {"far": far, **interval.as_json(), "threshold": round(threshold, 6)}


def _by_label(trials: Sequence[Trial]) -> dict[str, dict[str, Any]]:
    """Each value of each label column apart, at the one threshold of all pairs: that is what people will meet."""
    overall = _scores(trials)
    least = error_rates.threshold_at_fmr(overall.impostor, 1e-2)
    parts: dict[str, dict[str, list[Trial]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        for column, value in trial.labels.items():
            parts[column][value].append(trial)
    return {
        column: {value: _part(some, least) for value, some in sorted(values.items())}
        for column, values in parts.items()
    }


def _part(trials: Sequence[Trial], least: float) -> dict[str, Any]:
    """`least`: the threshold. A rate is None where there is no pair of that kind."""
    genuine = [trial.similarity < least for trial in trials if trial.same]
    impostor = [trial.similarity >= least for trial in trials if not trial.same]
    return {
        "pairs": len(trials),
        "fnmr": error_rates.proportion_interval(genuine).as_json() if genuine else None,
        "fmr": error_rates.proportion_interval(impostor).as_json() if impostor else None,
    }


def render_page(report: Mapping[str, Any], *, plots: Sequence[str]) -> str:
    """HTML that needs no other file but the plots beside it."""
    return render_to_string("recognition/evaluation.html", {"report": report, "plots": plots})
