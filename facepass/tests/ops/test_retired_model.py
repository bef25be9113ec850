"""Where nothing describes the faces as before any more, every page goes on showing what is there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from facepass.testing.pictures.fake import picture_of
from facepass.tests.console.test_admin import LISTS, change_page, list_page, member_of, new_world
from recognition.engines import registry
from recognition.models import ModelVersion
from sessions_app.models import FoundPhoto, Guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch):
    """One row of everything, and the faces described by an engine that has gone."""
    found = new_world()
    version = found.rows["recognition_modelversion"]
    ModelVersion.objects.filter(pk=version.pk).update(engine="dlib", contract_id="of dlib")
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
    assert guest.post(f"/s/{session.code}/", {"selfie": selfie}).status_code == 503
    assert FoundPhoto.objects.filter(guest=visit).count() == 1
