"""Dark glasses and masks, drawn on a picture of a face by its landmarks."""

import cv2
import numpy as np

from recognition.types import FloatArray, Landmarks, Picture

Colour = tuple[int, int, int]
# Glasses also by how much of the eyes is hidden behind them.
GLASSES: dict[str, tuple[Colour, float]] = {
    "black": ((15, 15, 15), 1.0), "brown": ((60, 40, 30), 0.85), "grey": ((35, 35, 40), 0.75),
}  # fmt: skip
MASKS: dict[str, Colour] = {
    "blue": (120, 175, 215), "white": (225, 228, 230), "black": (28, 28, 30), "grey": (120, 120, 125),
    "red": (150, 40, 45),
}  # fmt: skip
# The outline of a mask: x in distances between the eyes from the middle, y in distances from the eyes to the mouth.
_OUTLINE = (
    (-0.85, 0.42), (-0.2, 0.36), (0, 0.30), (0.2, 0.36), (0.85, 0.42), (0.75, 1.1), (0.45, 1.55), (0, 1.7),
    (-0.45, 1.55), (-0.75, 1.1),
)  # fmt: skip


def with_glasses(picture: Picture, landmarks: Landmarks, kind: str) -> Picture:
    colour, share = GLASSES[kind]
    across = landmarks[1] - landmarks[0]
    distance = float(np.linalg.norm(across))
    lean = float(np.degrees(np.arctan2(across[1], across[0])))
    shape = np.zeros(picture.shape[:2], np.uint8)
    for x, y in landmarks[:2]:
        axes = (int(0.36 * distance), int(0.27 * distance))
        cv2.ellipse(shape, (int(x), int(y + 0.04 * distance)), axes, lean, 0, 360, 255, -1)
    ends = [tuple(map(int, eye)) for eye in landmarks[:2]]
    cv2.line(shape, *ends, 255, max(1, int(0.08 * distance)))
    return _laid_over(picture, np.broadcast_to(np.array(colour, np.float32), picture.shape), shape, share)


def with_mask(picture: Picture, landmarks: Landmarks, kind: str) -> Picture:
    """A mask with folds, lit as the face is."""
    middle, mouth = landmarks[:2].mean(axis=0), landmarks[3:].mean(axis=0)
    across, down = landmarks[1] - landmarks[0], mouth - middle
    outline = np.array([middle + x * across + y * down for x, y in _OUTLINE]).astype(np.int32)
    shape = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(shape, [outline], 255)
    lit = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[int(middle[1]) : int(mouth[1]) + 1].mean() / 130
    rows = np.arange(picture.shape[0])[:, None, None]
    cloth = np.array(MASKS[kind]) * np.clip(lit, 0.35, 1.1) + 4 * np.sin(rows / 3)
    return _laid_over(picture, np.broadcast_to(cloth.astype(np.float32), picture.shape), shape, 1.0)


def _laid_over(picture: Picture, layer: FloatArray, shape: Picture, share: float) -> Picture:
    opacity = cv2.GaussianBlur(shape, (3, 3), 0)[..., None] / 255 * share
    grain = np.random.default_rng(0).normal(0, 3, picture.shape) * (opacity > 0)
    return np.clip(picture * (1 - opacity) + layer * opacity + grain, 0, 255).astype(np.uint8)
