"""/api/v1/faces/search, /recognize-face, /batch-recognize, /api/v2/recognize/batch and /rebuild-index."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import FaceFactory, GalleryFactory, ModelVersionFactory, PersonFactory, PhotoFactory
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.models import GalleryImage, PhotoFace
from galleries.tests.faces.test_generate_descriptors import analyse_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


def picture(*people, name="a.jpg"):
    return SimpleUploadedFile(name, picture_of(people, size=(800, 600)), content_type="image/jpeg")


@pytest.fixture
def gallery(studio):
    """Three photos: ann twice, bob once. Ann's first face is verified."""
    found = GalleryFactory(studio=studio)
    for seed, people in enumerate((["ann"], ["ann#1", "bob"], [])):
        PhotoFactory(gallery=found, people=people, size=(640, 320), seed=seed)
    analyse_all()
    return found


@pytest.fixture
def ann(gallery):
    person = PersonFactory(studio=gallery.studio, real_name="Ann", external_id="a-1")
    face = GalleryImage.objects.order_by("created_at").first().faces.get()
    PhotoFace.objects.filter(pk=face.pk).update(person=person, verified=True)
    return person


def test_faces_like_a_picture_are_found_across_the_studio(api, gallery, ann):
    answer = api.post("/api/v1/faces/search", {"file": picture("ann")}, format="multipart")
    assert answer.status_code == 200
    found = answer.json()
    assert [match["person"] and match["person"]["full_name"] for match in found["matches"]] == ["Ann", None]
    assert found["matches"][0]["cosine"] > found["matches"][1]["cosine"] > 0.8
    assert found["matches"][0]["gallery_id"] == str(gallery.pk)
    assert "descriptor" not in str(found)


def test_faces_like_a_known_face_are_found_without_itself(api, gallery, ann):
    face = ann.faces.get()
    found = api.post("/api/v1/faces/search/", {"face_id": str(face.pk)}, format="json").json()["matches"]
    assert [match["face_id"] for match in found] == [
        str(
            PhotoFace.objects.exclude(pk=face.pk)
            .order_by("photo__created_at", "pk")
            .get(insightface_bbox__x__lt=320)
            .pk
        )
    ]


def test_a_threshold_a_limit_and_a_gallery_narrow_the_search(api, gallery, studio):
    body = {"file": picture("ann"), "threshold": 0, "limit": 2}
    assert len(api.post("/api/v1/faces/search/", body, format="multipart").json()["matches"]) == 2
    other = {"file": picture("ann"), "gallery_id": str(GalleryFactory(studio=studio).pk)}
    assert api.post("/api/v1/faces/search/", other, format="multipart").json()["matches"] == []


def test_what_is_not_there_or_not_described_is_refused(api, stranger, gallery):
    face = PhotoFace.objects.first()
    assert stranger.post("/api/v1/faces/search/", {"face_id": str(face.pk)}, format="json").status_code == 404
    assert api.post("/api/v1/faces/search/", {}, format="json").status_code == 400
    both = {"file": picture("ann"), "face_id": str(face.pk)}
    assert api.post("/api/v1/faces/search/", both, format="multipart").status_code == 400
    old = FaceFactory(photo__gallery=gallery, model_version=ModelVersionFactory(contract_id="another"))
    refused = api.post("/api/v1/faces/search/", {"face_id": str(old.pk)}, format="json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_described")
    none = api.post("/api/v1/faces/search/", {"file": picture()}, format="multipart")
    assert (none.status_code, none.json()["error"]["code"]) == (422, "face_not_found")


def test_every_face_of_a_picture_is_somebody_or_honestly_nobody(api, gallery, ann):
    found = api.post("/recognize-face", {"image": picture("ann#1", "eve")}, format="multipart").json()
    assert sorted((face["matched"], face["person"] and face["person"]["external_id"]) for face in found["faces"]) == [
        (False, None),
        (True, "a-1"),
    ]
    known = next(face for face in found["faces"] if face["matched"])
    assert known["candidates"][0]["person"]["id"] == str(ann.pk)
    assert known["margin"] is None
    assert known["bbox"]["width"] > 100


def test_a_stranger_knows_none_of_our_people(stranger, gallery, ann):
    found = stranger.post("/recognize-face/", {"image": picture("ann")}, format="multipart").json()
    assert [(face["matched"], face["candidates"]) for face in found["faces"]] == [(False, [])]


@pytest.mark.parametrize("path", ["/batch-recognize", "/api/v2/recognize/batch"])
def test_many_pictures_are_answered_one_by_one(api, gallery, ann, path):
    broken = SimpleUploadedFile("b.jpg", b"not a picture", content_type="image/jpeg")
    answer = api.post(path, {"images": [picture("ann"), broken, picture(name="c.jpg")]}, format="multipart")
    first, second, third = answer.json()["results"]
    assert first["faces"][0]["person"]["full_name"] == "Ann"
    assert (second["filename"], second["error"]["code"]) == ("b.jpg", "not_an_image")
    assert (third["filename"], third["faces"]) == ("c.jpg", [])


def test_a_gallery_is_a_task_that_names_whom_it_is_sure_of(api, gallery, ann):
    answer = api.post("/batch-recognize/", {"gallery_id": str(gallery.pk)}, format="json")
    assert answer.status_code == 202
    tasks.run_job(answer.json()["task_id"])
    task = api.get(f"/api/v1/tasks/{answer.json()['task_id']}/").json()
    assert (task["state"], task["result"]) == ("done", {"faces": 2, "named": 1})
    proposed = ann.faces.get(verified=False)
    assert proposed.face_category == "known"
    assert 0.7 < proposed.recognition_confidence <= 1


def test_naming_a_gallery_needs_the_right_to_write(client_of, studio, gallery, stranger):
    searcher = client_of(studio, scopes=["search"])
    body = {"gallery_id": str(gallery.pk)}
    assert searcher.post("/batch-recognize/", body, format="json").status_code == 403
    assert stranger.post("/batch-recognize/", body, format="json").status_code == 404


def test_only_administrators_rebuild_the_index(client_of, studio, api):
    assert client_of(studio, scopes=["write"]).post("/rebuild-index/").status_code == 403
    assert api.post("/rebuild-index").status_code == 202
