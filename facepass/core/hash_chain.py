"""Lists of which each line covers the one before, so that none can be changed, left out or put between others unseen.

The list of what was erased (`core.trash.erased_subjects`) and the record of who did what (`core.audit`) are such lists.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

# What goes before the first line.
START = "0" * 64


class Link(Protocol):
    """A line of the list, with the digest of the one before and its own."""

    previous: str
    digest: str


L = TypeVar("L", bound=Link)


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """The first line that does not follow from the one before."""

    number: int


def digest_link(previous: str, *told: str) -> str:
    """Return the SHA-256 of a line and the digest of the one before."""
    return hashlib.sha256("\n".join([previous, *told]).encode()).hexdigest()


def digest_of_key(label: str, key: str) -> str:
    """Return what is left of the id of a row that was erased: only who has the id again finds it."""
    return hashlib.sha256(f"{label}\n{key}".encode()).hexdigest()


def extend(rows: Iterable[L], digest_of: Callable[[L], str], *, last: str) -> None:
    """Link the rows, one to the next, to the line whose digest is `last`."""
    for row in rows:
        row.previous = last
        row.digest = last = digest_of(row)


def find_break(rows: Iterable[L], digest_of: Callable[[L], str], *, start: str = START) -> ChainBreak | None:
    """Return where the chain is broken; None where it holds. `start`: what the first row follows."""
    previous = start
    for number, row in enumerate(rows, 1):
        if row.previous != previous or row.digest != digest_of(row):
            return ChainBreak(number)
        previous = row.digest
    return None


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Add lines to a file that nobody else may read."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
