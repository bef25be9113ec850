"""Proposed names one by one: what comes first, what confirming and denying do, and who may."""

import json

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import member
from galleries.models import FaceDecision, PhotoFace

pytestmark = pytest.mark.django_db


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio)


@pytest.fixture
def staff(studio):
    return member(studio, Role.VERIFIER)


@pytest.fixture
def face(gallery):
    def make(confidence, *, gallery=gallery, person=None, **fields):
        photo = PhotoFactory(gallery=gallery, stored=False)
        person = person or PersonFactory(studio=gallery.studio)
        return FaceFactory(photo=photo, person=person, recognition_confidence=confidence, **fields)

    return make


def address(name):
    return reverse(f"admin:galleries_photoface_{name}")


def say(client, face, answer):
    """As the page does it; what else may happen is tested with the contact sheet, which asks at the same address."""
    body = {"people": [{"person": str(face.person_id), answer: [str(face.pk)]}]}
    return client.post(address("answer"), json.dumps(body), content_type="application/json")


def queue(client, **query):
    return [row["face"] for row in client.get(address("doubts_list"), query).context["rows"]]


def test_the_least_certain_come_first_and_what_is_decided_does_not_come(staff, face):
    sure, unsure, middle = face(0.9), face(0.5), face(0.7)
    face(0.4, verified=True), face(0.3, face_category="ignored"), FaceFactory()
    assert queue(staff) == [unsure, middle, sure]
    assert queue(staff, skip=[str(unsure.pk)]) == [middle, sure]


def test_one_occasion_alone(staff, face, studio):
    here, elsewhere = face(0.5), face(0.4, gallery=GalleryFactory(studio=studio))
    assert queue(staff, of=here.gallery_id) == [here]
    assert queue(staff) == [elsewhere, here]


def test_beside_it_are_the_persons_best_verified_faces(staff, face, studio):
    ann = PersonFactory(studio=studio)
    face(0.5, person=ann)
    for _ in range(8):
        face(None, person=ann, verified=True)
    (row,) = staff.get(address("doubts")).context["rows"]
    assert len(row["known"]) == 6


def test_the_queue_asks_no_query_per_face(staff, face, django_assert_max_num_queries):
    for _ in range(10):
        face(0.5)
    with django_assert_max_num_queries(14):
        staff.get(address("doubts"))


def test_a_name_is_confirmed_and_keeps_the_similarity(staff, face):
    one = face(0.5)
    assert say(staff, one, "right").json()["text"] == "1 face was confirmed."
    one.refresh_from_db()
    assert (one.verified, one.recognition_confidence) == (True, 0.5)
    assert FaceDecision.objects.get().kind == "confirm"


def test_who_is_denied_is_nobody_again(staff, face):
    one = face(0.5)
    assert say(staff, one, "wrong").status_code == 200
    denied = PhotoFace.objects.get(pk=one.pk)
    assert (denied.person, denied.verified) == (None, False)
    assert say(staff, one, "wrong").json()["decisions"] == []


def test_a_stranger_finds_nothing_and_a_viewer_looks(face, studio):
    one = face(0.5)
    stranger, viewer = member(StudioFactory(), Role.VERIFIER), member(studio, Role.VIEWER)
    assert queue(stranger) == []
    assert stranger.get(address("doubts"), {"of": one.gallery_id}).status_code == 404
    assert queue(viewer) == [one]
    assert b'data-do="yes"' not in viewer.get(address("doubts")).content


def test_an_occasion_that_is_none_is_not_found(staff):
    assert staff.get(address("doubts_list"), {"of": "x"}).status_code == 404
