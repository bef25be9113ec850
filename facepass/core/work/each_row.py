"""Loops over rows of many owners: what is wrong with one of them is no reason for the others to wait."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

T = TypeVar("T")


class RowsFailed(Exception):
    """Rows of a loop failed, after all the others were done; the log has a line of each."""

    def __init__(self, task: str, failed: int) -> None:
        super().__init__(f"{task}: {failed} failed")
        self.failed = failed


def for_each_row(rows: Iterable[T], do: Callable[[T], object], *, task: str) -> None:
    """Calls `do` with every row, as `try_each_row`.

    Raises RowsFailed at the end where some failed, so that whoever runs the loop fails as loudly as by that row alone.
    """
    if failed := try_each_row(rows, do, task=task):
        raise RowsFailed(task, failed)


def try_each_row(rows: Iterable[T], do: Callable[[T], object], *, task: str) -> int:
    """Calls `do` with every row; how many failed. One that fails is logged as an error, and the others go on.

    The log names the row by its id and the error by its kind and place: what the error itself says may hold an address.
    What a loop inside of `do` has logged already is only counted. Without a database no row would get any further, so
    an error that says so is raised at once, and so is what the rows themselves are read from.
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
    """Its id, or what stands for one; never what is in it."""
    if isinstance(row, (str, int, UUID)):
        return str(row)
    if callable(row):
        return str(getattr(row, "__qualname__", type(row).__name__))
    names = (getattr(row, attribute, None) for attribute in ("pk", "key", "name"))
    return f"{type(row).__name__} {next((name for name in names if name is not None), '')}".strip()


def describe_error(error: Exception) -> str:
    """`InvalidToken at sealing.py:32`: the place is where it was raised."""
    places = traceback.extract_tb(error.__traceback__)
    kind = type(error).__name__
    return f"{kind} at {places[-1].filename.rpartition('/')[2]}:{places[-1].lineno}" if places else kind
