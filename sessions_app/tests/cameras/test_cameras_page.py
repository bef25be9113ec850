"""The page of an event's cameras: who gives them an account, what it shows once, and what was not taken."""

import re

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import PhotoFactory, SessionFactory
from facepass.testing.pages.staff import member
from facepass.testing.pages.visitors import text
from sessions_app.cameras import accounts
from sessions_app.models import CameraAccount, CameraFile, FoldersBecome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def ftp(settings):
    settings.FTP_PORT = 2121


@pytest.fixture
def event(studio):
    return SessionFactory(studio=studio)


@pytest.fixture
def manager(studio):
    return member(studio, Role.MANAGER)


def address(event, name="cameras"):
    return reverse(f"admin:sessions_app_photosession_{name}", args=[event.pk])


def refuse(event, name="a.MOV"):
    return CameraFile.objects.create(
        session=event, folder="DCIM", name=name, sha256=name, byte_size=5, code="unsupported_type", message="A video."
    )


def test_a_manager_makes_an_account_whose_password_is_shown_once(manager, event):
    page = manager.post(address(event), {"folders": "tags"})
    account = CameraAccount.objects.get()
    password = re.search(r"<strong>(\w{12})</strong>", text(page))[1]
    assert accounts.authenticate(account.username, password, address="127.0.0.1") == account
    assert account.folders_become == FoldersBecome.TAGS
    assert "no-store" in page["Cache-Control"]
    later = text(manager.get(address(event)))
    assert account.username in later
    assert password not in later


def test_a_new_password_takes_the_place_of_the_former_and_the_end_ends_it(manager, event):
    manager.post(address(event))
    first = CameraAccount.objects.get()
    manager.post(address(event))
    assert not accounts.is_valid(first)
    manager.post(address(event), {"ended": "yes"})
    assert not CameraAccount.objects.exists()
    assert "There is no account for cameras." in text(manager.get(address(event)))


def test_photographers_look_and_change_nothing_and_viewers_do_not_even_look(studio, event):
    photographer = member(studio, Role.PHOTOGRAPHER)
    assert "Make an account" not in text(photographer.get(address(event)))
    for change in ({}, {"ended": "yes"}, {"forgotten": "yes"}):
        assert photographer.post(address(event), change).status_code == 403
    assert member(studio, Role.VIEWER).get(address(event)).status_code == 403
    assert member(studio, Role.OWNER).get(address(SessionFactory())).status_code == 404
    assert not CameraAccount.objects.exists()


def test_there_is_no_page_without_a_server(manager, event, settings):
    settings.FTP_PORT = None
    assert manager.get(address(event)).status_code == 404
    assert address(event) not in text(manager.get(address(event, "event")))


def test_what_was_not_taken_is_named_with_its_reason_until_the_list_is_emptied(manager, event):
    refuse(event)
    CameraFile.objects.create(session=event, name="b.JPG", sha256="b", byte_size=5, photo=PhotoFactory())
    assert "1 file of a camera was not taken" in text(manager.get(address(event, "event_now")))
    page = text(manager.get(address(event)))
    assert "DCIM/a.MOV" in page
    assert "A video." in page
    manager.post(address(event), {"forgotten": "yes"})
    assert [file.name for file in CameraFile.objects.all()] == ["b.JPG"]
    assert "not taken" not in text(manager.get(address(event, "event_now")))
