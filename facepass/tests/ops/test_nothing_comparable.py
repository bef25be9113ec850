"""Where nothing describes the faces as before, for want of its engine or its key, every page shows what is there.

Searches and new photos are refused with what is wrong, and never find nobody.
"""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from facepass.models import STUDIO_SCOPES, ApiKey
from facepass.ops import checks
from facepass.testing.factories import PhotoFactory
from facepass.testing.pictures.fake import picture_of
from facepass.tests.console.test_admin import LISTS, change_page, list_page, member_of, new_world
from galleries import tasks
from recognition.engines import registry
from recognition.engines.engine_info import EngineInfo
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from sessions_app.models import FoundPhoto, Guest

pytestmark = pytest.mark.django_db


WHY = {
    "model_gone": lambda: {"engine": "dlib", "contract_id": "of dlib"},
    "template_key_changed": lambda: {
        "engine": "onnx",
        "model": "opencv_zoo",
        "contract_id": EngineInfo.for_pack("opencv_zoo").contract_id,
        "template_key_id": "32b2dcb3361a14fe",
    },
}


@pytest.fixture(params=WHY)
def code(request):
    return request.param


@pytest.fixture
def world(monkeypatch, code):
    """One row of everything, and the faces described by an engine that has gone, or under another key."""
    found = new_world()
    version = found.rows["recognition_modelversion"]
    ModelVersion.objects.filter(pk=version.pk).update(**WHY[code]())
    ModelVersion.objects.activate(version)
    monkeypatch.setattr(registry, "_process", registry._Process())
    assert registry.contract_in_use() == ""
    return found


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_rows_of_the_admin_open(name, world):
    member = member_of(world.studio)
    assert member.get(list_page(name)).status_code == 200
    assert member.get(change_page(name, world.rows[name])).status_code == 200


def test_the_first_page_of_the_admin_says_what_to_run(world):
    page = member_of(world.studio).get(reverse("admin:index"))
    assert page.status_code == 200
    assert "manage.py generate_descriptors" in page.content.decode()


def occasion(world):
    return {"key": world.rows["sessions_app_photosession"].pk}


STAFF_PAGES = {
    "galleries_gallery_photos": lambda world: {"pk": world.rows["galleries_gallery"].pk},
    "galleries_gallery_window": lambda world: {"pk": world.rows["galleries_gallery"].pk},
    "galleries_galleryimage_faces": lambda world: {"pk": world.rows["galleries_galleryimage"].pk},
    "galleries_galleryimage_described": lambda world: {"pk": world.rows["galleries_galleryimage"].pk},
    "galleries_galleryimage_people": lambda world: {"pk": world.rows["galleries_galleryimage"].pk},
    "galleries_galleryimage_decisions": lambda world: {"pk": world.rows["galleries_galleryimage"].pk},
    "galleries_facecluster_occasions": lambda world: {},
    "galleries_facecluster_of": occasion,
    "galleries_facecluster_list": occasion,
    "galleries_facecluster_pairs": occasion,
    "galleries_facecluster_pairs_list": occasion,
    "galleries_facecluster_like": lambda world: {**occasion(world), "pk": world.rows["galleries_facecluster"].pk},
    "galleries_photoface_verify": lambda world: {},
    "galleries_photoface_verify_list": lambda world: {},
    "galleries_photoface_doubts": lambda world: {},
    "galleries_person_grid": lambda world: {},
    "galleries_photoface_doubts_list": lambda world: {},
}


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_the_pages_of_staff_open(name, world):
    answer = member_of(world.studio).get(reverse(f"admin:{name}", kwargs=STAFF_PAGES[name](world)))
    assert answer.status_code == 200


def test_a_guest_sees_the_photos_that_were_found_before_and_is_asked_to_come_again_for_a_search(world):
    session, face = world.rows["sessions_app_photosession"], world.rows["galleries_photoface"]
    guest = Client()
    guest.post(f"/s/{session.code}/consent/", {"agree": "on"})
    visit = Guest.objects.get(session=session)
    FoundPhoto.objects.create(guest=visit, photo=face.photo, face=face, rank=0)
    page = guest.get(f"/s/{session.code}/photos/")
    assert page.status_code == 200
    assert f"/found/{visit.pk}/{face.photo_id}/" in page.content.decode()
    selfie = SimpleUploadedFile("selfie.jpg", picture_of(["ann"]), "image/jpeg")
    refused = guest.post(f"/s/{session.code}/", {"selfie": selfie})
    assert refused.status_code == 503
    assert "TEMPLATE_KEY" not in refused.content.decode()
    assert FoundPhoto.objects.filter(guest=visit).count() == 1


def a_selfie():
    return SimpleUploadedFile("selfie.jpg", picture_of(["ann"]), "image/jpeg")


SEARCHES = {
    "/api/v1/faces/search": lambda world: {"file": a_selfie()},
    "/api/v1/faces/search-session": lambda world: {
        "file": a_selfie(),
        "session_id": str(world.rows["sessions_app_photosession"].pk),
    },
    "/api/v1/reference": lambda world: {"image": a_selfie(), "label": "Ann"},
    "/api/v2/recognize/batch": lambda world: {"images": [a_selfie()]},
    "/recognize-face": lambda world: {"image": a_selfie()},
    "/batch-recognize": lambda world: {"images": [a_selfie()]},
}


@pytest.mark.parametrize("path", SEARCHES)
def test_a_partner_s_picture_is_refused_with_the_reason(path, world, code):
    api = APIClient()
    _key, token = ApiKey.issue(world.studio, name="app", scopes=list(STUDIO_SCOPES))
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    answer = api.post(path, SEARCHES[path](world), format="multipart")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, code), error


def test_readiness_check_and_first_page_say_what_is_wrong(world, code, client):
    answer = client.get("/health/ready")
    engine = answer.json()["checks"]["engine"]
    assert engine["code"] == code
    assert (answer.status_code, engine["status"]) == (
        (200, "warning") if code == "model_gone" else (503, "unavailable")
    )
    errors, warnings = checks.list_problems()
    assert [line for line in warnings if engine["message"] in line]
    assert not [line for line in errors if engine["message"] in line], "it starts, and shows what is there"
    assert engine["message"] in unescape(member_of(world.studio).get(reverse("admin:index")).content.decode())


def test_new_photos_wait_without_an_attempt(world):
    photo = PhotoFactory(gallery=world.rows["galleries_gallery"], people=["ann"])
    assert tasks.analyse_gallery(str(photo.gallery_id)) == 0
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == ("pending", 0)


def test_stored_faces_are_still_compared_with_each_other(world):
    assert current_model_version() == world.rows["recognition_modelversion"]


def test_with_the_key_back_everything_is_as_before(world, code, client, monkeypatch):
    if code != "template_key_changed":
        pytest.skip("there is no key to put back")
    monkeypatch.setattr("recognition.protected_templates.template_key_id", lambda: "32b2dcb3361a14fe")
    monkeypatch.setattr(registry, "template_key_id", lambda: "32b2dcb3361a14fe")
    monkeypatch.setattr(registry, "_process", registry._Process())
    assert client.get("/health/ready").status_code == 200
