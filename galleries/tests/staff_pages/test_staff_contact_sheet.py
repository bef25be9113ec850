"""Proposed names by person: who stands where, which faces are marked, and what an answer does."""

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
    descriptor,
    near,
)
from facepass.testing.pages.staff import member
from galleries.models import FaceDecision, PhotoFace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

LOOKS = descriptor(1)


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio)


@pytest.fixture
def staff(studio):
    return member(studio, Role.VERIFIER)


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Ann")


@pytest.fixture
def face(gallery):
    """A proposed face, as like to LOOKS as `cosine` says."""

    def make(person, *, cosine=0.9, gallery=gallery, **fields):
        photo = PhotoFactory(gallery=gallery, stored=False)
        looks = near(LOOKS, seed=photo.pk.int % 10_000, cosine=cosine)
        given = {"recognition_confidence": 0.7, "face_category": "known", "insightface_descriptor": looks, **fields}
        return FaceFactory(photo=photo, person=person, **given)

    return make


def address(name):
    return reverse(f"admin:galleries_photoface_{name}")


def people(client, **query):
    return client.get(address("verify_list"), query).context["people"]


def faces(client, **query):
    return [[one.face for one in card.faces] for card in people(client, **query)]


def answer(client, *said):
    body = [{"person": str(person.pk), "right": ids(right), "wrong": ids(wrong)} for person, right, wrong in said]
    return client.post(address("answer"), json.dumps({"people": body}), content_type="application/json")


def ids(rows):
    return [str(row.pk) for row in rows]


def state(face):
    face.refresh_from_db()
    return face.person, face.verified


def test_people_stand_by_name_and_the_most_alike_face_of_each_comes_first(staff, face, ann, studio):
    bob = PersonFactory(studio=studio, real_name="Bob")
    face(ann, cosine=0.99, verified=True), face(bob, cosine=0.99, verified=True)
    middle, least, most = face(bob, cosine=0.8), face(bob, cosine=0.5), face(bob, cosine=0.95)
    only = face(ann)
    assert faces(staff) == [[only], [most, middle, least]]
    assert faces(staff, skip=[str(bob.pk)]) == [[only]]
    assert faces(staff, person=str(bob.pk)) == [[most, middle, least]]


def test_a_face_unlike_the_confirmed_ones_is_marked(staff, face, ann):
    for _ in range(3):
        face(ann, cosine=0.95, verified=True)
    face(ann, cosine=0.9), face(ann, cosine=0.0)
    (card,) = people(staff)
    assert [one.is_unlike for one in card.faces] == [False, True]
    assert (card.unlike, len(card.known)) == (1, 3)


def test_where_none_is_confirmed_the_one_unlike_the_others_is_marked(staff, face, ann):
    alike, odd = [face(ann, cosine=0.95) for _ in range(3)], face(ann, cosine=0.0)
    (card,) = people(staff)
    assert {one.face.pk: one.is_unlike for one in card.faces} == {odd.pk: True, **{one.pk: False for one in alike}}


def test_a_face_that_cannot_be_compared_is_shown_last_and_not_marked(staff, face, ann):
    drawn, found = face(ann, insightface_descriptor=None, drawn=True), [face(ann), face(ann)]
    (card,) = people(staff)
    assert [one.face for one in card.faces][2] == drawn
    assert {one.face for one in card.faces} == {drawn, *found}
    assert card.faces[2].similarity is None


def test_one_event_alone_and_the_events_to_choose_from(staff, face, ann, studio, gallery):
    other = GalleryFactory(studio=studio, title="Elsewhere")
    here, there = face(ann), face(ann, gallery=other)
    GalleryFactory(studio=studio, title="Nothing to confirm here")
    page = staff.get(address("verify"), {"of": other.pk})
    assert [[one.face for one in card.faces] for card in page.context["people"]] == [[there]]
    assert {one.key: one.proposed for one in page.context["occasions"]} == {gallery.pk: 1, other.pk: 1}
    assert f'<option value="{other.pk}" selected>Elsewhere (1)</option>' in page.content.decode()
    assert {one.pk for card in faces(staff) for one in card} == {here.pk, there.pk}


def test_the_sheet_asks_no_query_per_face_or_person(staff, face, studio, django_assert_max_num_queries):
    for _ in range(6):
        person = PersonFactory(studio=studio)
        face(person), face(person), face(person, verified=True)
    with django_assert_max_num_queries(23):
        staff.get(address("verify"))


def test_right_ones_are_confirmed_wrong_ones_denied_and_one_step_undoes_it(staff, face, ann, studio):
    bob = PersonFactory(studio=studio)
    right, wrong, other, unseen = face(ann), face(ann), face(bob), face(bob)
    said = answer(staff, (ann, [right], [wrong]), (bob, [other], [])).json()
    assert said["text"] == "2 faces were confirmed. 1 is somebody else."
    assert [state(one) for one in (right, wrong, other, unseen)] == [
        (ann, True),
        (None, False),
        (bob, True),
        (bob, False),
    ]
    staff.post(
        reverse("admin:galleries_facecluster_undo"), {"decisions": said["decisions"]}, content_type="application/json"
    )
    assert [state(one) for one in (right, wrong, other)] == [(ann, False), (ann, False), (bob, False)]


def test_a_name_that_changed_since_the_page_was_read_is_left_alone(staff, face, ann, studio):
    bob = PersonFactory(studio=studio)
    renamed, denied, mine = face(ann), face(ann), face(ann)
    PhotoFace.objects.filter(pk=renamed.pk).update(person=bob)
    PhotoFace.objects.filter(pk=denied.pk).update(person=None, face_category="unknown")
    said = answer(staff, (ann, [renamed, mine], [denied])).json()
    assert said["text"] == "1 face was confirmed. 2 were changed meanwhile and are left as they are."
    assert [state(one) for one in (renamed, denied, mine)] == [(bob, False), (None, False), (ann, True)]


def test_answering_twice_is_answering_once(staff, face, ann):
    one = face(ann)
    answer(staff, (ann, [one], []))
    assert answer(staff, (ann, [], [one])).json()["decisions"] == []
    assert state(one) == (ann, True)


def test_a_stranger_finds_nothing_and_a_viewer_changes_nothing(face, ann, studio):
    one = face(ann)
    stranger, viewer = member(StudioFactory(), Role.VERIFIER), member(studio, Role.VIEWER)
    assert people(stranger) == []
    assert stranger.get(address("verify"), {"of": one.gallery_id}).status_code == 404
    assert faces(viewer) == [[one]]
    assert b"data-all" not in viewer.get(address("verify")).content
    for client, status in ((stranger, 404), (viewer, 403)):
        assert answer(client, (ann, [one], [])).status_code == status
        assert answer(client, (ann, [], [one])).status_code == status
    assert not FaceDecision.objects.exists()


@pytest.mark.parametrize("body", [{}, {"people": "x"}, {"people": ["x"]}, {"people": [{"person": "x"}]}])
def test_what_makes_no_sense_is_refused(staff, body):
    refused = staff.post(address("answer"), json.dumps(body), content_type="application/json")
    assert refused.status_code == 400


def test_no_face_at_all_is_not_found(staff, ann):
    assert answer(staff, (ann, [], [])).status_code == 404
    assert staff.get(address("verify_list"), {"of": "x"}).status_code == 404
