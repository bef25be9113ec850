"""What every reader of the database can hold: Python, JavaScript, JSON and PostgreSQL, under every TIME_ZONE.

PostgreSQL keeps years before Christ, NaN, and JSON that no parser follows; what reads a list of rows then fails at one
of them. So values from outside are checked here at the edge (`check_moment`, `check_json`, `json_problem`), and
`facepass.core.database.constraints` makes the database refuse them too. What is there in spite of that is read by
`facepass.core.database.value_loaders`.
"""

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Four digits on every system, and a year away from the last that Python knows: in another zone it is still the year.
EARLIEST, LATEST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
FIRST_DAY, LAST_DAY = EARLIEST.date(), LATEST.date()
# Python's json gives up at about a thousand levels. A row may hold another row's JSON within its own.
JSON_DEPTH, STORED_JSON_DEPTH = 20, 64
# The largest double is 1.8e308; what is larger is read as infinity, which JSON has no word for.
LARGEST = 1e308
DESCRIPTION_LENGTH = 10_000
ADDRESS_LENGTH = 2_000


class UnreadableMoment(datetime):
    """Stands for a moment of the database that Python cannot hold (see `facepass.core.database.value_loaders`)."""


class UnreadableDay(date):
    """Stands for a day of the database that Python cannot hold."""


def storable_moment(moment: datetime | None) -> datetime | None:
    """Return the moment, which must be aware, in UTC; None where not every reader could hold it.

    It is converted because Python takes an offset of 23 hours, which PostgreSQL refuses.
    """
    if moment is None or isinstance(moment, UnreadableMoment) or not EARLIEST <= moment <= LATEST:
        return None
    return moment.astimezone(UTC)


def check_moment(value: date) -> None:
    """Raise ValidationError for a date or moment that not every reader can hold. A validator."""
    fits = EARLIEST <= value <= LATEST if isinstance(value, datetime) else FIRST_DAY <= value <= LAST_DAY
    if not fits:
        raise ValidationError(_("The year must be between 1000 and 9998."), code="out_of_bounds")


def check_json(value: Any) -> None:
    """Raise ValidationError for JSON that cannot be stored or not be read by everybody. A validator."""
    if trouble := json_problem(value):
        raise ValidationError(trouble, code="not_storable")


def replace_surrogates(name: str) -> str:
    """Return the name with lone surrogates, which JSON may hold and a response cannot, replaced by question marks."""
    return name.encode("utf-8", "replace").decode()


def text_problem(text: str) -> Any:
    """Return why PostgreSQL cannot store this text, or None."""
    if "\0" in text:
        return _("Null characters are not allowed.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        return _("Half of a surrogate pair is not a character.")
    return None


def json_problem(value: Any, *, depth: int = JSON_DEPTH) -> Any:
    """Return why this parsed JSON cannot be stored or not be read by everybody, or None."""
    if isinstance(value, str):
        return text_problem(value)
    if isinstance(value, float) and not math.isfinite(value):
        return _("This number is too large.")
    if isinstance(value, int) and abs(value) > LARGEST:
        return _("This number is too large.")
    if not isinstance(value, dict | list | tuple):
        return None
    if depth == 0:
        return _("This is nested too deeply.")
    troubles = (json_problem(inner, depth=depth - 1) for inner in _children(value))
    return next((trouble for trouble in troubles if trouble), None)


def is_nested_deeper(value: Any, levels: int) -> bool:
    """Return whether lists and objects in the value are nested deeper than so many levels."""
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(is_nested_deeper(inner, levels - 1) for inner in inside)


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.keys()
        yield from value.values()
    else:
        yield from value


def replace_non_finite(value: Any) -> Any:
    """Return a copy of the value with None for every number that JSON cannot express (NaN and infinities)."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: replace_non_finite(inner) for key, inner in value.items()}
    return [replace_non_finite(inner) for inner in value] if isinstance(value, list | tuple) else value


def storable_json(value: Any, *, max_bytes: int, default: Any) -> Any:
    """Return the value, or `default` where it cannot be stored or is longer than `max_bytes` as JSON."""
    if json_problem(value) or len(json.dumps(value).encode()) > max_bytes:
        return default
    return value
