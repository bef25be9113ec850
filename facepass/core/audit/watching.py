"""What an act writes: every statement is looked at, so that no way of writing goes past the audit.

Django's own hook (`execute_wrapper`) sees what models, querysets and our own SQL send, and what will be written
tomorrow. The entry is stored after the first statement that writes, in its transaction; where that one is rolled back,
again after the next.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model
from psycopg.pq import TransactionStatus

from facepass.core.audit import entries, shown_rows, statements
from facepass.core.audit.acts import Act, current_act, perform, unrecorded
from facepass.core.audit.shown_rows import ShownRow
from facepass.core.audit.shown_values import SHOWN

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


class Watcher:
    """Notes what the act writes, and stores its entry beside it."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self._is_stored = self._is_committed = False

    def __call__(self, execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not self.act.notes_rows:
            return execute(sql, params, many, context)
        text = str(sql)
        self._notice_rollback(text)
        models = shown_rows.models_by_table()
        written = [name for name in statements.list_written(text) if name in models]
        if not written:
            return execute(sql, params, many, context)
        before = self._read_before(text, params, many)
        answer = execute(sql, params, many, context)
        if (rows := context["cursor"].rowcount) > 0:
            self._note([models[name]._meta.label for name in written], rows)
            self._note_rows(text, before)
        return answer

    def _notice_rollback(self, sql: str) -> None:
        """The entry may be gone where a transaction begins, or goes back to a savepoint: it is stored again."""
        is_new = connection.connection.info.transaction_status == TransactionStatus.IDLE
        if is_new or sql.startswith("ROLLBACK TO"):
            self._is_stored = self._is_committed

    def _read_before(self, sql: str, params: Any, many: bool) -> list[ShownRow]:
        selection = None if many else statements.find_selection(sql, params)
        if selection is None:
            return []
        with unrecorded():
            return shown_rows.read_selected(selection, most=self.act.room)

    def _note(self, labels: list[str], rows: int) -> None:
        for label in labels:
            self.act.counts[label] += rows
        if not self._is_stored:
            with unrecorded():
                entries.store(self.act)
            self._is_stored, self._is_committed = True, not connection.in_atomic_block

    def _note_rows(self, sql: str, before: list[ShownRow]) -> None:
        self.act.note_before(before)
        if sql.startswith("DELETE"):
            self.act.note_gone(before)
        elif before:
            with unrecorded():
                self.act.note_after(
                    shown_rows.read_by_keys(apps.get_model(before[0].label), [row.key for row in before])
                )


@contextmanager
def watch(act: Act) -> Iterator[None]:
    """Note what the block writes, and make an entry of it at its end."""
    act.is_watched = True
    with perform(act), connection.execute_wrapper(Watcher(act)):
        yield


def note_created(sender: type[Model], instance: Model, created: bool, **_options: object) -> None:
    """Tell of a row that was made. A signal's receiver: its key is in no statement that Django sends."""
    act = current_act()
    if act is None or not (created and act.notes_rows and act.room > 0) or sender._meta.label not in SHOWN:
        return
    with unrecorded():
        act.note_after(shown_rows.read_by_keys(sender, [instance.pk]))
