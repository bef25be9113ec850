"""Who is in which photo, as CSV and JSON: of a photo session with all its galleries, or of a gallery alone."""

import csv
import io
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.staff import member
from galleries.models.face import FaceCategory

pytestmark = pytest.mark.django_db


def path(key, name):
    return reverse(f"admin:galleries_facecluster_{name}", args=[key])


@pytest.fixture
def event(studio):
    """Two galleries: Ann is confirmed in one photo and Bob proposed; nobody is named in the other."""
    session = uuid4()
    first, second = (GalleryFactory(studio=studio, session_id=session, title=title) for title in ("Church", "=Party"))
    taken = datetime(2026, 8, 15, 10, 30, tzinfo=UTC)
    photo = PhotoFactory(
        gallery=first, original_name="b.jpg", folder="card 1", taken_at=taken, tags="dance", stored=False
    )
    PhotoFactory(gallery=second, original_name="a.jpg", stored=False, hidden_from_guests=True)
    ann, bob = (PersonFactory(studio=studio, real_name=name) for name in ("Ann", "+Bob"))
    known = {"photo": photo, "face_category": FaceCategory.KNOWN}
    FaceFactory(person=ann, verified=True, **known)
    FaceFactory(person=ann, verified=False, **known)
    FaceFactory(person=bob, **known)
    FaceFactory(person=bob, photo=photo, face_category=FaceCategory.IGNORED)
    FaceFactory(photo=photo)
    return {"key": session, "ann": ann, "bob": bob, "photo": photo}


def test_the_table_has_a_line_for_each_photo_and_no_formula(staff, event):
    answer = staff.get(path(event["key"], "people_csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].endswith('-people.csv"')
    assert list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))) == [
        ["gallery", "folder", "file", "taken", "people", "proposed", "tags"],
        ["Church", "card 1", "b.jpg", "2026-08-15T10:30:00+00:00", "Ann", "'+Bob", "dance"],
        ["'=Party", "", "a.jpg", "", "", "", ""],
    ]


def test_json_has_the_same_with_ids(staff, event):
    photos = staff.get(path(event["key"], "people_json")).json()["photos"]
    assert photos[0] == {
        "id": str(event["photo"].pk),
        "file": "b.jpg",
        "folder": "card 1",
        "gallery": "Church",
        "taken_at": "2026-08-15T10:30:00+00:00",
        "hidden_from_guests": False,
        "tags": ["dance"],
        "people": [
            {"id": str(event["bob"].pk), "name": "+Bob", "confirmed": False},
            {"id": str(event["ann"].pk), "name": "Ann", "confirmed": True},
        ],
    }
    assert (photos[1]["people"], photos[1]["hidden_from_guests"]) == ([], True)


def test_a_gallery_of_no_session_has_its_own(staff, gallery, event):
    PhotoFactory(gallery=gallery, original_name="alone.jpg", stored=False)
    photos = staff.get(path(gallery.pk, "people_json")).json()["photos"]
    assert [photo["file"] for photo in photos] == ["alone.jpg"]
    page = staff.get(reverse("admin:galleries_gallery_photos", args=[gallery.pk])).content.decode()
    assert path(gallery.pk, "people_csv") in page


@pytest.mark.parametrize("name", ["people_csv", "people_json"])
def test_everybody_of_the_studio_may_have_it_and_nobody_else(name, studio, event, django_assert_max_num_queries):
    assert member(StudioFactory()).get(path(event["key"], name)).status_code == 404
    assert Client().get(path(event["key"], name)).status_code == 302
    viewer = member(studio, Role.VIEWER)
    with django_assert_max_num_queries(9):
        assert viewer.get(path(event["key"], name)).status_code == 200
