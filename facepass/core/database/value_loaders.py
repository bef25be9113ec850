"""How values come out of PostgreSQL: one that Python cannot hold spoils its own row, and no list of rows.

psycopg raises at a year before Christ, and the json module at a number of five thousand digits, while the rows of a
query are read; so one such value, written past our constraints, would end every list that it is in. Here it becomes the
nearest moment that can be held, marked by its type, or a small JSON object that says so. `list_unreadable_columns`
finds the marks.
"""

import json
import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg import DataError
from psycopg.abc import Buffer
from psycopg.types.datetime import DateLoader
from psycopg.types.string import TextLoader

from facepass.core.database.storable_values import (
    EARLIEST,
    FIRST_DAY,
    LAST_DAY,
    LATEST,
    UnreadableDay,
    UnreadableMoment,
)

UNREADABLE_KEY = "unreadable_value"
UNREADABLE_JSON = json.dumps({UNREADABLE_KEY: True})
# Python reads no longer number, and about a thousand levels; below these nothing has to be tried.
LONG_NUMBER = re.compile(r"\d{4300}")
HARMLESS_BRACKETS = 200


class _MomentLoader(BaseTzLoader):
    def load(self, data: Buffer) -> datetime:
        try:
            moment: datetime = super().load(data)
        except (DataError, OverflowError):
            return _marked_moment(EARLIEST if _is_early(data) else LATEST, self.timezone)
        if self.timezone is None or EARLIEST <= moment <= LATEST:
            return moment
        return _marked_moment(EARLIEST if moment < EARLIEST else LATEST, self.timezone)


class _DayLoader(DateLoader):
    def load(self, data: Buffer) -> date:
        try:
            day = super().load(data)
        except (DataError, OverflowError):
            day = date.min if _is_early(data) else date.max
        if FIRST_DAY <= day <= LAST_DAY:
            return day
        nearest = FIRST_DAY if day < FIRST_DAY else LAST_DAY
        return UnreadableDay(nearest.year, nearest.month, nearest.day)


class _JsonLoader(TextLoader):
    """Text, as Django wants it, which parses it itself."""

    def load(self, data: Buffer) -> str:
        text = str(super().load(data))
        return text if _is_parseable(text) else UNREADABLE_JSON


def _marked_moment(nearest: datetime, zone: Any) -> UnreadableMoment:
    moment = UnreadableMoment(nearest.year, nearest.month, nearest.day, tzinfo=UTC)
    return moment.replace(tzinfo=zone)


def _is_early(data: Buffer) -> bool:
    """Of a date of PostgreSQL's: `-infinity`, or `0001-12-31 22:00:00+00 BC`."""
    text = bytes(data)
    return text.startswith(b"-") or text.endswith(b"BC")


def _is_parseable(text: str) -> bool:
    if text.count("[") + text.count("{") < HARMLESS_BRACKETS and not LONG_NUMBER.search(text):
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


@cache
def _moment_loader_for(zone: Any) -> type[_MomentLoader]:
    """Django looks at the class for the zone of its connection."""
    return type("Moments", (_MomentLoader,), {"timezone": zone})


def register_loaders(connection: Any, **_: Any) -> None:
    """Register the loaders with a new connection. A receiver of Django's `connection_created`."""
    adapters = connection.connection.adapters
    adapters.register_loader("timestamptz", _moment_loader_for(connection.timezone))
    adapters.register_loader("date", _DayLoader)
    adapters.register_loader("jsonb", _JsonLoader)


def list_unreadable_columns(row: models.Model) -> list[str]:
    """Return the names of the row's loaded columns whose values could not be read."""
    return [name for name, value in row.__dict__.items() if _is_mark(value)]


def _is_mark(value: Any) -> bool:
    return isinstance(value, UnreadableMoment | UnreadableDay) or (
        isinstance(value, dict) and value == {UNREADABLE_KEY: True}
    )
