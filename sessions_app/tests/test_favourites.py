"""What guests picked, as staff take it to Lightroom: per guest, by number, and all together."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory, StudioFactory
from facepass.testing.pages.staff import member
from sessions_app.guest.domain.privacy import consent
from sessions_app.models import FoundPhoto, Guest

pytestmark = pytest.mark.django_db


def path(session, name):
    return reverse(f"admin:sessions_app_photosession_{name}", args=[session.pk])


@pytest.fixture
def session(studio):
    return SessionFactory(studio=studio, name="Summer party")


@pytest.fixture
def photos(session):
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk, title="Church")
    return [PhotoFactory(gallery=gallery, original_name=f"{name}.jpg", stored=False) for name in "abc"]


def guest(session, *favourites, other=(), **fields):
    made = Guest.objects.create(session=session, notice=consent.NOTICE, language="en", **fields)
    for rank, photo in enumerate((*favourites, *other)):
        FoundPhoto.objects.create(guest=made, photo=photo, rank=rank, favourite=photo in favourites)
    return made


@pytest.fixture
def picks(session, photos):
    a, b, c = photos
    first = guest(session, b, a, other=[c])
    second = guest(session, b)
    guest(session, other=[c])
    guest(session, c, withdrawn_at=timezone.now())
    refused = guest(session, c)
    refused.found.update(refused_at=timezone.now())
    guest(SessionFactory(studio=session.studio), PhotoFactory(stored=False))
    return first, second


def test_the_list_names_files_of_all_and_of_each_guest(staff, session, picks):
    for number, one in enumerate(picks):
        Guest.objects.filter(pk=one.pk).update(consented_at=datetime(2026, 11, 28, 12 + number, tzinfo=UTC))
    answer = staff.get(path(session, "favourites"))
    assert answer.content.decode().strip().split("\n\n") == [
        "All guests together (2)\nb.jpg, a.jpg",
        "Guest 1, since 28 Nov 2026 (2)\na.jpg, b.jpg",
        "Guest 2, since 28 Nov 2026 (1)\nb.jpg",
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="summer-party-favourites.txt"'


def test_the_table_says_how_many_guests_picked_a_photo_and_which(staff, session, picks):
    rows = list(csv.reader(io.StringIO(staff.get(path(session, "favourites_csv")).content.decode("utf-8-sig"))))
    assert rows == [
        ["gallery", "folder", "file", "favourite of", "guests"],
        ["Church", "", "b.jpg", "2", "1, 2"],
        ["Church", "", "a.jpg", "1", "1"],
    ]


def test_it_tells_nothing_else_of_guests(staff, session, picks):
    for name in ("favourites", "favourites_csv"):
        text = staff.get(path(session, name)).content.decode()
        assert not any(str(each.pk) in text for each in picks)


@pytest.mark.parametrize("name", ["favourites", "favourites_csv"])
def test_everybody_of_the_studio_may_have_it_and_nobody_else(name, studio, session):
    assert member(StudioFactory()).get(path(session, name)).status_code == 404
    assert Client().get(path(session, name)).status_code == 302
    assert member(studio, Role.VIEWER).get(path(session, name)).status_code == 200
    assert path(session, name) in member(studio).get(path(session, "event")).content.decode()
