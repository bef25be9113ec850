"""Geometry of the charts that the server draws as SVG: bars and lines by day, a histogram, a band by month.

Nothing here reads rows or writes markup: a page selects its numbers and words, and a template draws what comes out.
Coordinates are in the units of the SVG's `viewBox`, from its upper left corner. They are whole numbers, so that no
language writes them with a comma; colours come from the stylesheet.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.utils.formats import date_format, number_format

from facepass.core.figures import format_decimal

# Below how many labels a row of days has room for.
DAY_LABELS = 5
# The share of a day's width that its bar takes.
BAR_SHARE = 0.7
# Where a similarity is marked on an axis.
SIMILARITY_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where in the picture values are drawn; the margins hold labels."""

    left: int
    right: int
    top: int
    bottom: int

    def x_at(self, share: float) -> int:
        """Return the x of a share (0 to 1) of the way from left to right."""
        return round(self.left + (self.right - self.left) * share)

    def x_of(self, place: int, *, places: int) -> int:
        """Return the middle of one of so many places side by side."""
        return self.x_at((place + 0.5) / places)

    def y_at(self, share: float) -> int:
        """Return the y of a share (0 to 1) of the way from the bottom up."""
        return round(self.bottom - (self.bottom - self.top) * share)


DAYS_FRAME = Frame(left=52, right=710, top=12, bottom=172)  # of 720 by 200
SCORES_FRAME = Frame(left=40, right=630, top=10, bottom=170)  # of 640 by 200


@dataclass(frozen=True, slots=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle from its upper left corner, or a dot, which has no size. `text` is shown when it is pointed at."""

    x: int
    y: int
    width: int
    height: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each day; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class DrawnSeries:
    """One series: bars, or dots with lines between those of neighbouring days. `number` chooses its colour."""

    name: str
    number: int
    bars: list[Bar] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    dots: list[Bar] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DayChart:
    """Several series over the same days. `heights` label the values' axis, `days` the other."""

    title: str
    series: list[DrawnSeries]
    heights: list[Label]
    days: list[Label]


def draw_days(
    title: str, days: Sequence[date], series: Sequence[Series], *, kind: Literal["bars", "lines"]
) -> DayChart:
    """Return a chart of 720 by 200 units. Its axis ends at a round number, which the highest value does not exceed."""
    frame = DAYS_FRAME
    top = _round_up(max((value or 0 for one in series for value in one.values), default=0))
    heights = [Label(frame.left - 8, frame.y_at(part) + 4, number_format(top * part, 0)) for part in (0, 0.5, 1)]
    step = max(1, math.ceil(len(days) / DAY_LABELS))
    labels = [
        Label(frame.x_of(place, places=len(days)), 192, date_format(days[place], "MONTH_DAY_FORMAT"))
        for place in range(0, len(days), step)
    ]
    draw = _draw_bars if kind == "bars" else _draw_lines
    return DayChart(title, [draw(one, days, number, top) for number, one in enumerate(series)], heights, labels)


def _draw_bars(series: Series, days: Sequence[date], number: int, top: float) -> DrawnSeries:
    frame = DAYS_FRAME
    width = max(1, round((frame.right - frame.left) / len(days) * BAR_SHARE))
    bars = [
        Bar(dot.x - width // 2, dot.y, width, frame.bottom - dot.y, dot.text)
        for dot in _place_dots(series, days, top)
        if dot is not None
    ]
    return DrawnSeries(series.name, number, bars=bars)


def _draw_lines(series: Series, days: Sequence[date], number: int, top: float) -> DrawnSeries:
    """Return dots and the lines between them; a day without a value breaks the line."""
    runs = [list[Bar]()]
    for dot in _place_dots(series, days, top):
        if dot is None:
            runs.append([])
        else:
            runs[-1].append(dot)
    lines = [_points([(dot.x, dot.y) for dot in run]) for run in runs if len(run) > 1]
    return DrawnSeries(series.name, number, lines=lines, dots=[dot for run in runs for dot in run])


def _place_dots(series: Series, days: Sequence[date], top: float) -> list[Bar | None]:
    """Return where the value of each day is; None for a day without one."""
    return [
        None
        if value is None
        else Bar(
            DAYS_FRAME.x_of(place, places=len(days)),
            DAYS_FRAME.y_at(value / top),
            0,
            0,
            f"{date_format(day, 'DATE_FORMAT')}, {series.name}: {number_format(value, 0)}",
        )
        for place, (day, value) in enumerate(zip(days, series.values, strict=True))
    ]


def _round_up(value: float) -> float:
    """Return the next of 2, 4, 10, 20, 40, 100 …, whose halves are whole too."""
    size = 10 ** math.floor(math.log10(max(value, 1)))
    return next(float(size * step) for step in (1, 2, 4, 10) if size * step >= value and size * step > 1)


@dataclass(frozen=True, slots=True)
class PartBar:
    """A bar with a part of it marked, such as the searches that found something; both heights from the bottom."""

    x: int
    height: int
    inner: int
    text: str


# The strip's units: from bar to bar, and how high the highest one is.
STRIP_STEP, STRIP_HEIGHT = 20, 100


def draw_strip(counts: Sequence[int], parts: Sequence[int], texts: Sequence[str]) -> list[PartBar]:
    """Return a bar for each count, with `parts` of it marked; the highest count fills the height of 100 units."""
    most = max(counts, default=0)

    def height(number: int) -> int:
        return round(STRIP_HEIGHT * number / most) if most else 0

    return [
        PartBar(place * STRIP_STEP, height(count), height(part), text)
        for place, (count, part, text) in enumerate(zip(counts, parts, texts, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Similarities (0 to 1) of pairs of one person and of pairs of two people, and the threshold between them."""

    genuine: list[Bar]
    impostor: list[Bar]
    threshold_x: int
    ticks: list[Label]


def draw_histogram(genuine: Sequence[float], impostor: Sequence[float], *, threshold: float) -> Histogram:
    """Return a chart of 640 by 200 units of two distributions, given as shares in bins of the same width.

    Each fills the height by itself, since there are many more pairs of two people than of one.
    """
    frame = SCORES_FRAME
    ticks = [Label(frame.x_at(tick), frame.bottom + 18, format_decimal(tick)) for tick in SIMILARITY_TICKS]
    return Histogram(_draw_bins(genuine), _draw_bins(impostor), frame.x_at(threshold), ticks)


def _draw_bins(shares: Sequence[float]) -> list[Bar]:
    frame = SCORES_FRAME
    most, width = max(shares) or 1, (frame.right - frame.left) / len(shares)
    heights = [round(share / most * (frame.bottom - frame.top)) for share in shares]
    return [
        Bar(round(frame.left + place * width), frame.bottom - height, max(1, round(width) - 1), height)
        for place, height in enumerate(heights)
        if height
    ]


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some similarities and the bounds of most of them, with the name of their month."""

    name: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Band:
    """A line through the middles, a band around it, as points of a polyline and of a polygon."""

    band: str
    line: str
    dots: list[Label]
    months: list[Label]
    ticks: list[Label]


def draw_band(spreads: Sequence[Spread]) -> Band:
    """Return a chart of 640 by 200 units of similarities from 0 to 1, one place for each spread."""
    frame = SCORES_FRAME
    places = [frame.x_of(place, places=len(spreads)) for place in range(len(spreads))]
    pairs = list(zip(places, spreads, strict=True))
    upper = [(x, frame.y_at(spread.high)) for x, spread in pairs]
    lower = [(x, frame.y_at(spread.low)) for x, spread in pairs]
    return Band(
        band=_points([*upper, *reversed(lower)]),
        line=_points([(x, frame.y_at(spread.middle)) for x, spread in pairs]),
        dots=[Label(x, frame.y_at(spread.middle), format_decimal(spread.middle, 2)) for x, spread in pairs],
        months=[Label(x, frame.bottom + 18, spread.name) for x, spread in pairs],
        ticks=[Label(frame.left - 6, frame.y_at(tick), format_decimal(tick)) for tick in SIMILARITY_TICKS],
    )


def _points(points: Sequence[tuple[int, int]]) -> str:
    """Return points as SVG writes them."""
    return " ".join(f"{x},{y}" for x, y in points)
