"""manage.py evaluate: how often an engine errs on pictures with known truth."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from facepass.core.errors import FacePassError
from recognition.engines import registry
from recognition.engines.base import FaceEngine
from recognition.evaluation import comparisons, curves, error_rates, error_report
from recognition.evaluation.error_rates import IntervalJson
from recognition.evaluation.error_report import EngineEvaluation, EngineReport


def _threshold_range(text: str) -> tuple[float, float]:
    try:
        first, last = map(float, text.split(","))
    except ValueError:
        raise ArgumentTypeError(_("two numbers, such as 0.1,0.9")) from None
    if not 0 <= first < last <= 1:
        raise ArgumentTypeError(_("two rising numbers from 0 to 1"))
    return first, last


class Command(BaseCommand):
    help = "Measure how well an engine tells people apart (and living faces from attacks); see docs/training.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--data-dir", type=Path, help="folder with genuine/ and impostor/, or liveness/")
        source.add_argument("--pairs", type=Path, metavar="FILE.csv", help="columns a, b, same, and any labels")
        source.add_argument("--synthetic", action="store_true", help="made-up scores, to see the report")
        parser.add_argument("--pictures", type=Path, help="where the pictures of --pairs are")
        parser.add_argument(
            "--pack", action="append", metavar="NAME", help="an installed model pack; twice to compare two"
        )
        parser.add_argument("--threshold-range", type=_threshold_range, default=(0.1, 0.9), metavar="FIRST,LAST")
        parser.add_argument("--num-points", type=int, default=50)
        parser.add_argument("--generate-plots", action="store_true", help="needs matplotlib")
        parser.add_argument("--output", type=Path, metavar="DIR", help="for evaluation.json, evaluation.html and plots")

    def handle(self, **options: Any) -> None:
        if options["num_points"] < 2 or len(options["pack"] or ()) > 2:
            raise CommandError(_("At least 2 points and at most 2 packs."))
        if options["generate_plots"] and options["output"] is None:
            raise CommandError(_("--generate-plots needs --output."))
        try:
            self._report(_evaluate_engines(options), options)
        except FacePassError as refusal:
            raise CommandError(refusal.message) from refusal

    def _report(self, evaluations: Sequence[EngineEvaluation], options: dict[str, Any]) -> None:
        first, last = options["threshold_range"]
        thresholds = np.linspace(first, last, options["num_points"])
        report = {"engines": [evaluation.as_json(thresholds) for evaluation in evaluations]}
        for engine in report["engines"]:
            self._print(engine)
        output: Path | None = options["output"]
        if output is None:
            return
        output.mkdir(parents=True, exist_ok=True)
        plotted = [evaluation for evaluation in evaluations if evaluation.scores] if options["generate_plots"] else []
        names = curves.draw_curves(plotted, output, thresholds=thresholds) if plotted else []
        (output / "evaluation.json").write_text(json.dumps(report, indent=1))
        (output / "evaluation.html").write_text(error_report.render_page(report, plots=names), encoding="utf-8")
        self.stdout.write(str(output / "evaluation.html"))

    def _print(self, report: EngineReport) -> None:
        self.stdout.write(report["name"])
        if "eer" in report:
            counts = (
                _("%(genuine)d genuine pairs, %(impostor)d impostor pairs, %(without_face)d without a face") % report
            )
            self.stdout.write(f"  {counts}")
            self.stdout.write(f"  EER {_format_rate(report['eer'], report['eer']['threshold'])}")
            accuracy = report["best_accuracy"]
            best, threshold = _("best accuracy"), _("threshold")
            self.stdout.write(f"  {best} {accuracy['value']:.4f} ({threshold} {accuracy['threshold']:.3f})")
            for rate in report["tar_at_far"]:
                self.stdout.write(f"  TAR@FAR {rate['far']:g} {_format_rate(rate, rate['threshold'])}")
        if "liveness" in report:
            errors = report["liveness"]
            self.stdout.write(f"  APCER {_format_rate(errors['apcer'])}")
            self.stdout.write(f"  BPCER {_format_rate(errors['bpcer'])}")
            self.stdout.write(f"  ACER {errors['acer']:.4f}")


def _format_rate(rate: IntervalJson, threshold: float | None = None) -> str:
    word = _("threshold")
    at = "" if threshold is None else f", {word} {threshold:.3f}"
    return f"{rate['value']:.4f} ({rate['low']:.4f}–{rate['high']:.4f}{at})"


def _evaluate_engines(options: dict[str, Any]) -> Sequence[EngineEvaluation]:
    """Return an evaluation of each pack that is named, else of the engine in use."""
    if options["synthetic"]:
        return [EngineEvaluation("synthetic", comparisons.draw_synthetic_trials())]
    pairs = comparisons.read_pairs_csv(options["pairs"], pictures=options["pictures"]) if options["pairs"] else []
    folder: Path | None = options["data_dir"]
    if folder:
        pairs = comparisons.read_pairs_folder(folder)
    _require_both_kinds(pairs, folder)
    return [_evaluate(engine, pairs, folder) for engine in map(_load_engine, options["pack"] or [""])]


def _require_both_kinds(pairs: Sequence[comparisons.Pair], folder: Path | None) -> None:
    kinds = {pair.same for pair in pairs}
    if len(kinds) == 1 or (not kinds and not (folder and _list_liveness_pictures(folder)[0])):
        message = _("There must be pairs of one person and of two people.")
        raise FacePassError("not_readable", message)


def _list_liveness_pictures(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the pictures of living people and of attacks, both empty where one kind is missing."""
    live, spoof = (comparisons.list_pictures(folder / "liveness" / name) for name in ("live", "spoof"))
    return (live, spoof) if live and spoof else ([], [])


def _load_engine(pack_name: str) -> FaceEngine:
    return registry.load_engine(pack_name) if pack_name else registry.get_engine()


def _evaluate(engine: FaceEngine, pairs: Sequence[comparisons.Pair], folder: Path | None) -> EngineEvaluation:
    live, spoof = _list_liveness_pictures(folder) if folder else ([], [])
    total = comparisons.count_pictures(pairs) + len(live) + len(spoof)
    name = f"{engine.name} {engine.model}"
    with tqdm(total=total, desc=name, unit=_("picture"), dynamic_ncols=True) as bar:
        step: Callable[[], object] = bar.update
        trials = comparisons.compare_pairs(engine, pairs, progress=step)
        liveness_errors = None
        if live:
            liveness_errors = error_rates.presentation_errors(
                live_accepted=comparisons.judge_liveness(engine, live, progress=step),
                spoof_accepted=comparisons.judge_liveness(engine, spoof, progress=step),
            )
    return EngineEvaluation(name, trials, liveness_errors)
