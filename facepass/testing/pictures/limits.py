"""Pictures at the limits of detection, made from one of a face: each case takes a picture whose middle the face is.

A face is about 0.6 as high as the pictures that are given, as in LFW's crops.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from recognition.types import Picture

Case = Callable[[Picture], Picture]
SIDE = 1600
_FACE_SHARE = 0.6


def filling(picture: Picture, *, share: float, side: int = SIDE) -> Picture:
    """The face fills that share of the picture's height; more than 1 cuts it off at chin and forehead."""
    height, width = picture.shape[:2]
    cut = int(min(height, _FACE_SHARE * height / share))
    top, left = (height - cut) // 2, (width - cut) // 2
    return cv2.resize(picture[top : top + cut, left : left + cut], (side, side), interpolation=cv2.INTER_CUBIC)


def cut_by(picture: Picture, *, turns: int, share: float) -> Picture:
    """That share of the face lies beyond one edge: the left one, or as many quarter turns from it to the left."""
    turned = np.rot90(picture, -turns)
    hidden = int(turned.shape[1] * (0.2 + _FACE_SHARE * share))
    rest = np.ascontiguousarray(turned[:, hidden:])
    return np.ascontiguousarray(np.rot90(on_grey(rest, side=360, at=(0, 500)), turns))


def small(picture: Picture, *, pixels: int) -> Picture:
    """The face has that many pixels in a picture of 4000."""
    return on_grey(picture, side=int(pixels / _FACE_SHARE), at=(2000, 1500), size=(4000, 3000))


def crowd(picture: Picture, *, rows: int = 4, columns: int = 6, pixels: int = 65) -> Picture:
    """As many faces side by side, each of that many pixels, in 4000."""
    side = int(pixels / _FACE_SHARE)
    ground = on_grey(picture, side=side, at=(400, 400), size=(4000, 3000))
    tile = ground[400 : 400 + side, 400 : 400 + side].copy()
    for row in range(rows):
        for column in range(columns):
            top, left = 400 + 550 * row, 400 + 550 * column
            ground[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return ground


def grey(picture: Picture) -> Picture:
    return cv2.cvtColor(cv2.cvtColor(normal(picture), cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def sepia(picture: Picture) -> Picture:
    return _clipped(grey(picture) * np.array([1.08, 0.9, 0.68]))


def dark(picture: Picture, *, stops: float) -> Picture:
    noise = np.random.default_rng(1).normal(0, 6, (1200, 1600, 3))
    return _clipped(normal(picture) * 2.0**-stops + noise)


def backlit(picture: Picture) -> Picture:
    """The face two stops too dark before a white ground."""
    shown = normal(picture)
    lit = np.full(shown.shape, 250.0)
    lit[400:760, 600:960] = shown[400:760, 600:960] / 4
    return _clipped(lit)


def cast(picture: Picture, *, colour: tuple[float, float, float]) -> Picture:
    """Everything in the light of one lamp."""
    return _clipped(normal(picture) * np.array(colour))


def moved(picture: Picture, *, pixels: int) -> Picture:
    """The camera moved sideways by that many pixels, for a face of 216."""
    kernel = np.full((1, pixels), 1 / pixels, np.float32)
    return np.asarray(cv2.filter2D(normal(picture), -1, kernel), np.uint8)


def with_hat(picture: Picture) -> Picture:
    """Something dark from above the eyebrows on."""
    changed, (height, width) = picture.copy(), picture.shape[:2]
    changed[: int(0.33 * height), int(0.12 * width) : int(0.88 * width)] = (40, 30, 60)
    return normal(changed)


def normal(picture: Picture) -> Picture:
    return on_grey(picture, side=360, at=(600, 400))


def on_grey(picture: Picture, *, side: int, at: tuple[int, int], size: tuple[int, int] = (1600, 1200)) -> Picture:
    """Return the picture, that many pixels high, on a grey ground with some noise."""
    scale = side / picture.shape[0]
    reduced = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ground = _clipped(np.random.default_rng(0).normal(120, 8, (size[1], size[0], 3)))
    height, width = reduced.shape[:2]
    ground[at[1] : at[1] + height, at[0] : at[0] + width] = reduced
    return ground


def _clipped(values: np.ndarray) -> Picture:
    return np.clip(values, 0, 255).astype(np.uint8)


EDGES = ("left", "bottom", "right", "top")
CASES: dict[str, Case] = {
    "plain": normal,
    "filling 80 % of the picture": partial(filling, share=0.8),
    "filling the picture, 1600 pixels": partial(filling, share=1.0),
    "filling the picture, 3200 pixels": partial(filling, share=1.0, side=3200),
    "larger than the picture (120 %)": partial(filling, share=1.2),
    **{f"a quarter beyond the {edge} edge": partial(cut_by, turns=turn, share=0.25) for turn, edge in enumerate(EDGES)},
    **{f"40 % beyond the {edge} edge": partial(cut_by, turns=turn, share=0.4) for turn, edge in enumerate(EDGES)},
    "65 pixels in 4000": partial(small, pixels=65),
    "40 pixels in 4000": partial(small, pixels=40),
    "black and white": grey,
    "sepia": sepia,
    "3 stops too dark, noise": partial(dark, stops=3),
    "4 stops too dark, noise": partial(dark, stops=4),
    "2 stops too dark before white": backlit,
    "red light": partial(cast, colour=(1.0, 0.12, 0.12)),
    "green light": partial(cast, colour=(0.12, 1.0, 0.12)),
    "blue light": partial(cast, colour=(0.12, 0.12, 1.0)),
    "violet light": partial(cast, colour=(0.9, 0.1, 1.0)),
    "moved by 12 pixels": partial(moved, pixels=12),
    "moved by 24 pixels": partial(moved, pixels=24),
    "hat": with_hat,
}
