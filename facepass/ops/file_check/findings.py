"""What a check of the files finds, and how far it goes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


class Kind(StrEnum):
    """What can be wrong. Names are stable, for programs that read the report."""

    ORIGINAL_MISSING = "original_missing"
    ORIGINAL_DAMAGED = "original_damaged"
    """It has another length or digest than when it was uploaded."""
    PREVIEW_MISSING = "preview_missing"
    PREVIEW_DAMAGED = "preview_damaged"
    """A preview, a thumbnail or a copy made of one that is empty or cut off."""
    UPLOAD_MISSING = "upload_missing"
    """A photo that a guest gave, which nobody has approved yet."""
    UPLOAD_DAMAGED = "upload_damaged"
    LOGO_MISSING = "logo_missing"
    ORPHANED = "orphaned"
    """A file that no row has, older than a day."""
    UNKNOWN_FILE = "unknown_file"
    """A file that FacePass did not put there. It is never deleted."""
    GROUP_WRONG = "group_wrong"
    """A group whose size, centre or model is not that of its faces."""
    FACE_ELSEWHERE = "face_elsewhere"
    """A face that names another gallery than its photo does."""
    FACE_IN_OTHER_EVENT = "face_in_other_event"
    """A face in a group of another event."""
    COUNT_WRONG = "count_wrong"
    """A gallery that says more analyses were grouped than there were."""


# What a studio has lost unless somebody puts the file back.
LOST = frozenset({Kind.ORIGINAL_MISSING, Kind.ORIGINAL_DAMAGED, Kind.UPLOAD_MISSING, Kind.UPLOAD_DAMAGED})


@dataclass(slots=True)
class Problem:
    """`subject`: a file's name in the storage, or the id of a row. `repaired`: it is right again, or deleted."""

    kind: Kind
    subject: str
    studio_id: UUID | None = None
    repaired: bool = False

    @property
    def line(self) -> str:
        return f"{self.kind:20}{self.subject}{'  repaired' if self.repaired else ''}"

    def to_json(self) -> dict[str, Any]:
        studio = None if self.studio_id is None else str(self.studio_id)
        return {"kind": str(self.kind), "subject": self.subject, "studio_id": studio, "repaired": self.repaired}


@dataclass(slots=True)
class Report:
    """`looked_at`: how many of what; `is_whole`: False where the time was over before all was looked at."""

    problems: list[Problem] = field(default_factory=list)
    looked_at: Counter[str] = field(default_factory=Counter)
    is_whole: bool = True

    @property
    def remaining(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.repaired]

    def add(self, kind: Kind, subject: str, *, studio_id: UUID | None = None, repaired: bool = False) -> None:
        self.problems.append(Problem(kind, subject, studio_id, repaired))

    def to_json(self) -> dict[str, Any]:
        return {
            "looked_at": dict(self.looked_at),
            "is_whole": self.is_whole,
            "problems": [problem.to_json() for problem in self.problems],
            "remaining": len(self.remaining),
        }


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a check goes.

    `rebuilds`: what can be made anew from what is there is, and what interrupted uploads left is deleted. `restores`:
    originals are also fetched from the back-up, and every file without a row is deleted. `reads`: whether the file of
    the row with that id is read and compared by its digest; where it is not, its length is.
    """

    rebuilds: bool = False
    restores: bool = False
    reads: Callable[[UUID], bool] = lambda _pk: True
    has_time: Callable[[], bool] = lambda: True
    say: Callable[[str], None] = lambda _line: None
