"""/api/v1/sessions/… and /api/v1/faces/search-session."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pictures.costly import jpeg_of_scans
from facepass.testing.pictures.fake import picture_of
from galleries.models import GalleryImage
from galleries.photos import analysis
from sessions_app.models import PhotoSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

URL = "/api/v1/sessions"
SEARCH = "/api/v1/faces/search-session"


def selfie(*people: str, **options) -> SimpleUploadedFile:
    return SimpleUploadedFile("selfie.jpg", picture_of(people, **options), content_type="image/jpeg")


def indexed(session, *photos: list[str]) -> list[GalleryImage]:
    """A gallery of the session with these photos, analysed."""
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
    made = [PhotoFactory(gallery=gallery, people=people, size=(800, 600)) for people in photos]
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)
    return made


def test_a_session_is_made_with_the_id_that_the_partner_names(api, studio):
    pk = str(uuid.uuid4())
    answer = api.post(URL, {"id": pk, "name": "Wedding", "facepass_enabled": True})
    assert answer.status_code == 201
    assert answer.json()["id"] == pk
    assert PhotoSession.objects.get(pk=pk).studio == studio


@pytest.mark.parametrize("path", ["{pk}", "validate/{pk}"])
def test_a_session_says_whose_it_is_and_what_was_sent_along(api, studio, path):
    sent = {"photographer_id": str(uuid.uuid4()), "service_package_id": str(uuid.uuid4())}
    made = api.post(URL, {"name": "Wedding", "facepass_enabled": True, "completed_at": "2026-06-01T12:00:00Z", **sent})
    answer = api.get(f"{URL}/{path.format(pk=made.json()['id'])}").json()
    known = answer.get("session", answer)
    assert {name: known[name] for name in sent} == sent
    assert (known["studio_id"], known["completed_at"]) == (str(studio.pk), "2026-06-01T12:00:00Z")


def test_the_same_id_twice_is_409_also_for_another_studio(api, stranger):
    pk = str(uuid.uuid4())
    api.post(URL, {"id": pk, "name": "Wedding"})
    for client in (api, stranger):
        assert client.post(URL, {"id": pk, "name": "Again"}).status_code == 409


def test_the_id_of_a_session_can_not_be_changed(api, studio):
    session = SessionFactory(studio=studio)
    answer = api.patch(f"/api/v1/sessions/{session.pk}", {"id": str(uuid.uuid4())})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert api.patch(f"/api/v1/sessions/{session.pk}", {"id": str(session.pk)}).status_code == 200


def test_validation_tells_enabled_disabled_and_unknown_apart(api, studio, stranger):
    enabled = SessionFactory(studio=studio)
    disabled = SessionFactory(studio=studio, facepass_enabled=False)
    answer = api.get(f"{URL}/validate/{enabled.pk}").json()
    assert (answer["valid"], answer["session"]["id"], answer["error"]) == (True, str(enabled.pk), None)
    refused = {"valid": False, "session": None}
    assert api.get(f"{URL}/validate/{disabled.pk}").json() == refused | {"error": "FacePass is not enabled"}
    assert api.get(f"{URL}/validate/{uuid.uuid4()}").json() == refused | {"error": "Session not found"}
    assert stranger.get(f"{URL}/validate/{enabled.pk}").json() == refused | {"error": "Session not found"}


def test_many_are_validated_with_one_query(api, studio, django_assert_num_queries):
    ids = [str(SessionFactory(studio=studio).pk) for _number in range(3)] + [str(uuid.uuid4())]
    api.get(URL)
    with django_assert_num_queries(2):  # the key, the sessions
        answer = api.post(f"{URL}/validate", {"ids": ids}).json()
    assert [answer["results"][pk]["valid"] for pk in ids] == [True, True, True, False]


def test_the_status_counts_photos_and_faces(api, studio):
    session = SessionFactory(studio=studio)
    indexed(session, ["ann", "bob"], ["ann"])
    answer = api.get(f"{URL}/{session.pk}/facepass-status").json()
    assert (answer["galleries"], answer["photos"], answer["faces"]) == (1, 2, 3)


def test_a_selfie_finds_its_subject_in_the_photos_of_the_session_only(api, studio):
    session, other = SessionFactory(studio=studio), SessionFactory(studio=studio)
    best, worse, _bobs = indexed(session, ["ann", "bob"], ["ann#3"], ["bob"])
    indexed(other, ["ann"])
    answer = api.post(SEARCH, {"session_id": str(session.pk), "file": selfie("ann")}, format="multipart")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "session_id", "searched_face", "searched_faces", "matches", "possible", "misses", "threshold", "processing_ms",
    }  # fmt: skip
    assert [match["photo_id"] for match in body["matches"]] == [str(best.pk), str(worse.pk)]
    first = body["matches"][0]
    assert set(first) == {
        "photo_id", "filename", "face_id", "bbox", "cosine", "similarity", "thumbnail_url", "image_url", "via",
        "group_similarity", "subjects",
    }  # fmt: skip
    assert first["cosine"] == pytest.approx(1.0, abs=0.01)
    assert set(first["bbox"]) == {"x", "y", "width", "height"}
    assert set(body["searched_face"]["bbox"]) == {"x", "y", "width", "height"}
    assert "descriptor" not in answer.content.decode()


def test_photos_of_several_people_together_or_of_any_of_them(api, studio):
    session = SessionFactory(studio=studio)
    both, only_ann, only_bob = indexed(session, ["ann", "bob"], ["ann"], ["bob"])

    def found(combine, **others):
        data = {"session_id": str(session.pk), "combine": combine, **others}
        answer = api.post(SEARCH, data, format="multipart").json()
        assert len(answer["searched_faces"]) == len(others.get("file", []))
        return {match["photo_id"]: match["subjects"] for match in answer["matches"]}

    assert found("all", file=[selfie("ann"), selfie("bob")]) == {str(both.pk): [0, 1]}
    assert found("any", file=[selfie("ann"), selfie("bob")]) == {
        str(both.pk): [0, 1],
        str(only_ann.pk): [0],
        str(only_bob.pk): [1],
    }
    bob = PersonFactory(studio=studio)
    only_bob.faces.update(person=bob, verified=True)
    assert found("all", file=[selfie("ann")], person_id=[str(bob.pk)]) == {str(both.pk): [0, 1]}
    assert set(found("any", person_id=[str(bob.pk)])) == {str(both.pk), str(only_bob.pk)}


def test_a_search_needs_a_picture_or_a_person_of_the_studio(api, studio):
    session = SessionFactory(studio=studio)
    data = {"session_id": str(session.pk)}
    assert api.post(SEARCH, data, format="multipart").status_code == 400
    elsewhere = {**data, "person_id": [str(PersonFactory().pk)]}
    assert api.post(SEARCH, elsewhere, format="multipart").status_code == 404


def test_why_a_photo_was_not_given_is_told_to_who_asks(api, studio):
    session = SessionFactory(studio=studio)
    given, hidden = indexed(session, ["ann"], ["ann#1"])
    hidden.faces.update(face_category="ignored")
    data = {"session_id": str(session.pk), "explain": "true"}
    body = api.post(SEARCH, {**data, "file": selfie("ann")}, format="multipart").json()
    assert [match["photo_id"] for match in body["matches"]] == [str(given.pk)]
    assert [(miss["photo_id"], miss["reason"]) for miss in body["misses"]] == [(str(hidden.pk), "hidden")]


def test_threshold_and_limit_narrow_the_answer(api, studio):
    session = SessionFactory(studio=studio)
    indexed(session, ["ann"], ["ann#1"], ["ann#4"])

    def found(**fields):
        data = {"session_id": str(session.pk), "file": selfie("ann"), **fields}
        return len(api.post(SEARCH, data, format="multipart").json()["matches"])

    assert (found(threshold=0.0), found(threshold=0.9), found(threshold=0.0, limit=1)) == (3, 2, 1)


def test_somebody_who_is_in_no_photo_finds_nothing(api, studio):
    session = SessionFactory(studio=studio)
    indexed(session, ["ann"])
    answer = api.post(SEARCH, {"session_id": str(session.pk), "file": selfie("zoe")}, format="multipart")
    assert (answer.status_code, answer.json()["matches"]) == (200, [])


@pytest.mark.parametrize(
    ("picture", "status", "code"),
    [
        (picture_of([]), 422, "face_not_found"),
        (picture_of(["ann", "bob"]), 422, "multiple_faces"),
        (picture_of(["ann"], side=30), 422, "low_quality"),
        (b"hello", 415, "not_an_image"),
        (b"", 415, "not_an_image"),
        (b"GIF89a" + bytes(20), 415, "unsupported_type"),
        (jpeg_of_scans(64, extra=60), 413, "image_too_complex"),
    ],
)
def test_a_picture_that_cannot_be_searched_with_says_why(api, studio, picture, status, code):
    session = SessionFactory(studio=studio)
    data = {"session_id": str(session.pk), "file": SimpleUploadedFile("s.jpg", picture)}
    answer = api.post(SEARCH, data, format="multipart")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"]
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_a_bystander_in_the_background_does_not_hide_the_subject(api, studio):
    session = SessionFactory(studio=studio)
    indexed(session, ["ann"])
    import cv2
    import numpy as np

    from facepass.testing.pictures.fake import face_of, pixels_of

    picture = pixels_of(["ann"], side=400)
    picture[20:120, 20:120] = face_of("bob", side=100)
    data = cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]))[1].tobytes()
    answer = api.post(
        SEARCH, {"session_id": str(session.pk), "file": SimpleUploadedFile("s.jpg", data)}, format="multipart"
    )
    assert len(answer.json()["matches"]) == 1


def test_a_strangers_session_is_404_and_a_disabled_one_403(api, stranger, studio):
    session = SessionFactory(studio=studio)
    data = {"session_id": str(session.pk)}
    assert stranger.post(SEARCH, data | {"file": selfie("ann")}, format="multipart").status_code == 404
    PhotoSession.objects.update(facepass_enabled=False)
    answer = api.post(SEARCH, data | {"file": selfie("ann")}, format="multipart")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "facepass_disabled")


@pytest.mark.parametrize(
    "fields",
    [{}, {"session_id": "x"}, {"threshold": "2"}, {"threshold": "nan"}, {"limit": "0"}, {"limit": "100000"}],
)
def test_wrong_fields_are_400_and_named(api, studio, fields):
    session = SessionFactory(studio=studio)
    data = {"session_id": str(session.pk), "file": selfie("ann")} | fields
    if not fields:
        del data["file"]
    answer = api.post(SEARCH, data, format="multipart")
    assert answer.status_code == 400
    assert set(answer.json()["error"]["details"]) == (set(fields) or {"file"})


def test_a_large_selfie_is_never_a_file_on_the_disk(api, studio, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "not there")  # writing a temporary file would fail
    session = SessionFactory(studio=studio)
    indexed(session, ["ann"])
    padded = picture_of(["ann"]) + bytes(4_000_000)
    data = {"session_id": str(session.pk), "file": SimpleUploadedFile("s.jpg", padded)}
    answer = api.post(SEARCH, data, format="multipart")
    assert (answer.status_code, len(answer.json()["matches"])) == (200, 1)
