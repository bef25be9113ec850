"""What an SQL statement writes, read from its text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FIRST_WORDS = ("INSERT", "UPDATE", "DELETE", "WITH")
WRITTEN = re.compile(r'\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE)\s+"?(\w+)"?', re.IGNORECASE)
# As Django writes them: every name is quoted, and the table has no other name.
BEGINNING = re.compile(r'(?:UPDATE "(\w+)" SET |DELETE FROM "(\w+)"(?= WHERE ))')
WHERE = " WHERE "


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a statement changes or deletes: those of the table for which the condition holds."""

    table: str
    condition: str
    values: tuple[Any, ...]


def list_written(sql: str) -> list[str]:
    """Return the names of the tables that the statement writes to, and perhaps words that are none."""
    return WRITTEN.findall(sql) if sql.lstrip()[:6].upper().startswith(FIRST_WORDS) else []


def find_selection(sql: str, params: Any) -> Selection | None:
    """Return which rows Django's UPDATE or DELETE is about; None for another statement, and for all rows of a table."""
    begun = BEGINNING.match(sql)
    if begun is None or not isinstance(params, Sequence):
        return None
    place = _find_where(sql, begun.end())
    if place is None:
        return None
    before = sql[:place].replace("%%", "").count("%s")
    return Selection(begun[1] or begun[2], sql[place + len(WHERE) :], tuple(params[before:]))


def _find_where(sql: str, start: int) -> int | None:
    """Return where the statement's own WHERE begins: the first one that is in no brackets."""
    depth = 0
    for place in range(start, len(sql)):
        depth += (sql[place] == "(") - (sql[place] == ")")
        if depth == 0 and sql.startswith(WHERE, place):
            return place
    return None
