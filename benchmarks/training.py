"""What a training brings, and what it costs.

    FACEPASS_HOME=... python benchmarks/training.py people PEOPLE_DIR ENGINE    on real people, over five splits
    python benchmarks/training.py scale [FACES] [PEOPLE]                        through a real PostgreSQL (100000 5000)

`people`: PEOPLE_DIR holds pictures NAME_0001.jpg; ENGINE is `default` or the folder of a model pack. Of half of the
people three pictures each are enrolled; the rest of theirs, and all of the others', who are strangers, are searched for
at the default threshold. Before: the nearest three faces and the model's calibration. After: what
training/run.py makes of the enrolled pictures alone. `named rightly` is open-set rank 1: the right name,
at the threshold. Classifiers of scikit-learn (`uv pip install scikit-learn`) on the same descriptors are compared by
ranking only, since they have no calibration: rank 1, and who is named rightly where 1 % of the strangers are named.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import facepass  # noqa: F401 - settles numpy's threads, so before numpy

# isort: split
import numpy as np

SPLITS, ENROLLED, THRESHOLD = 5, 3, 0.58


def main() -> None:
    kind, *rest = sys.argv[1:]
    if kind == "people":
        import django

        django.setup()
        people(Path(rest[0]), rest[1])
    else:
        scale(*[int(number) for number in rest])


def people(folder: Path, name: str) -> None:
    from lfw_pairs import engine_named

    engine = engine_named(name)
    names, quality, vectors = described(engine, folder)
    print(f"{engine.name} {engine.model}: {len(names)} faces, {SPLITS} splits, mean +- spread")
    rows = [split(names, quality, vectors, engine.calibration, seed=seed) for seed in range(SPLITS)]
    for i, way in enumerate(("before", "after")):
        shown(
            "  " + way,
            ("rank 1", "named rightly", "FPIR", "right decisions", "named at FPIR 1 %"),
            [r[i] for r in rows],
        )
    better = [after[3] >= before[3] and after[2] <= before[2] for before, after in rows]
    print(f"  neither right decisions nor FPIR worse in {sum(better)} of {SPLITS} splits")
    for way, scores in heads().items():
        figures = [head(scores, names, vectors, seed=seed) for seed in range(SPLITS)]
        shown(f"  {way}", ("rank 1", "named at FPIR 1 %"), figures)


def shown(name: str, titles: tuple[str, ...], rows: list[list[float]]) -> None:
    columns = np.array(rows)
    told = zip(titles, columns.mean(axis=0), columns.std(axis=0), strict=True)
    print(f"{name:<26}" + "   ".join(f"{title} {mean:.4f} +- {spread:.4f}" for title, mean, spread in told), flush=True)


def described(engine: Any, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each picture's largest face: whose, how good, and the descriptor."""
    from recognition import detection, pipeline
    from recognition.config import RecognitionSettings
    from recognition.engines import registry

    rows = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file, registry.use_engine(engine):
            picture = detection.decode_for_detection(file, "balanced")
            found = pipeline.describe_picture(picture, engine=engine, settings=RecognitionSettings())
        if found:
            rows.append((path.stem.rsplit("_", 1)[0], found[0].quality.score, found[0].descriptor))
    names, quality, vectors = zip(*rows, strict=True)
    return np.array(names), np.array(quality), np.stack(vectors)


def parted(names: np.ndarray, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are enrolled, and rows that are searched for."""
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(np.unique(names))
    known = shuffled[: len(shuffled) // 2]
    enrolled = np.concatenate([rng.permutation(np.flatnonzero(names == name))[:ENROLLED] for name in known])
    return enrolled, np.setdiff1d(np.arange(len(names)), enrolled)


def split(
    names: np.ndarray, quality: np.ndarray, vectors: np.ndarray, scores: Any, *, seed: int
) -> tuple[list[float], list[float]]:
    from galleries.matching.identification import FACES_PER_PERSON
    from training.learning.dataset import Faces
    from training.learning.score_calibration import calibrate_templates
    from training.learning.scoring import score_probes, with_calibration
    from training.learning.templates import learn_templates

    def faces(rows: np.ndarray) -> Faces:
        ids: list[UUID] = [uuid5(NAMESPACE_DNS, str(row)) for row in rows]
        owners = [uuid5(NAMESPACE_DNS, name) for name in names[rows]]
        return Faces(ids, owners, ids, [True] * len(rows), vectors[rows], quality[rows].tolist())

    enrolled, searched = parted(names, seed=seed)
    known = learn_templates(faces(enrolled), scores).enrolled
    calibration, _thresholds = calibrate_templates(faces(enrolled), known, scores)
    ways = (
        with_calibration(lambda probes: known.nearest_face_cosines(probes, count=FACES_PER_PERSON), scores),
        with_calibration(known.combined_cosines, calibration),
    )
    before, after = (figures(score_probes(faces(searched), known.people, way).searches) for way in ways)
    return before, after


def figures(searches: Any) -> list[float]:
    from recognition.evaluation import error_rates

    found = error_rates.open_set_rates(searches, THRESHOLD)
    at_one = error_rates.open_set_rates(searches, error_rates.threshold_at_fpir(searches, 0.01))
    return [found.rank1, 1 - found.fnir, found.fpir, found.accuracy, 1 - at_one.fnir]


Head = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def heads() -> dict[str, Head]:
    """Enrolled descriptors, their people as numbers, probes -> how like each of the people each probe is."""
    try:
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        return {}

    def discriminant(shrinkage: float) -> Head:
        def scores(enrolled: np.ndarray, owners: np.ndarray, probes: np.ndarray) -> np.ndarray:
            model = LinearDiscriminantAnalysis(solver="eigen", shrinkage=shrinkage).fit(enrolled, owners)
            inside, asked = unit(model.transform(enrolled)), unit(model.transform(probes))
            means = [inside[owners == number].mean(axis=0) for number in np.unique(owners)]
            return asked @ unit(np.stack(means)).T

        return scores

    def logistic(enrolled: np.ndarray, owners: np.ndarray, probes: np.ndarray) -> np.ndarray:
        return LogisticRegression(C=10, max_iter=500).fit(enrolled, owners).decision_function(probes)

    def template(enrolled: np.ndarray, owners: np.ndarray, probes: np.ndarray) -> np.ndarray:
        return probes @ unit(np.stack([enrolled[owners == number].mean(axis=0) for number in np.unique(owners)])).T

    return {
        "one template": template,
        "LDA, shrinkage 0.5": discriminant(0.5),
        "LDA, shrinkage 0.9": discriminant(0.9),
        "logistic regression": logistic,
    }


def head(way: Head, names: np.ndarray, vectors: np.ndarray, *, seed: int) -> list[float]:
    from recognition.evaluation import error_rates
    from recognition.evaluation.error_rates import Searches

    enrolled, searched = parted(names, seed=seed)
    people, owners = np.unique(names[enrolled], return_inverse=True)
    scores = way(vectors[enrolled], owners, vectors[searched])
    right = people[scores.argmax(axis=1)] == names[searched]
    searches = Searches(scores.max(axis=1), right, np.isin(names[searched], people))
    found = error_rates.open_set_rates(searches, error_rates.threshold_at_fpir(searches, 0.01))
    return [found.rank1, 1 - found.fnir]


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def scale(faces: int = 100_000, people: int = 5_000) -> None:
    import own_home

    with own_home.opened(None):
        import scale as synthetic

        from facepass.models import Studio
        from galleries.jobs import runner
        from galleries.models import TemplateSet
        from training import run

        synthetic.FACES_OF_PERSON = faces // people
        occasion, vectors = synthetic.event(faces)
        name_everybody(occasion.studio_id, people)
        synthetic.vacuum()
        used("with the faces made, before the training")
        session = run.start_training(Studio.objects.get(pk=occasion.studio_id), by="benchmark")
        with synthetic.timed(f"training from {faces} faces of {people} people"):
            runner.run_turn(session.job_id)
        session.refresh_from_db()
        used("after it")
        after = session.metrics["after"]
        print({key: after[key] for key in ("rank1", "accuracy", "fpir", "fnir", "known", "strangers")})
        print("status", session.status, "in use", session.is_active, "templates", session.metrics["templates"])
        identified("identification with templates", occasion.studio_id, vectors)
        TemplateSet.objects.update(active=False)
        identified("identification by the nearest faces", occasion.studio_id, vectors)


def identified(name: str, studio_id: UUID, vectors: np.ndarray, *, rounds: int = 25) -> None:
    import scale as synthetic

    from galleries.matching import identification

    times = []
    for number in range(rounds):
        started = time.perf_counter()
        identification.identify(synthetic.view_of(vectors, number), studio_ids=[studio_id])
        times.append((time.perf_counter() - started) * 1000)
    synthetic.told(name, times[5:])


def name_everybody(studio_id: UUID, people: int) -> None:
    """The rows lie in the order in which they were made, and face n is of person n % people."""
    from django.db import connection

    from galleries.models import Person

    made = Person.objects.bulk_create(
        [Person(studio_id=studio_id, real_name=f"Person {n}") for n in range(people)], batch_size=5_000
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE photo_faces face SET person_id = (%s::uuid[])[1 + numbered.n %% %s], verified = true,"
            " face_category = 'known' FROM (SELECT id, row_number() OVER (ORDER BY ctid) - 1 AS n FROM photo_faces)"
            " numbered WHERE numbered.id = face.id",
            [[person.pk for person in made], people],
        )


def used(when: str) -> None:
    so_far = resource.getrusage(resource.RUSAGE_SELF)
    seconds = so_far.ru_utime + so_far.ru_stime
    print(f"{when}: {so_far.ru_maxrss // 1024} MB at the peak, {seconds:.0f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
