"""POST /api/v2/train/prepare: the dataset of a studio, frozen."""

import pytest

from facepass.models import Scope
from facepass.testing.factories import (
    ModelVersionFactory,
    StudioFactory,
)
from facepass.testing.trainings import person_with
from galleries.models import PhotoFace
from training.learning import preparation
from training.models import FaceTrainingSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

PREPARE = "/api/v2/train/prepare"


def test_people_counts_and_what_is_left_out_are_told(api, studio):
    ann, bob = person_with(studio, 6, seed=1), person_with(studio, 5, seed=2)
    person_with(studio, 1, seed=3)
    blurred = PhotoFace.objects.filter(person=bob).first()
    PhotoFace.objects.filter(pk=blurred.pk).update(quality={"score": 0.2, "reasons": ["blurred"]})
    answer = api.post(PREPARE)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["status"], told["people_count"], told["faces"]) == ("pending", 2, 10)
    assert told["left_out"] == {"low_quality": 1, "mislabelled": 0, "conflict": 0, "too_few": 1}
    counts = {row["id"]: row["train"] + row["test"] + row["stranger"] for row in told["people"]}
    assert counts == {str(ann.pk): 6, str(bob.pk): 4}


def test_a_face_under_a_wrong_name_is_named_with_whom_it_looks_like(api, studio):
    ann, bob = person_with(studio, 6, seed=1), person_with(studio, 6, seed=2)
    wrong = PhotoFace.objects.filter(person=bob).first()
    PhotoFace.objects.filter(pk=wrong.pk).update(person=ann)
    told = api.post(PREPARE).json()
    names = {"face_id": str(wrong.pk), "person_id": str(ann.pk), "looks_like": str(bob.pk)}
    assert told["suspects"] == [{**names, "face": str(wrong.pk), "person": str(ann.pk)}]
    assert told["left_out"]["mislabelled"] == 1


def test_only_verified_faces_of_this_studio_and_model_count(studio):
    ann = person_with(studio, 4, seed=1)
    person_with(studio, 4, seed=2, verified=False)
    person_with(studio, 4, seed=3, model_version=ModelVersionFactory(contract_id="another"))
    person_with(StudioFactory(), 4, seed=4)
    assert list(preparation.prepare_training(studio).manifest["people"]) == [str(ann.pk)]


def test_the_manifest_is_frozen_and_the_same_data_have_the_same_digest(studio):
    ann = person_with(studio, 6, seed=1)
    first = preparation.prepare_training(studio, by="somebody")
    second = preparation.prepare_training(studio)
    assert first.digest == second.digest
    PhotoFace.objects.filter(person=ann).first().delete()
    third = preparation.prepare_training(studio)
    assert third.digest != first.digest
    first.refresh_from_db()
    assert (len(first.manifest["faces"]), first.started_by) == (6, "somebody")
    assert first.digest == preparation.compute_digest(first.manifest)


def test_where_nobody_has_enough_faces_there_is_nothing_to_train(api, studio):
    person_with(studio, 1, seed=1)
    answer = api.post(PREPARE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_to_train")
    assert not FaceTrainingSession.objects.exists()


def test_a_stranger_prepares_only_what_is_theirs(stranger, studio):
    person_with(studio, 4, seed=1)
    assert stranger.post(PREPARE).status_code == 409


def test_who_may_not_administer_may_not_prepare(client_of, studio):
    assert client_of(studio, scopes=[Scope.READ, Scope.WRITE]).post(PREPARE).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_faces(studio, django_assert_max_num_queries):
    for seed in range(1, 8):
        person_with(studio, 3, seed=seed)
    with django_assert_max_num_queries(12):
        preparation.prepare_training(studio)
