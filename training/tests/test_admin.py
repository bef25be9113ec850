"""The training page: is there enough to learn from, start, history, activate and roll back, thresholds to try."""

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import MembershipFactory
from facepass.testing.trainings import crowd, person_with, trained, unknown_face
from galleries import tasks
from galleries.models import Job, PhotoFace, TemplateSet
from training import versions
from training.admin import names_page
from training.models import FaceTrainingSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

PAGE = "/admin/training/facetrainingsession/"


@pytest.fixture
def staff(client, studio):
    client.force_login(MembershipFactory(studio=studio, role=Role.MANAGER).user)
    return client


def signed_in(client, studio, role):
    client.force_login(MembershipFactory(studio=studio, role=role).user)
    return client


def page(client, path=PAGE):
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_says_who_has_too_few_faces_and_who_has_none(staff, studio):
    person_with(studio, 60, seed=1)
    poor = person_with(studio, 2, seed=2)
    person_with(studio, 5, seed=3)
    lost = person_with(studio, 1, seed=4, verified=False)
    text = page(staff)
    assert poor.real_name in text
    assert lost.real_name not in text
    assert "1 person has no verified face" in text
    assert "One person has 60 faces, while the median is 5" in text


def test_wrong_names_that_a_look_found_are_linked(staff, api, studio):
    ann, bob = person_with(studio, 6, seed=1), person_with(studio, 6, seed=2)
    wrong = PhotoFace.objects.filter(person=bob).first()
    PhotoFace.objects.filter(pk=wrong.pk).update(person=ann)
    api.post("/api/v2/train/prepare")
    text = page(staff)
    assert "1 face may have the wrong name" in text
    assert reverse("admin:galleries_photoface_change", args=[wrong.pk]) in text


def test_without_verified_faces_there_is_nothing_to_start(staff):
    text = page(staff)
    assert "There is nothing to learn from yet" in text
    assert "Start a training" not in text


def test_a_training_is_started_shown_while_it_runs_and_cancelled(staff, studio):
    crowd(studio, people=3)
    assert "Start a training" in page(staff)
    staff.post(reverse("admin:training_start"))
    session = FaceTrainingSession.objects.get()
    text = page(staff)
    assert f'data-poll="/api/v1/tasks/{session.job_id}"' in text
    assert "Start a training" not in text
    staff.post(reverse("admin:training_cancel", args=[session.pk]))
    session.refresh_from_db()
    assert session.status == "cancelled"
    tasks.run_job(str(session.job_id))
    assert not TemplateSet.objects.exists()
    assert "Start a training" in page(staff)


def test_a_second_start_is_refused_in_words(staff, studio):
    crowd(studio, people=3)
    staff.post(reverse("admin:training_start"))
    assert "is already running. Wait for it" in page_after(staff, reverse("admin:training_start"))


def page_after(client, path, data=None):
    return " ".join(client.post(path, data or {}, follow=True).content.decode().split())


def test_a_result_shows_figures_plots_and_who_did_what(staff, studio):
    crowd(studio)
    session = trained(studio)
    text = page(staff, f"{PAGE}{session.pk}/change/")
    assert "Accuracy" in text
    assert "100.0%" in text
    assert text.count('class="fp-threshold"') == 2
    assert "put in use" in text


def test_a_version_is_taken_back_and_put_in_use_only_after_a_question(staff, studio):
    crowd(studio)
    session = trained(studio)
    for what, active in (("roll-back", False), ("activate", True)):
        path = reverse(f"admin:training_{what}", args=[session.pk])
        assert "From now on" in page(staff, path)
        assert TemplateSet.objects.get().active is not active
        assert "Done: " in page_after(staff, path)
        assert TemplateSet.objects.get().active is active
    assert [act.what for act in session.acts.all()] == ["started", "activated", "rolled_back", "activated"]
    assert all(act.made_by for act in session.acts.all()[2:])


def test_names_are_changed_after_a_question(staff, studio):
    ann, *_others = crowd(studio)
    face = unknown_face(studio, 1)
    session = trained(studio)
    text = page(staff, f"{PAGE}{session.pk}/change/")
    assert "1 of 1 names would change. Names that somebody confirmed or denied are not among them." in text
    assert "1 of 1 names would change." in page(staff), "also where one trains"
    names = reverse("admin:training_apply", args=[session.pk])
    text = page(staff, names)
    assert "Gain a name" in text
    assert ann.real_name in text
    assert PhotoFace.objects.get(pk=face.pk).person is None
    assert "Names are being changed in all galleries." in page_after(staff, names)
    job = Job.objects.unfinished().get()
    for path in (PAGE, f"{PAGE}{session.pk}/change/"):
        assert f'data-poll="/api/v1/tasks/{job.pk}"' in page(staff, path)
    tasks.run_job(str(job.pk))
    face.refresh_from_db()
    assert face.person == ann
    text = page(staff, names)
    assert "Nothing changes: all names are as this version gives them. Names changed: 1." in text
    assert "Change these names" not in text


def test_the_names_are_listed_anew_when_a_version_comes_into_use_and_when_somebody_asks(staff, studio):
    crowd(studio)
    session = trained(studio)
    late = unknown_face(studio, 1)
    names = reverse("admin:training_apply", args=[session.pk])
    assert "Nothing changes" in page(staff, names)
    assert "The names that would change are being listed." in page_after(
        staff, reverse("admin:training_list_names", args=[session.pk])
    )
    run_names_job()
    assert reverse("admin:galleries_photoface_change", args=[late.pk]) in page(staff, names)
    later = unknown_face(studio, 2)
    versions.roll_back_version(session, by="test")
    assert "This version is not in use." in page(staff, names)
    assert "is not in use" in page_after(staff, names), "and changes nothing"
    versions.activate_version(session, by="test")
    run_names_job()
    assert reverse("admin:galleries_photoface_change", args=[later.pk]) in page(staff, names)


def run_names_job():
    tasks.run_job(str(Job.objects.unfinished().get().pk))


def test_the_names_are_shown_by_kind_and_in_pages(staff, studio, monkeypatch):
    ann, bob, *_others = crowd(studio)
    gained, lost = unknown_face(studio, 1), unknown_face(studio, 400, person=bob, recognition_confidence=0.8)
    changed = unknown_face(studio, 2, person=ann, recognition_confidence=0.8)
    session = trained(studio)
    names = reverse("admin:training_apply", args=[session.pk])
    for kind, face in (("gained", gained), ("lost", lost), ("changed", changed)):
        listed = staff.get(names, {"kind": kind}).context["changes"]
        assert [change.path for change in listed] == [reverse("admin:galleries_photoface_change", args=[face.pk])]
    monkeypatch.setattr(names_page, "PER_PAGE", 2)
    assert len(staff.get(names).context["changes"]) == 2
    assert len(staff.get(names, {"page": "2"}).context["changes"]) == 1


@pytest.mark.parametrize("role", [Role.PHOTOGRAPHER, Role.VERIFIER, Role.VIEWER])
def test_who_is_no_manager_looks_and_does_nothing(client, studio, role):
    crowd(studio, people=3)
    session = trained(studio)
    signed_in(client, studio, role)
    assert "Only owners and managers can start a training." in page(client)
    page(client, f"{PAGE}{session.pk}/change/")
    assert "Change these names" not in page(client, f"{PAGE}{session.pk}/apply/")
    for path in (
        "start",
        *(f"{session.pk}/{what}" for what in ("cancel", "activate", "roll-back", "apply", "list-names")),
    ):
        assert client.post(f"{PAGE}{path}/").status_code == 403
    assert FaceTrainingSession.objects.count() == 1


def test_a_stranger_finds_nothing(client, studio):
    crowd(studio, people=3)
    session = trained(studio)
    client.force_login(MembershipFactory(role=Role.OWNER).user)
    for what in ("activate", "roll-back", "apply"):
        assert client.get(f"{PAGE}{session.pk}/{what}/").status_code == 404
    for what in ("cancel", "apply", "list-names"):
        assert client.post(f"{PAGE}{session.pk}/{what}/").status_code == 404
    assert str(session.pk) not in page(client)


def test_the_similarities_of_given_names_are_drawn_by_month(staff, studio):
    ann = person_with(studio, 4, seed=1)
    for similarity in (0.7, 0.8, 0.9):
        unknown_face(studio, 1, person=ann, recognition_confidence=similarity)
    text = page(staff)
    assert "<title>0.80</title>" in text


def test_the_page_asks_the_database_as_often_for_many_people_as_for_few(staff, studio, django_assert_max_num_queries):
    for seed in range(1, 9):
        person_with(studio, 2, seed=seed)
    with django_assert_max_num_queries(26):
        page(staff)
