"""Queries to Pixora's database, each answered or refused within two seconds.

A few threads send them and keep their connections. So a query costs no connection of its own, a network that swallows
packets holds up a thread and no request, and at most THREADS queries are under way.
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

# How long a caller waits for an answer, which leaves time to answer the request within two seconds.
TIMEOUT_SECONDS = 1.5
THREADS = 4
RETRY_AFTER = 5

T = TypeVar("T")
# Errors that mean that the table has changed: a column or the table itself is missing, or of another type.
DRIFT_ERRORS = (errors.UndefinedColumn, errors.UndefinedTable, errors.DatatypeMismatch, errors.UndefinedFunction)


def is_configured() -> bool:
    return ALIAS in connections


def fetch(ids: Sequence[UUID]) -> list[PixoraSession]:
    """Return those of the sessions that exist, by one query. Callers who want the same at the same time share it.

    Raise FacePassError 503: `pixora_unavailable`, or `pixora_schema` where the table is not as it should be.
    """
    return _shared_queries.run(frozenset(ids), lambda: query(lambda: list(PixoraSession.objects.filter(pk__in=ids))))


def fetch_changed(since: datetime | None, *, after: PixoraSession | None, limit: int) -> list[PixoraSession]:
    """Return a page of the sessions that changed since then, the oldest change first. Raise as `fetch`.

    `after`: the last session of the page before.
    """
    # A session whose time of change cannot be read has no place in this order. It is mirrored when it is fetched by id.
    rows = PixoraSession.objects.filter(updated_at__range=(EARLIEST, LATEST)).order_by("updated_at", "pk")
    if since is not None:
        rows = rows.filter(updated_at__gte=since)
    if after is not None:
        rows = rows.filter(Q(updated_at__gt=after.updated_at) | Q(updated_at=after.updated_at, pk__gt=after.pk))
    return query(lambda: list(rows[:limit]))


def fetch_existing_ids(ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the ids that Pixora still has. Raise as `fetch`."""
    return query(lambda: set(PixoraSession.objects.filter(pk__in=ids).values_list("pk", flat=True)))


def query(fetch_rows: Callable[[], T]) -> T:
    """Return what `fetch_rows` returns, which is called in a thread. Raise as `fetch`."""
    link = PixoraLink.load()
    if not breaker.may_query(link):
        raise _unavailable()
    try:
        answer = _threads().submit(_run_in_thread, fetch_rows).result(TIMEOUT_SECONDS)
    except (DatabaseError, InterfaceError, TimeoutError) as error:
        raise _refusal_for(link, error) from error
    breaker.record_answer(link)
    return answer


def _unavailable() -> FacePassError:
    message = _("The photo sessions cannot be reached at the moment.")
    return FacePassError("pixora_unavailable", message, status=503, retry_after=RETRY_AFTER)


def _run_in_thread(fetch_rows: Callable[[], T]) -> T:
    """Use the thread's own connection, which may have died since its last query."""
    connection = connections[ALIAS]
    connection.close_if_unusable_or_obsolete()
    try:
        return fetch_rows()
    except DatabaseError:
        connection.close()
        raise


def _refusal_for(link: PixoraLink, error: Exception) -> FacePassError:
    if isinstance(error.__cause__, DRIFT_ERRORS):
        detail = _describe_drift()
        log.error("Pixora's table photo_sessions has changed: %s", detail)
        PixoraLink.objects.filter(pk=link.pk).update(error="pixora_schema", detail=detail)
        message = _("The photo sessions cannot be read: their table has changed.")
        return FacePassError("pixora_schema", message, status=503, retry_after=60, details={"problem": detail})
    lines = str(error).strip().splitlines() or [f"no answer within {TIMEOUT_SECONDS} seconds"]
    log.warning("Pixora does not answer: %s", lines[0])
    breaker.record_failure(link, error="pixora_unavailable", detail=lines[0])
    return _unavailable()


def _describe_drift() -> str:
    """Return in words what the table lacks."""
    try:
        present = _threads().submit(_run_in_thread, _list_columns).result(TIMEOUT_SECONDS)
    except (DatabaseError, TimeoutError):
        return "the columns can not be read"
    missing = [str(field.column) for field in PixoraSession._meta.concrete_fields if field.column not in present]
    if not present:
        return "the table photo_sessions is missing"
    return f"missing columns: {', '.join(missing)}" if missing else "a column has another type"


def _list_columns() -> set[str]:
    with connections[ALIAS].cursor() as cursor:
        table = PixoraSession._meta.db_table
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0", [table])
        return {row[0] for row in cursor.fetchall()}


@cache
def _threads() -> ThreadPoolExecutor:
    """Create the pool at the first query, and so after a fork."""
    return ThreadPoolExecutor(THREADS, "pixora")


class _SharedQueries:
    """Of several callers who want the same at once, one queries, and all get its answer or its error."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[frozenset[UUID], Future[Any]] = {}  # of each its own T

    def run(self, key: frozenset[UUID], fetch_rows: Callable[[], T]) -> T:
        with self._lock:
            theirs: Future[T] | None = self._under_way.get(key)  # somebody else's query
            mine: Future[T] = self._under_way.setdefault(key, Future())
        if theirs is not None:
            return theirs.result()
        try:
            mine.set_result(fetch_rows())
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[key]
        return mine.result()


_shared_queries = _SharedQueries()
