"""What workers count of their work, for metrics: how often what happened, and how long it took.

Numbers are added up in memory and written now and then by one statement, into rows that all hosts share. Nobody scrapes
a worker, and no number is lost with it but the last ones. Names and labels are codes: nothing of people or photos.
"""

import logging
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

# Upper bounds of the buckets of a time that is observed, in seconds: from a photo at once to one that waited for a day.
BUCKETS: Final = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)
ADD = """
    INSERT INTO work_counts AS kept (name, label, number, seconds)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::float8[])
    ON CONFLICT (name, label) DO UPDATE
    SET number = kept.number + excluded.number, seconds = kept.seconds + excluded.seconds
"""

_lock = threading.Lock()
_unwritten: dict[tuple[str, str], tuple[int, float]] = {}


def count(name: str, label: str, *, number: int = 1, seconds: float = 0.0) -> None:
    """Count in memory; `write_counts` writes it. Safe in any thread."""
    with _lock:
        before = _unwritten.get((name, label), (0, 0.0))
        _unwritten[name, label] = before[0] + number, before[1] + seconds


def observe(name: str, seconds: float) -> None:
    """Count a time in its bucket: the label is the upper bound."""
    bounds = (*BUCKETS, float("inf"))
    count(name, str(bounds[bisect_left(BUCKETS, seconds)]), seconds=seconds)


@contextmanager
def time_stage(stage: str, *, number: int = 1) -> Iterator[None]:
    """Count how long a stage of the analysis takes for that many photos."""
    started = time.perf_counter()
    try:
        yield
    finally:
        count("analysis_stage", stage, number=number, seconds=time.perf_counter() - started)


def write_counts() -> None:
    """Add what was counted to the rows. Where the database is away, keep it for another time.

    Not to be called in a transaction: others would wait for its end.
    """
    with _lock:
        taken = sorted(_unwritten.items())  # in one order everywhere, so that no two writers wait for each other
        _unwritten.clear()
    if not taken:
        return
    rows = [(name, label, number, seconds) for (name, label), (number, seconds) in taken]
    try:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
    except (OperationalError, InterfaceError) as error:
        log.warning("what was counted is written later: %s", type(error).__name__)
        for name, label, number, seconds in rows:
            count(name, label, number=number, seconds=seconds)
