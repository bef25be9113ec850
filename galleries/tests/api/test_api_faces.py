"""Enrolment: /api/v1/faces/upload, /faces/user/{id} and /faces/{id}."""

import uuid

import cv2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory
from facepass.testing.pictures.fake import face_of, picture_of, pixels_of
from galleries import tasks
from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.people import enrolment
from galleries.photos import analysis
from recognition import config
from recognition.model_versions import current_model_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

UPLOAD = "/api/v1/faces/upload"


def upload(client, person, *people, seed=0, **options):
    data = picture_of(people, seed=seed, **options)
    body = {"user_id": str(person.pk), "file": SimpleUploadedFile("me.jpg", data, content_type="image/jpeg")}
    return client.post(UPLOAD, body, format="multipart")


def work() -> None:
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Ann")


def test_an_enrolled_face_is_the_persons_and_has_the_id_that_the_upload_told(api, ann, studio):
    answer = upload(api, ann, "ann")
    assert answer.status_code == 202
    told = answer.json()
    assert (told["user_id"], told["state"]) == (str(ann.pk), "pending")
    assert api.get(f"/api/v1/faces/{told['face_id']}").status_code == 404  # nobody has looked yet
    work()
    face = api.get(f"/api/v1/faces/{told['face_id']}/").json()
    assert (face["user_id"], face["verified"], face["enrolled"]) == (str(ann.pk), True, True)
    assert face["face_category"] == "known"
    assert api.get(face["image_url"]).status_code == 200
    task = api.get(f"/api/v1/tasks/{told['task_id']}").json()
    result = {"face_id": told["face_id"], "person_id": str(ann.pk), "user_id": str(ann.pk)}
    assert (task["state"], task["result"]) == ("done", result)


@pytest.mark.parametrize(
    ("people", "options", "code"),
    [
        ([], {}, "face_not_found"),
        (["ann", "bob"], {}, "multiple_faces"),
        (["ann"], {"side": 24}, "low_quality"),
    ],
)
def test_a_picture_without_exactly_one_usable_face_fails_and_says_why(api, ann, people, options, code):
    told = upload(api, ann, *people, **options).json()
    work()
    photo = GalleryImage.objects.get(pk=told["task_id"])
    task = enrolment.describe_task(photo)
    assert (photo.state, task["state"], task["error"], task["result"]) == ("failed", "failed", code, None)
    assert not PhotoFace.objects.exists()


def test_a_face_that_is_not_usable_beside_one_that_is_does_not_disturb(api, ann):
    pixels = pixels_of(["ann"], size=(800, 600), side=300)
    pixels[10:34, 10:34] = face_of("bob", side=24)
    data = cv2.imencode(".png", pixels[..., ::-1])[1].tobytes()
    api.post(UPLOAD, {"user_id": str(ann.pk), "file": SimpleUploadedFile("a.png", data)}, format="multipart")
    work()
    face = PhotoFace.objects.get()
    assert (face.person, face.box["width"]) == (ann, 300)


def test_the_same_picture_again_is_the_same_task_and_of_somebody_else_409(api, ann, studio):
    first = upload(api, ann, "ann").json()
    assert upload(api, ann, "ann").json()["task_id"] == first["task_id"]
    answer = upload(api, PersonFactory(studio=studio), "ann")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "picture_in_use")
    assert GalleryImage.objects.count() == 1


def test_a_picture_that_failed_is_tried_again_when_it_comes_again(api, ann):
    config.save_settings({"quality_filters": {"min_face_size": 600}})
    told = upload(api, ann, "ann").json()
    work()
    config.save_settings({})
    again = upload(api, ann, "ann").json()
    assert (again["task_id"], again["state"]) == (told["task_id"], "pending")
    work()
    assert PhotoFace.objects.get().person == ann


def test_analysed_again_or_twice_the_face_keeps_its_row(api, ann):
    told = upload(api, ann, "ann").json()
    work()
    GalleryImage.objects.all().requeue()
    work()
    face = PhotoFace.objects.get()
    assert (str(face.pk), face.person, face.verified) == (told["face_id"], ann, True)
    assert face.model_version == current_model_version()


def test_a_worker_that_comes_after_the_person_is_gone_writes_nothing(api, ann):
    upload(api, ann, "ann")
    photo = GalleryImage.objects.claim_next()
    api.delete(f"/api/v1/users/{ann.pk}")
    analysis.analyse_photo(photo)
    assert not PhotoFace.objects.exists()


def test_the_usual_task_analyses_enrolments_too(api, ann, studio):
    upload(api, ann, "ann")
    assert tasks.analyse_gallery(str(enrolment.get_enrolment_gallery(studio).pk)) == 1
    assert PhotoFace.objects.get().person == ann


def test_enrolment_hides_from_the_lists_of_galleries_and_photos_and_belongs_to_no_session(api, ann, studio):
    told = upload(api, ann, "ann").json()
    gallery = Gallery.objects.get()
    assert gallery == enrolment.get_enrolment_gallery(studio)
    assert api.get("/api/v1/galleries/").json()["count"] == 0
    assert api.get(f"/api/v1/galleries/{gallery.pk}").status_code == 404
    assert api.patch(f"/api/v1/galleries/{gallery.pk}", {"session_id": str(uuid.uuid4())}).status_code == 404
    assert api.get(f"/api/v1/images/{told['task_id']}").status_code == 404
    assert gallery.session_id is None


def test_a_deleted_enrolled_face_takes_picture_and_descriptor_along(api, ann, django_capture_on_commit_callbacks):
    told = upload(api, ann, "ann").json()
    work()
    file = GalleryImage.objects.get().file
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"/api/v1/faces/{told['face_id']}").status_code == 204
    assert not file.storage.exists(file.name)
    assert not PhotoFace.objects.exists()
    assert not GalleryImage.objects.exists()
    assert api.delete(f"/api/v1/faces/{told['face_id']}").status_code == 404


def test_a_deleted_face_of_an_event_leaves_the_photo(api, studio):
    face = FaceFactory(photo__gallery=GalleryFactory(studio=studio))
    assert api.delete(f"/api/v1/faces/{face.pk}").status_code == 204
    assert GalleryImage.objects.filter(pk=face.photo_id).exists()


def test_faces_of_a_user_from_enrolment_and_events(api, ann, studio, django_assert_num_queries):
    told = upload(api, ann, "ann").json()
    work()
    seen = [FaceFactory(photo=PhotoFactory(gallery__studio=studio), person=ann) for _number in range(3)]
    url = f"/api/v1/faces/user/{ann.pk}"
    with django_assert_num_queries(4):  # the key, the person, the count, the page
        rows = api.get(url).json()["results"]
    assert {row["id"] for row in rows} == {told["face_id"], *(str(face.pk) for face in seen)}
    assert [row["id"] for row in api.get(f"{url}/?enrolled=true").json()["results"]] == [told["face_id"]]
    assert api.get(f"{url}?enrolled=false").json()["count"] == 3
    assert "descriptor" not in api.get(url).content.decode()


@pytest.mark.parametrize("bad", [{"user_id": "x"}, {"file": ""}, {"user_id": ""}])
def test_an_upload_without_user_or_file_is_400(api, ann, bad):
    body = {"user_id": str(ann.pk), "file": SimpleUploadedFile("a.jpg", picture_of(["ann"])), **bad}
    assert api.post(UPLOAD, body, format="multipart").status_code == 400


def test_what_is_no_picture_is_415(api, ann):
    body = {"user_id": str(ann.pk), "file": SimpleUploadedFile("a.jpg", b"hello")}
    assert api.post(UPLOAD, body, format="multipart").status_code == 415


def test_a_stranger_can_neither_enrol_nor_see_nor_delete(api, stranger, ann):
    assert upload(stranger, ann, "ann").status_code == 404
    told = upload(api, ann, "ann").json()
    work()
    assert stranger.get(f"/api/v1/faces/{told['face_id']}").status_code == 404
    assert stranger.delete(f"/api/v1/faces/{told['face_id']}").status_code == 404
    assert stranger.get(f"/api/v1/faces/user/{ann.pk}").status_code == 404
    assert stranger.get(f"/api/v1/tasks/{told['task_id']}").status_code == 404
    assert PhotoFace.objects.count() == 1
