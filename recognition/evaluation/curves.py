"""Plots of an evaluation, as PNG and SVG. They need matplotlib, which is optional."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from scipy.stats import norm

from facepass.core.errors import FacePassError
from recognition.evaluation import error_rates
from recognition.evaluation.error_rates import Numbers, Scores
from recognition.evaluation.error_report import EngineEvaluation

# Wong's palette, which colour-blind people can tell apart (Nature Methods 8, 441, 2011); lines differ in style as well.
COLOURS, STYLES = ("#0072B2", "#D55E00"), ("-", "--")
DET_TICKS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)

# matplotlib.axes.Axes; matplotlib is optional, so its types are not available.
Axes = Any


def draw_curves(evaluations: Sequence[EngineEvaluation], folder: Path, *, thresholds: Numbers) -> list[str]:
    """Write the plots to the folder and return their names without suffixes.

    Raise FacePassError `not_installed` (400) without matplotlib.
    """
    plots: dict[str, Callable[[Axes], None]] = {
        "roc": lambda axes: _plot_roc(axes, evaluations),
        "det": lambda axes: _plot_det(axes, evaluations),
        "scores": lambda axes: _plot_histograms(axes, evaluations),
        "thresholds": lambda axes: _plot_errors(axes, evaluations, thresholds),
    }
    for name, paint in plots.items():
        _save(folder / name, paint)
    return list(plots)


def _save(path: Path, paint: Callable[[Axes], None]) -> None:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - optional
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        message = _("Plots need matplotlib. Run: .venv/bin/pip install matplotlib")
        raise FacePassError("not_installed", message) from error
    figure = Figure(figsize=(7, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    paint(axes)
    axes.grid(visible=True, alpha=0.3)
    figure.legend(loc="outside lower center", frameon=False)
    for suffix in (".png", ".svg"):
        figure.savefig(path.with_suffix(suffix), dpi=150)


def _lines(evaluations: Sequence[EngineEvaluation]) -> list[tuple[Scores, dict[str, str]]]:
    """Return the scores and the line's options of each evaluation that has scores."""
    return [
        (evaluation.scores, {"label": evaluation.name, "color": colour, "linestyle": style})
        for evaluation, colour, style in zip(evaluations, COLOURS, STYLES, strict=False)
        if evaluation.scores is not None
    ]


def _plot_roc(axes: Axes, evaluations: Sequence[EngineEvaluation]) -> None:
    """Plot the ROC curve. Its lower limit is just below the curves, because good engines differ in the last percent."""
    floor = 1.0
    for scores, style in _lines(evaluations):
        _thresholds, fmr, fnmr = error_rates.error_curve(scores, points=2000)
        positive = fmr > 0  # the axis is logarithmic
        axes.step(fmr[positive], 1 - fnmr[positive], where="pre", **style)
        floor = min(floor, float(1 - fnmr[positive].max()))
    axes.set(xscale="log", ylim=(max(0, floor - 0.1 * (1.01 - floor)), 1.002), title=_("ROC"))
    axes.set(xlabel=_("False match rate"), ylabel=_("True match rate"))


def _plot_det(axes: Axes, evaluations: Sequence[EngineEvaluation]) -> None:
    """Plot the DET curve on normal deviates, where two normal distributions give a straight line."""
    for scores, style in _lines(evaluations):
        _thresholds, fmr, fnmr = error_rates.error_curve(scores, points=2000)
        finite = (fmr > 0) & (fnmr > 0) & (fmr < 1) & (fnmr < 1)
        axes.plot(norm.ppf(fmr[finite]), norm.ppf(fnmr[finite]), marker=".", markersize=3, **style)
    ticks, names = norm.ppf(DET_TICKS), [f"{100 * tick:g} %" for tick in DET_TICKS]
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    reach = (norm.ppf(DET_TICKS[0]), norm.ppf(DET_TICKS[-1]))
    axes.set(xlim=reach, ylim=reach, title=_("DET"), xlabel=_("False match rate"), ylabel=_("False non-match rate"))


def _plot_histograms(axes: Axes, evaluations: Sequence[EngineEvaluation]) -> None:
    all_scores = np.concatenate(
        [np.concatenate([scores.genuine, scores.impostor]) for scores, _style in _lines(evaluations)]
    )
    bins = np.linspace(all_scores.min(), all_scores.max(), 50)
    for scores, style in _lines(evaluations):
        for values, kind, shade in (
            (scores.impostor, _("different people"), 0.25),
            (scores.genuine, _("same person"), 0.6),
        ):
            options = {**style, "label": f"{style['label']}: {kind}", "alpha": shade}
            axes.hist(values, bins, density=True, histtype="stepfilled", edgecolor=style["color"], **options)
    axes.set(title=_("Scores"), xlabel=_("Similarity"), ylabel=_("Density"))


def _plot_errors(axes: Axes, evaluations: Sequence[EngineEvaluation], thresholds: Numbers) -> None:
    false_match, false_non_match = _("False match rate"), _("False non-match rate")
    for scores, style in _lines(evaluations):
        fmr, fnmr = scores.fmr(thresholds), scores.fnmr(thresholds)
        axes.plot(thresholds, fmr, **{**style, "label": f"{style['label']}: {false_match}"})
        axes.plot(thresholds, fnmr, **{**style, "label": f"{style['label']}: {false_non_match}", "alpha": 0.5})
    axes.set(title=_("Errors by threshold"), xlabel=_("Threshold"), ylabel=_("Rate"), ylim=(-0.02, 1.02))
