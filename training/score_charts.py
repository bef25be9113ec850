"""Plots as SVG, which the server draws: geometry here, markup in templates/admin/training/.

Coordinates are whole numbers, so that no language writes them with a comma. Colours come from the stylesheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format

from training.readiness import Month

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 40, 630, 10, 170
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Scores of one person and of two, each with its own height, since there are many more of the latter."""

    genuine: list[Bar]
    impostor: list[Bar]
    threshold_x: int
    ticks: list[Label]


@dataclass(frozen=True, slots=True)
class Drift:
    """Of each month the middle, and a band from the 10th to the 90th of a hundred."""

    band: str
    line: str
    dots: list[Label]
    months: list[Label]
    ticks: list[Label]


def histogram(judged: dict[str, Any]) -> Histogram:
    """`judged`: `before` or `after` of a session's metrics."""
    return Histogram(
        genuine=_bars(judged["histogram"]["genuine"]),
        impostor=_bars(judged["histogram"]["impostor"]),
        threshold_x=_x(judged["threshold"]),
        ticks=[Label(_x(tick), BOTTOM + 18, f"{tick:g}") for tick in TICKS],
    )


def drift(months: Sequence[Month]) -> Drift:
    step = (RIGHT - LEFT) / max(1, len(months))
    places = [round(LEFT + step * (i + 0.5)) for i in range(len(months))]
    upper = [f"{x},{_y(month.high)}" for x, month in zip(places, months, strict=True)]
    lower = [f"{x},{_y(month.low)}" for x, month in zip(places, months, strict=True)]
    return Drift(
        band=" ".join([*upper, *reversed(lower)]),
        line=" ".join(f"{x},{_y(month.middle)}" for x, month in zip(places, months, strict=True)),
        dots=[Label(x, _y(month.middle), f"{month.middle:.2f}") for x, month in zip(places, months, strict=True)],
        months=[
            Label(x, BOTTOM + 18, date_format(month.month, "M Y")) for x, month in zip(places, months, strict=True)
        ],
        ticks=[Label(LEFT - 6, _y(tick), f"{tick:g}") for tick in TICKS],
    )


def _bars(shares: Sequence[float]) -> list[Bar]:
    most, width = max(shares) or 1, (RIGHT - LEFT) / len(shares)
    heights = [round(share / most * (BOTTOM - TOP)) for share in shares]
    return [
        Bar(round(LEFT + i * width), BOTTOM - height, max(1, round(width) - 1), height)
        for i, height in enumerate(heights)
        if height
    ]


def _x(similarity: float) -> int:
    return round(LEFT + similarity * (RIGHT - LEFT))


def _y(similarity: float) -> int:
    return round(BOTTOM - similarity * (BOTTOM - TOP))
