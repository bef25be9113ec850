"""One act of somebody: what is known of it while it goes on.

A request that may change something is an act (`core.requests.audited_requests`). It becomes an entry with the first row
that it writes, in the same transaction, so there is no change without its entry and no entry without a change.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from facepass.core.audit.shown_rows import MOST, ShownRow, Values, read_by_keys
from facepass.models import ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account or a key by its id, a guest, or nobody who is known."""

    kind: ActorKind
    id: str = ""
    # Where everything that they do belongs to one studio.
    studio_id: UUID | None = None


@dataclass(slots=True)
class RowChange:
    studio_id: UUID | None
    before: Values | None = None
    after: Values | None = None
    is_forgotten: bool = False


@dataclass
class Act:
    action: str
    find_actor: Callable[[], Actor]
    request_id: str
    address: str
    id: UUID = field(default_factory=uuid.uuid4)
    happened_at: datetime = field(default_factory=timezone.now)
    # How many rows were written, by label; and those that are told, by label and key.
    counts: Counter[str] = field(default_factory=Counter)
    rows: dict[tuple[str, str], RowChange] = field(default_factory=dict)
    # Said by the code: it is told although no row of a told table was written, such as a sign-in.
    is_declared: bool = False
    # What it writes is looked at: not of a request that only asks.
    is_watched: bool = False
    is_paused: bool = False

    @property
    def notes_rows(self) -> bool:
        """Whether what is written now belongs to the act."""
        return self.is_watched and not self.is_paused and bool(self.action)

    @property
    def room(self) -> int:
        """How many more rows are told."""
        return MOST - len(self.rows)

    def note_before(self, rows: Iterable[ShownRow]) -> None:
        for row in rows:
            if (row.label, row.key) not in self.rows and self.room > 0:
                self.rows[row.label, row.key] = RowChange(row.studio_id, before=row.values)

    def note_after(self, rows: Iterable[ShownRow]) -> None:
        for row in rows:
            known = (row.label, row.key)
            if known in self.rows or self.room > 0:
                change = self.rows.setdefault(known, RowChange(row.studio_id))
                change.studio_id, change.after = row.studio_id, row.values

    def note_gone(self, rows: Iterable[ShownRow]) -> None:
        for row in rows:
            if change := self.rows.get((row.label, row.key)):
                change.after = None

    def forget(self, label: str, keys: Iterable[str]) -> None:
        """Tell nothing of these rows but that there was one: they are being erased in this very act."""
        for key in keys:
            if change := self.rows.get((label, key)):
                change.is_forgotten = True

    def forget_studio(self, studio_id: UUID) -> None:
        """Tell nothing of any row of a studio that is being erased."""
        for change in self.rows.values():
            if change.studio_id == studio_id:
                change.is_forgotten = True


_current: ContextVar[Act | None] = ContextVar("act", default=None)


def current_act() -> Act | None:
    """Return what is going on; None outside of a request, and where it is not to be told."""
    return _current.get()


@contextmanager
def perform(act: Act) -> Iterator[Act]:
    """Have what happens in the block belong to the act."""
    running = _current.set(act)
    try:
        yield act
    finally:
        _current.reset(running)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Leave what the block writes out of the audit: what requests write of themselves."""
    act = current_act()
    was_paused = act.is_paused if act else False
    if act:
        act.is_paused = True
    try:
        yield
    finally:
        if act:
            act.is_paused = was_paused


def declare_about(row: Model) -> None:
    """Have the present act told although it writes nothing: somebody takes along what is kept of the row."""
    if act := current_act():
        act.is_declared = True
        shown = read_by_keys(type(row), [row.pk])
        act.note_before(shown)
        act.note_after(shown)


def declare(action: str, *, actor: Actor | None = None) -> None:
    """Say what the present act is, where the rows that it writes do not: somebody signed in."""
    act = current_act()
    if act is None:
        return
    act.action, act.is_declared = action, True
    if actor is not None:
        act.find_actor = lambda: actor
