"""Who is named, and who rightly is not: ways to know a person from a few faces, over five splits of real people.

    FACEPASS_HOME=... python benchmarks/open_set.py PEOPLE_DIR ENGINE

PEOPLE_DIR holds pictures NAME_0001.jpg; ENGINE is `default` or the folder of a model pack. Of half of the people
three pictures each are enrolled; the rest of theirs, and all of the others', are searched for. `nearest 3` is what
galleries/matching/identification.py does; `one template` is the mean of a person's faces, of unit length.
Printed are rank 1, and the share of known people named rightly at the thresholds where 1 % and 5 % of the strangers
are named, mean and spread.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()  # before the imports that need it

import numpy as np  # noqa: E402
from lfw_pairs import descriptor, engine_named  # noqa: E402

from recognition.evaluation import error_rates  # noqa: E402
from recognition.evaluation.error_rates import Searches  # noqa: E402

SPLITS, ENROLLED, COUNTED = 5, 3, 3
# Probes (n, d), enrolled faces of one person (m, d) -> how like that person each probe is (n,).
Likeness = Callable[[np.ndarray, np.ndarray], np.ndarray]


def nearest_three(probes: np.ndarray, faces: np.ndarray) -> np.ndarray:
    return np.sort(probes @ faces.T, axis=1)[:, -COUNTED:].mean(axis=1)


def one_template(probes: np.ndarray, faces: np.ndarray) -> np.ndarray:
    mean = faces.mean(axis=0)
    return probes @ (mean / np.linalg.norm(mean))


WAYS: dict[str, Likeness] = {"nearest 3": nearest_three, "one template": one_template}


def searches(likeness: Likeness, faces: np.ndarray, people: np.ndarray, *, seed: int) -> Searches:
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(np.unique(people))
    known = shuffled[: len(shuffled) // 2]
    enrolled = {name: rng.permutation(np.flatnonzero(people == name))[:ENROLLED] for name in known}
    probes = np.setdiff1d(np.arange(len(people)), np.concatenate(list(enrolled.values())))
    scores = np.stack([likeness(faces[probes], faces[rows]) for rows in enrolled.values()], axis=1)
    best = np.array(list(enrolled))[scores.argmax(axis=1)]
    return Searches(scores.max(axis=1), best == people[probes], np.isin(people[probes], known))


def figures(found: Searches) -> list[float]:
    rates = [error_rates.open_set_rates(found, error_rates.threshold_at_fpir(found, fpir)) for fpir in (0.01, 0.05)]
    return [rates[0].rank1 or 0.0, *(1 - (rate.fnir or 0.0) for rate in rates)]


def main() -> None:
    folder, name = Path(sys.argv[1]), sys.argv[2]
    engine = engine_named(name)
    described = {path: descriptor(engine, path, mode="balanced") for path in sorted(folder.iterdir())}
    people = np.array([path.stem.rsplit("_", 1)[0] for path, face in described.items() if face is not None])
    faces = np.stack([face for face in described.values() if face is not None])
    print(f"{engine.name} {engine.model}: {len(faces)} faces; rank 1, named rightly at FPIR 1 % and 5 %")
    for way, likeness in WAYS.items():
        rows = np.array([figures(searches(likeness, faces, people, seed=seed)) for seed in range(SPLITS)])
        shown = zip(rows.mean(axis=0), rows.std(axis=0), strict=True)
        print(f"  {way:<14}" + "   ".join(f"{mean:.4f} +- {spread:.4f}" for mean, spread in shown))


if __name__ == "__main__":
    main()
