"""Which names another version, or another threshold, would give: listed only; `renaming` changes them.

Only names that were given, or not given, automatically are compared (see `candidates`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict
from uuid import UUID

from django.utils import timezone

from facepass.core.api.moments import format_moment
from recognition.settings.overrides import settings_in
from training import candidates
from training.candidates import NamingVersion, UndecidedFaces
from training.learning.scoring import Progress

# How many changes are listed and can be applied at once.
MAX_LISTED = 5_000


class ChangeKind(StrEnum):
    """What a change is for the face: it had no name, has none afterwards, or has another one."""

    GAINED = "gained"
    LOST = "lost"
    CHANGED = "changed"


class NameChangeJson(TypedDict):
    """`NameChange` in `PreviewJson`."""

    face: str
    photo: str
    was: str | None
    becomes: str | None
    similarity: float


@dataclass(frozen=True, slots=True)
class NameChange:
    """`was` and `becomes`: ids of people, None for nobody. `similarity`: of the best candidate."""

    face: str
    photo: str
    was: str | None
    becomes: str | None
    similarity: float

    @property
    def kind(self) -> ChangeKind:
        if self.was is None:
            return ChangeKind.GAINED
        return ChangeKind.LOST if self.becomes is None else ChangeKind.CHANGED

    def as_json(self) -> NameChangeJson:
        return {
            "face": self.face,
            "photo": self.photo,
            "was": self.was,
            "becomes": self.becomes,
            "similarity": self.similarity,
        }


class PreviewJson(TypedDict):
    """`face_training_sessions.changes`: a preview, when it was made, and how many names were changed by now.

    Rows from before have no numbers by kind and no `listed_at`.
    """

    assignments: int
    count: int
    gained: int
    lost: int
    changed: int
    threshold: float
    listed: list[NameChangeJson]
    listed_at: str
    applied: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`assignments`: how many faces were compared; `numbers`: how many change, by kind; `listed`: the first ones."""

    assignments: int
    numbers: Mapping[ChangeKind, int]
    threshold: float
    listed: list[NameChange]

    @property
    def count(self) -> int:
        return sum(self.numbers.values())

    def as_json(self, *, applied: int = 0) -> PreviewJson:
        return {
            "assignments": self.assignments,
            "count": self.count,
            "gained": self.numbers[ChangeKind.GAINED],
            "lost": self.numbers[ChangeKind.LOST],
            "changed": self.numbers[ChangeKind.CHANGED],
            "threshold": self.threshold,
            "listed": [change.as_json() for change in self.listed],
            "listed_at": format_moment(timezone.now()),
            "applied": applied,
        }


def preview_changes(studio_id: UUID, naming: NamingVersion | None, *, progress: Progress | None = None) -> Preview:
    """Return what would change if `naming` named every face that no person has decided about.

    `naming`: None where the nearest faces alone decide.
    """
    faces = candidates.find_candidates(studio_id, naming, progress=progress)
    threshold = settings_in(studio_id).confidence_thresholds.assign
    return _compare(faces, faces.present_names, faces.names_from(threshold), threshold=threshold)


def preview_threshold(studio_id: UUID, threshold: float) -> Preview:
    """Return which names the version in use would give otherwise with `threshold` than with the present one."""
    faces = candidates.find_candidates(studio_id, candidates.find_version_in_use(studio_id))
    present = settings_in(studio_id).confidence_thresholds.assign
    return _compare(faces, faces.names_from(present), faces.names_from(threshold), threshold=threshold)


def _compare(
    faces: UndecidedFaces, before: Sequence[UUID | None], after: Sequence[UUID | None], *, threshold: float
) -> Preview:
    changes = list(_find_changes(faces, before, after))
    counted = Counter(change.kind for change in changes)
    numbers = {kind: counted[kind] for kind in ChangeKind}
    return Preview(len(faces.rows), numbers, threshold, changes[:MAX_LISTED])


def _find_changes(
    faces: UndecidedFaces, before: Sequence[UUID | None], after: Sequence[UUID | None]
) -> Iterator[NameChange]:
    rows = zip(faces.rows, faces.candidates, before, after, strict=True)
    for (face, photo, _present), (_best, similarity), was, becomes in rows:
        if was != becomes:
            yield NameChange(str(face), str(photo), id_text(was), id_text(becomes), round(similarity, 4))


def read_listed(changes: Mapping[str, Any]) -> list[NameChange]:
    """Return the changes that `PreviewJson` of a training lists."""
    return [NameChange(**change) for change in changes.get("listed", [])]


def count_by_kind(changes: Mapping[str, Any]) -> dict[ChangeKind, int]:
    """Return the numbers of a training's `PreviewJson`; those of what is listed where it is from before."""
    counted = Counter(change.kind for change in read_listed(changes))
    return {kind: changes.get(kind.value, counted[kind]) for kind in ChangeKind}


def id_text(pk: UUID | None) -> str | None:
    return None if pk is None else str(pk)
