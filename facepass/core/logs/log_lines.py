"""One line for one thing that happened: as text for people, or as JSON with its fields for programs (`LOG_FORMAT`).

Fields are ids and counts, as in events: no names, addresses, pictures or descriptors.
"""

import json
import logging
from datetime import UTC, datetime

Field = str | int | float | bool | None


def log_line(
    log: logging.Logger, what: str, *, level: int = logging.INFO, request_id: str = "", **fields: Field
) -> None:
    """Log what happened. `request_id`: of a request that is answered already."""
    text = " ".join(f"{name}={value}" for name, value in fields.items())
    extra: dict[str, object] = {"fields": {"event": what, **fields}}
    if request_id:
        extra["request_id"] = request_id
    log.log(level, "%s: %s", what, text, extra=extra)


class JsonFormatter(logging.Formatter):
    """Writes each record as an object on one line, in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            values["error"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=False, default=str)
