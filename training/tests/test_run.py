"""POST /api/v2/train/execute: templates that are learnt and judged on what was held out."""

from datetime import timedelta

import numpy as np
import pytest
from django.db.models.functions import Now

from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.models import EventType, OutboxEvent, Scope
from facepass.testing.factories import (
    descriptor,
    near,
)
from facepass.testing.trainings import crowd, person_with, trained, unknown_face
from galleries import tasks
from galleries.jobs import runner
from galleries.matching import identification
from galleries.models import Job, PersonTemplate, PhotoFace, TemplateSet
from galleries.models.job import MAX_ATTEMPTS, JobState
from recognition.model_versions import current_model_version
from training import candidates, run, versions
from training.learning import preparation, scoring
from training.models import FaceTrainingSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

EXECUTE, HISTORY = "/api/v2/train/execute", "/api/v2/train/history"
Status = FaceTrainingSession.Status


def test_a_run_learns_everybody_and_says_how_well_on_what_it_had_not_seen(api, studio):
    people = crowd(studio)
    started = api.post(EXECUTE)
    assert started.status_code == 202
    tasks.run_job(started.json()["task_id"])
    told = api.get(f"/api/v2/train/status/{started.json()['session_id']}").json()
    assert told == api.get(f"/api/v2/train/status/{started.json()['task_id']}").json()
    assert (told["status"], told["skipped"], told["version"], told["active"]) == ("completed", False, 1, True)
    assert told["progress"]["done"] == told["progress"]["total"] == 100
    assert (told["people_count"], told["faces"]) == (12, 72)
    before, after = told["metrics"]["before"], told["metrics"]["after"]
    assert told["model_accuracy"] == after["accuracy"] == 1
    assert after["known"] > 0
    assert after["strangers"] > 0
    assert after["eer"] == 0
    assert after["tar_at_far"][0]["tar"]["value"] == 1
    assert before["known"] == after["known"]
    assert [act["what"] for act in told["acts"]] == ["started", "activated"]
    templates = PersonTemplate.objects.filter(template_set__active=True)
    assert set(templates.values_list("person", flat=True)) == {person.pk for person in people}
    event = OutboxEvent.objects.get(type=EventType.TRAINING_COMPLETED)
    assert event.data["session_id"] == told["id"]
    assert event.data["activated"] is True


def test_the_templates_are_those_that_the_faces_give_and_the_faces_are_marked(studio):
    ann, *_others = crowd(studio)
    unused = unknown_face(studio, 1)
    trained(studio)
    stored = np.array(PersonTemplate.objects.get(person=ann).descriptor)
    faces = np.array([f.insightface_descriptor for f in PhotoFace.objects.filter(person=ann)])
    mean = faces.mean(axis=0) / np.linalg.norm(faces.mean(axis=0))
    assert stored @ mean == pytest.approx(1, abs=1e-3)
    assert set(PhotoFace.objects.filter(training_used=False)) == {unused}


def test_names_are_given_by_the_version_in_use_and_as_before_after_it_is_taken_back(studio):
    ann, *_others = crowd(studio)
    newcomer = None
    session = trained(studio)
    probe = near(descriptor(1), 99, 0.9)
    template = np.array(PersonTemplate.objects.get(person=ann).descriptor)
    with_templates = identification.identify(probe, studio_ids=[studio.pk])
    nearest = max(probe @ np.array(f.insightface_descriptor) for f in PhotoFace.objects.filter(person=ann))
    assert with_templates.person == ann
    assert with_templates.candidates[0].cosine == pytest.approx(0.7 * (template @ probe) + 0.3 * nearest, abs=2e-3)
    newcomer = person_with(studio, 3, seed=50)
    assert identification.identify(near(descriptor(50), 98, 0.9), studio_ids=[studio.pk]).person == newcomer
    assert versions.roll_back_version(session, by="test") is None
    without = identification.identify(probe, studio_ids=[studio.pk])
    assert without.person == ann
    assert without.candidates[0].cosine != with_templates.candidates[0].cosine
    assert not PhotoFace.objects.filter(training_used=True).exists()


def test_what_is_in_memory_is_compared_as_the_database_compares(studio):
    """The dry run compares all faces at once; identification asks the database about one. They must agree."""
    crowd(studio, people=8)
    session = trained(studio)
    person_with(studio, 4, seed=60)
    versions.activate_version(session)
    version = current_model_version()
    people, compare = candidates._build_comparison(studio.pk, candidates.find_version_in_use(studio.pk), version)
    for seed in (1, 5, 60):
        probe = near(descriptor(seed), 77, 0.8)
        found = identification.identify(probe, studio_ids=[studio.pk], candidates=9)
        scores = dict(zip(people, compare(probe[None])[0].tolist(), strict=True))
        assert len(found.candidates) == 9
        for candidate in found.candidates:
            assert candidate.similarity == pytest.approx(scores[candidate.person.pk], abs=5e-3)


def test_the_same_faces_are_not_learnt_twice(api, studio):
    crowd(studio)
    first = trained(studio)
    second = trained(studio)
    told = api.get(f"/api/v2/train/status/{second.pk}").json()
    assert (told["status"], told["skipped"], told["same_as"]) == ("completed", True, str(first.pk))
    assert (told["version"], told["model_accuracy"]) == (None, first.model_accuracy)
    assert TemplateSet.objects.count() == 1
    face, other = PhotoFace.objects.filter(person__isnull=False).order_by("person")[::6][:2]
    PhotoFace.objects.filter(pk=face.pk).update(insightface_descriptor=other.insightface_descriptor)
    assert trained(studio).same_as is None


def test_two_faces_that_exchange_their_names_are_other_data(studio):
    crowd(studio)
    first = preparation.prepare_training(studio)
    one, other = PhotoFace.objects.order_by("person")[::6][:2]
    for mine, yours in ((one, other), (other, one)):
        PhotoFace.objects.filter(pk=mine.pk).update(
            person=yours.person, insightface_descriptor=yours.insightface_descriptor
        )
    second = preparation.prepare_training(studio)
    assert second.manifest["people"].keys() == first.manifest["people"].keys()
    assert second.digest != first.digest


def test_a_prepared_session_is_run_once_and_only_on_the_data_that_were_seen(api, studio):
    crowd(studio)
    prepared = api.post("/api/v2/train/prepare").json()
    started = api.post(EXECUTE, {"session_id": prepared["id"]}, format="json")
    assert started.json()["session_id"] == prepared["id"]
    tasks.run_job(started.json()["task_id"])
    again = api.post(EXECUTE, {"session_id": prepared["id"]}, format="json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_run")
    other = api.post("/api/v2/train/prepare").json()
    PhotoFace.objects.filter(person__isnull=False).first().delete()
    started = api.post(EXECUTE, {"session_id": other["id"]}, format="json").json()
    tasks.run_job(started["task_id"])
    told = api.get(f"/api/v2/train/status/{other['id']}").json()
    assert (told["status"], told["error"]) == ("failed", "data_changed")


def test_one_run_at_a_time(api, studio):
    crowd(studio, people=3)
    first = api.post(EXECUTE)
    second = api.post(EXECUTE)
    assert (second.status_code, second.json()["error"]["code"]) == (409, "training_running")
    assert api.delete(f"/api/v1/tasks/{first.json()['task_id']}").json()["state"] == "cancelled"
    assert api.post(EXECUTE).status_code == 202
    told = api.get(f"/api/v2/train/status/{first.json()['session_id']}").json()
    assert told["status"] == "cancelled"


def test_a_run_that_is_cancelled_under_way_leaves_nothing(studio, monkeypatch):
    crowd(studio)
    session = run.start_training(studio, by="test")
    learnt = run.learn_templates

    def cancelled(*args):
        Job.objects.filter(pk=session.job_id).cancel()
        return learnt(*args)

    monkeypatch.setattr(run, "learn_templates", cancelled)
    tasks.run_job(str(session.job_id))
    FaceTrainingSession.objects.all().end_with_jobs()
    session.refresh_from_db()
    assert (session.status, session.metrics) == (Status.CANCELLED, {})
    assert not TemplateSet.objects.exists()
    assert not OutboxEvent.objects.filter(type=EventType.TRAINING_COMPLETED).exists()


def test_a_run_that_fails_is_told_once(studio, monkeypatch):
    crowd(studio)
    session = run.start_training(studio, by="test")

    def broken(*_args):
        raise FacePassError("not_enough_data", "Too few faces.")

    monkeypatch.setattr(run, "learn_templates", broken)
    tasks.run_job(str(session.job_id))
    for _ in range(2):
        FaceTrainingSession.objects.all().end_with_jobs()
    event = OutboxEvent.objects.get(type=EventType.TRAINING_FAILED)
    pk = str(session.pk)
    assert event.data == {"training_id": pk, "session_id": pk, "error": "not_enough_data"}
    assert event.studio == studio


class Killed(BaseException):
    """What a worker sees of a kill: nothing after it."""


@pytest.mark.parametrize("where", ["learn_templates", "_build_metrics"])
def test_a_run_that_is_killed_leaves_the_version_in_use_and_begins_again(studio, monkeypatch, where):
    crowd(studio)
    first = trained(studio)
    person_with(studio, 6, seed=70)
    second = run.start_training(studio, by="test")

    def killed(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(run, where, killed)
        with pytest.raises(Killed):
            tasks.run_job(str(second.job_id))
    assert TemplateSet.objects.get(active=True) == first.template_set
    assert TemplateSet.objects.count() == 1
    assert Job.objects.get(pk=second.job_id).state == JobState.RUNNING
    Job.objects.filter(pk=second.job_id).update(lease_expires_at=Now() - timedelta(seconds=1))
    tasks.run_job(str(second.job_id))
    second.refresh_from_db()
    assert (second.status, second.is_active, second.template_set.number) == (Status.COMPLETED, True, 2)


def test_a_kill_in_the_last_transaction_leaves_nothing_of_it(studio, monkeypatch):
    crowd(studio)
    session = run.start_training(studio, by="test")

    def killed(*args, **kwargs):
        raise Killed

    monkeypatch.setattr(run.events, "emit", killed)
    with pytest.raises(Killed):
        tasks.run_job(str(session.job_id))
    session.refresh_from_db()
    assert session.status == Status.RUNNING
    assert not TemplateSet.objects.exists()


def test_a_run_that_kills_its_workers_is_given_up_and_another_may_start(studio):
    crowd(studio, people=3)
    session = run.start_training(studio, by="test")
    for _attempt in range(MAX_ATTEMPTS):
        assert Job.objects.claim(session.job_id)
        Job.objects.filter(pk=session.job_id).update(lease_expires_at=Now() - timedelta(seconds=1))
    Job.objects.fail_exhausted()
    assert run.start_training(studio, by="test").status == Status.RUNNING
    session.refresh_from_db()
    assert (session.status, session.error_message) == (Status.FAILED, "worker_lost")


def test_a_worker_that_is_asked_to_stop_gives_the_run_back(studio, monkeypatch):
    crowd(studio, people=3)
    session = run.start_training(studio, by="test")
    monkeypatch.setattr(heartbeats, "is_stopping", lambda: True)
    tasks.run_job(str(session.job_id))
    assert Job.objects.get(pk=session.job_id).state == JobState.PENDING
    session.refresh_from_db()
    assert session.status == Status.RUNNING


def test_many_faces_are_prepared_by_a_worker(api, studio, monkeypatch):
    crowd(studio, people=3)
    monkeypatch.setattr(preparation, "MAX_IN_REQUEST", 10)
    started = api.post("/api/v2/train/prepare")
    assert started.status_code == 202
    tasks.run_job(started.json()["task_id"])
    task = api.get(f"/api/v1/tasks/{started.json()['task_id']}").json()
    assert task["state"] == "done"
    assert api.get(f"/api/v2/train/status/{task['result']['session_id']}").json()["status"] == "pending"


def test_without_a_verified_face_nothing_starts(api, studio):
    answer = api.post(EXECUTE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_to_train")
    assert not Job.objects.exists()


def test_a_strangers_training_is_not_there(stranger, studio):
    crowd(studio, people=3)
    session = trained(studio)
    for path in ("status/{}", "{}/changes"):
        assert stranger.get(f"/api/v2/train/{path.format(session.pk)}").status_code == 404
    for what in ("activate", "roll-back", "apply"):
        assert stranger.post(f"/api/v2/train/{session.pk}/{what}").status_code == 404
    assert stranger.get(HISTORY).json()["results"] == []


def test_who_may_only_read_sees_the_history_and_starts_nothing(client_of, studio):
    crowd(studio, people=3)
    trained(studio)
    reader = client_of(studio, scopes=[Scope.READ])
    assert len(reader.get(HISTORY).json()["results"]) == 1
    assert reader.post(EXECUTE).status_code == 403


def test_the_history_asks_the_database_as_often_for_many_as_for_one(api, studio, django_assert_max_num_queries):
    for number in range(6):
        FaceTrainingSession.objects.create(studio=studio).record_act("prepared", by=str(number))
    with django_assert_max_num_queries(8):
        assert len(api.get(HISTORY).json()["results"]) == 6


def test_the_queries_of_a_run_do_not_grow_with_the_people(studio, django_assert_max_num_queries):
    crowd(studio)
    session = run.start_training(studio, by="test")
    with django_assert_max_num_queries(60):
        runner.run_turn(session.job_id)


def test_scores_are_counted_by_the_person_who_is_probed():
    rows = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.3]], np.float32)
    ann, bob, eve = "ann", "bob", "eve"
    faces = scoring.Faces([1, 2, 3], [ann, bob, eve], [1, 2, 3], [True] * 3, rows)
    found = scoring.score_probes(faces, [ann, bob], lambda probes: probes.copy())
    assert found.searches.right.tolist() == [True, True, False]
    assert found.searches.known.tolist() == [True, True, False]
    assert found.own_scores[:2].tolist() == pytest.approx([0.9, 0.8])
    assert found.impostor_counts.sum(axis=1).tolist() == [1, 1, 2]


def test_where_nobody_has_enough_faces_nothing_is_started(api, studio):
    for seed in (1, 2):
        person_with(studio, 1, seed=seed)
    answer = api.post(EXECUTE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_to_train")
    assert not FaceTrainingSession.objects.exists()
    assert not Job.objects.exists()
