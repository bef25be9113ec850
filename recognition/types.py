"""The values that travel through recognition: decode > detect > align > quality > embed.

One coordinate frame everywhere: pixels of the upright picture (after EXIF rotation), origin at the top left.
"""

from dataclasses import dataclass, replace
from typing import Literal, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
# How closely a picture is looked at; see `recognition.detection.detect_faces`.
DetectionMode = Literal["fast", "balanced", "thorough"]
# Upright picture: uint8 (height, width, 3), channels in the order RGB.
Picture = NDArray[np.uint8]
# Five points (5, 2), x and y in pixels: right eye, left eye, nose tip, right and left corner of the mouth, where right
# and left are those of the person, so the right eye lies further left in the picture.
Landmarks = NDArray[np.float32]
# One descriptor (d,) of unit length, and several (n, d). Raw ones have the engine's dimension, protected ones 512.
Descriptor = NDArray[np.float32]
Descriptors = NDArray[np.float32]
# An affine map (2, 3) from points of one picture to points of another.
Transform = NDArray[np.float64]

DESCRIPTOR_DIMENSION = 512


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture; `x` and `y` are its top left corner."""

    x: float
    y: float
    width: float
    height: float

    def as_json(self) -> dict[str, float]:
        """Return the shape that the API and `photo_faces.insightface_bbox` hold, rounded to a tenth of a pixel."""
        return {side: round(float(getattr(self, side)), 1) for side in ("x", "y", "width", "height")}

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    def scaled(self, factor: float) -> "Box":
        """Return the box in a picture that was scaled by that factor."""
        return Box(self.x * factor, self.y * factor, self.width * factor, self.height * factor)

    def clipped(self, picture: Picture) -> "Box":
        """Return the part of the box that lies in the picture, with an area of 0 where none does."""
        height, width = picture.shape[:2]
        left, top = max(0.0, self.x), max(0.0, self.y)
        right, bottom = min(float(width), self.x + self.width), min(float(height), self.y + self.height)
        return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def iou(self, other: "Box") -> float:
        """Return the intersection over union, 0..1."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        shared = max(0.0, across) * max(0.0, down)
        return shared / (self.area + other.area - shared) if shared else 0.0


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face as the detector found it. `score`: the detector's confidence, 0..1."""

    box: Box
    landmarks: Landmarks
    score: float

    def scaled(self, factor: float) -> "DetectedFace":
        """Return the face in a picture that was scaled by that factor."""
        return replace(self, box=self.box.scaled(factor), landmarks=self.landmarks * np.float32(factor))


class QualityJson(TypedDict):
    """`Quality` as the API and `photo_faces.quality` hold it."""

    score: float
    size: float
    sharpness: float
    brightness: float
    yaw: float
    pitch: float
    roll: float
    reasons: list[str]
    marks: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class Quality:
    """How usable a face is. `reasons` is empty for a good one, else stable codes such as `too_small` or `blurred`.

    `score` 0..1 (higher is better); `size` the shorter side of the box in pixels; `sharpness` the variance of the
    Laplacian of the aligned grey face; `brightness` its mean, 0..255; `yaw` and `pitch` in degrees estimated from the
    landmarks, `roll` from the eyes. `coverings`: what is worn over the face, as `recognition.coverings` names it. At an
    event people are found with it, so it is no reason against a face unless somebody is to be known by that face.
    `marks`: what else staff are told of it, such as `not_live`; it counts neither for nor against the face.
    """

    score: float
    size: float
    sharpness: float
    brightness: float
    yaw: float
    pitch: float
    roll: float
    reasons: tuple[str, ...] = ()
    coverings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def with_coverings_as_reasons(self) -> "Quality":
        """Return the quality of a face by which somebody is to be known: what covers it speaks against it too."""
        return replace(self, reasons=tuple(dict.fromkeys((*self.reasons, *self.coverings))))

    def as_json(self) -> QualityJson:
        """Return the measurements, rounded to three decimals, the reasons, and the marks where there are any."""
        stored: QualityJson = {
            "score": round(float(self.score), 3),
            "size": round(float(self.size), 3),
            "sharpness": round(float(self.sharpness), 3),
            "brightness": round(float(self.brightness), 3),
            "yaw": round(float(self.yaw), 3),
            "pitch": round(float(self.pitch), 3),
            "roll": round(float(self.roll), 3),
            "reasons": list(self.reasons),
        }
        return {**stored, "marks": list(self.marks)} if self.marks else stored


@dataclass(frozen=True, slots=True)
class DescribedFace:
    """A detected face with its quality and its protected descriptor, float32 (512,) of unit length."""

    face: DetectedFace
    quality: Quality
    descriptor: Descriptor

    def as_only_one(self) -> "DescribedFace":
        """Return the face as one by which somebody is to be known, see `Quality.with_coverings_as_reasons`."""
        return replace(self, quality=self.quality.with_coverings_as_reasons())

    def scaled(self, factor: float) -> "DescribedFace":
        """Return the face in pixels of a picture that was scaled by that factor; sharpness stays as it was measured."""
        quality = replace(self.quality, size=self.quality.size * factor)
        return replace(self, face=self.face.scaled(factor), quality=quality)
