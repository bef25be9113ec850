"""A person's page: what it shows, merging with a preview and a way back, their picture, enrolment that asks first."""

import json
from io import BytesIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from facepass.models import Role
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import member
from facepass.testing.pictures.fake import picture_of
from galleries.models import FaceDecision, GalleryImage, Person
from galleries.models.photo import PhotoState
from galleries.people import avatars
from galleries.photos import media_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def staff(studio):
    return member(studio, Role.VERIFIER)


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Ann", email=None)


@pytest.fixture
def seen(ann):
    """A face of Ann's at an event."""
    gallery = GalleryFactory(studio=ann.studio, title="Wedding", shoot_date="2026-05-01")
    return FaceFactory(photo=PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED), person=ann, verified=True)


def address(name, person):
    return reverse(f"admin:galleries_person_{name}", args=[person.pk])


def say(client, name, person, **what):
    return client.post(address(name, person), json.dumps(what), content_type="application/json")


def test_the_page_shows_faces_photos_and_where_they_were_seen(staff, ann, seen):
    FaceFactory(photo=PhotoFactory(gallery=seen.gallery, stored=False), person=ann)
    page = staff.get(address("change", ann))
    assert next(item["pk"] for item in page.context["best_faces"]) == seen.pk
    (appearance,) = page.context["appearances"]
    assert (appearance.gallery, appearance.photos, appearance.proposed) == (seen.gallery, 2, 1)
    assert (page.context["counts"], page.context["photo_total"]) == ({"faces": 2, "verified": 1}, 2)


def test_the_page_asks_no_query_per_face_or_gallery(staff, ann, studio, django_assert_max_num_queries):
    for _ in range(10):
        FaceFactory(photo=PhotoFactory(gallery=GalleryFactory(studio=studio), stored=False), person=ann)
    with django_assert_max_num_queries(19):
        staff.get(address("change", ann))


def test_merging_tells_first_what_moves(staff, ann, seen, studio):
    twin = PersonFactory(studio=studio, real_name="Anna", email="ann@example.org")
    FaceFactory(photo=seen.photo, person=twin)
    ClusterFactory(studio=studio, gallery=seen.gallery, person=twin)
    preview = staff.get(address("merge", ann), {"other": twin.pk}).context["preview"]
    assert (preview.faces, preview.photos, preview.groups, preview.pictures, preview.together) == (1, 1, 1, 0, 1)
    assert preview.taken_over == ["e-mail"]
    assert Person.objects.filter(pk=twin.pk).exists()

    answer = staff.post(address("merge", ann), {"other": twin.pk}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Anna is Ann now."]
    assert not Person.objects.filter(pk=twin.pk).exists()
    (decision,) = answer.context["history"]

    undo = reverse("admin:galleries_facecluster_undo")
    staff.post(undo, json.dumps({"decisions": [str(decision.pk)]}), content_type="application/json")
    assert Person.objects.get(pk=twin.pk).faces.count() == 1


def test_nobody_is_merged_with_themselves_a_stranger_or_nobody(staff, ann):
    for other in (ann.pk, PersonFactory().pk, "x", ""):
        assert staff.post(address("merge", ann), {"other": other}).status_code == 404
    assert not FaceDecision.objects.exists()


def test_the_best_face_or_a_chosen_one_is_the_picture(staff, ann, seen):
    assert say(staff, "avatar", ann).status_code == 200
    ann.refresh_from_db()
    assert ann.avatar_url == media_files.face_path(seen)
    better = FaceFactory(photo=seen.photo, person=ann)
    say(staff, "avatar", ann, face=str(better.pk))
    ann.refresh_from_db()
    assert ann.avatar_url == media_files.face_path(better)
    assert LogEntry.objects.count() == 2
    assert say(staff, "avatar", ann, face=str(FaceFactory().pk)).status_code == 404


def test_who_has_no_face_has_no_picture(staff, ann):
    assert say(staff, "avatar", ann).status_code == 404


def test_a_face_is_cut_out_of_its_photo_for_who_may_see_it(staff, ann, seen):
    default_storage.save(
        media_files.storage_name(seen.photo, "preview"), BytesIO(picture_of(["ann"], size=(320, 240), seed=1))
    )
    answer = staff.get(media_files.face_path(seen))
    assert Image.open(BytesIO(answer.content)).size == (avatars.SIDE, avatars.SIDE)
    assert answer["Cache-Control"].startswith("private")
    for client in (member(StudioFactory(), Role.VERIFIER), Client()):
        assert client.get(media_files.face_path(seen)).status_code == 404
    other = FaceFactory(photo=PhotoFactory(gallery=seen.gallery, stored=False))
    assert staff.get(reverse("face-file", args=[seen.photo_id, other.pk])).status_code == 404
    assert staff.get(media_files.face_path(other)).status_code == 404, "it has no preview"


def picture(*people, seed=5):
    return SimpleUploadedFile("face.jpg", picture_of(people, size=(320, 240), seed=seed))


def descriptor_of(*people):
    from galleries.matching import probe

    return probe.describe_subject(probe.read_picture(picture(*people))).descriptor


def test_a_picture_of_somebody_else_is_asked_about_before_it_is_kept(staff, ann, studio):
    bob = PersonFactory(studio=studio, real_name="Bob")
    FaceFactory(person=bob, verified=True, insightface_descriptor=descriptor_of("bob"))
    answer = staff.post(address("enrol", ann), {"file": picture("bob")}).json()
    assert "Bob" in answer["conflict"]["text"]
    assert not GalleryImage.objects.filter(subject=ann).exists()
    staff.post(address("enrol", ann), {"file": picture("bob"), "sure": "1"})
    assert GalleryImage.objects.filter(subject=ann).count() == 1
    assert LogEntry.objects.count() == 1


def test_a_picture_of_the_person_is_kept_at_once(staff, ann):
    FaceFactory(person=ann, verified=True, insightface_descriptor=descriptor_of("ann"))
    assert "photo" in staff.post(address("enrol", ann), {"file": picture("ann")}).json()
    assert GalleryImage.objects.filter(subject=ann).count() == 1


def test_a_picture_unlike_the_confirmed_faces_is_asked_about_before_it_is_kept(staff, ann, seen):
    FaceFactory(person=ann, photo=seen.photo, verified=True, insightface_descriptor=descriptor_of("ann"))
    conflict = staff.post(address("enrol", ann), {"file": picture("cid")}).json()["conflict"]
    assert conflict["text"] == "It does not look like the confirmed faces of Ann."
    assert (conflict["path"], "img" in conflict["crop"]) == (address("change", ann), True)
    assert not GalleryImage.objects.filter(subject=ann).exists()
    assert "photo" in staff.post(address("enrol", ann), {"file": picture("cid"), "sure": "1"}).json()


def test_a_picture_like_somebody_else_and_unlike_the_person_says_both(staff, ann, studio):
    bob = PersonFactory(studio=studio, real_name="Bob")
    for person, looks in ((ann, "ann"), (bob, "bob")):
        FaceFactory(person=person, verified=True, insightface_descriptor=descriptor_of(looks))
    conflict = staff.post(address("enrol", ann), {"file": picture("bob")}).json()["conflict"]
    assert conflict["text"] == (
        "This face looks like another person: Bob. It does not look like the confirmed faces of Ann."
    )
    assert conflict["path"] == address("change", bob)


def test_a_proposed_or_rejected_face_says_nothing_of_how_the_person_looks(staff, ann):
    FaceFactory(person=ann, verified=False, insightface_descriptor=descriptor_of("ann"))
    FaceFactory(person=ann, verified=True, face_category="ignored", insightface_descriptor=descriptor_of("ann"))
    assert "photo" in staff.post(address("enrol", ann), {"file": picture("cid")}).json()


def test_the_page_shows_no_raw_values(staff, ann):
    page = staff.get(address("change", ann)).content.decode()
    assert 'name="avatar_url"' not in page
    assert "For other programs" in page


def test_a_picture_without_a_face_is_refused_at_once(staff, ann):
    answer = staff.post(address("enrol", ann), {"file": picture()})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "face_not_found")
    assert staff.post(address("enrol", ann), {}).status_code == 400
    assert not GalleryImage.objects.exists()


def test_a_stranger_finds_nothing_and_a_viewer_changes_nothing(ann, seen, studio):
    stranger, viewer = member(StudioFactory(), Role.VERIFIER), member(studio, Role.VIEWER)
    twin = PersonFactory(studio=studio)
    for name in ("part", "others"):
        assert stranger.get(address(name, ann)).status_code == 404
        assert viewer.get(address(name, ann)).status_code == 200
    for client, status in ((stranger, 404), (viewer, 403)):
        assert client.get(address("merge", ann), {"other": twin.pk}).status_code == status
        assert client.post(address("merge", ann), {"other": twin.pk}).status_code == status
        assert say(client, "avatar", ann).status_code == status
        assert client.post(address("enrol", ann), {"file": picture("ann")}).status_code == status
    assert not FaceDecision.objects.exists()
