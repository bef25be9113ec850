"""Questions to Pixora, each answered or refused within two seconds.

They are asked by a few threads that keep their connections. So a question costs no connection of its own, a network
that swallows packets holds up a thread and no request, and at most THREADS questions are under way.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connections
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg import errors

from facepass.core.database.storable_values import EARLIEST, LATEST
from facepass.core.errors import FacePassError
from sessions_app.models import PixoraLink, PixoraSession
from sessions_app.pixora import breaker
from sessions_app.pixora.router import ALIAS

log = logging.getLogger(__name__)

# How long anybody waits for an answer, which leaves time to answer the request within two seconds.
PATIENCE = 1.5
THREADS = 4
RETRY_AFTER = 5

T = TypeVar("T")
# What says that the table is not what it was: a column or the table itself is missing, or of another type.
DRIFT = (errors.UndefinedColumn, errors.UndefinedTable, errors.DatatypeMismatch, errors.UndefinedFunction)


def is_configured() -> bool:
    return ALIAS in connections


def fetch(ids: Sequence[UUID]) -> list[PixoraSession]:
    """Those of the sessions that there are, by one query. Who asks for the same at the same time shares the answer.

    Raises FacePassError 503: `pixora_unavailable`, or `pixora_schema` where the table is not as it should be.
    """
    return _flights.share(frozenset(ids), lambda: ask(lambda: list(PixoraSession.objects.filter(pk__in=ids))))


def changed(since: datetime | None, *, after: PixoraSession | None, limit: int) -> list[PixoraSession]:
    """A page of the sessions that changed since then, the oldest change first. Raises as `fetch`.

    `after`: the last one of the page before.
    """
    # A session whose time of change cannot be read has no place in their order; who asks for it by its id has it.
    rows = PixoraSession.objects.filter(updated_at__range=(EARLIEST, LATEST)).order_by("updated_at", "pk")
    if since is not None:
        rows = rows.filter(updated_at__gte=since)
    if after is not None:
        rows = rows.filter(Q(updated_at__gt=after.updated_at) | Q(updated_at=after.updated_at, pk__gt=after.pk))
    return ask(lambda: list(rows[:limit]))


def existing(ids: Sequence[UUID]) -> set[UUID]:
    """Raises as `fetch`."""
    return ask(lambda: set(PixoraSession.objects.filter(pk__in=ids).values_list("pk", flat=True)))


def ask(question: Callable[[], T]) -> T:
    link = PixoraLink.row()
    if not breaker.may_ask(link):
        raise unavailable()
    try:
        answer = _threads().submit(_asked, question).result(PATIENCE)
    except (DatabaseError, InterfaceError, TimeoutError) as error:
        raise _refused(link, error) from error
    breaker.answered(link)
    return answer


def unavailable() -> FacePassError:
    message = _("The photo sessions can not be reached at the moment.")
    return FacePassError("pixora_unavailable", message, status=503, retry_after=RETRY_AFTER)


def _asked(question: Callable[[], T]) -> T:
    """In a thread of ours, whose connection may have died since the last question."""
    connection = connections[ALIAS]
    connection.close_if_unusable_or_obsolete()
    try:
        return question()
    except DatabaseError:
        connection.close()
        raise


def _refused(link: PixoraLink, error: Exception) -> FacePassError:
    if isinstance(error.__cause__, DRIFT):
        detail = _drift()
        log.error("Pixora's table photo_sessions has changed: %s", detail)
        PixoraLink.objects.filter(pk=link.pk).update(error="pixora_schema", detail=detail)
        message = _("The photo sessions can not be read: their table has changed.")
        return FacePassError("pixora_schema", message, status=503, retry_after=60, details={"problem": detail})
    said = str(error).strip().splitlines() or [f"no answer within {PATIENCE} seconds"]
    log.warning("Pixora does not answer: %s", said[0])
    breaker.failed(link, error="pixora_unavailable", detail=said[0])
    return unavailable()


def _drift() -> str:
    """What the table lacks, in words."""
    try:
        there = _threads().submit(_asked, _columns).result(PATIENCE)
    except (DatabaseError, TimeoutError):
        return "the columns can not be read"
    missing = [str(field.column) for field in PixoraSession._meta.concrete_fields if field.column not in there]
    if not there:
        return "the table photo_sessions is missing"
    return f"missing columns: {', '.join(missing)}" if missing else "a column has another type"


def _columns() -> set[str]:
    with connections[ALIAS].cursor() as cursor:
        table = PixoraSession._meta.db_table
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0", [table])
        return {row[0] for row in cursor.fetchall()}


@cache
def _threads() -> ThreadPoolExecutor:
    """Made by the first question, and so after a fork."""
    return ThreadPoolExecutor(THREADS, "pixora")


class _Flights:
    """Of several callers who ask the same at once, one asks and all have the answer, or the refusal."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[frozenset[UUID], Future[Any]] = {}

    def share(self, key: frozenset[UUID], question: Callable[[], T]) -> T:
        with self._lock:
            theirs: Future[T] | None = self._under_way.get(key)
            mine: Future[T] = self._under_way.setdefault(key, Future())
        if theirs is not None:
            return theirs.result()
        try:
            mine.set_result(question())
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[key]
        return mine.result()


_flights = _Flights()
