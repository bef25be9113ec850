"""Photos like those of an event, composed from pictures of single faces; the other benchmarks feed on them."""

from collections.abc import Sequence
from pathlib import Path

import own_home  # noqa: F401 - settles numpy's threads, so before numpy

import cv2  # isort: skip
import numpy as np  # isort: skip
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # BGR
CAMERA = (6000, 4000)  # 24 megapixels


def face_files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not found:
        raise SystemExit(f"no pictures of faces in {folder}")
    return found


def photo(files: Sequence[Path], *, seed: int, size: tuple[int, int] = CAMERA, faces: int | None = None) -> bytes:
    """A JPEG of `size` (width, height) with 6 to 10 of the face pictures, each a slot's width at most."""
    rng = np.random.default_rng(seed)
    faces = faces if faces is not None else int(rng.integers(6, 11))
    canvas = _background(rng, size)
    slot, height = size[0] // max(1, faces), size[1]
    for i, choice in enumerate(rng.choice(len(files), faces, replace=False)):
        side = min(int(size[0] * rng.uniform(0.12, 0.22)), slot, height)
        face = _scaled(_read(files[choice]), side)
        x, y = i * slot + (slot - side) // 2, int(rng.uniform(0, height - side))
        canvas[y : y + side, x : x + side] = face
    done, data = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, 92])
    assert done
    return data.tobytes()


def blank() -> bytes:
    """A JPEG without faces."""
    return photo([], seed=0, size=(1600, 1066), faces=0)


def _read(path: Path) -> Pixels:
    found = cv2.imread(str(path))
    assert found is not None, path
    return np.asarray(found, np.uint8)


def _scaled(face: Pixels, side: int) -> Pixels:
    return np.asarray(cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def _background(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """Smooth colours with the noise of a sensor, so that a photo has as many bytes as a camera's."""
    coarse = rng.integers(40, 215, (5, 7, 3), dtype=np.uint8)
    canvas = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).astype(np.int16)
    canvas += rng.normal(0, 4, (size[1], size[0], 1)).astype(np.int16)
    return np.clip(canvas, 0, 255).astype(np.uint8)
