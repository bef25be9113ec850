"""Who asks by a selfie to be left out: their faces go, what keeps them out stays, and no face of theirs comes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from facepass.core.errors import FacePassError
from facepass.core.trash import entries
from facepass.models import Erasure, Role
from facepass.testing.engines.other_engine import OtherEngine, run
from facepass.testing.engines.real import SHARED
from facepass.testing.factories import (
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
)
from facepass.testing.pages.staff import member
from facepass.testing.pages.visitors import device, search, selfie, shown, text
from galleries import tasks
from galleries.faces import detection, event_change, marking
from galleries.models import ErasedFace, FaceCluster, GalleryImage, LeftOutPerson, PhotoFace, SpareFace
from galleries.people import naming
from galleries.photos.rotation import turning
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from sessions_app.models import Guest
from sessions_app.retention.archive import archive_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
AGREED = {"agreed": "on"}


def leave(client, session, people=("ann",), **fields):
    return client.post(f"/s/{session.code}/leave-out/", {"selfie": selfie(list(people)), **AGREED, **fields})


def faces_of_ann(photos):
    """How many faces there are where Ann is: alone in the first photo, beside Bob in the last one."""
    return [GalleryImage.objects.get(pk=photo.pk).faces.count() for photo in photos]


def test_the_page_says_what_goes_and_what_is_kept_and_the_faces_and_the_guest_go(ann, session, photos):
    form = text(ann.get(f"/s/{session.code}/leave-out/"))
    assert "a rectangle without a description" in form
    assert faces_of_ann(photos) == [1, 1, 2]
    page = text(leave(ann, session))
    assert "Your face was deleted from 2 photos" in page
    assert faces_of_ann(photos) == [0, 1, 1]
    assert not Guest.objects.filter(pk=ann.guest.pk).exists()
    assert ErasedFace.objects.filter(requested=True).count() == 2
    assert not LeftOutPerson.objects.exists(), "only who asks for it is kept out of later photos"
    receipt = Erasure.objects.get(kind="event_opt_out")
    assert receipt.counts == {"galleries.PhotoFace": 2}
    assert str(receipt.pk) in page


def test_nobody_finds_them_any_more_and_others_are_found_as_before(ann, session, photos):
    leave(ann, session)
    other = device(session)
    search(other, session, ["ann"])
    assert shown(other, session) == []
    search(other, session, ["bob"])
    assert set(shown(other, session)) == {str(photos[1].pk), str(photos[2].pk)}


def test_faces_in_photos_that_are_hidden_from_guests_go_too(ann, session, photos):
    GalleryImage.objects.filter(pk=photos[0].pk).update(hidden_from_guests=True)
    leave(ann, session)
    assert faces_of_ann(photos) == [0, 1, 1]


def test_a_name_goes_with_the_face_and_what_was_learnt_does_too(ann, session, photos):
    user = MembershipFactory(studio=session.studio, role=Role.OWNER).user
    group = FaceCluster.objects.filter(faces__photo=photos[0]).first()
    person = PersonFactory(studio=session.studio)
    naming.name_group(group, person, by=user)
    leave(ann, session)
    assert not PhotoFace.objects.filter(person=person).exists()


@pytest.mark.parametrize("missing", ["agreed", "selfie"])
def test_without_a_selfie_or_the_agreement_nothing_happens(missing, ann, session, photos):
    form = {"selfie": selfie(["ann"]), **AGREED}
    del form[missing]
    assert ann.post(f"/s/{session.code}/leave-out/", form).status_code in (400, 403)
    assert faces_of_ann(photos) == [1, 1, 2]


def test_who_has_not_agreed_is_sent_to_the_consent(session, photos, client):
    assert client.get(f"/s/{session.code}/leave-out/").status_code == 302


def test_a_selfie_that_shows_nobody_of_the_event_deletes_nothing(ann, session, photos):
    page = text(leave(ann, session, people=["dora"]))
    assert "No face of yours was found" in page
    assert faces_of_ann(photos) == [1, 1, 2]


def test_later_photos_leave_out_only_who_asked_for_it(ann, session, photos, party_gallery):
    leave(ann, session, later="on")
    assert LeftOutPerson.objects.get().session_id == session.pk
    late = PhotoFactory(gallery=party_gallery, people=["bob", "ann"], size=(800, 600))
    tasks.analyse_gallery(str(party_gallery.pk))
    assert late.faces.count() == 1
    assert late.erased_faces.filter(requested=True).count() == 1
    again(party_gallery)
    assert late.faces.count() == 1
    elsewhere = PhotoFactory(gallery=GalleryFactory(studio=session.studio), people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(elsewhere.gallery_id))
    assert elsewhere.faces.count() == 1, "it holds for that event"


def test_what_is_kept_for_later_photos_goes_with_the_descriptions(ann, session, photos):
    leave(ann, session, later="on")
    archive_event(session, by=None)
    assert not LeftOutPerson.objects.exists()


def test_it_is_deleted_and_restored_with_the_event(ann, session, photos):
    leave(ann, session, later="on")
    (entry,) = entries.move_to_trash("event", [session], by=None)
    assert not LeftOutPerson.objects.exists()
    entries.restore(entry.pk)
    assert LeftOutPerson.objects.count() == 1
    assert ErasedFace.objects.filter(requested=True).count() == 2


# What happens to photos; `test_decisions_outlive_analysis.py` walks more ways of analysing them.


def again(gallery):
    GalleryImage.objects.filter(gallery=gallery).requeue()
    tasks.analyse_gallery(str(gallery.pk))


def moved(session, photos):
    other = GalleryFactory(studio=session.studio, session_id=SessionFactory(studio=session.studio).pk)
    event_change.move_photos(GalleryImage.objects.filter(gallery=photos[0].gallery_id), other)
    again(other)


def turned(session, photos):
    user = MembershipFactory(studio=session.studio).user
    for degrees in (90, 270):
        turning.turn_photos(GalleryImage.objects.all(), degrees, by=user)
        tasks.analyse_gallery(str(photos[0].gallery_id))


def restored(session, photos):
    (entry,) = entries.move_to_trash("gallery", [photos[0].gallery], by=None)
    entries.restore(entry.pk)
    again(photos[0].gallery)


def described_by_another_model(session, photos):
    run(OtherEngine())
    assert not SpareFace.objects.filter(face=None).exists()


def analysed(session, photos):
    again(photos[0].gallery)


WAYS = [analysed, moved, turned, restored, described_by_another_model]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_face_comes_back(way, ann, session, photos):
    leave(ann, session)
    way(session, photos)
    assert faces_of_ann(photos) == [0, 1, 1]


def test_nothing_is_even_computed_of_such_a_face(ann, session, photos, monkeypatch):
    leave(ann, session)
    described = []

    class Watching(FakeEngine):
        def embed_many(self, pairs):
            described.extend(face.box for _picture, faces in pairs for face in faces)
            return super().embed_many(pairs)

    with registry.use_engine(Watching()):
        again(photos[0].gallery)
        assert len(described) == 2, "Bob's two faces"
        described.clear()
        report = detection.detect_in_photo(GalleryImage.objects.get(pk=photos[0].pk))
        assert (report.faces, described) == ([], [])


def test_staff_draw_no_face_there(ann, session, photos):
    box = PhotoFace.objects.get(photo=photos[0]).as_box
    leave(ann, session)
    user = MembershipFactory(studio=session.studio).user
    with pytest.raises(FacePassError) as refused:
        marking.mark_face(GalleryImage.objects.get(pk=photos[0].pk), box, by=user)
    assert (refused.value.code, refused.value.status) == ("left_out", 409)
    page = member(session.studio, Role.OWNER).get(reverse("admin:sessions_app_photosession_event", args=[session.pk]))
    assert page.status_code == 200


def test_with_real_faces_somebody_is_left_out_of_photos_there_and_of_later_ones(opencv_zoo_engine, settings):
    """Several pictures of each of two people; one picture of the one is the selfie."""
    people = {}
    for path in sorted((SHARED / "data" / "lfw" / "people").rglob("*.jpg")) if SHARED.is_dir() else ():
        people.setdefault(path.stem.rsplit("_", 1)[0], []).append(path)
    many = [paths for paths in people.values() if len(paths) >= 5][:2]
    if len(many) < 2:
        pytest.skip("no pictures of real people")
    mine, other = many
    session = SessionFactory()
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
    with registry.use_engine(opencv_zoo_engine):
        for path in (*mine[1:4], *other[:3]):
            add_real(gallery, path)
        tasks.analyse_gallery(str(gallery.pk))
        assert PhotoFace.objects.count() >= 6
        guest = device(session)
        file = SimpleUploadedFile("me.jpg", mine[0].read_bytes())
        page = guest.post(f"/s/{session.code}/leave-out/", {"selfie": file, **AGREED, "later": "on"})
        assert "data-left-out" in text(page)
        found = ErasedFace.objects.filter(requested=True)
        assert found.count() >= 2
        assert not found.filter(photo__original_name__in=[path.name for path in other]).exists()
        late = add_real(gallery, mine[4])
        again(gallery)
        assert not late.faces.exists()
        assert PhotoFace.objects.filter(photo__original_name__in=[path.name for path in other[:3]]).count() >= 3


def add_real(gallery, path):
    return PhotoFactory(gallery=gallery, data=path.read_bytes(), original_name=path.name, size=(250, 250))
