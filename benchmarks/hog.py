"""The embedded engine's detection beside dlib's own HOG detector: recall and time on the same photos, taking turns.

    FACEPASS_HOME=... python benchmarks/hog.py EVENT_FOLDER [PHOTOS]

EVENT_FOLDER holds photos/ and truth.json, which names the people of each photo from left to right, each in a part of
its own. Recall is the share of these parts in which a face was found. dlib's own is asked as it comes, on pictures of
1600 pixels, as they are and enlarged once (its `upsample_num_times`).
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()  # before the imports that need it

import dlib  # noqa: E402

from recognition import detection, pictures  # noqa: E402
from recognition.engines.dlib import DlibEngine  # noqa: E402
from recognition.types import DetectedFace  # noqa: E402

SIDE = 1600


def main() -> None:
    event, limit = Path(sys.argv[1]), int((*sys.argv[2:], 40)[0])
    people = {name: len(shown) for name, shown in json.loads((event / "truth.json").read_text())["photos"].items()}
    engine, plain = DlibEngine(), dlib.get_frontal_face_detector()
    contestants: dict[str, Callable[[Any, Any], list[float]]] = {
        "FacePass, balanced": lambda large, _small: places(detection.find(engine, [large], "balanced")[0], large),
        "FacePass, fast": lambda large, _small: places(detection.find(engine, [large], "fast")[0], large),
        "dlib, as they are": lambda _large, small: [box.center().x / small.shape[1] for box in plain(small, 0)],
        "dlib, enlarged once": lambda _large, small: [box.center().x / small.shape[1] for box in plain(small, 1)],
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    found = dict.fromkeys(contestants, 0)
    names = sorted(people)[:limit]
    for name in names:
        with (event / "photos" / name).open("rb") as file:
            large = detection.decoded(file, "balanced")
        small = pictures.fitted(large, longest_side=SIDE)
        for contestant, run in contestants.items():
            started = time.perf_counter()
            centres = run(large, small)
            times[contestant].append(time.perf_counter() - started)
            found[contestant] += len({int(centre * people[name]) for centre in centres})
    whole = sum(people[name] for name in names)
    print(f"{len(names)} photos, {whole} people")
    for contestant in contestants:
        milliseconds = 1000 * statistics.median(times[contestant])
        print(f"{contestant:20} recall {found[contestant] / whole:.3f}   p50 {milliseconds:6.0f} ms a photo")


def places(faces: list[DetectedFace], picture: Any) -> list[float]:
    """Where the faces' centres are, as shares of the picture's width."""
    return [(face.box.x + face.box.width / 2) / picture.shape[1] for face in faces]


if __name__ == "__main__":
    main()
