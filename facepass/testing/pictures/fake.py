"""Photos of people that the fake engine knows, for the tests of every app.

picture_of(["ann", "bob"])          JPEG bytes with two faces
picture_of(["ann#3"])               ann seen worse: cosine 0.7 to her best view (`#0`)
picture_of([])                      a picture without a face
"""

import hashlib
from collections.abc import Sequence

import cv2
import numpy as np

from recognition.engines.fake import FRAME, FRAME_WIDTH, LEVELS, VIEW_STEP
from recognition.types import Picture


def picture_of(
    people: Sequence[str],
    *,
    size: tuple[int, int] = (800, 600),
    side: int | None = None,
    seed: int = 0,
    format: str = "jpeg",
) -> bytes:
    """An encoded picture of `size` (width, height). `seed` varies the background, so that hashes differ.

    `side`: pixels of each face's square; by default as large as fits. `format`: jpeg, png or webp.
    """
    bgr = cv2.cvtColor(pixels_of(people, size=size, side=side, seed=seed), cv2.COLOR_RGB2BGR)
    ok, data = cv2.imencode(f".{format}", bgr)
    assert ok
    return data.tobytes()


def pixels_of(
    people: Sequence[str], *, size: tuple[int, int] = (800, 600), side: int | None = None, seed: int = 0
) -> Picture:
    """The same picture as an RGB array, faces from left to right in the order given."""
    width, height = size
    picture = np.full((height, width, 3), 200, np.uint8)
    picture[: min(4, height)] = np.random.default_rng(seed).integers(190, 210, (min(4, height), width, 1))
    slot = width // max(1, len(people))
    side = side or max(24, int(min(slot, height - 8) * 0.8))
    for i, person in enumerate(people):
        x, y = i * slot + (slot - side) // 2, (height - side) // 2
        picture[y : y + side, x : x + side] = face_of(person, side=side)
    return picture


def face_of(person: str, *, side: int) -> Picture:
    """The square of one person: `name` or `name#view` with a view of 0 (best) to 7."""
    name, _, view = person.partition("#")
    bits = int.from_bytes(hashlib.sha256(name.encode()).digest()[:3], "big")
    levels = [LEVELS[(bits >> (2 * i)) & 3] for i in range(12)]
    face = np.full((side, side, 3), FRAME, np.uint8)
    edge, middle = round(side * FRAME_WIDTH), side // 2
    for i, (rows, columns) in enumerate(
        [
            (slice(edge, middle), slice(edge, middle)),
            (slice(edge, middle), slice(middle, side - edge)),
            (slice(middle, side - edge), slice(edge, middle)),
            (slice(middle, side - edge), slice(middle, side - edge)),
        ]
    ):
        face[rows, columns] = levels[3 * i : 3 * i + 3]
    core = max(2, round(side * 0.08))
    face[middle - core : middle + core, middle - core : middle + core] = VIEW_STEP * int(view or 0)
    return face
