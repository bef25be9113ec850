"""Recall and precision of a plain threshold on a photo event with known truth, without database or server.

    FACEPASS_HOME=... python benchmarks/event_threshold.py ENGINE EVENT_FOLDER [EVENT_FOLDER ...]

ENGINE is the name of an installed model pack. EVENT_FOLDER holds photos/, selfies/ and truth.json. A
photo is found when its best face reaches the threshold; a stranger is a selfie of somebody who is in no photo.
"""

import json
import os
import sys
import time
from io import BytesIO
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facepass.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()  # before the imports that need it

import numpy as np  # noqa: E402

from recognition import detection, pipeline  # noqa: E402
from recognition.config import RecognitionSettings  # noqa: E402
from recognition.engines.base import FaceEngine  # noqa: E402
from recognition.engines.pack_engine import PackEngine  # noqa: E402
from recognition.packs import installed  # noqa: E402
from recognition.pictures import decoding  # noqa: E402
from recognition.types import DescribedFace  # noqa: E402

PROBE_SIDE = 800  # as galleries/matching/probe.py
SIMILARITIES = (0.45, 0.50, 0.52, 0.54, 0.55, 0.56, 0.57, 0.58, 0.60, 0.62, 0.64, 0.66, 0.70)


def main() -> None:
    name, *folders = sys.argv[1:]
    engine: FaceEngine = PackEngine(installed.find_pack(name))
    for folder in map(Path, folders):
        judge(engine, folder)


def judge(engine: FaceEngine, event: Path) -> None:
    truth = json.loads((event / "truth.json").read_text())
    started = time.perf_counter()
    photos = {photo: faces_of(engine, event / "photos" / photo) for photo in truth["photos"]}
    seconds = time.perf_counter() - started
    expected, seen = sum(map(len, truth["photos"].values())), sum(map(len, photos.values()))
    print(f"{event}: {seconds / len(photos) * 1000:.0f} ms a photo, {seen} faces for {expected} people")
    selfies = {name: best_scores(engine, event / path, photos) for name, path in truth["selfies"].items()}
    strangers = [best_scores(engine, event / path, photos) for path in truth["strangers"]]
    for similarity in SIMILARITIES:
        print(f"  {similarity:.2f} " + line(similarity, truth["photos"], selfies, strangers))


def faces_of(engine: FaceEngine, path: Path) -> list[DescribedFace]:
    picture = detection.decode_for_detection(BytesIO(path.read_bytes()), "balanced")
    return pipeline.describe_picture(picture, engine=engine, settings=RecognitionSettings())


def best_scores(engine: FaceEngine, selfie: Path, photos: dict[str, list[DescribedFace]]) -> dict[str, float]:
    """The similarity of the selfie's largest face to the best face of each photo; empty where the selfie has none."""
    picture = decoding.decode_picture(BytesIO(selfie.read_bytes()), longest_side=PROBE_SIDE)
    probe = pipeline.describe_close_up(picture, engine=engine, settings=RecognitionSettings())
    if not probe:
        return {}
    return {
        photo: engine.calibration.similarity(
            float((np.array([f.descriptor for f in faces]) @ probe[0].descriptor).max())
        )
        for photo, faces in photos.items()
        if faces
    }


def line(
    similarity: float,
    present: dict[str, list[str]],
    selfies: dict[str, dict[str, float]],
    strangers: list[dict[str, float]],
) -> str:
    hit = miss = wrong = 0
    for name, scores in selfies.items():
        found = {photo for photo, score in scores.items() if score >= similarity}
        wanted = {photo for photo, people in present.items() if name in people}
        hit, miss, wrong = hit + len(found & wanted), miss + len(wanted - found), wrong + len(found - wanted)
    fooled = sum(any(score >= similarity for score in scores.values()) for scores in strangers)
    precision = hit / max(1, hit + wrong)
    return f"recall {hit / (hit + miss):.3f}  precision {precision:.3f}  strangers {fooled}/{len(strangers)}"


if __name__ == "__main__":
    main()
