"""Calibration: from cosine to a similarity that means the same for every engine.

similarity = 0.2 - 0.1 * log10(FMR) on the engine's calibration set, so 0.5 is one false match in a thousand impostor
pairs and 0.7 one in a hundred thousand. Between the measured points, and to the ends (-1, 0) and (1, 1), the map is
linear. The points of the shipped engines come from `benchmarks/calibrate.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log10
from pathlib import Path
from typing import Self, TypedDict

import numpy as np

SHIPPED = Path(__file__).with_name("data") / "calibrations.json"

# ArcFace ResNet-50 trained on WebFace600K or MS1MV3, as InsightFace publishes it: TAR@FAR tables on IJB-C and common
# practice put FMR 1e-3 near cosine 0.20, 1e-5 near 0.32. A starting point for packs that were not measured here.
TYPICAL_ARCFACE = {1e-1: 0.08, 1e-2: 0.14, 1e-3: 0.20, 1e-4: 0.26, 1e-5: 0.32}


class CalibrationJson(TypedDict):
    """`Calibration` as `model_versions.calibration` and data/calibrations.json hold it."""

    knots: list[list[float]]
    calibrated: bool
    source: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone, piecewise linear map between cosine and similarity.

    `knots`: pairs of (cosine, similarity), both strictly rising, from (-1, 0) to (1, 1). `calibrated` is False where
    they were not measured for these weights. `source` says where they come from.
    """

    knots: tuple[tuple[float, float], ...]
    calibrated: bool
    source: str

    def __post_init__(self) -> None:
        rising = all(a[0] < b[0] and a[1] < b[1] for a, b in zip(self.knots, self.knots[1:], strict=False))
        if not rising or self.knots[0] != (-1.0, 0.0) or self.knots[-1] != (1.0, 1.0):
            raise ValueError("a calibration rises strictly from (-1, 0) to (1, 1)")

    @classmethod
    def from_fmr(cls, cosines: Mapping[float, float], *, calibrated: bool, source: str) -> Self:
        """Build the map from measured rates.

        `cosines`: false match rate -> the cosine above which that share of impostor pairs lies.
        """
        measured = sorted((float(cosine), similarity_at_fmr(fmr)) for fmr, cosine in cosines.items())
        return cls(((-1.0, 0.0), *measured, (1.0, 1.0)), calibrated, source)

    @classmethod
    def from_json(cls, value: CalibrationJson) -> Self:
        """Read what `as_json` returns. Raise ValueError where the knots do not rise."""
        knots = tuple((float(cosine), float(similarity)) for cosine, similarity in value["knots"])
        return cls(knots, bool(value["calibrated"]), str(value["source"]))

    def as_json(self) -> CalibrationJson:
        return {"knots": [list(knot) for knot in self.knots], "calibrated": self.calibrated, "source": self.source}

    def similarity(self, cosine: float) -> float:
        """Return the similarity, 0..1, of a cosine, -1..1. Values that a rounding error puts outside are clamped."""
        return float(np.interp(cosine, [k[0] for k in self.knots], [k[1] for k in self.knots]))

    def cosine(self, similarity: float) -> float:
        """Return the cosine that a similarity stands for: the inverse of `similarity`."""
        return float(np.interp(similarity, [k[1] for k in self.knots], [k[0] for k in self.knots]))


def similarity_at_fmr(fmr: float) -> float:
    """Return the similarity that stands for a false match rate, such as 0.5 for 1e-3."""
    return round(0.2 - 0.1 * log10(fmr), 6)


def load_calibration(key: str) -> Calibration:
    """Return the shipped calibration of a recogniser, else the typical ArcFace one, marked as not calibrated.

    `key`: `contracts.calibration_key` of the pack, `sha256:` and the digest of the recogniser's weights.
    """
    measured = _load_shipped().get(key)
    if measured is None:
        source = "typical published ArcFace figures, not measured for these weights"
        return Calibration.from_fmr(TYPICAL_ARCFACE, calibrated=False, source=source)
    return Calibration.from_json(measured)


@cache
def _load_shipped() -> dict[str, CalibrationJson]:
    recognisers: dict[str, CalibrationJson] = json.loads(SHIPPED.read_text())["recognisers"]
    return recognisers
