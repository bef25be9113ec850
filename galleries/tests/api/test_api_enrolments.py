"""Refused enrolments: all reasons, nothing left behind, listed and removable; and comparing pictures and people."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.core.errors import FacePassError
from facepass.models import OutboxEvent
from facepass.testing.factories import PersonFactory, StudioFactory
from facepass.testing.pictures.fake import picture_of
from galleries.matching import probe, search
from galleries.models import GalleryImage, Person
from galleries.photos import analysis
from recognition import config, coverings, pipeline, quality
from recognition.pictures import decoding
from sessions_app.guest.domain import selfie_advice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

ENROLMENTS = "/api/v1/enrolments/"


def picture(*people, seed=0, **options):
    return SimpleUploadedFile("me.jpg", picture_of(people, seed=seed, **options), content_type="image/jpeg")


def enrol(api, person, file):
    form = {"person_id": str(person.pk), "file": file}
    return api.post("/api/v1/faces/upload/", form, format="multipart").json()


def work(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        while photo := GalleryImage.objects.claim_next():
            analysis.analyse_photo(photo)


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio)


@pytest.fixture
def refused(api, ann, django_capture_on_commit_callbacks):
    """The task of a picture with a small and blurred face, which was refused."""
    task = enrol(api, ann, picture("ann", side=24))["task_id"]
    work(django_capture_on_commit_callbacks)
    return task


def files_of(photo):
    folder = photo.file.name.rpartition("/")[0]
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_a_refusal_says_all_reasons_and_leaves_no_file(api, ann, refused):
    task = api.get(f"/api/v1/tasks/{refused}/").json()
    assert (task["state"], task["error"]) == ("failed", "low_quality")
    assert "too_small" in task["reasons"]
    assert files_of(GalleryImage.objects.get(pk=refused)) == []
    listed = api.get(ENROLMENTS, {"state": "failed", "person_id": ann.pk}).json()["results"]
    assert [(row["task_id"], row["error"], row["reasons"], row["face_id"]) for row in listed] == [
        (refused, "low_quality", task["reasons"], None)
    ]
    assert api.get(ENROLMENTS, {"state": "done"}).json()["results"] == []


@pytest.mark.parametrize("code", coverings.CODES)
def test_whoever_wears_dark_glasses_or_a_mask_is_not_enrolled(
    api, ann, monkeypatch, django_capture_on_commit_callbacks, code
):
    monkeypatch.setattr(quality, "list_coverings", lambda _crop: (code,))
    task = enrol(api, ann, picture("ann"))["task_id"]
    work(django_capture_on_commit_callbacks)
    refused = api.get(f"/api/v1/tasks/{task}/").json()
    assert (refused["state"], refused["error"], refused["reasons"]) == ("failed", "low_quality", [code])


@pytest.mark.parametrize(("code", "advice"), [("sunglasses", "Take off the sunglasses"), ("mask", "Take off the mask")])
def test_a_picture_to_search_by_is_taken_with_advice_and_one_to_enrol_by_is_not(gallery, monkeypatch, code, advice):
    monkeypatch.setattr(quality, "list_coverings", lambda _crop: (code,))
    (found,) = pipeline.describe_picture(decoding.decode_picture(BytesIO(picture_of(["ann"]))))
    assert found.quality.reasons == ()
    selfie = probe.read_subject(picture("ann")).faces[0]
    assert selfie.quality.reasons == (code,)
    assert not search.is_weak_probe(selfie)
    assert advice in str(selfie_advice.hints_for_better_selfie([selfie])[0])
    with pytest.raises(FacePassError, match=advice) as refusal:
        probe.require_single_usable([found])
    assert refusal.value.details == {"reasons": [code]}


def test_a_refusal_is_told_to_webhooks(ann, refused):
    event = OutboxEvent.objects.get()
    assert event.type == "face.refused"
    assert (event.data["person_id"], event.data["error"]) == (str(ann.pk), "low_quality")
    assert "too_small" in event.data["reasons"]


def test_a_refused_picture_is_tried_again_when_it_comes_again(api, ann, refused, django_capture_on_commit_callbacks):
    config.save_settings({"quality_filters": {"min_face_size": 16}})
    assert enrol(api, ann, picture("ann", side=24))["task_id"] == refused
    work(django_capture_on_commit_callbacks)
    row = api.get(f"{ENROLMENTS}{refused}/").json()
    assert row["reasons"] == []
    assert (row["state"], row["error"]) == ("done", None) or row["error"] == "low_quality"


def test_a_refused_enrolment_is_removed_and_a_strangers_is_not_there(api, refused, client_of):
    assert client_of(StudioFactory()).delete(f"{ENROLMENTS}{refused}/").status_code == 404
    assert api.delete(f"{ENROLMENTS}{refused}/").status_code == 204
    assert api.get(ENROLMENTS).json()["results"] == []
    assert not GalleryImage.objects.exists()


def test_of_who_was_enrolled_a_picture_is_verified_and_of_who_was_not_it_is_409(
    api, ann, django_capture_on_commit_callbacks
):
    def verify(**fields):
        return api.post("/api/v1/verify/", {"file": picture("ann", seed=2), **fields}, format="multipart")

    assert verify(person_id=ann.pk).json()["error"]["code"] == "not_described"
    enrol(api, ann, picture("ann"))
    work(django_capture_on_commit_callbacks)
    assert verify(person_id=ann.pk).json()["verified"] is True
    assert verify(user_id=ann.pk).json()["verified"] is True
    assert verify().status_code == 400
    assert verify(person_id=PersonFactory(studio=StudioFactory()).pk).status_code == 404


@pytest.mark.parametrize("path", ["verify", "compare"])
def test_two_pictures_are_compared_in_one_call(api, path):
    for other, same in ((("bob", "ann"), True), (("bob",), False)):
        form = {"file": picture("ann"), "other_file": picture(*other, seed=3)}
        told = api.post(f"/api/v1/{path}/", form, format="multipart").json()
        assert told["verified"] is same
        assert told["other_face"]["bbox"]["width"] > 0
    form = {"file": picture("ann"), "other_file": picture()}
    refused = api.post(f"/api/v1/{path}/", form, format="multipart")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "face_not_found")


def test_deleting_the_person_takes_the_refusal_along(ann, refused):
    Person.objects.filter(pk=ann.pk).delete()
    assert not GalleryImage.objects.exists()
