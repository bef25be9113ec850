"""Loops over rows of many owners, in which one row that fails does not stop the others."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

T = TypeVar("T")


class RowsFailed(Exception):
    """Raised after a loop in which rows failed; the log has a line for each of them."""

    def __init__(self, task: str, failed: int) -> None:
        super().__init__(f"{task}: {failed} failed")
        self.failed = failed


def for_each_row(rows: Iterable[T], do: Callable[[T], object], *, task: str) -> None:
    """Call `do` with every row, as `try_each_row` does. Raise RowsFailed at the end where some failed."""
    if failed := try_each_row(rows, do, task=task):
        raise RowsFailed(task, failed)


def try_each_row(rows: Iterable[T], do: Callable[[T], object], *, task: str) -> int:
    """Call `do` with every row and return how many failed. A failure is logged as an error, and the loop goes on.

    The log names the row by its id and the error by its type and place only, because its text may hold personal data.
    Rows that failed in a loop inside `do` are counted, and were logged there. Raise what reading the rows raises, and
    the error of a database that is gone, without which no other row could succeed either.
    """
    failed = 0
    for row in rows:
        try:
            do(row)
        except RowsFailed as inner:
            failed += inner.failed
        except Exception as error:  # whatever it is, it is this row's
            if isinstance(error, (OperationalError, InterfaceError)) and not connection.is_usable():
                raise
            failed += 1
            log.error("%s failed for %s: %s", task, describe_row(row), describe_error(error))  # noqa: TRY400 - no text, see above
    return failed


def describe_row(row: object) -> str:
    """Return the row's id, or what stands for one, and nothing of its content."""
    if isinstance(row, (str, int, UUID)):
        return str(row)
    if callable(row):
        return str(getattr(row, "__qualname__", type(row).__name__))
    names = (getattr(row, attribute, None) for attribute in ("pk", "key", "name"))
    return f"{type(row).__name__} {next((name for name in names if name is not None), '')}".strip()


def describe_error(error: Exception) -> str:
    """Return the error's type and where it was raised, such as `InvalidToken at sealing.py:32`."""
    places = traceback.extract_tb(error.__traceback__)
    kind = type(error).__name__
    return f"{kind} at {places[-1].filename.rpartition('/')[2]}:{places[-1].lineno}" if places else kind
