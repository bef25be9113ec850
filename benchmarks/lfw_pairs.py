"""Verification accuracy on pairs of Labeled Faces in the Wild, through the whole pipeline.

    FACEPASS_HOME=... python benchmarks/lfw_pairs.py DATA_DIR ENGINE [--mode balanced]

DATA_DIR holds `pairs.csv` (a, b, same, fold) and the folder `pairs` with the pictures; ENGINE is `default` or the
folder of a model pack. The largest face of each picture counts; a pair with a picture without face counts as wrong.
Printed are the accuracy at the best threshold of the other nine folds (LFW's view 2; folds are made where the file has
none), at the one best threshold of all pairs, and the share of pairs found at one stranger in a hundred, and in a
thousand (of 300 pairs of strangers, so above all of them but for the interpolation).
"""

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import get_args

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()  # before the imports that need it

import numpy as np  # noqa: E402

from recognition import detection  # noqa: E402
from recognition.engines import registry  # noqa: E402
from recognition.engines.base import FaceEngine  # noqa: E402
from recognition.packs import installed  # noqa: E402

FOLDS = 10


def engine_named(name: str) -> FaceEngine:
    if name == "default":
        return registry.get_engine()
    from recognition.engines.pack_engine import PackEngine

    return PackEngine(installed.read_pack(Path(name)))


def descriptor(engine: FaceEngine, path: Path, *, mode: detection.DetectionMode) -> np.ndarray | None:
    with path.open("rb") as file:
        picture = detection.decode_for_detection(file, mode)
    faces = detection.detect_faces(engine, [picture], mode)[0][:1]
    return engine.embed(picture, faces)[0] if faces else None


def accuracy(cosines: np.ndarray, same: np.ndarray, threshold: float) -> float:
    return float(np.mean((cosines >= threshold) == same))


def best_threshold(cosines: np.ndarray, same: np.ndarray) -> float:
    """Midway between two neighbouring cosines."""
    ordered = np.unique(cosines)
    candidates = (ordered[1:] + ordered[:-1]) / 2
    return float(max(candidates, key=lambda threshold: accuracy(cosines, same, threshold)))


def tar(cosines: np.ndarray, same: np.ndarray, far: float) -> float:
    return float(np.mean(cosines[same] > np.quantile(cosines[~same], 1 - far)))


def folds_of(rows: list[dict[str, str]]) -> np.ndarray:
    if "fold" in rows[0]:
        return np.array([int(row["fold"]) for row in rows])
    shuffled = np.random.default_rng(0).permutation(len(rows))
    return shuffled % FOLDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("engine")
    parser.add_argument("--mode", choices=get_args(detection.DetectionMode), default="balanced")
    options = parser.parse_args()
    engine = engine_named(options.engine)
    with (options.data / "pairs.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = sorted({row[side] for row in rows for side in "ab"})
    known = {name: descriptor(engine, options.data / "pairs" / name, mode=options.mode) for name in names}
    missing = [name for name in names if known[name] is None]
    same = np.array([row["same"] == "1" for row in rows])
    cosines = np.array([_cosine(known[row["a"]], known[row["b"]], is_same=row["same"] == "1") for row in rows])
    folds = folds_of(rows)
    scores = []
    for fold in np.unique(folds):
        held = folds == fold
        scores.append(accuracy(cosines[held], same[held], best_threshold(cosines[~held], same[~held])))
    best = best_threshold(cosines, same)
    print(f"{engine.name} {engine.model}, {options.mode}: {len(rows)} pairs, {len(missing)} pictures without face")
    print(f"accuracy over {len(scores)} folds  {np.mean(scores):.4f} +- {np.std(scores):.4f}")
    print(f"accuracy at the best threshold  {accuracy(cosines, same, best):.4f} (cosine {best:.3f})")
    for far in (1e-2, 1e-3):
        print(f"TAR@FAR {far:.0e}  {tar(cosines, same, far):.4f}")


def _cosine(a: np.ndarray | None, b: np.ndarray | None, *, is_same: bool) -> float:
    """A pair that can not be compared is on the wrong side."""
    if a is None or b is None:
        return -1.0 if is_same else 1.0
    return float(a @ b)


if __name__ == "__main__":
    main()
