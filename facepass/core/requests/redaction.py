"""Keeps out of every log what opens something: tokens, keys, signatures, and the addresses of guests' pages.

Whoever reads logs is not whoever may see photos. Log records are made without them, so that it holds for every handler,
also one that a program such as Sentry adds.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

from facepass.core.logs.log_lines import JsonFormatter

HIDDEN = "…"
# The part of a path that opens it, after the part that says what it is.
SECRET_PATHS = re.compile(
    r"((?:/|\b)(?:s|my|shared|news|forgotten|hidden|photos-of|found)/)[^\s'\"<>/?#]+"
    r"|(/sessions/)[^\s'\"<>/?#]+(?=/interface)|(/reset/)[^\s'\"<>?#]+"
)
SIGNED_VALUES = re.compile(r"([?&](?:signature|token|code|pin|password|secret|key|state)=)[^&\s'\"<>#]+", re.IGNORECASE)
CREDENTIALS = re.compile(
    r"\bfp_[0-9a-f]{8}_[\w-]{20,}|\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*|(?<=\bBearer )\S+|(?<=\bApi-Key )\S+", re.IGNORECASE
)


def redact(text: str) -> str:
    """Return the text without what opens something."""
    for pattern in (SECRET_PATHS, SIGNED_VALUES, CREDENTIALS):
        text = pattern.sub(lambda found: next(filter(None, found.groups()), "") + HIDDEN, text)
    return text


def redact_value(value: Any) -> Any:  # an argument of a log record
    """Return text without what opens something, and anything else as it is or, where it shows as such, as its text."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, int | float | None):
        return value
    shown = str(value)
    return value if redact(shown) == shown else redact(shown)


class RedactedRecord(logging.LogRecord):
    """A log record whose message and arguments hold nothing that opens something."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.msg = redact_value(self.msg)
        if isinstance(self.args, Mapping):
            self.args = {name: redact_value(value) for name, value in self.args.items()}
        elif self.args:
            self.args = tuple(redact_value(value) for value in self.args)
        if self.exc_info:
            _redact_error(self.exc_info[1])


def _redact_error(error: BaseException | None) -> None:
    """Take it out of an error's own text, and of those that led to it: it is at its end when it is logged."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.args = tuple(redact_value(value) for value in error.args)
        error = error.__cause__ or error.__context__


class RedactingFormatter(logging.Formatter):
    """Writes lines and tracebacks without what opens something: an error's own text may quote an address."""

    def formatException(self, ei: Any) -> str:
        return redact(super().formatException(ei))


class RedactingJsonFormatter(JsonFormatter, RedactingFormatter):
    """The same as an object on each line."""


class WithoutRequestFilter(logging.Filter):
    """Takes the request from Django's records, which no handler needs: its address and headers are in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if request is not None and not hasattr(record, "request_id"):
            record.request_id = getattr(request, "request_id", "-")
        return True


def install() -> None:
    """Have all log records of this process made without what opens something."""
    logging.setLogRecordFactory(RedactedRecord)
