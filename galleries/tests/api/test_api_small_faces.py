"""A face of 376 pixels in a picture of 12 megapixels: every way to send a picture looks at it as large as it needs."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import PersonFactory, SessionFactory
from facepass.testing.pictures.fake import picture_of
from galleries.matching import probe
from recognition.config import recognition_settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

SIZE, SIDE = (4000, 3000), 376
# Where the square is drawn: in the middle.
BOX = {"x": 1812.0, "y": 1312.0, "width": 376.0, "height": 376.0}


@pytest.fixture(scope="module")
def data():
    return picture_of(["ann"], size=SIZE, side=SIDE)


@pytest.fixture
def picture(data):
    return lambda: SimpleUploadedFile("a.jpg", data, content_type="image/jpeg")


def require_well_seen(face):
    assert face["quality"]["reasons"] == []
    assert face["quality"]["size"] == pytest.approx(SIDE, abs=12)
    for side, pixels in face.get("bbox", BOX).items():
        assert pixels == pytest.approx(BOX[side], abs=12)


def test_every_endpoint_sees_it_and_answers_in_pixels_of_the_picture(api, studio, picture):
    session, person = SessionFactory(studio=studio), PersonFactory(studio=studio)

    def send(path, name, **fields):
        answer = api.post(path, {name: picture(), **fields}, format="multipart")
        assert answer.status_code in (200, 201, 202), (path, answer.json())
        return answer.json()

    reference = send("/api/v1/reference", "image", label="passport")
    require_well_seen(reference)
    require_well_seen(send("/api/v1/verify", "image", reference_id=reference["id"])["face"])
    require_well_seen(send("/api/v1/faces/search-session", "file", session_id=str(session.pk))["searched_face"])
    require_well_seen(send("/recognize-face", "image")["faces"][0])
    require_well_seen(send("/batch-recognize", "images")["results"][0]["faces"][0])
    require_well_seen(send("/detect-faces", "image")["faces"][0])
    assert send("/api/v1/faces/search", "file")["matches"] == []
    send("/api/v1/faces/upload", "file", user_id=str(person.pk))


def test_only_where_the_small_picture_does_not_show_the_face_is_the_large_one_read(data, monkeypatch):
    sides = []
    decode = probe.decoding.decode_picture

    def count(file, *, longest_side, **options):
        sides.append(longest_side)
        return decode(file, longest_side=longest_side, **options)

    monkeypatch.setattr(probe.decoding, "decode_picture", count)
    probe.read_subject(ContentFile(data, name="a.jpg"))
    assert sides == [800, 3200]
    sides.clear()
    probe.read_subject(ContentFile(picture_of(["ann"], size=SIZE), name="b.jpg"))
    probe.read_subject(ContentFile(picture_of(["ann"], size=(800, 600), side=60), name="c.jpg"))
    assert sides == [800, 800]


def test_small_faces_beside_a_large_one_are_seen_where_all_are_asked_for():
    crowd = ContentFile(picture_of([str(uuid4()) for _ in range(12)], size=SIZE, side=150), name="a.jpg")
    faces = probe.read_faces(crowd, settings=recognition_settings()).faces_as_sent
    assert len(faces) == 12
    assert all(face.quality.size == pytest.approx(150, abs=8) for face in faces)
