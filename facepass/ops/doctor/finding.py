"""One line of the doctor's."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`name`: what was looked at, a stable word. `text`: what was found and, unless all is well, what to do."""

    name: str
    status: Status
    text: str

    @property
    def line(self) -> str:
        return f"{self.status:8}{self.name:14}{self.text}"


def ok(name: str, text: str) -> Finding:
    return Finding(name, "ok", text)


def warning(name: str, text: str) -> Finding:
    return Finding(name, "warning", text)


def error(name: str, text: str) -> Finding:
    return Finding(name, "error", text)


def first_line(problem: Exception) -> str:
    """Return the first line of an error, which holds no secret of ours; else its kind."""
    lines = str(problem).strip().splitlines()
    return lines[0] if lines else type(problem).__name__
