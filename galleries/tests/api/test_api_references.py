"""/api/v1/reference/… and /api/v1/verify"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import ModelVersionFactory, StudioFactory, descriptor
from facepass.testing.pictures.fake import picture_of
from galleries.models import Reference
from recognition import config
from recognition.model_versions import current_model_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

URL, VERIFY = "/api/v1/reference", "/api/v1/verify"


def image(*people, **options):
    return SimpleUploadedFile("a.jpg", picture_of(people, **options), content_type="image/jpeg")


def keep(client, *people, label="", **options):
    return client.post(URL, {"image": image(*people, **options), "label": label}, format="multipart")


def verify(client, reference, *people, **fields):
    options = {name: fields.pop(name) for name in ("size", "side") if name in fields}
    body = {"image": image(*people, **options), "reference_id": reference, **fields}
    return client.post(VERIFY, body, format="multipart")


@pytest.fixture
def ann(api):
    return keep(api, "ann", label="passport of Ann").json()["id"]


def test_a_reference_keeps_a_descriptor_and_no_picture(api, studio):
    answer = keep(api, "ann", label="passport")
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "label", "quality", "model_version_id", "created_at"}
    assert (answer.json()["label"], answer.json()["quality"]["reasons"]) == ("passport", [])
    kept = Reference.objects.get(pk=answer.json()["id"])
    assert (kept.studio, kept.model_version) == (studio, current_model_version())


@pytest.mark.parametrize(
    ("people", "options", "code"),
    [([], {}, "face_not_found"), (["ann", "bob"], {}, "multiple_faces"), (["ann"], {"side": 40}, "low_quality")],
)
def test_a_picture_without_exactly_one_usable_face_is_422(api, people, options, code):
    answer = keep(api, *people, **options)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    if code == "low_quality":
        assert answer.json()["error"]["details"]["reasons"] == ["too_small"]
    assert not Reference.objects.exists()


def test_the_same_person_is_verified_and_another_is_not(api, ann):
    same = verify(api, ann, "ann#1").json()
    assert same["verified"] is True
    assert same["cosine"] == pytest.approx(0.9, abs=0.01)
    assert same["similarity"] > same["threshold"] == 0.5
    other = verify(api, ann, "bob").json()
    assert (other["verified"], other["similarity"] < 0.5) == (False, True)


def test_every_face_is_considered_and_the_best_reported_in_pixels_of_the_upload(api, ann):
    found = verify(api, ann, "bob", "ann", size=(2400, 1000), side=600).json()
    assert found["verified"] is True
    assert found["face"]["bbox"]["x"] == pytest.approx(1500, abs=6)
    assert found["face"]["bbox"]["width"] == pytest.approx(600, abs=8)


def test_the_threshold_is_the_settings_or_the_callers(api, ann):
    config.save_settings({"confidence_thresholds": {"verify": 0.99}})
    assert verify(api, ann, "ann#1").json()["verified"] is False
    assert verify(api, ann, "ann#1", threshold=0.6).json()["verified"] is True
    assert verify(api, ann, "ann#1", threshold=1.5).status_code == 400


def test_a_probe_without_a_face_is_422_and_what_is_no_picture_415(api, ann):
    assert verify(api, ann).json()["error"]["code"] == "face_not_found"
    body = {"image": SimpleUploadedFile("a.jpg", b"hello"), "reference_id": ann}
    assert api.post(VERIFY, body, format="multipart").status_code == 415


def test_a_reference_of_another_model_is_409_and_never_compared(api, studio):
    old = Reference.objects.create(
        studio=studio, model_version=ModelVersionFactory(contract_id="old"), descriptor=descriptor(1)
    )
    answer = verify(api, str(old.pk), "ann")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "reference_outdated")


def test_no_file_is_made_of_a_probe(api, ann, monkeypatch):
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_args, **_kwargs: pytest.fail("a file was made"))
    noise = b"\0" * 3_000_000  # behind the JPEG's end, so that Django would spool it
    body = {"image": SimpleUploadedFile("a.jpg", picture_of(["ann"]) + noise), "reference_id": ann}
    assert api.post(VERIFY, body, format="multipart").status_code == 200


def test_references_are_listed_read_and_deleted(api, ann, django_assert_num_queries):
    for label in ("b", "c"):
        keep(api, "bob", label=label)
    with django_assert_num_queries(3):  # the key, the count, the page
        rows = api.get(URL).json()["results"]
    assert [row["label"] for row in rows] == ["c", "b", "passport of Ann"]
    assert "descriptor" not in api.get(URL).content.decode()
    assert api.get(f"{URL}/{ann}").json()["label"] == "passport of Ann"
    assert api.delete(f"{URL}/{ann}").status_code == 204
    assert verify(api, ann, "ann").status_code == 404


def test_a_stranger_can_neither_see_nor_use_nor_delete_it(stranger, ann):
    assert stranger.get(URL).json()["count"] == 0
    assert stranger.get(f"{URL}/{ann}").status_code == 404
    assert stranger.delete(f"{URL}/{ann}/").status_code == 404
    assert verify(stranger, ann, "ann").status_code == 404


def test_a_reader_can_neither_keep_nor_verify(client_of, ann):
    reader = client_of(StudioFactory(), scopes=["read"])
    assert keep(reader, "ann").status_code == 403
    assert verify(reader, ann, "ann").status_code == 403
