"""A hidden person: what changes, as the glossary says, and that nothing else does, at every place with people."""

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import ClusterFactory, FaceFactory, PersonFactory, PhotoFactory, UserFactory
from facepass.testing.pages.guests import agree, search
from facepass.testing.pages.staff import member
from galleries import tasks
from galleries.jobs import runner
from galleries.matching import descriptors, identification
from galleries.models import FaceCluster, Gallery, Job, Person, PhotoFace
from galleries.people import naming
from sessions_app.models import FoundPhoto

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(party):
    """Ann, whose group is named, and who is hidden."""
    person = PersonFactory(studio=party.studio, real_name="Ann", is_hidden=True)
    naming.name_group(FaceCluster.objects.get(faces__photo__in=alone(party)), person, by=UserFactory())
    return person


def alone(session):
    """The photo of Ann alone, which was the first."""
    first = Gallery.objects.get(session_id=session.pk).photos.order_by("created_at").first()
    return [first.pk]


@pytest.fixture
def staff(party):
    return member(party.studio, Role.VERIFIER)


@pytest.fixture
def again(party, ann):
    """An unknown face that looks as Ann does."""
    known = PhotoFace.objects.filter(person=ann).first()
    gallery = Gallery.objects.get(session_id=party.pk)
    photo = PhotoFactory(gallery=gallery, stored=False)
    return FaceFactory(photo=photo, insightface_descriptor=known.insightface_descriptor)


def show_again(person):
    Person.objects.filter(pk=person.pk).update(is_hidden=False)


def names(answer):
    return [person["name"] for person in answer.json()["people"]]


def test_staff_do_not_see_them_among_the_people_unless_they_ask(staff, ann):
    page = reverse("admin:galleries_person_grid")
    assert staff.get(page, {"q": "ann"}).context["cards"] == []
    assert [card.person for card in staff.get(page, {"q": "ann", "show": "hidden"}).context["cards"]] == [ann]
    show_again(ann)
    assert [card.person for card in staff.get(page, {"q": "ann"}).context["cards"]] == [ann]


def test_they_are_not_suggested_for_a_face_of_a_photo(staff, ann, again):
    page = reverse("admin:galleries_galleryimage_candidates", args=[again.photo_id])
    assert names(staff.get(page, {"face": str(again.pk)})) == []
    show_again(ann)
    assert names(staff.get(page, {"face": str(again.pk)})) == ["Ann"]


def test_they_are_not_suggested_for_a_group(staff, party, ann, again):
    other = FaceFactory(
        photo=PhotoFactory(gallery=again.gallery, stored=False), insightface_descriptor=again.insightface_descriptor
    )
    group = ClusterFactory(studio=party.studio, session_id=party.pk)
    PhotoFace.objects.filter(pk__in=[again.pk, other.pk]).update(cluster=group)
    page = reverse("admin:galleries_facecluster_like", args=[party.pk, group.pk])
    assert names(staff.get(page)) == []
    show_again(ann)
    assert names(staff.get(page)) == ["Ann"]


def test_typing_the_name_finds_them_so_that_nobody_is_made_twice(staff, party, ann, again):
    for page in (
        reverse("admin:galleries_facecluster_people", args=[party.pk]),
        reverse("admin:galleries_galleryimage_people", args=[again.photo_id]),
    ):
        assert names(staff.get(page, {"q": "ann"})) == ["Ann"]


def test_their_page_opens_and_their_names_to_confirm_are_shown(staff, ann, again):
    PhotoFace.objects.filter(pk=again.pk).update(person=ann, face_category="known")
    assert staff.get(reverse("admin:galleries_person_change", args=[ann.pk])).status_code == 200
    (card,) = staff.get(reverse("admin:galleries_photoface_verify_list")).context["people"]
    assert card.person == ann


def test_guests_find_themselves_as_before(client, party, ann):
    agree(client, party)
    assert search(client, party, ["ann"]).status_code in (200, 302)
    assert FoundPhoto.objects.filter(photo__in=alone(party)).count() == 1


def test_partners_identify_them_and_the_job_proposes_their_name_as_before(ann, again):
    looks = descriptors.as_array(again.insightface_descriptor)
    assert identification.identify(looks, studio_ids=[ann.studio_id]).person == ann
    runner.start_job("recognize_gallery", studio=ann.studio, gallery_id=str(again.gallery_id))
    tasks.run_job(str(Job.objects.get().pk))
    assert PhotoFace.objects.get(pk=again.pk).person == ann
