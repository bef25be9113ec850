"""Pairs of pictures with known truth for `manage.py evaluate`, and their similarities by an engine.

Pairs come from a CSV file or a folder; synthetic trials need no pictures. docs/training.md describes the formats.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition import detection
from recognition.engines.base import FaceEngine
from recognition.liveness import passive
from recognition.types import Descriptor

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic"})
COLUMNS = ("a", "b", "same")
# Number of synthetic trials of each kind, and the distance of their means in standard deviations.
SYNTHETIC_PAIRS, SYNTHETIC_DISTANCE = 20_000, 4.0

# Called after each picture.
Progress = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, and whether they show one person. `labels`: other columns of the CSV, such as an age group."""

    a: Path
    b: Path
    same: bool
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """A compared pair. `similarity`: 0..1; 0 where a picture has no face, so that the pair never matches."""

    same: bool
    similarity: float
    has_faces: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)


def read_pairs_csv(file: Path, *, pictures: Path | None = None) -> list[Pair]:
    """Return the pairs of a CSV file with the columns a, b, same and any labels.

    `pictures`: the folder of the pictures, by default the one beside the file that has its name, else the file's own.
    Raise FacePassError `not_readable` (400) where a column or a picture is missing.
    """
    folder = pictures or (file.with_suffix("") if file.with_suffix("").is_dir() else file.parent)
    try:
        reader = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable_error(str(error)) from error
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise _unreadable_error(_("%(file)s needs the columns a, b and same.") % {"file": file})
    return [_build_pair(row, folder) for row in reader]


def _build_pair(row: dict[str, str], folder: Path) -> Pair:
    if row["same"] not in ("0", "1"):
        raise _unreadable_error(_("The column same holds 0 or 1, not “%(value)s”.") % {"value": row["same"]})
    a, b = folder / row["a"], folder / row["b"]
    for picture in (a, b):
        if not picture.is_file():
            raise _unreadable_error(_("There is no file %(file)s.") % {"file": picture})
    labels = {name: value for name, value in row.items() if name not in COLUMNS and name != "fold"}
    return Pair(a, b, row["same"] == "1", labels)


def read_pairs_folder(folder: Path) -> list[Pair]:
    """Return the pairs `genuine/NAME_a.jpg` and `genuine/NAME_b.jpg`, and the same in `impostor/`.

    Raise as `read_pairs_csv` does.
    """
    return [pair for name in ("genuine", "impostor") for pair in _pairs_in(folder / name, same=name == "genuine")]


def _pairs_in(folder: Path, *, same: bool) -> Iterator[Pair]:
    others = {path.stem: path for path in list_pictures(folder)}
    for stem, path in others.items():
        if stem.endswith("_a"):
            if stem[:-2] + "_b" not in others:
                raise _unreadable_error(_("%(file)s has no partner whose name ends in _b.") % {"file": path})
            yield Pair(path, others[stem[:-2] + "_b"], same)


def list_pictures(folder: Path) -> list[Path]:
    """Return the pictures of a folder by name; empty where there is no such folder."""
    return sorted(p for p in folder.glob("*") if p.suffix.lower() in SUFFIXES) if folder.is_dir() else []


def draw_synthetic_trials(*, seed: int = 0) -> list[Trial]:
    """Return trials of two normal distributions, SYNTHETIC_DISTANCE deviations apart: the true EER is 2.28 %."""
    rng = np.random.default_rng(seed)
    genuine = 0.3 + 0.1 * (SYNTHETIC_DISTANCE + rng.standard_normal(SYNTHETIC_PAIRS))
    impostor = 0.3 + 0.1 * rng.standard_normal(SYNTHETIC_PAIRS)
    return [*(Trial(True, float(s)) for s in genuine), *(Trial(False, float(s)) for s in impostor)]


def compare_pairs(engine: FaceEngine, pairs: Sequence[Pair], *, progress: Progress) -> list[Trial]:
    """Return a trial for each pair. Each picture is described once, by its largest face."""
    descriptors: dict[Path, Descriptor | None] = {}
    for path in sorted({path for pair in pairs for path in (pair.a, pair.b)}):
        descriptors[path] = _describe_file(engine, path)
        progress()
    return [_build_trial(engine, pair, descriptors[pair.a], descriptors[pair.b]) for pair in pairs]


def count_pictures(pairs: Sequence[Pair]) -> int:
    """Return how many different pictures the pairs have."""
    return len({path for pair in pairs for path in (pair.a, pair.b)})


def _build_trial(engine: FaceEngine, pair: Pair, a: Descriptor | None, b: Descriptor | None) -> Trial:
    if a is None or b is None:
        return Trial(pair.same, 0.0, has_faces=False, labels=pair.labels)
    return Trial(pair.same, engine.calibration.similarity(float(a @ b)), labels=pair.labels)


def _describe_file(engine: FaceEngine, path: Path) -> Descriptor | None:
    """Return the raw descriptor of the largest face; None without a face."""
    with path.open("rb") as file:
        picture = detection.decode_for_detection(file, "balanced")
    faces = detection.detect_faces(engine, [picture], "balanced")[0][:1]
    return engine.embed(picture, faces)[0] if faces else None


def judge_liveness(engine: FaceEngine, paths: Sequence[Path], *, progress: Progress) -> list[bool]:
    """Return, for each picture, whether the liveness model accepts its largest face; False without a face.

    Raise FacePassError 503 where the liveness model is not installed.
    """
    accepted = []
    for path in paths:
        with path.open("rb") as file:
            picture = detection.decode_for_detection(file, "balanced")
        faces = detection.detect_close_ups(engine, [picture])[0][:1]
        accepted.append(bool(faces) and passive.check_liveness(picture, faces[0]) is None)
        progress()
    return accepted


def _unreadable_error(message: str) -> FacePassError:
    return FacePassError("not_readable", message)
