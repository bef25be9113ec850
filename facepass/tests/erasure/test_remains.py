"""Tables are written anew after rows were deleted: at night or within a day, and not while somebody needs them."""

import threading
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from facepass.models import RewrittenTable, Studio
from facepass.ops import remains
from facepass.testing.factories import SessionFactory, StudioFactory
from facepass.testing.waiting import PATIENCE_SECONDS
from sessions_app.models import Guest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("erasure")]
TABLE = "studios"


def node():
    """The number of the table's file, which is another one once it was written anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_relation_filenode(%s)", [TABLE])
        return cursor.fetchone()[0]


@pytest.fixture
def changed():
    """A table of which all is new to the chore, and in which a row was deleted since."""
    remains.rewrite_due()
    assert TABLE in set(RewrittenTable.objects.values_list("name", flat=True))
    StudioFactory().delete()
    return node()


@pytest.fixture(autouse=True)
def others_may_take_long(monkeypatch):
    """Other processes of the test run have transactions on the same server, some for as long as a module takes."""
    monkeypatch.setattr(remains, "OTHERS_SECONDS", PATIENCE_SECONDS)


@pytest.fixture(autouse=True)
def by_day(monkeypatch):
    """It is not the hour in which tables are written anew."""
    set_quiet(monkeypatch, is_quiet=False)


def set_quiet(monkeypatch, *, is_quiet):
    hour = timezone.localtime().hour
    monkeypatch.setattr(remains, "QUIET_HOUR", hour if is_quiet else (hour + 12) % 24)


def age(delta):
    RewrittenTable.objects.update(rewritten_at=timezone.now() - delta)


def test_by_day_a_table_waits_and_after_a_day_it_does_not(changed):
    age(remains.WINDOW - timedelta(minutes=5))
    remains.rewrite_due()
    assert node() == changed
    age(remains.WINDOW)
    remains.rewrite_due()
    assert node() != changed


def test_at_night_it_is_written_anew_and_once(changed, monkeypatch):
    set_quiet(monkeypatch, is_quiet=True)
    age(timedelta(hours=3))
    remains.rewrite_due()
    rewritten = node()
    assert rewritten != changed
    StudioFactory().delete()
    node()
    remains.rewrite_due()
    assert node() == rewritten


def test_a_night_in_which_guests_look_at_their_photos_is_not_quiet(changed, monkeypatch):
    set_quiet(monkeypatch, is_quiet=True)
    guest = Guest.objects.create(session=SessionFactory(), language="en")
    age(timedelta(hours=3))
    remains.rewrite_due()
    assert node() == changed
    Guest.objects.filter(pk=guest.pk).update(last_seen_at=timezone.now() - remains.GUESTS_GONE)
    remains.rewrite_due()
    assert node() != changed


def test_one_in_which_nothing_was_deleted_or_changed_is_left_alone(changed):
    remains.rewrite_all()
    rewritten = node()
    age(2 * remains.WINDOW)
    remains.rewrite_due()
    assert node() == rewritten


def test_a_table_in_use_is_named_and_left_for_the_next_run(changed, monkeypatch):
    monkeypatch.setattr(remains, "LOCK_SECONDS", 1)
    StudioFactory()

    in_the_future(monkeypatch)
    with held(Studio.objects.count):
        with pytest.raises(CommandError, match=r"not written anew: studios\."):
            call_command("erasures", "rewrite")
        assert node() == changed
    call_command("erasures", "rewrite")
    assert node() != changed


def test_a_large_table_is_not_away_for_long_and_waits_for_the_command(changed, monkeypatch, caplog):
    """The index of a million descriptors is built for minutes, in which nobody reads the table."""
    monkeypatch.setattr(remains, "AWAY_SECONDS", 0.2)
    in_the_future(monkeypatch)
    age(remains.WINDOW)
    with held(Studio.objects.count):  # the time goes by while it waits for the table
        remains.rewrite_due()
        assert node() == changed
        assert f"{TABLE} is not written anew within 0.2 s: manage.py erasures rewrite does it" in caplog.text
        caplog.clear()
        remains.rewrite_due()
        assert f"{TABLE} is not" not in caplog.text, "once a night"
    call_command("erasures", "rewrite")
    assert node() != changed


def in_the_future(monkeypatch):
    """Let every transaction count as begun after, so that only locks are waited for."""
    monkeypatch.setattr(remains, "OLDER", "SELECT %(moment)s::text IS NULL")


def test_while_a_transaction_of_before_is_open_nothing_is_done(changed, monkeypatch):
    """Such as a back-up's: it may still see what was deleted, so that would be written anew too."""
    age(remains.WINDOW)
    with held(lambda: connection.cursor().execute("SELECT 1")), monkeypatch.context() as impatient:
        impatient.setattr(remains, "OTHERS_SECONDS", 0)
        remains.rewrite_due()
        assert node() == changed
    remains.rewrite_due()
    assert node() != changed


def test_nor_while_one_that_writes_is_open_in_another_database_of_the_server(changed, monkeypatch):
    """PostgreSQL lets go of nothing, in any database, that was deleted since a transaction began that writes."""
    elsewhere = connection.get_connection_params() | {"dbname": "postgres"}
    given = {name: elsewhere[name] for name in ("host", "port", "user", "password", "dbname") if name in elsewhere}
    with psycopg.connect(**given) as other, monkeypatch.context() as impatient:
        other.execute("SELECT pg_current_xact_id()")
        StudioFactory().delete()
        age(remains.WINDOW)
        impatient.setattr(remains, "OTHERS_SECONDS", 0)
        remains.rewrite_due()
        assert node() == changed
    remains.rewrite_due()
    assert node() != changed


class held:
    """Another connection has done that in a transaction, which ends with the block."""

    def __init__(self, do):
        self.do, self.done, self.release = do, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        with transaction.atomic():
            self.do()
            self.done.set()
            self.release.wait()
        connections.close_all()

    def __enter__(self):
        self.thread.start()
        self.done.wait()

    def __exit__(self, *_):
        self.release.set()
        self.thread.join()


def test_the_embedded_server_lets_go_of_its_log_and_the_role_may_have_it_do_so():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('wal_recycle'), current_setting('archive_timeout')")
        assert cursor.fetchone() == ("off", "1h")
    assert remains.cut_off_log()
