"""Hosts: what each says of itself, roles, several web processes, and how one stops beside others that go on."""

import os
import signal
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

import facepass
from facepass.core.errors import FacePassError
from facepass.core.work import chores, heartbeats
from facepass.models import Host
from facepass.ops import hosts_in_trouble
from facepass.ops.supervisor import child as supervision
from facepass.ops.supervisor import host_report, schema
from facepass.ops.supervisor.host_report import EVERY_SECONDS, HostReport
from facepass.testing.factories import PhotoFactory, UserFactory
from facepass.testing.live import manage, start
from facepass.testing.waiting import eventually
from facepass.tests.ops.test_supervisor import script, supervise
from galleries.jobs import queue


def host(name="one", **fields):
    return Host.objects.create(name=name, **{"version": facepass.__version__, "workers": 2, **fields})


def ago(**time_of):
    return timezone.now() - timedelta(**time_of)


# --- what a host says of itself


def test_what_ends_again_and_again_is_tried_later_while_the_rest_goes_on(monkeypatch):
    monkeypatch.setattr(supervision, "LONGEST_PAUSE", 0.0)
    told = []
    supervisor, said = supervise(
        script("The web server", "import time; time.sleep(600)"), script("Worker 1", "raise SystemExit(3)")
    )
    supervisor.host = HostReport(write=told.append, delete=lambda: told.append("gone"))
    supervisor.healthy = lambda: {"Worker 1": "exit code 3"} in told
    supervisor.report = lambda line: os.kill(os.getpid(), signal.SIGTERM) if line == "ready" else said.append(line)
    assert supervisor.run() == 0
    assert said[-2:] == ["Worker 1 ended (exit code 3); trying it again in 60 s.", "Stopping…"]
    assert told[0] == {}
    assert told[-1] == "gone"


def test_a_host_says_how_it_is_now_and_then_and_at_every_change():
    now, told = [0.0], []
    report = HostReport(write=told.append, clock=lambda: now[0])
    for _look in range(3):
        report.tell({})
    report.tell({"Worker 1": "exit code 3"})
    assert told == [{}, {"Worker 1": "exit code 3"}]
    now[0] += EVERY_SECONDS
    report.tell({"Worker 1": "exit code 3"})
    assert len(told) == 3


@pytest.mark.django_db
def test_a_row_says_who_it_is_what_is_down_and_when_a_worker_took_a_call(settings, monkeypatch):
    monkeypatch.setattr(host_report, "close_old_connections", lambda: None)  # of a test, it is for all of it
    settings.WORKERS = 3
    host_report.write_row({})
    heartbeats.record_beat()
    host_report.write_row({"The courier": "killed by SIGKILL"})
    row = Host.objects.get()
    assert (row.name, row.workers, row.version) == (settings.HOST_NAME, 3, facepass.__version__)
    assert row.down == {"The courier": "killed by SIGKILL"}
    assert row.worked_at is not None
    host_report.delete_row()
    assert not Host.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, []),
        ({"started_at": {"minutes": 5}}, []),
        ({"workers": 0, "started_at": {"hours": 5}}, []),
        ({"seen_at": {"minutes": 5}}, ["It has given no sign of life since"]),
        ({"down": {"Worker 1": "exit code 3"}}, ["Worker 1 ends again and again (exit code 3)."]),
        ({"started_at": {"hours": 5}, "worked_at": {"hours": 4}}, ["Its workers take no work."]),
        ({"version": "0.0.1"}, ["It runs version 0.0.1."]),
    ],
)
def test_trouble_with_a_host_is_told_by_health_metrics_and_the_first_page(fields, problems, english, client):
    told = {name: ago(**value) if name.endswith("_at") else value for name, value in fields.items()}
    host(**{"worked_at": timezone.now(), **told})
    host("two", worked_at=timezone.now())
    (one, two) = hosts_in_trouble.list_hosts()
    assert len(one["problems"]) == len(problems)
    assert all(told.startswith(words) for told, words in zip(one["problems"], problems, strict=True))
    assert two["problems"] == []
    told = client.get("/health/detailed").json()["checks"]["hosts"]
    assert told["status"] == ("warning" if problems else "ok")
    metrics = client.get("/metrics").content.decode()
    assert 'facepass_host_workers{host="two"} 2.0' in metrics
    member = Client()
    member.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = member.get("/admin/").content.decode()
    assert all(f"one: {words}" in page for words in problems)


@pytest.mark.django_db
def test_the_first_page_says_that_photos_wait_for_the_storage(english, studio):
    PhotoFactory(error="storage_unavailable")
    member = Client()
    member.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert "The storage of the photos does not answer: 1 photo waits." in member.get("/admin/").content.decode()


@pytest.mark.django_db
def test_a_host_that_went_is_forgotten_after_a_day():
    host(seen_at=ago(days=2))
    host("two")
    for clean in chores.CLEANUPS:
        clean()
    assert list(Host.objects.values_list("pk", flat=True)) == ["two"]


@pytest.mark.django_db
def test_a_host_without_workers_wakes_those_of_others(settings):
    settings.WORKERS = 0
    assert queue.count_workers() == 1
    host(workers=5)
    host("two", workers=3, seen_at=ago(minutes=5))
    assert queue.count_workers() == 5


# --- the database at the start


@pytest.mark.django_db
def test_what_a_newer_release_has_migrated_is_refused():
    schema.refuse_newer_schema()
    MigrationRecorder(connection).record_applied("galleries", "9999_of_the_future")
    with pytest.raises(FacePassError, match=r"galleries\.9999_of_the_future") as refused:
        schema.refuse_newer_schema()
    assert refused.value.code == "schema_is_newer"


@pytest.mark.django_db
def test_a_start_waits_for_the_migration_of_another_and_not_for_ever(settings):
    said = []
    schema.wait_for_migration(said.append)
    assert said == []
    settings.ENV = settings.ENV.model_copy(update={"database_wait_seconds": 0})
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("facepass", recorder.migration_qs.filter(app="facepass").latest("id").name)
    with pytest.raises(FacePassError) as refused:
        schema.wait_for_migration(said.append)
    assert refused.value.code == "not_migrated"


def test_a_role_of_its_own_needs_a_shared_database(empty_home):
    for role in ("web", "worker"):
        refused = manage(empty_home, "up", "--role", role)
        assert refused.returncode == 1
        assert "set DATABASE_URL" in refused.stderr


# --- as real processes


def ask(url: str) -> tuple[int, str | None]:
    """The status, and what the answer says of its connection."""
    try:
        with urllib.request.urlopen(url, timeout=300) as answer:
            return answer.status, answer.headers["Connection"]
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers["Connection"]


def test_web_processes_count_together_and_answer_while_they_drain(live_home):
    live = start(live_home, WEB_PROCESSES="2", WORKERS="0", DRAIN_SECONDS="4")
    try:
        assert len(live.children("supervisor.web")) == 2
        assert live.children("qcluster") == []
        eventually(lambda: live.query("SELECT down FROM hosts") == [({},)])
        for _time in range(40):
            assert ask(f"{live.url}/health")[0] == 200
        with urllib.request.urlopen(f"{live.url}/metrics", timeout=300) as answer:
            lines = answer.read().decode().splitlines()
        counted = [line for line in lines if line.startswith("facepass_requests_total")]
        assert sum(float(line.rpartition(" ")[2]) for line in counted) >= 40, counted

        live.process.send_signal(signal.SIGTERM)
        eventually(lambda: ask(f"{live.url}/health/ready")[0] == 503)
        assert ask(f"{live.url}/health") == (200, "close")
        assert live.process.wait(300) == 0
    finally:
        if live.process.poll() is None:
            live.stop()
    assert "killed" not in live.output
