"""Plots of days as SVG, which the server draws: geometry here, markup in templates/admin/sessions_app/plot.html.

Coordinates are whole numbers, so that no language writes them with a comma. Colours come from the stylesheet.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from sessions_app.analytics import Period, Usage

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 52, 710, 12, 172
LABELS = 5

Kind = Literal["bars", "lines"]


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each day; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    told: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One series: bars, or dots with lines between those of neighbouring days."""

    name: str
    number: int
    bars: list[Bar]
    lines: list[str]
    dots: list[Bar]


@dataclass(frozen=True, slots=True)
class Label:
    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    drawn: list[Drawn]
    heights: list[Label]
    days: list[Label]


def of_usage(usages: Mapping[date, Usage], period: Period) -> list[Plot]:
    """Searches and hits, how long they took, and what guests did with what they found."""
    days = period.days
    each = [usages.get(day, Usage()) for day in days]
    return [
        plot(_("Searches"), days, [
            Series(_("searches"), [usage.searches for usage in each]),
            Series(_("found photos"), [usage.hits for usage in each]),
        ], kind="bars"),
        plot(_("Time of a search, in milliseconds"), days, [
            Series(_("half of them at most"), [usage.p50_ms for usage in each]),
            Series(_("95 of 100 at most"), [usage.p95_ms for usage in each]),
        ], kind="lines"),
        plot(_("What guests did"), days, [
            Series(_("downloads"), [usage.downloads for usage in each]),
            Series(_("favourites"), [usage.favourites for usage in each]),
            Series(_("consents"), [usage.consents for usage in each]),
        ], kind="lines"),
    ]  # fmt: skip


def plot(title: str, days: Sequence[date], series: Sequence[Series], *, kind: Kind) -> Plot:
    top = _round_up(max((value or 0 for one in series for value in one.values), default=0))
    heights = [Label(LEFT - 8, _y(top * part, top) + 4, number_format(top * part, 0)) for part in (0, 0.5, 1)]
    step = max(1, math.ceil(len(days) / LABELS))
    shown = range(0, len(days), step)
    # E: the month as it stands after a day, which is another word in Russian.
    labels = [Label(_x(place, len(days)), HEIGHT - 8, date_format(days[place], "j E")) for place in shown]
    drawn = [_draw(one, days, number=number, top=top, kind=kind) for number, one in enumerate(series)]
    return Plot(title, drawn, heights, labels)


def _draw(series: Series, days: Sequence[date], *, number: int, top: float, kind: Kind) -> Drawn:
    wide = max(1, round((RIGHT - LEFT) / len(days) * 0.7))
    bars, runs = [], [list[Bar]()]
    for place, value in enumerate(series.values):
        if value is None:
            runs.append([])
            continue
        x, y = _x(place, len(days)), _y(value, top)
        told = f"{date_format(days[place], 'SHORT_DATE_FORMAT')}, {series.name}: {number_format(value, 0)}"
        if kind == "bars":
            bars.append(Bar(x - wide // 2, y, wide, BOTTOM - y, told))
        else:
            runs[-1].append(Bar(x, y, 0, 0, told))
    lines = [" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs if len(run) > 1]
    return Drawn(series.name, number, bars, lines, [dot for run in runs for dot in run])


def _x(place: int, number: int) -> int:
    """The middle of a day."""
    return round(LEFT + (RIGHT - LEFT) * (place + 0.5) / number)


def _y(value: float, top: float) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * value / top)


def _round_up(value: float) -> float:
    """To 2, 4, 10, 20, 40, 100 …, whose halves are whole too."""
    size = 10 ** math.floor(math.log10(max(value, 1)))
    return next(float(size * step) for step in (1, 2, 4, 10) if size * step >= value and size * step > 1)
