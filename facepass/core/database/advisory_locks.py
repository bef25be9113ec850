"""PostgreSQL's advisory locks, by purpose: what only one process of the installation may do at a time.

A number means the same in every version of FacePass, because during an update an old and a new process may both run.
Locks of one 64-bit number and of two 32-bit numbers are two separate spaces; purposes that lock one object among many
use the second, with 31 bits of the object's id. Two objects that share these bits only wait for each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from uuid import UUID

from django.db import connection


class LockPurpose(IntEnum):
    MIGRATION = 0xFACE
    """One process migrates the database; the others wait."""
    MODEL_SWITCH = 0xFACE5
    """Shared by whoever writes faces, and held alone by whoever switches to another model version."""
    REDESCRIPTION = 0xFACE6
    """One process describes the photos by another model version."""
    ERASURES = 0xFACE7
    """One transaction adds to the list of what was erased."""
    AUDIT = 0xFACE8
    """One transaction gives entries of the audit their places in the chain, or cuts it off."""
    BACKUP = 0xFACE9
    """One process makes a back-up; meanwhile nothing deletes files that have no row any more."""
    REWRITING = 0xFACEA
    """One process writes tables anew, without what was deleted."""
    GROUPING = 0x6709
    """One run of the grouping per occasion, by its id."""
    STACKING = 0x570C
    """One search for bursts per occasion, by its id."""


def lock_for_transaction(purpose: LockPurpose, *, shared: bool = False) -> None:
    """Wait for the lock, and hold it until the caller's transaction ends. Holders of `shared` ones do not wait."""
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [purpose.value])


@contextmanager
def hold_lock(purpose: LockPurpose, *, key: UUID | None = None) -> Iterator[None]:
    """Wait for the lock, and hold it while the block runs, over as many transactions as it has."""
    numbers = _numbers(purpose, key)
    _call("pg_advisory_lock", numbers)
    try:
        yield
    finally:
        _call("pg_advisory_unlock", numbers)


@contextmanager
def try_lock(purpose: LockPurpose, *, key: UUID | None = None) -> Iterator[bool]:
    """As `hold_lock`, but without waiting: yield whether nobody else holds the lock."""
    numbers = _numbers(purpose, key)
    is_free = _call("pg_try_advisory_lock", numbers)
    try:
        yield is_free
    finally:
        if is_free:
            _call("pg_advisory_unlock", numbers)


def _numbers(purpose: LockPurpose, key: UUID | None) -> list[int]:
    return [purpose.value] if key is None else [purpose.value, key.int & 0x7FFFFFFF]


def _call(function: str, numbers: list[int]) -> bool:
    """Return what the function returns; a lock that waits returns nothing."""
    placeholders = ", ".join(["%s"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({placeholders})", numbers)
        return bool(cursor.fetchone() == (True,))
