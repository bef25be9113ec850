"""An event archived without faces: what goes, what stays, and that nothing comes in again."""

import pytest
from django.urls import reverse

from facepass.core.errors import FacePassError
from facepass.core.trash import entries, erased_subjects
from facepass.models import ErasedSubject, Erasure, Role, TrashRow
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import member
from facepass.testing.pages.visitors import device
from galleries import tasks
from galleries.faces import detection, event_change, marking
from galleries.models import (
    FaceCluster,
    FaceDecision,
    Gallery,
    GalleryImage,
    PersonTemplate,
    PhotoFace,
    SpareFace,
)
from galleries.models.description import photos_to_describe
from galleries.people import naming
from recognition.model_versions import current_model_version
from recognition.types import Box
from sessions_app.models import EventPrivacy, Guest, Hiding, PhotoSession
from sessions_app.retention import chore
from sessions_app.retention.archive import archive_again, archive_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def owner(session):
    return MembershipFactory(studio=session.studio, role=Role.OWNER).user


@pytest.fixture
def named(ann, session, owner):
    """Ann is named and confirmed in two photos; a guest was there."""
    person = PersonFactory(studio=session.studio, real_name="Ann Archer")
    naming.name_group(FaceCluster.objects.filter(faces__photo__in=shown_to(ann)).first(), person, by=owner)
    return person


def shown_to(guest):
    return guest.guest.found.values("photo")


def page_of(session, name="event"):
    return reverse(f"admin:sessions_app_photosession_{name}", args=[session.pk])


def test_the_page_asks_says_what_goes_and_stays_and_then_does_it(named, session, photos, owner):
    client = member(session.studio, Role.MANAGER)
    asked = client.get(page_of(session, "archive")).content.decode()
    assert "Nobody can undo this" in asked
    assert client.post(page_of(session, "archive")).status_code == 200, "it was not confirmed"
    assert PhotoFace.objects.filter(insightface_descriptor__isnull=False).exists()
    client.post(page_of(session, "archive"), {"confirmed": "yes"})
    receipt = Erasure.objects.get(kind="event_archive")
    assert receipt.counts["sessions_app.Guest"] == 1
    page = client.get(page_of(session)).content.decode()
    assert "Archived without faces" in page
    receipts = member(session.studio, Role.OWNER).get(reverse("admin:facepass_erasure_changelist"))
    assert "Event archived without faces" in receipts.content.decode()


def test_photos_and_confirmed_names_stay_and_everything_about_faces_and_guests_goes(named, session, photos):
    confirmed = set(PhotoFace.objects.filter(person=named, verified=True).values_list("photo", "person"))
    assert confirmed
    archive_event(session, by=None)
    assert set(GalleryImage.objects.values_list("pk", flat=True)) == {photo.pk for photo in photos}
    left = PhotoFace.objects.all()
    assert set(left.values_list("photo", "person")) == confirmed
    assert all(face.is_of_whole_photo and face.insightface_descriptor is None for face in left)
    for model in (FaceCluster, FaceDecision, Guest, Hiding, SpareFace, PersonTemplate):
        assert not model.objects.exists(), model
    session.refresh_from_db()
    assert session.facepass_enabled is False


def test_nobody_opens_it_again(session, photos, client_of):
    archive_event(session, by=None)
    client = member(session.studio, Role.MANAGER)
    client.post(page_of(session, "open"))
    app = client_of(session.studio)
    answer = app.patch(f"/api/v1/sessions/{session.pk}/", {"facepass_enabled": True}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "faces_ended")
    session.refresh_from_db()
    assert session.facepass_enabled is False


def test_one_in_pixora_stays_closed_whatever_pixora_says(session, photos):
    PhotoSession.objects.update(origin="pixora")
    session.refresh_from_db()
    guest = device(session)
    archive_event(session, by=None)
    PhotoSession.objects.update(facepass_enabled=True)
    assert not PhotoSession.objects.open_to_guests().exists()
    assert guest.get(f"/s/{session.code}/").status_code in (403, 404, 503)


def test_photos_that_come_later_and_those_that_are_analysed_again_have_no_faces(session, photos, party_gallery):
    archive_event(session, by=None)
    later = PhotoFactory(gallery=party_gallery, people=["ann"], size=(800, 600))
    GalleryImage.objects.filter(pk__in=[photo.pk for photo in photos]).requeue()
    tasks.analyse_gallery(str(party_gallery.pk))
    later.refresh_from_db()
    assert later.state == "processed"
    assert not PhotoFace.objects.exists()


def test_no_face_is_drawn_or_detected_or_described_for_another_model(session, photos):
    archive_event(session, by=None)
    photo = GalleryImage.objects.get(pk=photos[0].pk)
    user = MembershipFactory(studio=session.studio).user
    for call in (
        lambda: marking.mark_face(photo, Box(10, 10, 100, 100), by=user),
        lambda: detection.detect_in_photo(photo),
        lambda: detection.detect_and_record(photo),
    ):
        with pytest.raises(FacePassError) as refused:
            call()
        assert refused.value.code == "faces_ended"
    assert not photos_to_describe(current_model_version()).exists()


def test_no_photos_with_faces_are_moved_there(session, photos):
    archive_event(session, by=None)
    other = GalleryFactory(studio=session.studio, session_id=SessionFactory(studio=session.studio).pk)
    assert not event_change.list_targets(other).filter(session_id=session.pk).exists()


def test_what_was_in_the_trash_and_what_gets_in_by_another_way_goes_too(session, photos, party_gallery):
    (entry,) = entries.move_to_trash("photo", [photos[2]], by=None)
    archive_event(session, by=None)
    assert not TrashRow.objects.filter(label="galleries.PhotoFace").exists()
    entries.restore(entry.pk)
    assert not PhotoFace.objects.exists()
    other = PhotoFactory(gallery__studio=session.studio, people=["bob"], size=(800, 600))
    tasks.analyse_gallery(str(other.gallery_id))
    assert PhotoFace.objects.exists()
    source = other.gallery.session_id
    Gallery.objects.filter(pk=other.gallery_id).update(session_id=session.pk)
    assert source is None
    chore.keep_deadlines()
    assert not PhotoFace.objects.exists()


def test_a_back_up_loses_its_faces_again(session, photos):
    archive_event(session, by=None)
    rows = list(ErasedSubject.objects.order_by("pk"))
    assert erased_subjects.find_break(rows) is None
    EventPrivacy.objects.all().delete()
    for photo in photos:
        photo.refresh_from_db()
    FaceFactory(photo=photos[0])
    assert erased_subjects.erase_again(rows)["sessions_app.PhotoSession.faces"] == 1
    assert not PhotoFace.objects.exists()
    assert EventPrivacy.objects.get().archived_at
    assert archive_again([]) == 0


@pytest.mark.parametrize("role", [Role.PHOTOGRAPHER, Role.VERIFIER, Role.VIEWER])
def test_only_managers_and_owners_archive(role, session, photos):
    assert member(session.studio, role).post(page_of(session, "archive"), {"confirmed": "yes"}).status_code == 403
    assert member(StudioFactory(), Role.OWNER).get(page_of(session, "archive")).status_code == 404
    assert PhotoFace.objects.exists()


def test_the_legal_basis_is_stated_on_its_page_and_guests_read_it_in_the_notice(session, photos):
    client = member(session.studio, Role.PHOTOGRAPHER)
    assert "Not stated yet" in client.get(page_of(session)).content.decode()
    client.post(page_of(session, "basis"), {"legal_basis": "contract", "basis_note": "No. 17"})
    page = client.get(page_of(session)).content.decode()
    assert "A contract with who ordered the photos" in page
    assert "No. 17" in page
    notice = device(session).get(f"/s/{session.code}/notice/").content.decode()
    assert "a contract with who ordered the photos" in notice
    assert "No. 17" not in notice
    assert member(session.studio, Role.VIEWER).get(page_of(session, "basis")).status_code == 403
