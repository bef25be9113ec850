"""How much a session is used: counts what happens, by one statement each, and sums the counts up.

Rows hold counts by session and day. Nothing says who it was: no address, no name, no picture.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from facepass.models import ApiKey
from sessions_app.models import KeyDay, PhotoSession, SessionDay

# Upper bounds of the buckets of processing times, in ms, each sqrt(2) times the one before: 10, 14 … 10,240. One more
# bucket holds what took longer. A percentile that is estimated from them is off by a fifth at most.
BUCKET_BOUNDS_MS = tuple(10 * 2 ** (step / 2) for step in range(21))


class UsageKind(StrEnum):
    """A column of `SessionDay`."""

    SEARCH = "searches"
    HIT = "hits"
    DOWNLOAD = "downloads"
    FAVOURITE = "favourites"
    CONSENT = "consents"


# The columns are those of `UsageKind`, and the numbers are parameters. Nothing is counted of a session that was just
# deleted, since it is selected; and it cannot be deleted before the row is there, since it is locked. `took` is added
# up bucket by bucket.
COUNT_SQL = """
    INSERT INTO session_days AS kept (session_id, day, {columns}, took)
    SELECT id, %(day)s::date, {numbers}, %(took)s::int[] FROM photo_sessions WHERE id = %(session)s FOR KEY SHARE
    ON CONFLICT (session_id, day) DO UPDATE SET {sums}, took = ARRAY(
        SELECT coalesce(before, 0) + coalesce(more, 0)
        FROM unnest(kept.took, excluded.took) WITH ORDINALITY AS bucket (before, more, place) ORDER BY place
    )
"""


# As above: nothing is counted of a key that was just deleted.
COUNT_KEY_SQL = """
    INSERT INTO key_days AS kept (key_id, day, searches, hits)
    SELECT id, %(day)s::date, 1, %(hits)s::int FROM api_keys WHERE id = %(key)s FOR KEY SHARE
    ON CONFLICT (key_id, day) DO UPDATE SET
        searches = kept.searches + excluded.searches, hits = kept.hits + excluded.hits
"""


def count_usage(session: PhotoSession, kind: UsageKind, *, number: int = 1) -> None:
    """Count a consent, or a number of favourites or downloads."""
    _add(session, {kind: number}, took=[])


def count_search(session: PhotoSession, *, found: int, processing_ms: float, key: ApiKey | None = None) -> None:
    """Count a search. `found`: how many photos; a search that finds one is a hit. `key`: with which it was asked."""
    took = [0] * (len(BUCKET_BOUNDS_MS) + 1)
    took[bisect_left(BUCKET_BOUNDS_MS, processing_ms)] = 1
    _add(session, {UsageKind.SEARCH: 1, UsageKind.HIT: int(found > 0)}, took=took)
    if key:
        day = timezone.localdate(timezone=session.studio.zone)
        with connection.cursor() as cursor:
            cursor.execute(COUNT_KEY_SQL, {"key": key.pk, "day": day, "hits": int(found > 0)})


def _add(session: PhotoSession, numbers: Mapping[UsageKind, int], *, took: list[int]) -> None:
    values = {kind.value: numbers.get(kind, 0) for kind in UsageKind}
    statement = COUNT_SQL.format(
        columns=", ".join(values),
        numbers=", ".join(f"%({name})s::int" for name in values),
        sums=", ".join(f"{name} = kept.{name} + excluded.{name}" for name in values),
    )
    day = timezone.localdate(timezone=session.studio.zone)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "session": session.pk, "day": day, "took": took})


@dataclass(slots=True)
class Usage:
    """UsageKind was counted; also the sum of several days or sessions."""

    searches: int = 0
    hits: int = 0
    downloads: int = 0
    favourites: int = 0
    consents: int = 0
    took: list[int] = field(default_factory=lambda: [0] * (len(BUCKET_BOUNDS_MS) + 1))

    def add(self, row: "SessionDay | Usage") -> None:
        for kind in UsageKind:
            setattr(self, kind, getattr(self, kind) + getattr(row, kind))
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
    """Estimate a percentile of processing times in ms; `share` is 0 to 1. None where there were no searches.

    Times count as evenly spread within their bucket. Beyond the last bound that bound is returned.
    """
    wanted, below = sum(took) * share, 0.0
    for place, number in enumerate(took[: len(BUCKET_BOUNDS_MS)]):
        if number and below + number >= wanted:
            least = BUCKET_BOUNDS_MS[place - 1] if place else 0.0
            return round(least + (BUCKET_BOUNDS_MS[place] - least) * (wanted - below) / number, 1)
        below += number
    return round(BUCKET_BOUNDS_MS[-1], 1) if sum(took) else None


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @classmethod
    def from_days(cls, days: Iterable[date], *, at_most: int) -> "Period | None":
        """Return the period from the first of the days to the last, which has at most that many days.

        It is cut at its beginning. None where there are no days.
        """
        ordered = sorted(days)
        if not ordered:
            return None
        return cls(max(ordered[0], ordered[-1] - timedelta(days=at_most - 1)), ordered[-1])

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def sum_by_day(rows: Iterable[SessionDay]) -> dict[date, Usage]:
    """Return sums over sessions, oldest day first. Days on which nothing happened are left out."""
    by_day: dict[date, Usage] = defaultdict(Usage)
    for row in rows:
        by_day[row.day].add(row)
    return dict(sorted(by_day.items()))


def sum_usage(rows: "Iterable[SessionDay | Usage]") -> Usage:
    total = Usage()
    for row in rows:
        total.add(row)
    return total


def group_by_key(rows: QuerySet[KeyDay]) -> list[tuple[ApiKey, list[KeyDay]]]:
    """Return the days of each key, oldest first; keys in the order of their names, those that did nothing left out."""
    ordered = rows.select_related("key").order_by("key__name", "key", "day")
    return [(days[0].key, days) for _key, group in groupby(ordered, key=lambda row: row.key_id) if (days := [*group])]
