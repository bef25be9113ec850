"""Somebody who is in a photo and shows no face: from behind, or by what is theirs."""

import pytest

from facepass.models import Role
from facepass.testing.factories import PersonFactory, PhotoFactory, StudioFactory, UserFactory
from facepass.testing.pages.staff import address, member, post
from galleries import tasks
from galleries.exports import named_photos
from galleries.faces import decisions
from galleries.matching import search
from galleries.models import FaceDecision, GalleryImage, Occasion, PhotoFace
from galleries.models.face import FaceCategory
from galleries.people import appearances, naming
from galleries.photos.rotation import turning

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]


@pytest.fixture
def photo(gallery):
    """A close-up of Bob, whose face fills the picture."""
    photo = PhotoFactory(gallery=gallery, people=["bob"], size=(240, 240))
    tasks.analyse_gallery(str(gallery.pk))
    photo.refresh_from_db()
    return photo


@pytest.fixture
def ann(studio):
    return PersonFactory(studio=studio, real_name="Ann")


def also(client, photo, **who):
    return post(client, photo, "also", **who)


def names(photo):
    return sorted(face.person.real_name for face in photo.faces.shown().named())


def test_the_person_is_in_the_photo_and_in_exports_without_a_box(staff, photo, ann):
    answer = also(staff, photo, person=str(ann.pk)).json()
    *_faces, row = answer["photo"]["faces"]
    assert (row["person"]["name"], row["verified"], row["whole"], row["drawn"]) == ("Ann", True, True, False)
    assert row["notes"] == "no face is seen"
    assert list(appearances.find_photos(ann)) == [photo]
    (exported,) = named_photos.list_named_photos(Occasion.for_gallery(photo.gallery))
    assert exported.confirmed_names == ["Ann"]


def test_several_people_may_be_there_and_nobody_twice(staff, photo, ann):
    assert also(staff, photo, name="Cid").status_code == 200
    assert also(staff, photo, person=str(ann.pk)).status_code == 200
    assert names(photo) == ["Ann", "Cid"]
    again = also(staff, photo, name="ann")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "face_there")


def test_undo_takes_all_of_it_back(staff, photo, ann):
    made = also(staff, photo, person=str(ann.pk)).json()["decisions"]
    undone = post(staff, photo, "decide", verb="undo", decisions=made).json()
    assert [face["whole"] for face in undone["photo"]["faces"]] == [False]
    assert not appearances.find_photos(ann).exists()
    assert also(staff, photo, person=str(ann.pk)).status_code == 200, "and it may be said again"


def test_no_analysis_takes_it_for_a_face_that_fills_the_picture(staff, photo, ann, gallery):
    row = also(staff, photo, person=str(ann.pk)).json()["face"]
    bob = photo.faces.exclude(pk=row).get()
    PhotoFace.objects.filter(pk=bob.pk).delete()
    GalleryImage.objects.requeue()
    tasks.analyse_gallery(str(gallery.pk))
    stays, found = photo.faces.get(pk=row), photo.faces.exclude(pk=row).get()
    assert (stays.person, stays.insightface_descriptor, found.person) == (ann, None, None)
    assert found.insightface_descriptor is not None


def test_it_turns_with_the_photo(staff, gallery, ann):
    photo = PhotoFactory(gallery=gallery, people=[], size=(320, 240))
    tasks.analyse_gallery(str(gallery.pk))
    row = also(staff, photo, person=str(ann.pk)).json()["face"]
    turning.turn_photos(GalleryImage.objects.filter(pk=photo.pk), 90, by=UserFactory(is_superuser=True))
    assert photo.faces.get(pk=row).box == {"x": 0, "y": 0, "width": 240, "height": 320}


def test_a_search_that_finds_the_persons_own_group_gives_the_photo_too(staff, gallery, photo, ann, user):
    """The group of two has her name; a group that somebody else's selfie finds gives nothing of hers."""
    seen = [PhotoFactory(gallery=gallery, people=["ann"]) for _number in range(2)]
    tasks.analyse_gallery(str(gallery.pk))
    also(staff, photo, person=str(ann.pk))
    face = seen[0].faces.select_related("cluster").get()
    within = Occasion.for_gallery(gallery)
    assert found_by(face, within) == {each.pk for each in seen}, "not before the group has the name"
    naming.name_group(face.cluster, ann, by=user)
    assert found_by(face, within) == {photo.pk, *(each.pk for each in seen)}
    GalleryImage.objects.filter(pk=photo.pk).update(hidden_from_guests=True)
    assert found_by(face, within) == {each.pk for each in seen}
    GalleryImage.objects.filter(pk=photo.pk).update(hidden_from_guests=False)
    whole = photo.faces.get(person=ann)
    decisions.ignore([PhotoFace.objects.select_related("gallery").get(pk=whole.pk)], by=user)
    assert found_by(face, within) == {each.pk for each in seen}


def found_by(face, within):
    probe = PhotoFace.objects.get(pk=face.pk)
    descriptor = search.descriptors.as_array(probe.insightface_descriptor)
    return {match.face.photo_id for match in search.find_matches(descriptor, within=within)}


def test_it_takes_a_role_and_a_name(studio, photo, ann):
    for client, status in ((member(studio, Role.VIEWER), 403), (member(StudioFactory()), 404)):
        assert also(client, photo, person=str(ann.pk)).status_code == status
    verifier = member(studio, Role.VERIFIER)
    assert also(verifier, photo, name=" ").status_code == 400
    assert also(verifier, photo, person=str(PersonFactory().pk)).status_code == 404
    assert not FaceDecision.objects.exists()
    assert "data-also" not in member(studio, Role.VIEWER).get(address(photo, "faces")).content.decode()
    assert PhotoFace.objects.exclude(face_category=FaceCategory.UNKNOWN).count() == 0
