"""The page of one photo: what it shows, what staff say about its faces, and the way back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django_q.models import OrmQ

from facepass.models import Role
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import address, member, post
from galleries.faces import decisions
from galleries.matching import descriptors
from galleries.models import FaceDecision, Gallery, GalleryImage, Person, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.photo import PhotoState
from galleries.photos import analysis

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


def box(x, **more):
    return {"x": float(x), "y": 30.0, "width": 40.0, "height": 40.0, **more}


@pytest.fixture
def photo(gallery):
    return PhotoFactory(gallery=gallery, people=["ann", "bob"], state=PhotoState.PROCESSED)


@pytest.fixture
def faces(photo):
    """From left to right."""
    return [FaceFactory(photo=photo, insightface_bbox=box(x)) for x in (10, 100, 200)]


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Ann Archer")


def described(client, photo, **query):
    return client.get(address(photo, "described"), query).json()


def decide(client, photo, verb, **body):
    return post(client, photo, "decide", verb=verb, **body)


def ids(*faces):
    return [str(face.pk) for face in faces]


def test_the_faces_come_from_left_to_right_and_rejected_ones_last(staff, photo, faces, ann):
    decisions.ignore([faces[0]], by=member_user(staff))
    decisions.assign([faces[2]], ann, by=member_user(staff))
    found = described(staff, photo)["photo"]["faces"]
    assert [(face["id"], face["hidden"]) for face in found] == [
        (str(faces[1].pk), False),
        (str(faces[2].pk), False),
        (str(faces[0].pk), True),
    ]
    assert found[1]["person"] == {"id": str(ann.pk), "name": "Ann Archer"}
    assert found[1]["verified"] is True


def member_user(client):
    return client.get("/admin/").wsgi_request.user


def test_neighbours_are_those_of_the_filter(staff, gallery):
    photos = [PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, stored=False, seed=n) for n in range(4)]
    for number in (0, 1, 3):
        FaceFactory(photo=photos[number])
    place = described(staff, photos[1], filter="unnamed")["place"]
    assert place == {"number": 2, "total": 3, "previous": str(photos[0].pk), "next": str(photos[3].pk)}
    assert described(staff, photos[1])["place"]["next"] == str(photos[2].pk)


def test_a_photo_that_left_the_filter_keeps_its_neighbours(staff, gallery):
    photos = [PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, stored=False, seed=n) for n in range(3)]
    for number in (0, 2):
        FaceFactory(photo=photos[number])
    place = described(staff, photos[1], filter="unnamed")["place"]
    assert (place["previous"], place["next"], place["total"]) == (str(photos[0].pk), str(photos[2].pk), 2)


def test_a_photo_asks_no_query_per_face(staff, photo, studio, django_assert_max_num_queries):
    for _number in range(12):
        FaceFactory(photo=photo, person=PersonFactory(studio=studio), cluster=ClusterFactory(studio=studio))
    with django_assert_max_num_queries(9):
        assert len(described(staff, photo, filter="unnamed")["photo"]["faces"]) == 12
    with django_assert_max_num_queries(9):
        staff.get(address(photo, "faces"))


def test_why_a_photo_failed_is_told_and_it_is_analysed_again(staff, gallery):
    failed = PhotoFactory(gallery=gallery, state=PhotoState.FAILED, error="file_missing", attempts=3, stored=False)
    assert "not in the storage" in described(staff, failed)["photo"]["error"]
    answer = post(staff, failed, "retry_one").json()
    assert (answer["photo"]["state"], answer["photo"]["error"]) == ("pending", "")
    assert OrmQ.objects.count() == 1
    assert LogEntry.objects.get().object_id == str(failed.pk)


def test_a_photo_at_work_is_left_alone(staff, gallery):
    busy = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSING, stored=False)
    assert post(staff, busy, "retry_one").status_code == 409


def test_a_name_is_a_decision_and_undone(staff, photo, faces, ann):
    answer = decide(staff, photo, "name", faces=ids(faces[0]), person=str(ann.pk)).json()
    faces[0].refresh_from_db()
    assert (faces[0].person, faces[0].verified) == (ann, True)
    assert answer["photo"]["faces"][0]["verified"] is True
    undone = decide(staff, photo, "undo", decision=answer["decision"])
    assert undone.json()["photo"]["faces"][0]["person"] is None
    assert decide(staff, photo, "undo", decision=answer["decision"]).status_code == 200


def test_a_new_person_is_made_in_place_and_noted(staff, photo, faces, studio):
    decide(staff, photo, "name", faces=ids(faces[0]), name="  Zoë  ")
    made = Person.objects.get()
    assert (made.real_name, made.studio) == ("Zoë", studio)
    assert faces[0].__class__.objects.get(pk=faces[0].pk).person == made
    assert LogEntry.objects.get().object_id == str(made.pk)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, None])
def test_a_name_that_is_none_makes_nobody(name, staff, photo, faces):
    assert decide(staff, photo, "name", faces=ids(faces[0]), name=name).status_code == 400
    assert not Person.objects.exists()


def test_a_whole_group_is_named_from_one_face(staff, photo, faces, ann, gallery):
    group = ClusterFactory(studio=gallery.studio, gallery=gallery)
    PhotoFace.objects.filter(pk=faces[0].pk).update(cluster=group)
    other = FaceFactory(photo=PhotoFactory(gallery=gallery), cluster=group)
    decide(staff, photo, "name", faces=ids(faces[0]), person=str(ann.pk), group=True)
    other.refresh_from_db()
    assert (other.person, other.verified) == (ann, True)


def test_a_proposed_name_is_confirmed_or_taken_away(staff, photo, faces, ann):
    PhotoFace.objects.filter(pk=faces[0].pk).update(person=ann, recognition_confidence=0.7)
    decide(staff, photo, "confirm", faces=ids(faces[0]))
    faces[0].refresh_from_db()
    assert (faces[0].person, faces[0].verified) == (ann, True)
    decide(staff, photo, "unname", faces=ids(faces[0]))
    faces[0].refresh_from_db()
    assert (faces[0].person, faces[0].verified) == (None, False)
    assert decide(staff, photo, "confirm", faces=ids(faces[1])).json()["error"]["code"] == "not_named"


def test_a_rejected_face_is_shown_again(staff, photo, faces):
    decide(staff, photo, "reject", faces=ids(faces[0]))
    faces[0].refresh_from_db()
    assert faces[0].is_hidden
    decide(staff, photo, "show", faces=ids(faces[0]))
    faces[0].refresh_from_db()
    assert faces[0].face_category == FaceCategory.UNKNOWN


def test_the_rest_is_ignored_and_comes_back(staff, photo, faces, ann):
    decide(staff, photo, "name", faces=ids(faces[1]), person=str(ann.pk))
    answer = decide(staff, photo, "ignore_rest").json()
    assert [face["hidden"] for face in answer["photo"]["faces"]] == [False, True, True]
    assert decide(staff, photo, "ignore_rest").json()["error"]["code"] == "nothing_left"
    answer = decide(staff, photo, "undo", decision=answer["decision"]).json()
    assert [face["hidden"] for face in answer["photo"]["faces"]] == [False, False, False]


def test_what_was_decided_is_told_with_who_decided(staff, photo, faces, ann):
    decide(staff, photo, "name", faces=ids(faces[0]), person=str(ann.pk))
    last = decide(staff, photo, "reject", faces=ids(faces[1])).json()["decision"]
    decide(staff, photo, "undo", decision=last)
    found = staff.get(address(photo, "decisions")).json()["decisions"]
    assert [(row["kind"], row["undone"]) for row in found] == [("not a face, or unwanted", True), ("named", False)]
    assert found[0]["by"] == FaceDecision.objects.first().made_by.username
    other = PhotoFactory(gallery=photo.gallery, stored=False, seed=99)
    assert staff.get(address(other, "decisions")).json()["decisions"] == []


def test_people_are_offered_by_the_beginning_of_their_names_first(staff, photo, studio, ann):
    PersonFactory(studio=studio, real_name="Joanna")
    PersonFactory(real_name="Ann of another studio")
    found = staff.get(address(photo, "people"), {"q": "ann"}).json()["people"]
    assert [person["name"] for person in found] == ["Ann Archer", "Joanna"]
    assert staff.get(address(photo, "people"), {"q": ""}).json()["people"] == []


def test_people_like_the_face_are_offered_before_anything_is_typed(staff, gallery, ann):
    first, second = (PhotoFactory(gallery=gallery, people=["ann"], seed=seed) for seed in (1, 2))
    for _photo in (first, second):
        analysis.analyse_photo(GalleryImage.objects.claim_next())
    decide(staff, first, "name", faces=ids(first.faces.get()), person=str(ann.pk))
    found = staff.get(address(second, "candidates"), {"face": str(second.faces.get().pk)}).json()["people"]
    assert [(person["name"], person["similarity"]) for person in found] == [("Ann Archer", pytest.approx(1, abs=1e-3))]


def test_enter_can_not_take_who_is_hardly_like_the_face_or_in_the_photo_already(staff, gallery, photo, faces, ann):
    known, other, _third = faces
    PhotoFace.objects.filter(pk=other.pk).update(insightface_descriptor=known.insightface_descriptor)
    decide(staff, photo, "name", faces=ids(known), person=str(ann.pk))
    unlike = -descriptors.as_array(known.insightface_descriptor)
    stranger = FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=unlike)
    assert candidates(staff, stranger) == []
    assert candidates(staff, other) == []
    alike = FaceFactory(photo=stranger.photo, insightface_descriptor=known.insightface_descriptor)
    assert candidates(staff, alike) == ["Ann Archer"]


def candidates(staff, face):
    found = staff.get(address(face.photo, "candidates"), {"face": str(face.pk)}).json()["people"]
    return [person["name"] for person in found]


READS = ["faces", "described", "people", "decisions"]
WRITES = ["decide", "draw", "retry_one"]


@pytest.mark.parametrize("name", READS)
def test_a_stranger_sees_no_photo(name, studio, photo):
    assert member(StudioFactory()).get(address(photo, name)).status_code == 404
    assert member(studio, Role.VIEWER).get(address(photo, name)).status_code == 200
    assert Client().get(address(photo, name)).status_code == 302


@pytest.mark.parametrize("name", WRITES)
def test_strangers_and_viewers_change_nothing(name, studio, photo, faces):
    body = {"verb": "ignore_rest", "x": 1, "y": 1, "width": 50, "height": 50}
    assert post(member(StudioFactory()), photo, name, **body).status_code == 404
    assert post(member(studio, Role.VIEWER), photo, name, **body).status_code == 403
    assert not FaceDecision.objects.exists()


def test_a_verifier_names_but_starts_no_analysis(studio, photo, faces, ann):
    verifier = member(studio, Role.VERIFIER)
    assert decide(verifier, photo, "name", faces=ids(faces[0]), person=str(ann.pk)).status_code == 200
    assert post(verifier, photo, "retry_one").status_code == 403


def test_nobody_and_nothing_of_another_studio_can_be_named(staff, photo, faces):
    foreign = FaceFactory(photo=PhotoFactory(stored=False, seed=5))
    assert decide(staff, photo, "name", faces=ids(faces[0]), person=str(PersonFactory().pk)).status_code == 404
    assert decide(staff, photo, "reject", faces=ids(foreign)).status_code == 404
    theirs = decisions.ignore([foreign], by=member_user(staff))
    assert decide(staff, photo, "undo", decision=str(theirs.pk)).status_code == 404
    foreign.refresh_from_db()
    assert foreign.is_hidden


@pytest.mark.parametrize("body", [{}, {"verb": "x"}, {"verb": "reject"}, {"verb": "reject", "faces": ["x"]}])
def test_nonsense_is_a_400(body, staff, photo):
    assert post(staff, photo, "decide", **body).status_code == 400


def test_enrolment_pictures_have_no_such_page(staff, studio):
    gallery = GalleryFactory(studio=studio, kind="enrolment")
    assert staff.get(address(PhotoFactory(gallery=gallery, stored=False), "faces")).status_code == 404


def draw(client, photo, **sides):
    return post(client, photo, "draw", **sides)


def test_a_drawn_face_is_described_where_the_engine_sees_it(staff, photo):
    """The picture of 320 pixels shows two squares of 128, the left one at 16, 56; a hand is not exact."""
    answer = draw(staff, photo, x=25, y=60, width=120, height=110).json()
    face = PhotoFace.objects.get()
    assert (answer["face"], answer["described"]) == (str(face.pk), True)
    assert (face.drawn, face.face_category, face.insightface_confidence) == (True, FaceCategory.UNKNOWN, 0.99)
    assert face.insightface_descriptor is not None
    assert face.box == pytest.approx({"x": 16, "y": 56, "width": 128, "height": 128}, abs=3)
    assert Gallery.objects.awaiting_grouping().filter(pk=photo.gallery_id).exists()
    assert OrmQ.objects.count() == 1


def test_a_drawn_face_is_the_same_as_the_analysis_would_have_found(staff, photo):
    draw(staff, photo, x=16, y=56, width=128, height=128)
    drawn = PhotoFace.objects.get().insightface_descriptor
    PhotoFace.objects.all().delete()
    GalleryImage.objects.filter(pk=photo.pk).requeue()
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    found = min(PhotoFace.objects.all(), key=lambda face: face.box["x"]).insightface_descriptor
    assert drawn == pytest.approx(found, abs=1e-3)


def test_a_drawn_face_that_no_engine_sees_is_kept_and_says_so(staff, photo):
    answer = draw(staff, photo, x=150, y=2, width=30, height=40).json()
    face = PhotoFace.objects.get()
    assert (answer["described"], face.insightface_descriptor, face.landmarks) == (False, None, [])
    assert face.box == {"x": 150, "y": 2, "width": 30, "height": 40}
    assert "no search finds it" in answer["photo"]["faces"][0]["notes"]
    assert not OrmQ.objects.exists()


def test_a_drawn_face_can_be_named_and_undone(staff, photo, ann):
    drawn = draw(staff, photo, x=150, y=2, width=30, height=40).json()
    named = decide(staff, photo, "name", faces=[drawn["face"]], person=str(ann.pk)).json()
    assert decide(staff, photo, "undo", decision=drawn["decision"]).json()["error"]["code"] == "changed_since"
    decide(staff, photo, "undo", decision=named["decision"])
    assert decide(staff, photo, "undo", decision=drawn["decision"]).json()["photo"]["faces"] == []
    assert not PhotoFace.objects.shown().exists()


def test_a_face_that_has_a_box_gets_no_second_one(staff, photo):
    draw(staff, photo, x=16, y=56, width=128, height=128)
    answer = draw(staff, photo, x=20, y=60, width=120, height=120)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "face_there")
    assert PhotoFace.objects.count() == 1


@pytest.mark.parametrize(
    "sides",
    [
        {"x": 0, "y": 0, "width": 5, "height": 50},
        {"x": 500, "y": 0, "width": 50, "height": 50},
        {"x": 0, "y": 0, "width": 50},
        {"x": "x", "y": 0, "width": 50, "height": 50},
        {"x": float("nan"), "y": 0, "width": 50, "height": 50},
    ],
)
def test_a_box_that_is_none_is_a_400(sides, staff, photo):
    assert draw(staff, photo, **sides).status_code == 400
    assert not PhotoFace.objects.exists()


def test_an_analysis_leaves_alone_what_somebody_drew_or_rejected(staff, gallery):
    photo = PhotoFactory(gallery=gallery, people=["ann", "bob"])
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    first = photo.faces.first()
    decide(staff, photo, "reject", faces=ids(first))
    drawn = draw(staff, photo, x=150, y=2, width=30, height=40).json()["face"]
    GalleryImage.objects.filter(pk=photo.pk).requeue()
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    assert photo.faces.count() == 3
    assert photo.faces.get(pk=first.pk).is_hidden
    assert photo.faces.get(pk=drawn).drawn


def test_a_face_on_a_poster_is_told_to_staff(staff, photo, faces):
    faces[0].quality = {"score": 0.9, "reasons": [], "marks": ["not_live"]}
    faces[0].save()
    assert described(staff, photo)["photo"]["faces"][0]["notes"] == "on a poster or a screen?"
