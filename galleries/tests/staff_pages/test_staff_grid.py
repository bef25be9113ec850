"""The page of a gallery: windows of its photos, filters, counts, retry."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django_q.models import OrmQ

from facepass.models import Role
from facepass.testing.factories import (
    FaceFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import address, member, post
from galleries.models.face import FaceCategory
from galleries.models.photo import PhotoState

pytestmark = pytest.mark.django_db


def window(client, gallery, **query):
    return client.get(address(gallery, "window"), query).json()


def names(client, gallery, **query):
    return [photo["name"] for photo in window(client, gallery, **query)["photos"]]


@pytest.fixture
def some(gallery):
    """One photo of each sort, by name."""
    ann = PersonFactory(studio=gallery.studio, real_name="Ann")
    states = {
        "waits": PhotoState.PENDING,
        "works": PhotoState.PROCESSING,
        "broken": PhotoState.FAILED,
        "given up": PhotoState.QUARANTINED,
        "empty": PhotoState.PROCESSED,
        "rejected": PhotoState.PROCESSED,
        "stranger": PhotoState.PROCESSED,
        "ann": PhotoState.PROCESSED,
    }
    found = {
        name: PhotoFactory(gallery=gallery, original_name=name, state=state, stored=False, seed=number)
        for number, (name, state) in enumerate(states.items())
    }
    FaceFactory(photo=found["rejected"], face_category=FaceCategory.IGNORED)
    FaceFactory(photo=found["stranger"])
    FaceFactory(photo=found["ann"], person=ann, face_category=FaceCategory.KNOWN)
    return {**found, "person": ann}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["waits", "works", "broken", "given up", "empty", "rejected", "stranger", "ann"]),
        ({"filter": "unprocessed"}, ["waits", "works"]),
        ({"filter": "failed"}, ["broken", "given up"]),
        ({"filter": "no_faces"}, ["empty", "rejected"]),
        ({"filter": "unnamed"}, ["stranger"]),
    ],
)
def test_filters_leave_the_photos_they_name(query, expected, staff, gallery, some):
    assert names(staff, gallery, **query) == expected


def test_photos_of_one_person(staff, gallery, some):
    assert names(staff, gallery, person=some["person"].pk) == ["ann"]
    assert staff.get(address(gallery, "people")).json() == {
        "people": [{"id": str(some["person"].pk), "name": "Ann", "photos": 1}]
    }


def test_the_counts_are_those_of_the_filters(staff, gallery, some):
    counts = staff.get(address(gallery, "counts")).json()
    assert counts == {"all": 8, "unprocessed": 2, "failed": 2, "no_faces": 2, "unnamed": 1}
    for wanted, number in counts.items():
        assert window(staff, gallery, filter=wanted)["total"] == number


def test_a_window_is_a_part_of_the_whole(staff, gallery, some):
    found = window(staff, gallery, offset=6, limit=5)
    assert (found["total"], found["offset"]) == (8, 6)
    assert [(photo["name"], photo["faces"], photo["unnamed"]) for photo in found["photos"]] == [
        ("stranger", 1, 1),
        ("ann", 1, 0),
    ]
    assert window(staff, gallery, offset=100)["photos"] == []


@pytest.mark.parametrize("query", [{"filter": "x"}, {"offset": "x"}, {"person": "x"}])
def test_nonsense_is_a_400(query, staff, gallery):
    answer = staff.get(address(gallery, "window"), query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


def test_a_window_asks_no_query_per_photo(staff, gallery, django_assert_max_num_queries):
    person = PersonFactory(studio=gallery.studio)
    for number in range(12):
        photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, stored=False, seed=number)
        FaceFactory(photo=photo, person=person)
        FaceFactory(photo=photo)
    with django_assert_max_num_queries(7):
        assert len(window(staff, gallery, filter="unnamed")["photos"]) == 12
    with django_assert_max_num_queries(6):
        staff.get(address(gallery, "counts"))
    with django_assert_max_num_queries(9):
        staff.get(address(gallery, "photos"))


READS = ["photos", "window", "counts", "people"]


@pytest.mark.parametrize("name", READS)
def test_a_stranger_sees_no_gallery(name, gallery):
    assert member(StudioFactory()).get(address(gallery, name)).status_code == 404
    assert Client().get(address(gallery, name)).status_code == 302


@pytest.mark.parametrize("name", READS)
def test_everybody_of_the_studio_may_look(name, studio, gallery):
    assert member(studio, Role.VIEWER).get(address(gallery, name)).status_code == 200


def test_only_those_who_may_see_buttons_that_change(studio, gallery):
    for role, shown in ((Role.PHOTOGRAPHER, True), (Role.VERIFIER, False), (Role.VIEWER, False)):
        page = member(studio, role).get(address(gallery, "photos")).content.decode()
        assert ("data-upload" in page) == ("data-retry" in page) == shown


def test_all_failed_photos_are_analysed_again_and_it_is_noted(staff, gallery, some):
    answer = post(staff, gallery, "retry").json()
    assert answer == {"number": 2, "said": "2 photos wait for analysis."}
    assert names(staff, gallery, filter="failed") == []
    assert OrmQ.objects.exists()
    assert LogEntry.objects.get().object_id == str(gallery.pk)


def test_named_photos_are_analysed_again(staff, gallery, some):
    body = {"photos": [str(some["broken"].pk), str(PhotoFactory(state=PhotoState.FAILED, stored=False).pk)]}
    assert post(staff, gallery, "retry", **body).json()["number"] == 1
    assert names(staff, gallery, filter="failed") == ["given up"]


def test_a_retry_takes_a_role(studio, gallery, some):
    for client, status in ((member(studio, Role.VERIFIER), 403), (member(StudioFactory()), 404)):
        answer = post(client, gallery, "retry")
        assert (answer.status_code, "error" in answer.json()) == (status, True)
    assert names(member(studio), gallery, filter="failed") == ["broken", "given up"]
