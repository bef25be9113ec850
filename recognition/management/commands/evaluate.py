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
from recognition.evaluation.error_report import Judged


def _range(text: str) -> tuple[float, float]:
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
        parser.add_argument("--threshold-range", type=_range, default=(0.1, 0.9), metavar="FIRST,LAST")
        parser.add_argument("--num-points", type=int, default=50)
        parser.add_argument("--generate-plots", action="store_true", help="needs matplotlib")
        parser.add_argument("--output", type=Path, metavar="DIR", help="for evaluation.json, evaluation.html and plots")

    def handle(self, **options: Any) -> None:
        if options["num_points"] < 2 or len(options["pack"] or ()) > 2:
            raise CommandError(_("At least 2 points and at most 2 packs."))
        if options["generate_plots"] and options["output"] is None:
            raise CommandError(_("--generate-plots needs --output."))
        try:
            judged = list(self._judged(options))
            self._write(judged, options)
        except FacePassError as refusal:
            raise CommandError(refusal.message) from refusal

    def _judged(self, options: dict[str, Any]) -> Sequence[Judged]:
        if options["synthetic"]:
            return [Judged("synthetic", comparisons.draw_synthetic_trials())]
        pairs = comparisons.read_pairs_csv(options["pairs"], pictures=options["pictures"]) if options["pairs"] else []
        folder: Path | None = options["data_dir"]
        if folder:
            pairs = comparisons.read_pairs_folder(folder)
        _require_both_kinds(pairs, folder)
        return [_judge(engine, pairs, folder) for engine in map(_engine, options["pack"] or [""])]

    def _write(self, judged: Sequence[Judged], options: dict[str, Any]) -> None:
        first, last = options["threshold_range"]
        thresholds = np.linspace(first, last, options["num_points"])
        report = {"engines": [one.as_json(thresholds) for one in judged]}
        for found in report["engines"]:
            self._tell(found)
        output: Path | None = options["output"]
        if output is None:
            return
        output.mkdir(parents=True, exist_ok=True)
        drawn = [one for one in judged if one.scores] if options["generate_plots"] else []
        names = curves.draw_curves(drawn, output, thresholds=thresholds) if drawn else []
        (output / "evaluation.json").write_text(json.dumps(report, indent=1))
        (output / "evaluation.html").write_text(error_report.render_page(report, plots=names), encoding="utf-8")
        self.stdout.write(str(output / "evaluation.html"))

    def _tell(self, found: dict[str, Any]) -> None:
        self.stdout.write(found["name"])
        if "eer" in found:
            counts = _("%(genuine)d pairs of one person, %(impostor)d of two, %(without_face)d without a face") % found
            self.stdout.write(f"  {counts}")
            self.stdout.write(f"  EER {_shown(found['eer'])}")
            accuracy = found["best_accuracy"]
            self.stdout.write(
                f"  {_('best accuracy')} {accuracy['value']:.4f} ({_('threshold')} {accuracy['threshold']:.3f})"
            )
            for rate in found["tar_at_far"]:
                self.stdout.write(f"  TAR@FAR {rate['far']:g} {_shown(rate)}")
        if "liveness" in found:
            errors = found["liveness"]
            self.stdout.write(f"  APCER {_shown(errors['apcer'])}")
            self.stdout.write(f"  BPCER {_shown(errors['bpcer'])}")
            self.stdout.write(f"  ACER {errors['acer']:.4f}")


def _shown(rate: dict[str, float]) -> str:
    at = f", {_('threshold')} {rate['threshold']:.3f}" if "threshold" in rate else ""
    return f"{rate['value']:.4f} ({rate['low']:.4f}–{rate['high']:.4f}{at})"


def _require_both_kinds(pairs: Sequence[comparisons.Pair], folder: Path | None) -> None:
    kinds = {pair.same for pair in pairs}
    if len(kinds) == 1 or (not kinds and not (folder and _faces_and_attacks(folder)[0])):
        message = _("There must be pairs of one person and of two people.")
        raise FacePassError("not_readable", message)


def _faces_and_attacks(folder: Path) -> tuple[list[Path], list[Path]]:
    live, spoof = (comparisons.list_pictures(folder / "liveness" / name) for name in ("live", "spoof"))
    return (live, spoof) if live and spoof else ([], [])


def _engine(name: str) -> FaceEngine:
    if not name:
        return registry.get_engine()
    return registry.load_engine(name)


def _judge(engine: FaceEngine, pairs: Sequence[comparisons.Pair], folder: Path | None) -> Judged:
    live, spoof = _faces_and_attacks(folder) if folder else ([], [])
    total = comparisons.count_pictures(pairs) + len(live) + len(spoof)
    name = f"{engine.name} {engine.model}"
    with tqdm(total=total, desc=name, unit=_("picture"), dynamic_ncols=True) as bar:
        step: Callable[[], object] = bar.update
        found = comparisons.compare_pairs(engine, pairs, progress=step)
        errors = None
        if live:
            errors = error_rates.presentation_errors(
                live_accepted=comparisons.judge_liveness(engine, live, progress=step),
                spoof_accepted=comparisons.judge_liveness(engine, spoof, progress=step),
            )
    return Judged(name, found, errors)
