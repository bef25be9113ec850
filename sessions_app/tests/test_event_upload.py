"""Photos that are dropped on an event's page go to a gallery of it, which is made where there is none."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, SessionFactory, StudioFactory
from facepass.testing.pages.staff import member
from galleries.models import Gallery
from sessions_app import session_galleries

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(studio):
    return SessionFactory(studio=studio, name="Summer wedding")


@pytest.fixture
def staff(studio):
    return member(studio, Role.PHOTOGRAPHER)


def ask(client, event, **body):
    address = reverse("admin:sessions_app_photosession_destination", args=[event.pk])
    return client.post(address, body, content_type="application/json")


def test_a_folder_is_a_gallery_of_the_event_and_the_same_one_the_next_time(staff, event):
    answer = ask(staff, event, folder=" The  ceremony ").json()
    gallery = Gallery.objects.get()
    assert (gallery.title, gallery.session_id, gallery.studio_id) == ("The ceremony", event.pk, event.studio_id)
    upload = reverse("admin:galleries_gallery_upload_file", args=[gallery.pk])
    assert (answer["title"], answer["paths"]["upload_file"]) == ("The ceremony", upload)
    assert ask(staff, event, folder="The ceremony").json() == answer
    assert Gallery.objects.count() == 1
    assert LogEntry.objects.get().object_id == str(gallery.pk)


def test_photos_without_a_folder_go_to_the_oldest_gallery_or_to_one_of_the_events_name(staff, event):
    assert ask(staff, event, folder="").json()["title"] == "Summer wedding"
    ask(staff, event, folder="Party")
    assert ask(staff, event, folder="").json()["title"] == "Summer wedding"
    assert Gallery.objects.count() == 2


def test_a_gallery_of_that_title_elsewhere_is_not_taken(staff, event):
    GalleryFactory(studio=event.studio, title="Party")
    GalleryFactory(studio=event.studio, title="Party", session_id=SessionFactory(studio=event.studio).pk)
    gallery, is_new = session_galleries.get_or_create_gallery(event, folder="Party")
    assert (is_new, gallery.session_id) == (True, event.pk)


def test_a_long_name_is_cut(event):
    assert len(session_galleries.get_or_create_gallery(event, folder="x" * 500)[0].title) == 200


@pytest.mark.parametrize("body", [{}, {"folder": 1}, {"folder": None}])
def test_what_names_no_folder_is_a_400(body, staff, event):
    assert ask(staff, event, **body).status_code == 400


@pytest.mark.parametrize("role", Role)
def test_only_who_may_upload_is_told(role, studio, event):
    is_editor = role in {Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER}
    client = member(studio, role)
    assert ask(client, event, folder="").status_code == (200 if is_editor else 403)
    page = client.get(reverse("admin:sessions_app_photosession_event", args=[event.pk])).content.decode()
    assert ("data-upload" in page) == is_editor


def test_a_stranger_is_a_404(event):
    assert ask(member(StudioFactory()), event, folder="").status_code == 404
    assert not Gallery.objects.exists()
