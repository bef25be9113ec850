"""What processes tell each other is in tables: signs of life, what is at work, when chores are due."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import Failure

from facepass.core.work import chores, heartbeats
from facepass.models import Chore, WorkLease
from facepass.ops.supervisor.watchdog import STALLED_SECONDS, Watchdog
from facepass.testing.factories import GalleryFactory
from facepass.testing.waiting import PATIENCE_SECONDS
from galleries import tasks
from galleries.faces import grouping, suggestions
from galleries.jobs import runner
from galleries.models import Gallery, Job, Occasion, SuggestionCount

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
served: list[bool] = []


# --- chores


def test_a_chore_is_taken_once_in_its_time():
    assert [Chore.objects.claim("letters", every=MINUTE) for _ in range(3)] == [True, False, False]
    assert Chore.objects.claim("others", every=MINUTE)
    Chore.objects.update(due_at=Now() - MINUTE)
    assert [Chore.objects.claim("letters", every=MINUTE) for _ in range(2)] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_of_workers_that_ask_at_once_one_has_it():
    ready, taken = threading.Barrier(4), []

    def ask():
        ready.wait(PATIENCE_SECONDS)
        taken.append(Chore.objects.claim("letters", every=MINUTE))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert sorted(taken) == [False, False, False, True]


def test_a_chore_runs_under_a_lease_so_that_a_long_one_is_no_stall():
    served.clear()
    chores.run_chore(f"{__name__}.note_whether_somebody_is_at_work")
    assert served == [True]
    assert not heartbeats.is_any_worker_busy()


def note_whether_somebody_is_at_work():
    served.append(tasks.is_busy())


def test_failures_of_the_queue_are_not_kept_for_ever():
    now = timezone.now()
    for number, age in enumerate((1, 8)):
        moment = now - timedelta(days=age)
        Failure.objects.create(id=str(number), name="x", func="x", started=moment, stopped=moment, success=False)
    chores.enqueue_due_chores()
    assert list(Failure.objects.values_list("id", flat=True)) == ["0"]


# --- the cache may vanish


def test_a_cull_of_the_cache_takes_neither_heartbeat_nor_chores_nor_counts(monkeypatch):
    call_command("createcachetable", verbosity=0)
    gallery = GalleryFactory()
    heartbeats.record_beat()
    before = heartbeats.last_beat_token()
    Chore.objects.claim("letters", every=MINUTE)
    SuggestionCount.objects.record(Occasion.for_gallery(gallery), 7)
    cache = caches["default"]
    for number in range(40):
        monkeypatch.setattr(cache, "_max_entries", 10)
        cache.set(f"filler-{number}", number)
    cache.clear()
    assert heartbeats.last_beat_token() == before is not None
    assert not Chore.objects.claim("letters", every=MINUTE)
    assert suggestions.count_suggestions([gallery.pk]) == {gallery.pk: 7}


def test_the_cache_holds_more_than_a_busy_day_puts_there():
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 10_000


def test_no_module_keeps_its_state_in_the_cache():
    """What has to be added here can be computed again."""
    asking = re.compile(r"from django\.core\.cache import|from django\.core import cache\b")
    found = [
        str(path.relative_to(settings.BASE_DIR))
        for app in ("facepass", "recognition", "galleries", "training", "sessions_app")
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
        if "tests" not in path.relative_to(settings.BASE_DIR).parts and asking.search(path.read_text())
    ]
    assert sorted(found) == ["facepass/ops/metrics/installation.py", "facepass/ops/newer_release.py"]


def test_counts_of_galleries_that_are_gone_are_forgotten():
    kept, gone = GalleryFactory(), GalleryFactory()
    for gallery in (kept, gone):
        SuggestionCount.objects.record(Occasion.for_gallery(gallery), 1)
    gone.delete()
    SuggestionCount.objects.orphaned().delete()
    assert SuggestionCount.objects.get().occasion == kept.pk


def test_two_studios_that_use_one_session_id_have_counts_of_their_own():
    one, other = GalleryFactory(), GalleryFactory()
    Gallery.objects.update(session_id=one.pk)
    for gallery, number in ((one, 1), (other, 2)):
        SuggestionCount.objects.record(Occasion(gallery.studio_id, session_id=one.pk), number)
    assert sorted(SuggestionCount.objects.values_list("number", flat=True)) == [1, 2]


# --- work that takes long


def test_a_beat_is_another_token_each_time():
    assert heartbeats.last_beat_token() is None
    heartbeats.record_beat()
    first = heartbeats.last_beat_token()
    heartbeats.record_beat()
    assert None is not first != heartbeats.last_beat_token()


def test_a_lease_ends_with_its_work_also_where_that_fails():
    def divide():
        with heartbeats.hold_work_lease("division"):
            assert heartbeats.is_any_worker_busy()
            return 1 / 0

    with pytest.raises(ZeroDivisionError):
        divide()
    assert not WorkLease.objects.exists()


def clock_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_the_lease_of_a_worker_that_died_ends_when_the_queue_would_have_ended_its_task():
    before = clock_of_the_database()
    lease = heartbeats.hold_work_lease("grouping")
    lease.__enter__()
    begun = WorkLease.objects.get().expires_at - timedelta(seconds=settings.TASK_SECONDS)
    assert before <= begun <= clock_of_the_database()
    WorkLease.objects.update(expires_at=Now())
    assert not heartbeats.is_any_worker_busy()
    WorkLease.objects.discard_old()
    assert not WorkLease.objects.exists()


def test_a_lease_that_can_not_be_given_back_does_not_hide_how_the_work_ended(monkeypatch, caplog):
    def refuse(_self):
        raise DatabaseError("gone")

    with heartbeats.hold_work_lease("grouping"):
        monkeypatch.setattr(WorkLease, "delete", refuse)
    assert "the lease of grouping stays until it ends: DatabaseError" in caplog.text


@pytest.fixture
def large_session(monkeypatch):
    """A gallery whose grouping takes three times as long as the watchdog waits, during which it looks every five
    seconds; what it says each time.
    """
    gallery, said, clock = GalleryFactory(), [], [1000.0]
    Gallery.objects.filter(pk=gallery.pk).update(analyses=1)
    monkeypatch.setattr("facepass.ops.supervisor.watchdog.close_old_connections", lambda: None)
    watchdog = Watchdog(enqueue=lambda: None, clock=lambda: clock[0])

    def look(*_arguments, **_options):
        for _step in range(int(3 * STALLED_SECONDS / 5)):
            clock[0] += 5
            said.append(watchdog.is_stalled())
        return grouping.Grouping()

    monkeypatch.setattr(grouping, "group_faces", look)
    return gallery, said


def test_the_watchdog_lets_a_worker_live_that_groups_a_large_session(large_session):
    gallery, said = large_session
    tasks.group_faces(str(gallery.pk))
    assert len(said) == 72
    assert not any(said)


def test_and_one_that_does_so_as_a_job_although_the_jobs_own_lease_is_over(large_session, monkeypatch):
    gallery, said = large_session
    grouped = grouping.group_faces

    def overdue(*arguments, **options):
        Job.objects.update(lease_expires_at=Now() - MINUTE)
        return grouped(*arguments, **options)

    monkeypatch.setattr(grouping, "group_faces", overdue)
    job = runner.start_job("cluster_unknown_faces", studio=gallery.studio, gallery_id=str(gallery.pk), rebuild=False)
    runner.run_turn(job.pk)
    assert said
    assert not any(said)


def test_and_notices_one_that_does_nothing(large_session):
    _gallery, said = large_session
    grouping.group_faces()
    assert said.count(True) >= 1
