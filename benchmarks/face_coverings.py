"""How often dark glasses and masks are told of faces with and without: drawn on real faces, and on none.

    python benchmarks/face_coverings.py FOLDER [--every 7]

FOLDER: pictures of one face each, such as ../shared/data/lfw/people. Plain faces are counted of all pictures, drawn
coverings of each seventh. Prints the names of plain ones of which anything is told: some do have dark glasses. The
engine is the default.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import own_home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        own_home.enter(Path(home), pack=None)
        measure(sorted(asked.folder.glob("*.jpg")), every=asked.every)


def measure(files: list[Path], *, every: int) -> None:
    from recognition.engines import registry

    engine, told, seen = registry.get_engine(), Counter[tuple[str, str]](), Counter[str]()
    for number, file in enumerate(files):
        picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        for case, made in cases(engine, picture, draw=number % every == 0):
            codes = coverings_of(engine, made)
            seen[case] += 1
            told.update((case, code) for code in codes)
            if case == "plain" and codes:
                print(f"  {file.name}: {', '.join(codes)}")
    print("| worn | faces | sunglasses told | mask told |\n|---|---|---|---|")
    for case, count in seen.items():
        print(f"| {case} | {count} | {told[case, 'sunglasses']} | {told[case, 'mask']} |")


def cases(engine: Any, picture: np.ndarray, *, draw: bool) -> Iterator[tuple[str, np.ndarray]]:
    from facepass.testing.pictures import worn

    yield "plain", picture
    face = subject(engine, picture) if draw else None
    if face is None:
        return
    for kind in worn.GLASSES:
        yield f"{kind} glasses", worn.with_glasses(picture, face.landmarks, kind)
    for kind in worn.MASKS:
        yield f"{kind} mask", worn.with_mask(picture, face.landmarks, kind)


def coverings_of(engine: Any, picture: np.ndarray) -> tuple[str, ...]:
    from recognition.align import align_face
    from recognition.coverings import list_coverings

    face = subject(engine, picture)
    return () if face is None else list_coverings(align_face(picture, face.landmarks))


def subject(engine: Any, picture: np.ndarray) -> Any:
    """The face in the middle of the picture."""
    middle = np.array(picture.shape[1::-1]) / 2
    faces = engine.detect([picture])[0]
    return min(faces, key=lambda face: float(np.hypot(*(face.landmarks.mean(axis=0) - middle))), default=None)


if __name__ == "__main__":
    sys.exit(main())
