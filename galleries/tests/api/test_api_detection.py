"""/detect-faces"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import PersonFactory, PhotoFactory
from facepass.testing.pictures.fake import picture_of
from galleries.models import GalleryImage, PhotoFace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

URL = "/detect-faces"


def image(*people, **options):
    return SimpleUploadedFile("a.jpg", picture_of(people, **options), content_type="image/jpeg")


@pytest.fixture
def photo(studio):
    return PhotoFactory(gallery__studio=studio, people=["ann", "bob"], size=(2000, 800))


@pytest.mark.parametrize("path", [URL, f"{URL}/"])
def test_the_faces_of_a_picture_in_its_own_pixels(api, path):
    found = api.post(path, {"image": image("ann", size=(3000, 2000), side=900)}, format="multipart").json()
    assert (found["width"], found["height"], found["saved"], found["photo_id"]) == (3000, 2000, False, None)
    [face] = found["faces"]
    assert face["face_id"] is None
    assert (face["bbox"]["x"], face["bbox"]["width"]) == (pytest.approx(1050, abs=6), pytest.approx(900, abs=8))
    assert face["landmarks"][0] == pytest.approx([1050 + 288, 550 + 342], abs=8)
    assert "descriptor" not in str(found)


def test_no_face_is_an_empty_list(api):
    answer = api.post(URL, {"image": image()}, format="multipart")
    assert (answer.status_code, answer.json()["faces"]) == (200, [])


def test_a_photo_is_looked_at_and_nothing_is_written(api, photo):
    found = api.post(URL, {"photo_id": str(photo.pk)}).json()
    assert (len(found["faces"]), found["photo_id"], found["width"]) == (2, str(photo.pk), 2000)
    assert not PhotoFace.objects.exists()
    photo.refresh_from_db()
    assert photo.state == "pending"


def test_saved_as_the_analysis_saves_and_twice_as_once(api, photo):
    for _time in range(2):
        found = api.post(URL, {"photo_id": str(photo.pk), "save": True}).json()
        assert {face["face_id"] for face in found["faces"]} == {str(face.pk) for face in PhotoFace.objects.all()}
        assert [face["bbox"]["width"] for face in found["faces"]] == pytest.approx([640, 640], abs=8)
    photo.refresh_from_db()
    assert (photo.state, photo.faces.count()) == ("processed", 2)


def test_a_confirmed_face_keeps_its_row(api, photo, studio):
    api.post(URL, {"photo_id": str(photo.pk), "save": True})
    face = PhotoFace.objects.first()
    PhotoFace.objects.filter(pk=face.pk).update(person=PersonFactory(studio=studio), verified=True)
    found = api.post(URL, {"photo_id": str(photo.pk), "save": True}).json()
    assert str(face.pk) in {row["face_id"] for row in found["faces"]}


def test_a_photo_that_a_worker_has_is_409(api, photo):
    GalleryImage.objects.claim_next()
    answer = api.post(URL, {"photo_id": str(photo.pk), "save": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "photo_busy")


def test_a_photo_whose_file_is_gone_says_so(api, photo):
    photo.file.storage.delete(photo.file.name)
    assert api.post(URL, {"photo_id": str(photo.pk)}).json()["error"]["code"] == "file_missing"
    answer = api.post(URL, {"photo_id": str(photo.pk), "save": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "photo_failed")
    assert answer.json()["error"]["details"] == {"error": "file_missing"}


@pytest.mark.parametrize("body", [{}, {"photo_id": "x"}, {"save": True}])
def test_neither_picture_nor_photo_is_400(api, body):
    assert api.post(URL, body).status_code == 400


def test_both_are_400_and_a_picture_cannot_be_saved(api, photo):
    both = {"image": image("ann"), "photo_id": str(photo.pk)}
    assert api.post(URL, both, format="multipart").status_code == 400
    answer = api.post(URL, {"image": image("ann"), "save": True}, format="multipart")
    assert answer.json()["error"]["details"] == {"save": ["Only the faces of a photo can be saved."]}


def test_a_stranger_gets_404_and_who_may_only_search_saves_nothing(stranger, client_of, photo, studio):
    assert stranger.post(URL, {"photo_id": str(photo.pk)}).status_code == 404
    searcher = client_of(studio, scopes=["search"])
    assert searcher.post(URL, {"photo_id": str(photo.pk)}).status_code == 200
    assert searcher.post(URL, {"photo_id": str(photo.pk), "save": True}).status_code == 403
    assert not PhotoFace.objects.exists()
