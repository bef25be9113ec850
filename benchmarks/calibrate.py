"""Measure the similarity scale of model packs.

    FACEPASS_HOME=... python benchmarks/calibrate.py DATA_DIR [--pack NAME ...]

DATA_DIR holds `pairs/` (pictures NAME_0001.jpg, one person in the middle of each) and may hold `people/` and `crowd/`:
identities that occur there are kept for evaluation and left out here. Every two pictures of different people are an
impostor pair. Writes recognition/data/calibrations.json, and prints what it measured.

Cosines down to a false match rate of 1e-3 are quantiles of the impostor pairs. Further out a few pairs would decide, so
1e-4 to 1e-7 come from a generalised Pareto distribution fitted to the excesses over the 1e-2 quantile; the plain
quantiles are printed and stored beside them.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()  # before the imports that need it

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from scipy.stats import genpareto  # noqa: E402

from recognition import calibration  # noqa: E402
from recognition.engines.base import FaceEngine  # noqa: E402
from recognition.engines.pack_engine import PackEngine  # noqa: E402
from recognition.packs import contracts, installed  # noqa: E402
from recognition.pictures import decoding  # noqa: E402
from recognition.types import DetectedFace, FloatArray, Picture  # noqa: E402

RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
MEASURED_TO, TAIL_FROM = 1e-3, 1e-2
Pairs = tuple[FloatArray, FloatArray]
Embed = Callable[[Picture, Sequence[DetectedFace]], FloatArray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--pack", action="append", default=[], help="an installed pack; may be repeated")
    args = parser.parse_args()
    files = calibration_files(args.data)
    found = {}
    for name in args.pack:
        pack = installed.find_pack(name)
        engine = PackEngine(pack)
        names, descriptors = described(engine, files, embed=engine.embed)
        found[contracts.calibration_key(pack)] = measured(engine, pairs(names, descriptors), people=len(set(names)))
    calibration.SHIPPED.write_text(json.dumps({"version": 1, "recognisers": found}, indent=1) + "\n")


def calibration_files(data: Path) -> list[Path]:
    held_out = {identity(path) for folder in ("people", "crowd") for path in (data / folder).glob("*.jpg")}
    return [path for path in sorted((data / "pairs").glob("*.jpg")) if identity(path) not in held_out]


def identity(path: Path) -> str:
    return path.stem.rsplit("_", 1)[0]


def described(engine: FaceEngine, files: list[Path], *, embed: Embed) -> tuple[list[str], FloatArray]:
    """The identity and descriptor of the face nearest the middle of each picture; pictures without one are left out."""
    names, rows = [], []
    for path in files:
        picture = framed(decoding.decode_picture(BytesIO(path.read_bytes())))
        faces = engine.detect([picture])[0]
        if faces:
            names.append(identity(path))
            rows.append(embed(picture, [_middle(picture, faces)])[0])
    if len(names) < 0.9 * len(files):
        raise SystemExit(f"{engine.name} found faces in only {len(names)} of {len(files)} pictures: not a fair sample")
    return names, np.array(rows, np.float32)


def framed(picture: Picture) -> Picture:
    """The picture with a margin: these are tight crops, and detectors miss faces that fill the frame."""
    margin = max(picture.shape[:2]) // 4
    return cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_REPLICATE)


def pairs(names: Sequence[str], descriptors: FloatArray) -> Pairs:
    """The cosines of every two pictures: impostors, genuine."""
    cosines, labels = descriptors @ descriptors.T, np.array(names)
    above = np.triu(np.ones_like(cosines, bool), 1)
    same = labels[:, None] == labels[None, :]
    return cosines[above & ~same], cosines[above & same]


def measured(engine: FaceEngine, found: Pairs, *, people: int, note: str = "") -> dict[str, object]:
    """The shipped entry of one recogniser: knots with where they come from."""
    impostors, genuine = found
    plain = {rate: float(np.quantile(impostors, 1 - rate)) for rate in RATES}
    knots = {rate: round(plain[rate] if rate >= MEASURED_TO else tail(impostors, rate), 4) for rate in RATES}
    source = (
        f"LFW view-2 pictures of {people} people, {impostors.size} impostor pairs{note}; "
        "quantiles to FMR 1e-3, generalised Pareto tail beyond"
    )
    entry = {
        **calibration.Calibration.from_fmr(knots, calibrated=True, source=source).as_json(),
        "engine": engine.name,
        "model": engine.model,
        "contract_id": engine.contract_id,
        "cosine_at_fmr": {f"{rate:.0e}": cosine for rate, cosine in knots.items()},
        "empirical_cosine_at_fmr": {f"{rate:.0e}": round(cosine, 4) for rate, cosine in plain.items()},
        "true_match_rate_at_fmr": {f"{rate:.0e}": round(float((genuine >= knots[rate]).mean()), 4) for rate in RATES},
        "genuine_pairs": int(genuine.size),
    }
    print(json.dumps(entry, indent=1))
    return entry


def tail(impostors: FloatArray, rate: float) -> float:
    """The cosine that a share `rate` of impostor pairs exceeds, by peaks over threshold."""
    start = float(np.quantile(impostors, 1 - TAIL_FROM))
    shape, _, scale = genpareto.fit(impostors[impostors > start] - start, floc=0)
    return start + float(genpareto.isf(rate / TAIL_FROM, shape, scale=scale))


def _middle(picture: Picture, faces: list[DetectedFace]) -> DetectedFace:
    height, width = picture.shape[:2]

    def distance(face: DetectedFace) -> float:
        return abs(face.box.x + face.box.width / 2 - width / 2) + abs(face.box.y + face.box.height / 2 - height / 2)

    return min(faces, key=distance)


if __name__ == "__main__":
    main()
