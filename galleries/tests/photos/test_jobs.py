"""Jobs: started once, done in turns, taken over from a worker that died, and asked about at /api/v1/tasks/{id}."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django_q.models import OrmQ

from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.models import Role
from facepass.testing.factories import PASSWORD, MembershipFactory
from galleries import tasks
from galleries.jobs import runner
from galleries.jobs.runner import JobTurn
from galleries.models import Job
from galleries.models.job import MAX_ATTEMPTS, JobState

pytestmark = pytest.mark.django_db

seen: list[JobTurn] = []


def count(turn):
    """Counts to three, from where the former turn ended."""
    seen.append(turn)
    for number in range(turn.job.cursor or 0, 3):
        if not turn.has_time():
            return None
        turn.report(done=number + 1, total=3, cursor=number + 1)
    return {"counted": 3}


def refuse(turn):
    raise FacePassError("no_music", "There is no music.", status=409)


def busy(turn):
    raise FacePassError("already_running", "Later.", status=409, retry_after=30)


def crash(turn):
    raise ZeroDivisionError


def be_cancelled(turn):
    Job.objects.filter(pk=turn.job.pk).cancel()
    turn.report(done=1, total=2)
    raise AssertionError("a cancelled job went on")


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    seen.clear()
    for handler in (count, refuse, busy, crash, be_cancelled):
        monkeypatch.setitem(runner._handlers, handler.__name__, f"{__name__}.{handler.__name__}")


@pytest.fixture
def job(studio):
    return runner.start_job("count", studio=studio)


def again(job):
    job.refresh_from_db()
    return job


def lose_lease(job):
    Job.objects.filter(pk=job.pk).update(lease_expires_at=Now() - timedelta(seconds=1))


def test_a_job_runs_to_its_end_and_keeps_its_result(job):
    assert OrmQ.objects.count() == 1
    tasks.run_job(str(job.pk))
    assert (again(job).state, job.result, job.done, job.total) == (JobState.DONE, {"counted": 3}, 3, 3)
    assert job.started_at < job.finished_at
    assert job.lease_expires_at is None


def test_a_job_that_is_over_taken_or_gone_is_left_alone(job):
    tasks.run_job(str(job.pk))
    tasks.run_job(str(job.pk))
    tasks.run_job(str(uuid.uuid4()))
    assert len(seen) == 1


def test_the_same_job_is_started_once_while_it_is_under_way(job, studio):
    assert runner.start_job("count", studio=studio) == job
    assert runner.start_job("count", studio=studio, gallery="other") != job
    tasks.run_job(str(job.pk))
    assert runner.start_job("count", studio=studio) != job


def test_a_start_that_is_rolled_back_leaves_neither_job_nor_task(studio):
    with transaction.atomic():
        runner.start_job("count", studio=studio)
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not OrmQ.objects.exists()


def test_a_turn_that_is_over_leads_to_another_that_goes_on(job, monkeypatch):
    monkeypatch.setattr(runner, "TURN_SECONDS", 0)
    tasks.run_job(str(job.pk))
    assert (again(job).state, job.attempts, OrmQ.objects.count()) == (JobState.PENDING, 0, 2)
    monkeypatch.setattr(runner, "TURN_SECONDS", 60)
    Job.objects.update(cursor=2, done=2, total=3)
    tasks.run_job(str(job.pk))
    assert again(job).state == JobState.DONE
    assert seen[1].job.cursor == 3


def test_a_worker_that_is_asked_to_stop_gives_the_job_back(job, monkeypatch):
    monkeypatch.setattr(heartbeats, "is_stopping", lambda: True)
    tasks.run_job(str(job.pk))
    assert again(job).state == JobState.PENDING
    assert OrmQ.objects.count() == 1  # the call that started it: the next worker is called by the reconciler


def test_the_job_of_a_dead_worker_is_taken_up_and_the_dead_one_writes_nothing(job):
    dead = Job.objects.claim(job.pk)
    assert Job.objects.claim(job.pk) is None
    lose_lease(job)
    tasks.run_job(str(job.pk))
    assert again(job).state == JobState.DONE
    with pytest.raises(runner.ClaimLost):
        JobTurn(dead).report(done=1, total=9)
    assert not dead.finish({"counted": 9})
    assert not dead.fail("late")
    assert (again(job).result, job.done) == ({"counted": 3}, 3)


def test_the_reconciler_calls_for_jobs_that_nobody_holds(job):
    OrmQ.objects.all().delete()
    tasks.reconcile()
    assert OrmQ.objects.get().func() == "galleries.tasks.run_job"
    OrmQ.objects.all().delete()
    Job.objects.claim(job.pk)
    tasks.reconcile()
    assert not OrmQ.objects.exists()
    assert tasks.is_busy()


def test_a_job_that_kills_its_workers_is_given_up(job):
    for _attempt in range(MAX_ATTEMPTS):
        assert Job.objects.claim(job.pk)
        lose_lease(job)
    assert Job.objects.claim(job.pk) is None
    tasks.reconcile()
    assert (again(job).state, job.error) == (JobState.FAILED, "worker_lost")


def test_a_refusal_fails_the_job_with_its_code(studio):
    job = runner.start_job("refuse", studio=studio)
    tasks.run_job(str(job.pk))
    assert (again(job).state, job.error) == (JobState.FAILED, "no_music")


def test_a_job_that_must_wait_is_taken_up_after_its_time(studio):
    job = runner.start_job("busy", studio=studio)
    tasks.run_job(str(job.pk))
    assert again(job).state == JobState.PENDING
    assert not Job.objects.claimable().exists()
    lose_lease(job)
    assert Job.objects.claimable().get() == job


def test_an_error_fails_the_job_and_stays_loud(studio):
    job = runner.start_job("crash", studio=studio)
    with pytest.raises(ZeroDivisionError):
        tasks.run_job(str(job.pk))
    assert (again(job).state, job.error) == (JobState.FAILED, "internal_error")


def test_a_kind_that_nobody_does_fails(studio):
    job = runner.start_job("dance", studio=studio)
    tasks.run_job(str(job.pk))
    assert (again(job).state, job.error) == (JobState.FAILED, "unknown_kind")


def test_a_cancelled_job_stops_at_its_next_report(studio):
    job = runner.start_job("be_cancelled", studio=studio)
    tasks.run_job(str(job.pk))
    assert (again(job).state, job.done) == (JobState.CANCELLED, 0)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_task_says_how_far_it_is(api, job, slash):
    path = f"/api/v1/tasks/{job.pk}{slash}"
    answer = api.get(path).json()
    assert answer["state"] == "pending"
    assert answer["progress"] == {"done": 0, "total": 0, "eta_seconds": None}
    Job.objects.claim(job.pk)
    Job.objects.update(started_at=Now() - timedelta(hours=1), done=1, total=3)
    answer = api.get(path).json()
    assert (answer["id"], answer["kind"], answer["state"]) == (str(job.pk), "count", "running")
    assert 7199 < answer["progress"]["eta_seconds"] < 7400
    assert answer["result"] is answer["error"] is None


def test_a_strangers_task_is_not_there(stranger, job):
    assert stranger.get(f"/api/v1/tasks/{job.pk}").status_code == 404
    assert stranger.delete(f"/api/v1/tasks/{job.pk}").status_code == 404
    assert again(job).state == JobState.PENDING


def test_a_task_is_cancelled_by_who_may_administer(api, studio, client_of, job):
    assert client_of(studio, scopes=["read", "write"]).delete(f"/api/v1/tasks/{job.pk}").status_code == 403
    assert api.delete(f"/api/v1/tasks/{job.pk}").json()["state"] == "cancelled"
    assert api.get(f"/api/v1/tasks/{job.pk}").json()["progress"]["eta_seconds"] == 0


def test_a_result_survives_a_late_cancel(api, job):
    tasks.run_job(str(job.pk))
    assert api.delete(f"/api/v1/tasks/{job.pk}").json()["result"] == {"counted": 3}


@pytest.mark.parametrize("role", Role)
def test_only_superusers_change_the_model_of_the_installation(client, studio, role):
    member = MembershipFactory(studio=studio, role=role)
    client.login(username=member.user.username, password=PASSWORD)
    assert client.post("/generate-descriptors").status_code == 403
    member.user.is_superuser = True
    member.user.save()
    assert client.post("/generate-descriptors").status_code == 202


def test_two_starts_at_once_are_kept_apart_by_the_database(job, studio):
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(studio=studio, kind=job.kind, arguments=job.arguments)
