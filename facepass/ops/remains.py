"""What PostgreSQL keeps of rows that are deleted, and how it goes: tables are written anew, and the log is cut off.

VACUUM frees the place of a deleted row and leaves its bytes there until another row takes it; indexes do so too. The
write-ahead log has every row as it was written, and the planner's statistics hold some values of each column. A table
that is written anew (VACUUM FULL) has none of it. Meanwhile nobody reads it, so that is done at night.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.utils import timezone
from psycopg.errors import QueryCanceled

from facepass.core.database.advisory_locks import LockPurpose, try_lock
from sessions_app.models import Guest
from sessions_app.models.guest import SEEN_PRECISION

log = logging.getLogger(__name__)

# In the installation's time zone. Where nobody was there at that hour it is done as soon as WINDOW is over.
QUIET_HOUR = 3
WINDOW = timedelta(hours=24)
# The hour is not quiet while guests of a party that goes on look at their photos.
GUESTS_GONE = SEEN_PRECISION + timedelta(minutes=15)
# So long a statement may wait for the table, since others wait behind it; what is busy is tried again by the next run.
LOCK_SECONDS = 3
# So long a table may be away from everybody at night; one that takes longer is left to `manage.py erasures rewrite`.
AWAY_SECONDS = 60
# So long is waited for transactions that began before, such as that of a back-up: what they may see is not left out.
OTHERS_SECONDS = 60

# A table is first rewritten in its next quiet hour, and not when FacePass has just been updated.
NOTE_NEW = """
    INSERT INTO rewritten_tables (name, changes, rewritten_at)
    SELECT relname, -1, now() FROM pg_stat_user_tables WHERE schemaname = current_schema()
    ON CONFLICT DO NOTHING
"""
CHANGED = """
    SELECT relname, n_tup_del + n_tup_upd FROM pg_stat_user_tables JOIN rewritten_tables kept ON kept.name = relname
    WHERE schemaname = current_schema() AND n_tup_del + n_tup_upd <> kept.changes AND relname <> 'rewritten_tables'
        AND kept.rewritten_at <= %s ORDER BY relname
"""
# The transaction before which all those that have ended were begun.
AFTER_ALL_THAT_ENDED = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
# Whether transactions of before are open: such that write, in whatever database of the server, for none of its tables
# lets go of what was deleted meanwhile; and such that only read, in this one. Who only listens is in none.
OLDER = """
    SELECT pg_snapshot_xmin(pg_current_snapshot()) < %(transaction)s::xid8 OR EXISTS (SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < %(moment)s)
"""
# ANALYZE leaves alone what it knows of a table that has no row any more. The function is PostgreSQL 18's.
CLEAR_STATISTICS = """
    SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = %s
"""
MAY_CUT_OFF = """
    SELECT has_function_privilege('pg_switch_wal()', 'EXECUTE') AND EXISTS (
        SELECT FROM pg_roles WHERE rolname = 'pg_checkpoint' AND pg_has_role(oid, 'USAGE'))
"""


def rewrite_due() -> None:
    """Write tables anew from which rows were deleted, or in which some changed, within a day and at night. A chore."""
    now = timezone.now()
    is_quiet = timezone.localtime(now).hour == QUIET_HOUR and not _are_guests_here(now)
    before = now - (timedelta(hours=2) if is_quiet else WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(NOTE_NEW)
    rewrite_changed(before, seconds=AWAY_SECONDS)


def _are_guests_here(now: datetime) -> bool:
    return Guest.objects.filter(last_seen_at__gt=now - GUESTS_GONE).exists()


def rewrite_changed(before: datetime, *, seconds: int = 0) -> list[str]:
    """Write the changed tables anew that were last written at the moment or before, and return the names of those done.

    Others, which are in use or of which somebody may still see deleted rows, are left for the next run. `seconds`: for
    how long each table may be away; 0: for as long as it takes.
    """
    with try_lock(LockPurpose.REWRITING) as is_free:
        changed = _list_changed(before) if is_free else []
        if not changed or not _wait_for_others(timezone.now()):
            return []
        done = [name for name, changes in changed if _rewrite(name, changes, seconds=seconds)]
        _rewrite_statistics()
        cut_off_log()
    return done


def rewrite_all() -> list[str]:
    """Write all tables anew, now; return the names of those that were in use and are not done."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_NEW)
        cursor.execute("UPDATE rewritten_tables SET changes = -1, rewritten_at = now() - interval '1 day'")
    now = timezone.now()
    wanted = {name for name, _changes in _list_changed(now)}
    return sorted(wanted.difference(rewrite_changed(now)))


def cut_off_log() -> bool:
    """Begin a new segment of the write-ahead log and let go of those before it; return whether the role may.

    Elsewhere PostgreSQL does it in its time: docs/security.md says when.
    """
    with connection.cursor() as cursor:
        if may_cut_off_log():
            cursor.execute("SELECT pg_switch_wal()")
            cursor.execute("CHECKPOINT")
            return True
    return False


def may_cut_off_log() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(MAY_CUT_OFF)
        return bool(cursor.fetchone() == (True,))


def _list_changed(before: datetime) -> list[tuple[str, int]]:
    """Return the tables with the number of changes so far, which is another one after every change and every crash."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [before])
        return list(cursor.fetchall())


def _wait_for_others(moment: datetime) -> bool:
    """Wait for transactions that began before; return whether all have ended."""
    deadline = time.monotonic() + OTHERS_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(AFTER_ALL_THAT_ENDED)
        before = {"transaction": cursor.fetchone()[0], "moment": moment}
        while True:
            cursor.execute(OLDER, before)
            if cursor.fetchone() == (False,):
                return True
            if time.monotonic() > deadline:
                log.warning("deleted rows stay in the tables until the next run: a transaction is open for long")
                return False
            time.sleep(0.2)


def _rewrite(name: str, changes: int, *, seconds: int) -> bool:
    """Write the table with its indexes anew; return whether that was done."""
    try:
        _execute_soon([f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(name)}"], seconds=seconds)
    except OperationalError as error:  # in use, too large, or the disk is full
        if isinstance(error.__cause__, QueryCanceled):
            log.warning("%s is not written anew within %s s: manage.py erasures rewrite does it", name, seconds)
            _note_rewriting(name)  # tried again in the next night, not in half an hour
        else:
            log.warning("deleted rows stay in %s until the next run: %s", name, type(error.__cause__).__name__)
        return False
    _clear_statistics_if_empty(name)
    _note_rewriting(name, changes=changes)
    return True


def _note_rewriting(name: str, *, changes: int | None = None) -> None:
    """Note that it was tried now and, where it was done, after how many changes."""
    values = [changes, name]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rewritten_tables SET changes = coalesce(%s, changes), rewritten_at = now() WHERE name = %s", values
        )


def _clear_statistics_if_empty(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(name)})")  # noqa: S608 - a table's name
        is_empty = cursor.fetchone() == (False,)
        cursor.execute("SELECT to_regproc('pg_clear_attribute_stats') IS NOT NULL")
        if is_empty and cursor.fetchone() == (True,):
            cursor.execute(CLEAR_STATISTICS, [name])


def _rewrite_statistics() -> None:
    """Write the planner's statistics anew, of which former values are deleted rows themselves."""
    try:
        _execute_soon(["VACUUM FULL pg_catalog.pg_statistic"])
    except OperationalError as error:
        log.warning("deleted rows stay in the planner's statistics: %s", type(error.__cause__).__name__)


def _execute_soon(statements: Iterable[str], *, seconds: int = 0) -> None:
    """Run the statements outside of a transaction, each for at most so many seconds (0: without a limit).

    Raise OperationalError where a table is in use for too long, or the time is over.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute(f"SET statement_timeout = '{seconds}s'")
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")
