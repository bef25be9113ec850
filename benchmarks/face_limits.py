"""Faces at the limits of detection, made from real ones: how many are found as photos and as selfies.

    python benchmarks/face_limits.py FOLDER [--people 24] [--mode balanced]

FOLDER: pictures of one face each, named IDENTITY_0001.jpg, such as ../shared/data/lfw/people. The engine is the
default. Each picture shows one face, which counts as found where the detector sees one.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import own_home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=24)
    parser.add_argument("--mode", default="balanced")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        own_home.enter(Path(home), pack=None)
        measure(asked.folder, asked.people, asked.mode, only=asked.only)


def measure(folder: Path, people: int, mode: str, *, only: str) -> None:
    from facepass.testing.pictures.limits import CASES
    from recognition import detection
    from recognition.engines import registry

    engine = registry.get_engine()
    first = {path.stem.rsplit("_", 1)[0]: path for path in sorted(folder.glob("*.jpg"), reverse=True)}
    files = [first[name] for name in sorted(first)][:people]
    pictures = [cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB) for file in files]
    print(f"{engine.name}, {mode}, {len(pictures)} people\n| case | as a photo | as a selfie |\n|---|---|---|")
    for name, make in CASES.items():
        if only not in name:
            continue
        made = [np.ascontiguousarray(make(picture)) for picture in pictures]
        shown = [shrink(picture, 3200) for picture in made]
        photos = sum(bool(detection.detect_faces(engine, [picture], mode)[0]) for picture in shown)
        selfies = sum(bool(detection.detect_close_ups(engine, [shrink(picture, 800)])[0]) for picture in made)
        print(f"| {name} | {photos} | {selfies} |", flush=True)


def shrink(picture: np.ndarray, side: int) -> np.ndarray:
    scale = min(1.0, side / max(picture.shape[:2]))
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    sys.exit(main())
