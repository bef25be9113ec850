"""Curves of an evaluation, as PNG and SVG. Needs matplotlib, which is optional."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from scipy.stats import norm

from facepass.core.errors import FacePassError
from recognition.evaluation import error_rates
from recognition.evaluation.error_rates import Numbers
from recognition.evaluation.error_report import Judged

# Wong's palette, which the colour-blind tell apart (Nature Methods 8, 441, 2011); lines differ in style as well.
COLOURS, STYLES = ("#0072B2", "#D55E00"), ("-", "--")
DET_TICKS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)


def draw_curves(judged: Sequence[Judged], folder: Path, *, thresholds: Numbers) -> list[str]:
    """The names of the pictures written, without their suffixes. Raises FacePassError `not_installed` (400)."""
    figures: dict[str, Callable[[Any], None]] = {
        "roc": lambda axes: _roc(axes, judged),
        "det": lambda axes: _det(axes, judged),
        "scores": lambda axes: _histograms(axes, judged),
        "thresholds": lambda axes: _thresholds(axes, judged, thresholds),
    }
    for name, paint in figures.items():
        _save(folder / name, paint)
    return list(figures)


def _save(path: Path, paint: Callable[[Any], None]) -> None:
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


def _lines(judged: Sequence[Judged]) -> list[tuple[Judged, dict[str, Any]]]:
    return [
        (one, {"label": one.name, "color": colour, "linestyle": style})
        for one, colour, style in zip(judged, COLOURS, STYLES, strict=False)
    ]


def _roc(axes: Any, judged: Sequence[Judged]) -> None:
    """From the least rate that is not zero, and no lower than needed: good engines differ in the last percent."""
    floor = 1.0
    for one, style in _lines(judged):
        assert one.scores is not None  # noqa: S101 - the caller draws what has scores
        _cuts, fmr, fnmr = error_rates.error_curve(one.scores, points=2000)
        seen = fmr > 0
        axes.step(fmr[seen], 1 - fnmr[seen], where="pre", **style)
        floor = min(floor, float(1 - fnmr[seen].max()))
    axes.set(xscale="log", ylim=(max(0, floor - 0.1 * (1.01 - floor)), 1.002), title=_("ROC"))
    axes.set(xlabel=_("False match rate"), ylabel=_("True match rate"))


def _det(axes: Any, judged: Sequence[Judged]) -> None:
    """On normal deviates, where two normal distributions give a straight line."""
    for one, style in _lines(judged):
        assert one.scores is not None  # noqa: S101
        _cuts, fmr, fnmr = error_rates.error_curve(one.scores, points=2000)
        seen = (fmr > 0) & (fnmr > 0) & (fmr < 1) & (fnmr < 1)
        axes.plot(norm.ppf(fmr[seen]), norm.ppf(fnmr[seen]), marker=".", markersize=3, **style)
    ticks, names = norm.ppf(DET_TICKS), [f"{100 * tick:g} %" for tick in DET_TICKS]
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    reach = (norm.ppf(DET_TICKS[0]), norm.ppf(DET_TICKS[-1]))
    axes.set(xlim=reach, ylim=reach, title=_("DET"), xlabel=_("False match rate"), ylabel=_("False non-match rate"))


def _histograms(axes: Any, judged: Sequence[Judged]) -> None:
    every = np.concatenate([np.concatenate([o.scores.genuine, o.scores.impostor]) for o in judged if o.scores])
    bins = np.linspace(every.min(), every.max(), 50)
    for one, style in _lines(judged):
        assert one.scores is not None  # noqa: S101
        for values, kind, shade in (
            (one.scores.impostor, _("two people"), 0.25),
            (one.scores.genuine, _("one person"), 0.6),
        ):
            look = {**style, "label": f"{one.name}: {kind}", "alpha": shade}
            axes.hist(values, bins, density=True, histtype="stepfilled", edgecolor=style["color"], **look)
    axes.set(title=_("Scores"), xlabel=_("Similarity"), ylabel=_("Density"))


def _thresholds(axes: Any, judged: Sequence[Judged], thresholds: Numbers) -> None:
    for one, style in _lines(judged):
        assert one.scores is not None  # noqa: S101
        fmr, fnmr = one.scores.fmr(thresholds), one.scores.fnmr(thresholds)
        axes.plot(thresholds, fmr, **{**style, "label": f"{one.name}: {_('False match rate')}"})
        axes.plot(thresholds, fnmr, **{**style, "label": f"{one.name}: {_('False non-match rate')}", "alpha": 0.5})
    axes.set(title=_("Errors by threshold"), xlabel=_("Threshold"), ylabel=_("Rate"), ylim=(-0.02, 1.02))
