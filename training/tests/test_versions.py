"""Versions that a training made: put in use, taken back, and the names that would change by them."""

import numpy as np
import pytest

from facepass.testing.factories import FaceFactory, MembershipFactory, ModelVersionFactory, descriptor, near
from facepass.testing.trainings import crowd, person_with, trained, unknown_face
from galleries.faces import decisions
from galleries.matching import identification
from galleries.models import Person, PersonTemplate, PhotoFace, TemplateSet
from training import candidates, name_changes, renaming, run, versions
from training.models import FaceTrainingSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

Status = FaceTrainingSession.Status


def test_a_version_that_is_worse_waits_for_somebody_to_put_it_in_use(api, studio, monkeypatch):
    crowd(studio)
    compared = run.learn_templates

    def spoilt(faces, scores):
        """Everybody has the template of somebody else."""
        learnt = compared(faces, scores)
        learnt.enrolled.templates[:] = np.roll(learnt.enrolled.templates, 1, axis=0)
        return learnt

    monkeypatch.setattr(run, "learn_templates", spoilt)
    session = trained(studio)
    assert session.status == Status.COMPLETED
    assert session.metrics["after"]["accuracy"] < session.metrics["before"]["accuracy"]
    assert not session.is_active
    assert api.post(f"/api/v2/train/{session.pk}/activate").json()["active"] is True


def test_where_nothing_is_held_out_nobody_can_say_and_nothing_is_put_in_use(studio):
    person_with(studio, 2, seed=1)
    session = trained(studio)
    assert (session.status, session.model_accuracy, session.metrics["after"]) == (Status.COMPLETED, None, None)
    assert not session.is_active
    assert TemplateSet.objects.get().scores.calibrated is False


def test_versions_go_back_one_by_one(api, studio):
    crowd(studio)
    first = trained(studio)
    person_with(studio, 6, seed=80)
    second = trained(studio)
    versions.activate_version(second)
    back = f"/api/v2/train/{second.pk}/roll-back"
    assert api.post(back).json() == {"version": 1}
    again = api.post(back)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_active")
    assert api.post(f"/api/v2/train/{first.pk}/roll-back").json() == {"version": None}
    assert not TemplateSet.objects.filter(active=True).exists()


def test_templates_of_another_model_are_not_compared(studio):
    crowd(studio)
    session = trained(studio)
    other = ModelVersionFactory(contract_id="another")
    TemplateSet.objects.update(model_version=other)
    found = identification.identify(near(descriptor(1), 99, 0.9), studio_ids=[studio.pk])
    faces = [1 - (1 - 0.81), found.candidates[0].cosine]
    assert faces[1] == pytest.approx(0.73, abs=0.12)
    session.refresh_from_db()
    with pytest.raises(Exception, match="Another model") as refused:
        versions.activate_version(session)
    assert refused.value.code == "other_model"


def test_whoever_is_deleted_takes_their_templates_along(studio):
    ann, *_others = crowd(studio)
    trained(studio)
    Person.objects.get(pk=ann.pk).delete()
    assert not PersonTemplate.objects.filter(person=ann.pk).exists()
    assert identification.identify(near(descriptor(1), 99, 0.9), studio_ids=[studio.pk]).person is None


def test_the_names_that_would_change_are_listed_and_changed_when_somebody_says_so(api, studio):
    ann, bob, *_others = crowd(studio)
    unnamed = unknown_face(studio, 1)
    wrong = unknown_face(studio, 2, person=ann, recognition_confidence=0.8)
    right = unknown_face(studio, 3, person=_others[0], recognition_confidence=0.8)
    stranger = unknown_face(studio, 400)
    session = trained(studio)
    told = api.get(f"/api/v2/train/{session.pk}/changes").json()
    assert (told["assignments"], told["count"]) == (4, 2)
    listed = {row["face"]: (row["was"], row["becomes"]) for row in told["listed"]}
    assert listed == {str(unnamed.pk): (None, str(ann.pk)), str(wrong.pk): (str(ann.pk), str(bob.pk))}
    assert PhotoFace.objects.get(pk=wrong.pk).person == ann
    assert api.post(f"/api/v2/train/{session.pk}/apply").json() == {"applied": 2}
    for face, person in ((unnamed, ann), (wrong, bob), (right, _others[0]), (stranger, None)):
        face.refresh_from_db()
        assert face.person == person
        assert face.verified is False
    assert api.post(f"/api/v2/train/{session.pk}/apply").json() == {"applied": 0}
    assert session.acts.filter(what="applied").exists()


def test_what_a_person_decided_before_or_since_is_not_touched(api, studio):
    _ann, *_others = crowd(studio)
    member = MembershipFactory(studio=studio).user
    sent_away, rejected, decided_later = (unknown_face(studio, 1) for _face in range(3))
    decisions.assign([sent_away], None, by=member)
    decisions.ignore([rejected], by=member)
    session = trained(studio)
    listed = {row["face"] for row in session.changes["listed"]}
    assert listed == {str(decided_later.pk)}
    decisions.assign([decided_later], _others[0], by=member)
    assert renaming.apply_changes(session, by="test") == 0
    for face, person in ((sent_away, None), (rejected, None), (decided_later, _others[0])):
        face.refresh_from_db()
        assert face.person == person


def test_nobody_is_given_twice_in_one_photo(studio):
    ann, *_others = crowd(studio)
    first = unknown_face(studio, 1, cosine=0.95)
    FaceFactory(photo=first.photo, insightface_descriptor=near(descriptor(1), 5, 0.9))
    session = trained(studio)
    assert [row["face"] for row in session.changes["listed"]] == [str(first.pk)]
    FaceFactory(photo=first.photo, insightface_descriptor=near(descriptor(1), 6, 0.9), person=ann, verified=True)
    assert name_changes.preview_changes(studio.pk, candidates.find_version_in_use(studio.pk)).count == 0


def test_names_are_changed_only_by_the_version_in_use(api, studio):
    crowd(studio)
    session = trained(studio)
    versions.roll_back_version(session, by="test")
    answer = api.post(f"/api/v2/train/{session.pk}/apply")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_active")
