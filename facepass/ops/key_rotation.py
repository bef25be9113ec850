"""Sealing anew by the newest key what another key sealed, in tables and in the trash, while everything runs.

What is sealed by the newest key is left alone, so a run that was killed is gone on with by the next one. A value is
written only where it is still the one that was read, so nothing that somebody changes meanwhile is lost.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from facepass.core.keys import sealing
from facepass.core.keys.key_ring import KeyMissing, current_ring
from facepass.core.keys.sealed_columns import SealedColumn, list_sealed_columns

BATCH_SIZE = 500
# What `count_by_key` calls values that were sealed before there was a ring.
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one column is. `unreadable`: values that no key of the ring opens, or that were changed; left alone."""

    where: str
    done: int
    total: int
    unreadable: int


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class SealedValues:
    """The values of one column, in its table or in the trash, by SQL. Names are those of models; values are parameters.

    `value`: the sealed bytes. `row`: text that names the row, as `sealing.Place` takes it.
    """

    name: str
    column: SealedColumn
    table: str
    key: str
    value: str
    row: tuple[str, ...]
    those: str
    assignment: str

    def count_by_key(self) -> Counter[str]:
        """Return how many values each key sealed, by the key's id in hexadecimal digits, or BEFORE."""
        counts: Counter[str] = Counter()
        for head, number in self._select(f"{self._head}, count(*)", f"{self.those} GROUP BY 1"):
            counts[_name_key(bytes(head))] += number
        return counts

    def count_old(self, head: bytes) -> int:
        """Return how many values begin otherwise."""
        [(number,)] = self._select("count(*)", self._old, head=head)
        return int(number)

    def list_old(self, head: bytes) -> Iterator[tuple[Any, tuple[str, ...], bytes]]:
        """Yield key, row and value of each that begins otherwise, read in batches."""
        last, columns = None, ", ".join((self.key, *self.row, self.value))
        while True:
            after = "true" if last is None else f"{self.key} > %(last)s"
            these = f"{self._old} AND {after} ORDER BY 1 LIMIT %(n)s"
            batch = self._select(columns, these, head=head, last=last, n=BATCH_SIZE)
            for key, *row, value in batch:
                yield key, tuple(row), bytes(value)
            if len(batch) < BATCH_SIZE:
                return
            last = batch[-1][0]

    def replace(self, key: int | str | UUID, *, old: bytes, new: bytes) -> bool:
        """Write the new value where the old one still is."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.table} SET {self.assignment}"  # noqa: S608 - as below
                f" WHERE {self.key} = %(key)s AND {self.those} AND {self.value} = %(old)s",
                {"key": key, "old": old, "new": new, "old_hex": old.hex(), "new_hex": new.hex()},
            )
            return bool(cursor.rowcount)

    @property
    def _head(self) -> str:
        return f"substring({self.value} FROM 1 FOR {sealing.HEAD_BYTES})"

    @property
    def _old(self) -> str:
        return f"{self.those} AND {self._head} <> %(head)s"

    def _select(self, what: str, those: str, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {what} FROM {self.table} WHERE {those}", values)  # noqa: S608 - names of columns
            return list(cursor.fetchall())


def rotate(report: Report) -> Progress:
    """Seal everything anew that the newest key did not seal, and return how much that was in all.

    What goes into the trash or comes out of it meanwhile is found by looking again, until nothing is left to do.
    """
    done = 0
    with _flushed_at_the_end():
        while True:
            ends = [_rotate_values(values, report) for values in list_sealed_values()]
            rewritten = sum(end.done for end in ends)
            done += rewritten
            if not rewritten:
                return Progress("", done, done, sum(end.unreadable for end in ends))


def count_by_key() -> dict[str, Counter[str]]:
    """Return for each column, also for what is in the trash, how many values each key sealed."""
    return {values.name: values.count_by_key() for values in list_sealed_values()}


def count_missing_keys() -> Counter[str]:
    """Return how many values were sealed by each key that is not in the ring, by the key's id."""
    counts = sum(count_by_key().values(), Counter[str]())
    known = {key.id.hex() for key in current_ring().keys}
    return Counter({name: number for name, number in counts.items() if name not in {*known, BEFORE, ""}})


def list_sealed_values() -> list[SealedValues]:
    """Return the places of all sealed values: each column in its table, then in the trash."""
    columns = list_sealed_columns()
    return [*map(_in_table, columns), *map(_in_trash, columns)]


@contextmanager
def _flushed_at_the_end() -> Iterator[None]:
    """Do not wait for the disk at each value, but once at the end. What a crash takes back the next run does again.

    Until then no key may be taken out of the ring.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")
        cursor.execute("SELECT pg_current_xact_id()")  # a commit, which waits for itself and all before it


def _rotate_values(values: SealedValues, report: Report) -> Progress:
    head = sealing.newest_head()
    done, unreadable, total = 0, 0, values.count_old(head)
    for key, row, value in values.list_old(head):
        try:
            new = _seal_anew(values.column, row, value)
        except (sealing.NotReadable, KeyMissing):
            unreadable += 1
        else:
            done += values.replace(key, old=value, new=new)
        if (done + unreadable) % BATCH_SIZE == 0:
            report(Progress(values.name, done, total, unreadable))
    end = Progress(values.name, done, total, unreadable)
    if total:
        report(end)
    return end


def _seal_anew(column: SealedColumn, row: tuple[str, ...], value: bytes) -> bytes:
    place = sealing.Place(column.table, column.column, row)
    return sealing.seal(sealing.unseal(value, place=place), place=place)


def _in_table(column: SealedColumn) -> SealedValues:
    return SealedValues(
        name=str(column),
        column=column,
        table=_quoted(column.table),
        key=_quoted(column.key),
        value=f"{_quoted(column.column)}::bytea",  # text, before the migration that seals it
        row=tuple(f"{_quoted(name)}::text" for name in column.row),
        those=f"{_quoted(column.column)} IS NOT NULL",
        assignment=f"{_quoted(column.column)} = %(new)s",
    )


def _in_trash(column: SealedColumn) -> SealedValues:
    """Rows in the trash are JSON of which a value of bytes is `\\x` and hexadecimal digits."""
    return SealedValues(
        name=f"{column} (in the trash)",
        column=column,
        table="trash_rows",
        key="id",
        value=f"decode(substring(content::json ->> '{column.column}' FROM 3), 'hex')",
        row=tuple(f"(content::json ->> '{name}')" for name in column.row),
        those=f"label = '{column.label}' AND reference = '' AND content::json ->> '{column.column}' IS NOT NULL",
        assignment="content = replace(content, %(old_hex)s, %(new_hex)s)",
    )


def _name_key(head: bytes) -> str:
    """Return the id of the key that a value's first bytes name; empty for what is not sealed."""
    if head[:1] == sealing.FERNET:
        return BEFORE
    return head[1:].hex() if head[:1] == sealing.VERSION else ""


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
