"""Composes a small photo event from face pictures that installed packages ship, so that none lies in the repository.

Seven people: the six of insightface's group picture and the astronaut of scikit-image. Every photo shows some of them,
each mirrored, relit, turned and scaled at random, on a coloured backdrop. The same pictures come out every time.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from recognition.engines import registry
from recognition.pictures import decoding
from recognition.types import DetectedFace, Picture

PHOTOS = 24
WIDTH, HEIGHT = 2400, 1600
SEED = 7
SELFIE_SIDE = 720


def compose_event(folder: Path) -> None:
    """Writes `photos/*.jpg` and `selfies/*.jpg` under the folder."""
    portraits = list(_portraits())
    rng = np.random.default_rng(SEED)
    for sub in ("photos", "selfies"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    for number, portrait in enumerate(portraits, start=1):
        _write(folder / "selfies" / f"guest-{number}.jpg", _selfie(portrait))
    for number in range(1, PHOTOS + 1):
        # The first photos show everybody once; from then on it is a party.
        present = [(number - 1) % len(portraits)] if number <= len(portraits) else _party(rng, len(portraits))
        photo = _photo(rng, [portraits[index] for index in present])
        _write(folder / "photos" / f"party-{number:02}.jpg", photo)


def _portraits() -> Iterator[Picture]:
    """Square cut-outs of one face each, RGB, with hair and shoulders where there is room."""
    group = _read(Path(str(files("insightface") / "data/images/t1.jpg")))
    astronaut = _read(Path(str(files("skimage") / "data/astronaut.png")))
    engine = registry.get_engine()
    for picture, people in ((group, 6), (astronaut, 1)):
        faces = sorted(engine.detect([picture])[0], key=lambda face: face.score, reverse=True)[:people]
        for face in sorted(faces, key=lambda face: face.box.x):
            yield _cut_out(picture, face)


def _cut_out(picture: Picture, face: DetectedFace) -> Picture:
    box, margin = face.box, 0.45
    side = max(box.width, box.height) * (1 + 2 * margin)
    left = max(0, int(box.x + box.width / 2 - side / 2))
    top = max(0, int(box.y + box.height / 2 - side * 0.52))
    return picture[top : top + int(side), left : left + int(side)]


def _party(rng: np.random.Generator, people: int) -> list[int]:
    return [int(index) for index in rng.choice(people, int(rng.integers(2, 6)), replace=False)]


def _photo(rng: np.random.Generator, portraits: list[Picture]) -> Picture:
    canvas = _backdrop(rng)
    slot = WIDTH // len(portraits)
    for index, portrait in enumerate(portraits):
        side = int(min(slot * 0.92, HEIGHT * 0.7, rng.uniform(420, 640)))
        left = index * slot + (slot - side) // 2
        top = int(rng.uniform(HEIGHT * 0.12, HEIGHT * 0.95 - side))
        _blend(canvas, _vary(rng, _square(portrait, side)), left=left, top=top)
    return canvas


def _backdrop(rng: np.random.Generator) -> Picture:
    """Soft light of one colour, free of faces."""
    hue = np.full((4, 6), rng.integers(0, 180)) + rng.integers(0, 12, (4, 6))
    hsv = np.stack([hue % 180, rng.integers(60, 110, (4, 6)), rng.integers(50, 150, (4, 6))], axis=-1)
    coarse = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)
    small = cv2.GaussianBlur(cv2.resize(coarse, (WIDTH // 10, HEIGHT // 10), interpolation=cv2.INTER_CUBIC), (0, 0), 4)
    return cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def _vary(rng: np.random.Generator, portrait: Picture) -> Picture:
    if rng.random() < 0.5:
        portrait = portrait[:, ::-1]
    lit = np.clip(portrait * rng.uniform(0.8, 1.2) + rng.uniform(-15, 15), 0, 255).astype(np.uint8)
    side = lit.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-8, 8), 1.0)
    return cv2.warpAffine(lit, turn, (side, side), borderMode=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def _blend(canvas: Picture, portrait: Picture, *, left: int, top: int) -> None:
    """Lays the portrait on the canvas with soft edges."""
    side = portrait.shape[0]
    mask = np.zeros((side, side), np.float32)
    cv2.circle(mask, (side // 2, side // 2), int(side * 0.47), 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), side * 0.015)[..., None]  # type: ignore[assignment]
    region = canvas[top : top + side, left : left + side]
    region[:] = (portrait * mask + region * (1 - mask)).astype(np.uint8)


def _square(picture: Picture, side: int) -> Picture:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def _selfie(portrait: Picture) -> Picture:
    """The plain portrait, warmer and larger, as a phone would take it: it is in none of the photos like this."""
    warm = np.clip(portrait * np.array([1.06, 1.0, 0.94]) + 6, 0, 255).astype(np.uint8)
    border = int(0.08 * warm.shape[0])
    framed = cv2.copyMakeBorder(warm, border, border, border, border, cv2.BORDER_REPLICATE)
    return _square(np.asarray(framed, np.uint8), SELFIE_SIDE)


def _read(path: Path) -> Picture:
    with path.open("rb") as file:
        return decoding.decode_picture(file)


def _write(path: Path, picture: Picture) -> None:
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])
