"""How many bits of the perceptual hash differ between shots of one burst, and between different pictures.

    python benchmarks/bursts.py FOLDER [--shots 4] [--bits 8 10 12 14]

FOLDER: photos, such as those of ../shared/tools/make_event.py. Bursts are made from each: shots that are cut a little
elsewhere (up to 4 % of the width), brighter or darker (up to half a stop), turned by up to 1 degree, noisy, and of
which each person's region has moved. The threshold is chosen on one half of the photos and reported on the other.
"""

import argparse
import sys
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from recognition.pictures.perceptual_hash import count_differences, hash_picture  # noqa: E402
from recognition.types import Picture  # noqa: E402

SHIFT, STOPS, DEGREES, NOISE, MOVED = 0.04, 0.5, 1.0, 4.0, 0.05
SIDE = 1600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shots", type=int, default=4)
    parser.add_argument("--bits", type=int, nargs="+", default=[6, 8, 10, 12, 14, 16])
    asked = parser.parse_args()
    files = sorted(path for path in asked.folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    chance = np.random.default_rng(1)
    bursts = [make_burst(read(path), asked.shots, chance) for path in files]
    hashes = [[found for shot in burst if (found := hash_picture(shot)) is not None] for burst in bursts]
    for half, name in ((hashes[::2], "chosen on"), (hashes[1::2], "reported on")):
        print(f"{name}: {len(half)} photos, {asked.shots} shots of each")
        print("| bits | shots of a burst that are grouped with its first | pairs of different photos that are alike |")
        print("|---|---|---|")
        for bits in asked.bits:
            print(f"| {bits} | {grouped(half, bits):.1%} | {alike(half, bits)} |")


def grouped(bursts: list[list[int]], bits: int) -> float:
    near = [count_differences(burst[0], shot) <= bits for burst in bursts for shot in burst[1:]]
    return sum(near) / len(near)


def alike(bursts: list[list[int]], bits: int) -> str:
    pairs = [count_differences(one[0], other[0]) <= bits for one, other in combinations(bursts, 2)]
    return f"{sum(pairs)} of {len(pairs)}"


def read(path: Path) -> Picture:
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    scale = min(1.0, SIDE / max(picture.shape[:2]))
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def make_burst(picture: Picture, shots: int, chance: np.random.Generator) -> list[Picture]:
    return [make_shot(picture, chance) for _shot in range(shots)]


def make_shot(picture: Picture, chance: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    across, down = chance.uniform(-SHIFT, SHIFT, 2) * width / 2
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), chance.uniform(-DEGREES, DEGREES), 1)
    turned[:, 2] += across, down
    moved = cv2.warpAffine(move_region(picture, chance), turned, (width, height), borderMode=cv2.BORDER_REFLECT)
    light = moved * 2 ** chance.uniform(-STOPS, STOPS) + chance.normal(0, NOISE, moved.shape)
    margin = int(SHIFT * width)
    return np.clip(light, 0, 255).astype(np.uint8)[margin:-margin, margin:-margin]


def move_region(picture: Picture, chance: np.random.Generator) -> Picture:
    """Return the picture with a third of it a little elsewhere, as if somebody had moved."""
    height, width = picture.shape[:2]
    across, down = width // 3, height // 2
    left, top = int(chance.integers(0, width - across)), int(chance.integers(0, height - down))
    step = int(MOVED * width)
    to = min(width - across, max(0, left + int(chance.choice([-step, step]))))
    changed = picture.copy()
    changed[top : top + down, to : to + across] = picture[top : top + down, left : left + across]
    return changed


if __name__ == "__main__":
    main()
