"""How much a session is used: counted here, by one statement for each thing that happens, and summed up here.

Rows hold counts by session and day. Nothing says who it was: no address, no name, no picture.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.db import connection
from django.utils import timezone

from sessions_app.models import PhotoSession, SessionDay

# Bounds of the buckets of processing times, in ms, each sqrt(2) times the one before: 10, 14 … 10,240. One more bucket
# holds what took longer. A percentile told from them is off by a fifth at most.
BOUNDS = tuple(10 * 2 ** (step / 2) for step in range(21))


class What(StrEnum):
    """A column of `SessionDay`."""

    SEARCH = "searches"
    HIT = "hits"
    DOWNLOAD = "downloads"
    FAVOURITE = "favourites"
    CONSENT = "consents"


# The names are those of `What`, and the numbers are parameters. Of a session that was just deleted nothing is counted.
COUNT = """
    INSERT INTO session_days AS kept (session_id, day, {columns}, took)
    SELECT id, %(day)s::date, {numbers}, %(took)s::int[] FROM photo_sessions WHERE id = %(session)s FOR KEY SHARE
    ON CONFLICT (session_id, day) DO UPDATE SET {sums}, took = ARRAY(
        SELECT coalesce(before, 0) + coalesce(more, 0)
        FROM unnest(kept.took, excluded.took) WITH ORDINALITY AS bucket (before, more, place) ORDER BY place
    )
"""


def count(session: PhotoSession, what: What, *, number: int = 1) -> None:
    """A favourite, a consent, or so many downloads."""
    _add(session, {what: number}, took=[])


def count_search(session: PhotoSession, *, found: int, processing_ms: float) -> None:
    """`found`: how many photos; a search that finds one is a hit."""
    took = [0] * (len(BOUNDS) + 1)
    took[bisect_left(BOUNDS, processing_ms)] = 1
    _add(session, {What.SEARCH: 1, What.HIT: int(found > 0)}, took=took)


def _add(session: PhotoSession, numbers: Mapping[What, int], *, took: list[int]) -> None:
    everything = {what.value: numbers.get(what, 0) for what in What}
    statement = COUNT.format(
        columns=", ".join(everything),
        numbers=", ".join(f"%({name})s::int" for name in everything),
        sums=", ".join(f"{name} = kept.{name} + excluded.{name}" for name in everything),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**everything, "session": session.pk, "day": timezone.localdate(), "took": took})


@dataclass(slots=True)
class Usage:
    """What was counted; also the sum of several days or sessions."""

    searches: int = 0
    hits: int = 0
    downloads: int = 0
    favourites: int = 0
    consents: int = 0
    took: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, row: "SessionDay | Usage") -> None:
        for what in What:
            setattr(self, what, getattr(self, what) + getattr(row, what))
        for place, number in enumerate(row.took):
            self.took[place] += number

    @property
    def hit_rate(self) -> float | None:
        return round(self.hits / self.searches, 4) if self.searches else None

    @property
    def p50_ms(self) -> float | None:
        return percentile(self.took, 0.5)

    @property
    def p95_ms(self) -> float | None:
        return percentile(self.took, 0.95)


def percentile(took: Sequence[int], share: float) -> float | None:
    """Evenly spread within its bucket. Of what took longer than the last bound only that is known, and so told."""
    wanted, below = sum(took) * share, 0.0
    for place, number in enumerate(took[: len(BOUNDS)]):
        if number and below + number >= wanted:
            least = BOUNDS[place - 1] if place else 0.0
            return round(least + (BOUNDS[place] - least) * (wanted - below) / number, 1)
        below += number
    return round(BOUNDS[-1], 1) if sum(took) else None


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it."""

    first: date
    last: date

    @classmethod
    def of(cls, days: Iterable[date], *, at_most: int) -> "Period | None":
        """From the first of the days to the last, or so many before it; None where there are no days."""
        found = sorted(days)
        return cls(max(found[0], found[-1] - timedelta(days=at_most - 1)), found[-1]) if found else None

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def per_day(rows: Iterable[SessionDay]) -> dict[date, Usage]:
    """Summed over sessions, oldest day first; days on which nothing happened are left out."""
    found: dict[date, Usage] = defaultdict(Usage)
    for row in rows:
        found[row.day].add(row)
    return dict(sorted(found.items()))


def total(rows: "Iterable[SessionDay | Usage]") -> Usage:
    summed = Usage()
    for row in rows:
        summed.add(row)
    return summed
