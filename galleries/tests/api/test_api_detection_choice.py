"""`detection=fast|balanced|thorough`: how closely a request wants its picture to be looked at, within the bounds."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.matching import probe
from recognition import detection
from recognition.settings import overrides

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]
# Large enough to be reduced, with a face that the reduced picture shows well.
SIZE = (1600, 1200)
OPERATIONS = [
    ("/api/v1/reference", "file", {"label": "passport"}),
    ("/api/v1/verify", "file", {"reference_id": "reference"}),
    ("/api/v1/faces/search", "file", {}),
    ("/api/v1/faces/search-session", "file", {"session_id": "session"}),
    ("/recognize-face", "file", {}),
    ("/batch-recognize", "files", {}),
    ("/api/v2/recognize/batch", "files", {}),
    ("/detect-faces", "file", {}),
]


@pytest.fixture(scope="module")
def data():
    return picture_of(["ann"], size=SIZE, side=500)


@pytest.fixture
def send(api, studio, data):
    known = {}

    def send(path, name, fields, **more):
        values = {field: known[value]() if value in known else value for field, value in fields.items()}
        picture = SimpleUploadedFile("a.jpg", data, content_type="image/jpeg")
        return api.post(path, {name: picture, **values, **more}, format="multipart")

    known["reference"] = lambda: send("/api/v1/reference", "file", {"label": "x"}).json()["id"]
    known["session"] = lambda: str(SessionFactory(studio=studio).pk)
    return send


@pytest.fixture
def looks(monkeypatch):
    """The longest side at which pictures were decoded, and the modes in which faces were looked for in them."""
    sides, modes = [], []
    decode, detect = probe.decoding.decode_picture, detection.detect_faces

    def count_sides(file, *, longest_side, **options):
        sides.append(longest_side)
        return decode(file, longest_side=longest_side, **options)

    def count_modes(engine, pictures, mode):
        modes.append(mode)
        return detect(engine, pictures, mode)

    monkeypatch.setattr(probe.decoding, "decode_picture", count_sides)
    monkeypatch.setattr(detection, "decode_picture", count_sides)
    monkeypatch.setattr(detection, "detect_faces", count_modes)
    return sides, modes


@pytest.mark.parametrize(("path", "name", "fields"), OPERATIONS, ids=lambda value: value if "/" in str(value) else "")
def test_every_operation_looks_as_closely_as_the_request_says(path, name, fields, send, looks):
    def look(**choice):
        for seen in looks:
            seen.clear()
        answer = send(path, name, fields, **choice)
        assert answer.status_code in (200, 201), answer.json()
        return looks[0][-1], set(looks[1])

    if path != "/detect-faces":  # which always looks at the large one, as the analysis of photos does
        assert look()[0] == look(detection="balanced")[0] == look(detection="fast")[0] == probe.PROBE_SIDE
    side, modes = look(detection="thorough")
    assert side == detection.ANALYSIS_SIDE
    assert "thorough" in modes


@pytest.mark.parametrize(("path", "name", "fields"), OPERATIONS, ids=lambda value: value if "/" in str(value) else "")
def test_a_mode_that_the_installation_does_not_allow_is_refused_and_says_which_it_does(path, name, fields, send):
    overrides.change_bounds({"detection": ["fast", "balanced"]}, by="test")
    answer = send(path, name, fields, detection="thorough").json()
    error = answer["results"][0]["error"] if "results" in answer else answer["error"]
    assert error["code"] == "invalid_request"
    if "details" in error:
        assert "fast, balanced" in error["details"]["detection"][0]
    assert send(path, name, fields, detection="fast").status_code in (200, 201)


@pytest.mark.parametrize("mode", ["x", "FAST"])
def test_what_is_no_mode_is_refused(mode, send):
    assert send("/recognize-face", "file", {}, detection=mode).status_code == 400


def test_a_photo_may_be_looked_at_closely_but_is_saved_as_the_settings_say(api, studio, looks):
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio), people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(photo.gallery_id))
    body = {"photo_id": str(photo.pk), "detection": "thorough"}
    assert api.post("/detect-faces", body, format="json").status_code == 200
    assert "thorough" in looks[1]
    assert api.post("/detect-faces", {**body, "save": True}, format="json").status_code == 400


def test_frames_of_a_challenge_take_no_mode(api, data):
    files = [SimpleUploadedFile(f"{n}.jpg", data) for n in range(3)]
    body = {"challenge_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "files": files, "detection": "fast"}
    assert api.post("/api/v1/liveness", body, format="multipart").status_code == 400


def test_people_may_be_searched_for_without_a_picture(api, studio):
    body = {"session_id": str(SessionFactory(studio=studio).pk), "person_id": str(PersonFactory(studio=studio).pk)}
    assert (
        api.post("/api/v1/faces/search-session", {**body, "detection": "fast"}, format="multipart").status_code == 200
    )
