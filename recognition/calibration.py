"""From cosine to a similarity that means the same for every engine.

similarity = 0.2 - 0.1 * log10(false match rate) on the engine's calibration set, so 0.5 is one false match in a
thousand impostor pairs and 0.7 one in a hundred thousand; straight lines between the measured points and to the ends
(-1, 0) and (1, 1). The points of the shipped engines come from `benchmarks/calibrate.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log10
from pathlib import Path
from typing import Any

import numpy as np

SHIPPED = Path(__file__).with_name("data") / "calibrations.json"

# ArcFace ResNet-50 trained on WebFace600K or MS1MV3, as InsightFace publishes it: TAR@FAR tables on IJB-C and common
# practice put FMR 1e-3 near cosine 0.20, 1e-5 near 0.32. A starting point for packs that were not measured here.
TYPICAL_ARCFACE = {1e-1: 0.08, 1e-2: 0.14, 1e-3: 0.20, 1e-4: 0.26, 1e-5: 0.32}


@dataclass(frozen=True, slots=True)
class Calibration:
    """A monotone piecewise-linear map. `knots` are (cosine, similarity), both strictly rising, from (-1, 0) to (1, 1).

    `calibrated` is False where the knots were not measured for these weights. `source` says where they come from.
    """

    knots: tuple[tuple[float, float], ...]
    calibrated: bool
    source: str

    def __post_init__(self) -> None:
        rising = all(a[0] < b[0] and a[1] < b[1] for a, b in zip(self.knots, self.knots[1:], strict=False))
        if not rising or self.knots[0] != (-1.0, 0.0) or self.knots[-1] != (1.0, 1.0):
            raise ValueError("a calibration rises strictly from (-1, 0) to (1, 1)")

    @classmethod
    def from_fmr(cls, cosines: Mapping[float, float], *, calibrated: bool, source: str) -> "Calibration":
        """`cosines`: false match rate -> the cosine above which that share of impostor pairs lies."""
        measured = sorted((float(cosine), similarity_at(fmr)) for fmr, cosine in cosines.items())
        return cls(((-1.0, 0.0), *measured, (1.0, 1.0)), calibrated, source)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Calibration":
        knots = tuple((float(cosine), float(similarity)) for cosine, similarity in value["knots"])
        return cls(knots, bool(value["calibrated"]), str(value["source"]))

    def as_json(self) -> dict[str, Any]:
        return {"knots": [list(knot) for knot in self.knots], "calibrated": self.calibrated, "source": self.source}

    def similarity(self, cosine: float) -> float:
        """0..1 for a cosine -1..1 (values a rounding error outside are clamped)."""
        return float(np.interp(cosine, [k[0] for k in self.knots], [k[1] for k in self.knots]))

    def cosine(self, similarity: float) -> float:
        """The inverse of `similarity`: the cosine that a threshold stands for."""
        return float(np.interp(similarity, [k[1] for k in self.knots], [k[0] for k in self.knots]))


def similarity_at(fmr: float) -> float:
    """The similarity that stands for a false match rate, such as 0.5 for 1e-3."""
    return round(0.2 - 0.1 * log10(fmr), 6)


def shipped(key: str) -> Calibration:
    """The measured calibration of a recogniser, else the typical ArcFace one, marked as not calibrated.

    `key`: what the engine calls its recogniser, such as `sha256:...` of its weights.
    """
    measured = _measured().get(key)
    if measured is None:
        source = "typical published ArcFace figures, not measured for these weights"
        return Calibration.from_fmr(TYPICAL_ARCFACE, calibrated=False, source=source)
    return Calibration.from_json(measured)


@cache
def _measured() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SHIPPED.read_text())["recognisers"]
    return found
