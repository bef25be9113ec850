"""Staff leave somebody out who asked for it, of an event or of all, and take it back when they change their mind."""

import pytest
from django.test import Client
from django.urls import reverse

from facepass.core.trash import entries
from facepass.models import AuditEntry, Erasure, OutboxEvent, Role
from facepass.testing.factories import FaceFactory, GalleryFactory, MembershipFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.staff import member
from facepass.testing.pages.visitors import device, search, selfie, shown
from galleries import tasks
from galleries.faces.privacy import left_out_requests
from galleries.models import (
    ErasedFace,
    FaceCluster,
    GalleryImage,
    LeftOutPerson,
    LeftOutRequest,
    Occasion,
    Person,
    PhotoFace,
)
from galleries.people import naming

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
REQUESTS = reverse("admin:galleries_leftoutrequest_changelist")


@pytest.fixture
def manager(session):
    client, user = Client(), MembershipFactory(studio=session.studio, role=Role.OWNER).user
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def elsewhere(session, photos):
    """A photo of Ann in another gallery of the studio, which is of no event."""
    photo = PhotoFactory(gallery=GalleryFactory(studio=session.studio), people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(photo.gallery_id))
    return photo


@pytest.fixture
def person(session, photos, elsewhere):
    """Ann, named in the event and elsewhere."""
    person = Person.objects.create(studio=session.studio, real_name="Ann Archer")
    user = MembershipFactory(studio=session.studio, role=Role.MANAGER).user
    naming.name_group(FaceCluster.objects.get(faces__photo=photos[0]), person, by=user)
    naming.name_faces([elsewhere.faces.get()], person, by=user)
    return person


def path_of(row, name="leave_out"):
    return reverse(f"admin:galleries_{row._meta.model_name}_{name}", args=[row.pk])


def leave_out(client, row, reach, **fields):
    return client.post(path_of(row), {"reach": str(reach), **fields})


def faces_in(*photos):
    return [photo.faces.count() for photo in photos]


def again(*galleries):
    GalleryImage.objects.filter(gallery__in=galleries).requeue()
    for gallery in galleries:
        tasks.analyse_gallery(str(gallery.pk))


def test_the_page_says_what_goes_and_how_much_that_is_wherever_it_may_be_chosen(manager, person, session):
    page = manager.get(path_of(person))
    counts = [(choice["title"], choice["faces"], choice["photos"]) for choice in page.context["choices"]]
    assert counts[0] == ("all events of the studio", 3, 3)
    assert ("Summer party", 2, 2) in counts
    assert "a rectangle without a description" in page.content.decode()
    assert LeftOutRequest.objects.count() == 0
    assert path_of(person) in manager.get(path_of(person, "change")).content.decode()


def test_an_event_loses_the_person_and_the_others_keep_them(manager, person, session, photos, elsewhere):
    answer = leave_out(manager, person, session.pk)
    assert answer.url == path_of(person, "change")
    assert faces_in(photos[0], photos[1], photos[2], elsewhere) == [0, 1, 1, 1]
    assert Person.objects.filter(pk=person.pk).exists()
    entered = LeftOutRequest.objects.get()
    assert (entered.session_id, entered.person, entered.faces, entered.photos) == (session.pk, person, 2, 2)
    assert set(ErasedFace.objects.values_list("requested", "request_id")) == {(True, entered.pk)}
    assert Erasure.objects.get(kind="left_out").counts == {"galleries.PhotoFace": 2}
    assert OutboxEvent.objects.filter(type="erasure.completed", data__faces=2).exists()
    guest = device(session)
    search(guest, session, ["ann"])
    assert shown(guest, session) == []
    assert "Asked to be left out: entered on" in manager.get(path_of(person, "change")).content.decode()


def test_all_of_the_studio_loses_them_and_nobody_else_s_studio_does(manager, person, session, photos, elsewhere):
    stranger = FaceFactory(photo__gallery=GalleryFactory(studio=StudioFactory()))
    leave_out(manager, person, session.studio_id)
    assert faces_in(photos[0], photos[2], elsewhere) == [0, 1, 0]
    assert PhotoFace.objects.filter(pk=stranger.pk).exists()


def test_no_analysis_brings_them_back_and_later_photos_only_leave_out_who_asked(
    manager, person, session, party_gallery
):
    leave_out(manager, person, session.pk)
    later = PhotoFactory(gallery=party_gallery, people=["ann"], size=(800, 600))
    again(party_gallery)
    assert PhotoFace.objects.filter(photo__gallery=party_gallery).exclude(photo=later).count() == 2
    assert later.faces.count() == 1
    assert not LeftOutPerson.objects.exists()


@pytest.mark.parametrize("reach", ["event", "studio"])
def test_for_later_photos_a_description_is_kept_that_reaches_as_far_as_was_asked(
    reach, manager, person, session, elsewhere
):
    leave_out(manager, person, session.pk if reach == "event" else session.studio_id, later="on")
    kept = LeftOutPerson.objects.get()
    assert (kept.session_id, kept.request_id) == (
        session.pk if reach == "event" else None,
        LeftOutRequest.objects.get().pk,
    )
    new = [
        PhotoFactory(gallery=gallery, people=["ann", "dora"], size=(800, 600))
        for gallery in (GalleryFactory(studio=session.studio, session_id=session.pk), elsewhere.gallery)
    ]
    again(*(photo.gallery for photo in new))
    assert faces_in(*new) == [1, 2 if reach == "event" else 1]
    assert set(new[0].erased_faces.values_list("request_id", flat=True)) == {kept.request_id}


def test_a_face_without_a_name_goes_with_its_group_in_its_event_alone(manager, session, photos, elsewhere):
    face = photos[0].faces.get()
    page = manager.get(path_of(face))
    assert [choice["faces"] for choice in page.context["choices"]] == [2]
    assert "Name it first" in page.content.decode()
    assert leave_out(manager, face, session.pk).url == REQUESTS
    assert faces_in(photos[0], photos[2], elsewhere) == [0, 1, 1]


def test_a_face_with_a_name_stands_for_the_person(manager, person, session, photos, elsewhere):
    face = photos[0].faces.get()
    assert path_of(face) in manager.get(path_of(face, "change")).content.decode()
    leave_out(manager, face, session.studio_id)
    assert faces_in(photos[0], elsewhere) == [0, 0]
    assert LeftOutRequest.objects.get().person == person


def test_taken_back_their_faces_are_described_again_and_nothing_of_the_request_is_left(
    manager, person, session, photos, elsewhere
):
    leave_out(manager, person, session.studio_id, later="on")
    entered = LeftOutRequest.objects.get()
    late = PhotoFactory(gallery=photos[0].gallery, people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(late.gallery_id))
    assert faces_in(late) == [0]
    page = manager.get(path_of(entered, "take_back")).content.decode()
    assert "Ann Archer" in page
    assert path_of(entered, "take_back") in manager.get(REQUESTS).content.decode()
    assert manager.post(path_of(entered, "take_back")).url == REQUESTS
    for gallery in (late.gallery, elsewhere.gallery):
        tasks.analyse_gallery(str(gallery.pk))
    assert faces_in(photos[0], photos[2], elsewhere, late) == [1, 2, 1, 1]
    for left in (LeftOutRequest, LeftOutPerson, ErasedFace):
        assert not left.objects.exists()
    assert left_out_requests.take_back(entered) == 0, "somebody else was quicker"


def test_what_a_guest_asked_for_by_a_selfie_is_not_taken_back_with_it(manager, person, session, photos):
    guest = device(session)
    guest.post(f"/s/{session.code}/leave-out/", {"selfie": selfie(["bob"]), "agreed": "on"})
    leave_out(manager, person, session.pk)
    manager.post(path_of(LeftOutRequest.objects.get(), "take_back"))
    assert ErasedFace.objects.filter(request_id=None, requested=True).count() == 2


def test_taken_back_while_a_photo_is_in_the_trash_its_face_is_no_longer_kept_out(manager, person, session, photos):
    leave_out(manager, person, session.pk)
    (entry,) = entries.move_to_trash("photo", [photos[0]], by=None)
    manager.post(path_of(LeftOutRequest.objects.get(), "take_back"))
    entries.restore(entry.pk)
    again(photos[0].gallery)
    assert faces_in(photos[0]) == [1]


def test_an_event_in_the_trash_takes_its_requests_along(manager, person, session):
    leave_out(manager, person, session.pk, later="on")
    (entry,) = entries.move_to_trash("event", [session], by=None)
    assert not LeftOutRequest.objects.exists()
    entries.restore(entry.pk)
    assert LeftOutRequest.objects.get().person == person
    assert LeftOutPerson.objects.exists()


def test_by_what_somebody_is_enrolled_stays(manager, person, session):
    enrolled = FaceFactory(photo__gallery=GalleryFactory(studio=session.studio), person=person)
    GalleryImage.objects.filter(pk=enrolled.photo_id).update(subject=person)
    leave_out(manager, person, session.studio_id)
    assert PhotoFace.objects.filter(pk=enrolled.pk).exists()


@pytest.mark.parametrize("role", [Role.PHOTOGRAPHER, Role.VERIFIER, Role.VIEWER])
def test_only_managers_do_it_and_take_it_back(role, manager, person, session, photos):
    colleague, face = member(session.studio, role), photos[1].faces.get()
    within = Occasion(session.studio_id, session_id=session.pk)
    entered = left_out_requests.leave_out(person, within=within, later=False, by=manager.user)
    for path in (path_of(person), path_of(face), path_of(entered, "take_back")):
        assert [colleague.get(path).status_code, colleague.post(path).status_code] == [403, 403]
    assert colleague.get(REQUESTS).status_code == 403
    assert path_of(person) not in colleague.get(path_of(person, "change")).content.decode()


def test_a_stranger_s_people_faces_and_requests_are_not_there(manager, person, session, photos):
    within = Occasion(session.studio_id, session_id=session.pk)
    entered = left_out_requests.leave_out(person, within=within, later=False, by=manager.user)
    stranger = member(StudioFactory(), Role.OWNER)
    for path in (path_of(person), path_of(photos[1].faces.get()), path_of(entered, "take_back")):
        assert [stranger.get(path).status_code, stranger.post(path).status_code] == [404, 404]
    assert leave_out(manager, person, StudioFactory().pk).status_code == 404, "no reach of theirs"


def test_the_audit_says_who_did_it(manager, person, session):
    leave_out(manager, person, session.pk)
    assert AuditEntry.objects.filter(actor_id=str(manager.user.pk)).exists()
