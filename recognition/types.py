"""The values that travel through recognition: decode > detect > align > quality > embed.

One coordinate frame everywhere: pixels of the upright picture (after EXIF rotation), origin at the top left.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
# Upright picture: uint8 of shape (height, width, 3), in RGB.
Picture = NDArray[np.uint8]

DESCRIPTOR_DIMENSION = 512


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture."""

    x: float
    y: float
    width: float
    height: float

    def as_json(self) -> dict[str, float]:
        """The shape that the API and `photo_faces.insightface_bbox` hold, rounded to a tenth of a pixel."""
        return {side: round(float(getattr(self, side)), 1) for side in ("x", "y", "width", "height")}

    @property
    def area(self) -> float:
        return self.width * self.height

    def scaled(self, factor: float) -> "Box":
        return Box(self.x * factor, self.y * factor, self.width * factor, self.height * factor)

    def clipped(self, picture: Picture) -> "Box":
        """The part of the box that lies in the picture; without area where none does."""
        height, width = picture.shape[:2]
        left, top = max(0.0, self.x), max(0.0, self.y)
        right, bottom = min(float(width), self.x + self.width), min(float(height), self.y + self.height)
        return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def iou(self, other: "Box") -> float:
        """Intersection over union, 0..1."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        shared = max(0.0, across) * max(0.0, down)
        return shared / (self.area + other.area - shared) if shared else 0.0


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face as the detector found it.

    `landmarks`: float32 (5, 2), pixels: right eye, left eye, nose tip, right and left corner of the mouth, where right
    and left are those of the picture's subject, so the right eye lies further left in the picture.
    `score`: the detector's confidence, 0..1.
    """

    box: Box
    landmarks: FloatArray
    score: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How usable a face is. `reasons` is empty for a good one, else stable codes such as `too_small` or `blurred`.

    `score` 0..1 (higher is better); `size` the shorter side of the box in pixels; `sharpness` the variance of the
    Laplacian of the aligned grey face; `brightness` its mean, 0..255; `yaw` and `pitch` in degrees estimated from the
    landmarks, `roll` from the eyes.
    """

    score: float
    size: float
    sharpness: float
    brightness: float
    yaw: float
    pitch: float
    roll: float
    reasons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        numbers = {name: round(float(getattr(self, name)), 3) for name in QUALITY_NUMBERS}
        return {**numbers, "reasons": list(self.reasons)}


QUALITY_NUMBERS = ("score", "size", "sharpness", "brightness", "yaw", "pitch", "roll")


@dataclass(frozen=True, slots=True)
class DescribedFace:
    """A detected face with its quality and its protected descriptor: float32 (512,), unit length."""

    face: DetectedFace
    quality: Quality
    descriptor: FloatArray
