"""CHECK constraints that refuse values which not every reader can hold (see `storable_values`), and the migrations'
way to mend rows that were written before there was a constraint.
"""

from collections.abc import Iterable, Mapping
from typing import TypedDict, Unpack

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from facepass.core.database.storable_values import EARLIEST, FIRST_DAY, LARGEST, LAST_DAY, LATEST, STORED_JSON_DEPTH

# SQL/JSON paths. Of JSON that somebody else wrote: what is nested deeper, and what no double can hold.
TOO_DEEP = f"strict $.**{{{STORED_JSON_DEPTH}}}"
TOO_LARGE = f'strict $.** ? (@.type() == "number" && (@ > {LARGEST} || @ < -{LARGEST}))'
# Of JSON that only we write, its shape: to look through it would cost too much each time a face changes.
ARRAY, OBJECT = 'strict $ ? (@.type() == "array")', 'strict $ ? (@.type() == "object")'
BOX = "strict $ ? ({})".format(
    " && ".join(
        f"@.{side} > -1e9 && @.{side} < 1e9"
        for side in ("x", "y", "width", "height")  # a comparison with what is no number is not true
    )
)
PLACEHOLDER_BOX = '{"x": 0, "y": 0, "width": 1, "height": 1}'


class JsonPathExists(Func):
    function = "jsonb_path_exists"
    output_field = models.BooleanField()


class Columns(TypedDict, total=False):
    """Names of a table's columns by what they hold; of `texts`, with the most characters that each may have."""

    moments: Iterable[str]
    numbers: Iterable[str]
    json: Iterable[str]
    boxes: Iterable[str]
    arrays: Iterable[str]
    objects: Iterable[str]
    texts: Mapping[str, int]


class CheckedColumns(Columns, total=False):
    days: Iterable[str]


class RepairedColumns(Columns, total=False):
    known_moments: Iterable[str]
    known_days: Iterable[str]


def readable_constraint(table: str, **columns: Unpack[CheckedColumns]) -> models.CheckConstraint:
    """Return the table's CHECK constraint that every reader can hold the values of these columns. NULL passes.

    `json` is searched through; of `boxes`, `arrays` and `objects` only the shape is checked.
    """
    conditions = [
        *(Q(**{f"{name}__range": (EARLIEST, LATEST)}) for name in columns.get("moments", ())),
        *(Q(**{f"{name}__range": (FIRST_DAY, LAST_DAY)}) for name in columns.get("days", ())),
        *(Q(**{f"{name}__range": (-LARGEST, LARGEST)}) for name in columns.get("numbers", ())),
        *(~Q(_exists(name, path)) for name in columns.get("json", ()) for path in (TOO_DEEP, TOO_LARGE)),
        *(Q(_exists(name, BOX)) for name in columns.get("boxes", ())),
        *(Q(_exists(name, ARRAY)) for name in columns.get("arrays", ())),
        *(Q(_exists(name, OBJECT)) for name in columns.get("objects", ())),
        *(Q(LessThanOrEqual(Length(name), most)) for name, most in columns.get("texts", {}).items()),
    ]
    whole = Q()
    for condition in conditions:
        whole &= condition
    return models.CheckConstraint(condition=whole, name=f"{table}_readable")


def _exists(name: str, path: str) -> JsonPathExists:
    return JsonPathExists(F(name), Value(path))


def repair_statements(table: str, **columns: Unpack[RepairedColumns]) -> list[str]:
    """Return the UPDATE statements with which a migration makes rows fit `readable_constraint`.

    Values of `known_moments` and `known_days`, which may be NULL and decide nothing, become NULL. A moment that decides
    something becomes the nearest storable one, so that what has expired does not begin anew. A number becomes 0.
    """
    first, last = f"'{EARLIEST.isoformat()}'::timestamptz", f"'{LATEST.isoformat()}'::timestamptz"
    between = f"NOT BETWEEN {first} AND {last}"
    days = f"NOT BETWEEN '{FIRST_DAY}'::date AND '{LAST_DAY}'::date"
    found: list[tuple[str, str, str]] = [
        *(
            (name, f"least(greatest({name}, {first}), {last})", f"{name} {between}")
            for name in columns.get("moments", ())
        ),
        *((name, "NULL", f"{name} {between}") for name in columns.get("known_moments", ())),
        *((name, "NULL", f"{name} {days}") for name in columns.get("known_days", ())),
        *((name, "0", f"{name} NOT BETWEEN -{LARGEST} AND {LARGEST}") for name in columns.get("numbers", ())),
        *((name, "'{}'", f"{_path(name, TOO_DEEP)} OR {_path(name, TOO_LARGE)}") for name in columns.get("json", ())),
        *((name, f"'{PLACEHOLDER_BOX}'", f"NOT {_path(name, BOX)}") for name in columns.get("boxes", ())),
        *((name, "'[]'", f"NOT {_path(name, ARRAY)}") for name in columns.get("arrays", ())),
        *((name, "'{}'", f"NOT {_path(name, OBJECT)}") for name in columns.get("objects", ())),
        *(
            (name, f"left({name}, {most})", f"length({name}) > {most}")
            for name, most in columns.get("texts", {}).items()
        ),
    ]
    return [f"UPDATE {table} SET {name} = {value} WHERE {which}" for name, value, which in found]  # noqa: S608 - of names and numbers


def _path(name: str, path: str) -> str:
    return f"jsonb_path_exists({name}, '{path}')"
