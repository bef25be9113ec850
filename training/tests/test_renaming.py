"""The jobs that list and change the names that the version in use gives to faces of all galleries."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from facepass.core.work import heartbeats
from facepass.testing.factories import ClusterFactory, FaceFactory, MembershipFactory, descriptor, near
from facepass.testing.trainings import crowd, trained, unknown_face
from galleries import tasks
from galleries.faces import decisions
from galleries.models import Job, PhotoFace
from galleries.models.job import JobState
from training import name_changes, renaming, versions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def people(studio):
    return crowd(studio)


def run(job):
    tasks.run_job(str(job.pk))
    job.refresh_from_db()
    return job


def names_of(faces):
    return [PhotoFace.objects.get(pk=face.pk).person for face in faces]


def test_faces_of_every_gallery_get_their_names_and_the_list_is_made_anew(studio, people):
    ann, bob, *_others = people
    faces = [unknown_face(studio, 1), unknown_face(studio, 2, person=ann, recognition_confidence=0.8)]
    gone = unknown_face(studio, 400, person=bob, recognition_confidence=0.8)
    session = trained(studio)
    late = unknown_face(studio, 2)
    job = run(renaming.start_applying(session, by="somebody"))
    assert (job.state, job.result["applied"], job.result["would_change"]) == (JobState.DONE, 3, 1)
    assert names_of([*faces, gone, late]) == [ann, bob, None, None]
    session.refresh_from_db()
    assert [change["face"] for change in session.changes["listed"]] == [str(late.pk)]
    assert session.changes["applied"] == 3
    assert session.acts.filter(what="applied", made_by="somebody").count() == 1


def test_a_name_that_a_group_gave_stays_with_its_faces(studio, people):
    ann, bob, *_others = people
    group = ClusterFactory(studio=studio, person=ann)
    unlike = unknown_face(studio, 400, person=ann, recognition_confidence=0.6, cluster=group)
    in_other_group = unknown_face(studio, 2, person=ann, cluster=ClusterFactory(studio=studio))
    session = trained(studio)
    assert [change["face"] for change in session.changes["listed"]] == [str(in_other_group.pk)]
    run(renaming.start_applying(session, by="test"))
    assert names_of([unlike, in_other_group]) == [ann, bob]


def test_nobody_is_named_who_is_in_the_photo_by_now_or_was_deleted(studio, people):
    ann, bob, *_others = people
    faces = [unknown_face(studio, 1), unknown_face(studio, 2)]
    session = trained(studio)
    other = FaceFactory(photo=faces[0].photo, insightface_descriptor=near(descriptor(1), 5, 0.9))
    decisions.assign([other], ann, by=MembershipFactory(studio=studio).user)
    bob.delete()
    assert run(renaming.start_applying(session, by="test")).result["applied"] == 0
    assert names_of(faces) == [None, None]


class Killed(BaseException):
    """What a worker sees of a kill: nothing after it."""


def test_a_worker_that_is_killed_midway_is_followed_by_another(studio, people, monkeypatch):
    ann, bob, *_others = people
    faces = [unknown_face(studio, 1), unknown_face(studio, 2)]
    session = trained(studio)
    monkeypatch.setattr(renaming, "ROWS_AT_ONCE", 1)
    job = renaming.start_applying(session, by="test")
    renamed = []

    def killed(face, change):
        if renamed:
            raise Killed
        renamed.append(face)
        rename(face, change)

    rename = renaming._rename
    with monkeypatch.context() as patch:
        patch.setattr(renaming, "_rename", killed)
        with pytest.raises(Killed):
            tasks.run_job(str(job.pk))
    assert names_of(faces).count(None) == 1
    Job.objects.filter(pk=job.pk).update(lease_expires_at=Now() - timedelta(seconds=1))
    assert run(job).state == JobState.DONE
    assert names_of(faces) == [ann, bob]
    session.refresh_from_db()
    assert (session.changes["applied"], session.changes["count"]) == (2, 0)


def test_a_version_that_is_taken_back_meanwhile_changes_nothing_more(studio, people):
    face = unknown_face(studio, 1)
    session = trained(studio)
    job = renaming.start_applying(session, by="test")
    versions.roll_back_version(session, by="test")
    assert (run(job).state, job.error) == (JobState.FAILED, "not_active")
    assert names_of([face]) == [None]


def test_a_list_of_a_version_that_is_out_of_use_by_then_stays_as_it_is(studio, people):
    session = trained(studio)
    listed = session.changes
    unknown_face(studio, 1)
    job = renaming.start_listing(session)
    versions.roll_back_version(session, by="test")
    assert run(job).state == JobState.DONE
    session.refresh_from_db()
    assert session.changes == listed


def test_a_worker_that_is_asked_to_stop_gives_the_job_back(studio, people, monkeypatch):
    face = unknown_face(studio, 1)
    session = trained(studio)
    job = renaming.start_applying(session, by="test")
    monkeypatch.setattr(heartbeats, "is_stopping", lambda: True)
    assert run(job).state == JobState.PENDING
    assert names_of([face]) == [None]


def test_what_is_not_listed_yet_comes_with_the_next_list(studio, people, monkeypatch):
    ann, bob, *_others = people
    faces = [unknown_face(studio, 1), unknown_face(studio, 2)]
    monkeypatch.setattr(name_changes, "MAX_LISTED", 1)
    session = trained(studio)
    assert (session.changes["count"], session.changes["gained"], len(session.changes["listed"])) == (2, 2, 1)
    for _turn in range(2):
        run(renaming.start_applying(session, by="test"))
    assert names_of(faces) == [ann, bob]


def test_the_queries_of_a_batch_do_not_grow_with_its_faces(studio, people, django_assert_max_num_queries):
    for seed in range(1, 9):
        unknown_face(studio, seed)
    session = trained(studio)
    with django_assert_max_num_queries(20):
        assert renaming.apply_changes(session, by="test") == 8
