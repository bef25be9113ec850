"""An erased face: what goes with it, and that nothing brings it back."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from facepass.testing.engines.other_engine import OtherEngine, run
from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, UserFactory
from facepass.testing.pictures.fake import picture_of
from galleries.faces import decisions, erasure, grouping, marking, redescription, switching
from galleries.models import (
    ErasedFace,
    FaceDecision,
    GalleryImage,
    Occasion,
    PhotoDescription,
    PhotoFace,
    SpareFace,
)
from galleries.models.face import FaceCategory
from galleries.people import avatars
from galleries.photos import analysis
from galleries.tests.faces.test_generate_descriptors import Nobody
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.model_versions import get_or_create_model_version
from recognition.types import Box

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


def analyse_all():
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)


@pytest.fixture
def photo(gallery):
    """Ann on the left, Bob on the right."""
    found = PhotoFactory(gallery=gallery, people=["ann", "bob"], size=(640, 320))
    analyse_all()
    return found


def left(photo):
    return min(photo.faces.select_related("photo", "gallery"), key=lambda face: face.box["x"])


def again(photo):
    GalleryImage.objects.filter(pk=photo.pk).requeue()
    analyse_all()


def erase_by_api(face, api, staff):
    assert api.delete(f"/api/v1/faces/{face.pk}").status_code == 204


def erase_by_page(face, api, staff):
    page = reverse("admin:galleries_photoface_delete", args=[face.pk])
    assert staff.post(page, {"post": "yes"}).status_code == 302


def erase_by_action(face, api, staff):
    form = {"action": "delete_selected", "_selected_action": [str(face.pk)], "post": "yes"}
    assert staff.post(reverse("admin:galleries_photoface_changelist"), form).status_code == 302


@pytest.mark.parametrize("erase", [erase_by_api, erase_by_page, erase_by_action])
def test_whoever_erases_a_face_it_does_not_come_back(erase, photo, api, staff):
    face = left(photo)
    erase(face, api, staff)
    again(photo)
    assert photo.faces.count() == 1
    assert not photo.faces.filter(pk=face.pk).exists()
    kept = ErasedFace.objects.get()
    assert (kept.photo, kept.box) == (photo, face.box)


def test_nothing_of_its_descriptors_is_left(photo):
    run(OtherEngine())  # the first engine's descriptions stay beside it
    assert SpareFace.objects.filter(photo=photo).count() == 2
    face = left(photo)
    SpareFace.objects.filter(face=face).update(face=None)  # as where only the other model saw it
    erasure.erase_face(face)
    assert SpareFace.objects.filter(photo=photo).count() == 1


def test_it_is_nobodys_picture_any_more(photo, studio):
    ann, bob = PersonFactory(studio=studio), PersonFactory(studio=studio)
    for person, face in zip((ann, bob), sorted(photo.faces.all(), key=lambda each: each.box["x"]), strict=True):
        avatars.set_avatar(person, face)
    erasure.erase_face(left(photo))
    ann.refresh_from_db()
    bob.refresh_from_db()
    assert (ann.avatar_url, bool(bob.avatar_url)) == ("", True)


def test_the_place_goes_with_the_photo(photo):
    erasure.erase_face(left(photo))
    photo.delete()
    assert not ErasedFace.objects.exists()


def test_a_switch_that_was_prepared_before_brings_nothing_back(photo):
    version = get_or_create_model_version(OtherEngine())
    redescription.describe_waiting_photos(OtherEngine(), version, watch=Nobody())
    SpareFace.objects.update(face=None)
    erasure.erase_face(left(photo))
    assert switching.switch_version(version)
    assert photo.faces.count() == 1


def test_a_photo_without_any_other_face_stays_empty_for_every_model(gallery):
    photo = PhotoFactory(gallery=gallery, people=["ann"], size=(640, 320))
    analyse_all()
    erasure.erase_face(photo.faces.select_related("photo").get())
    for engine in (OtherEngine(), FakeEngine()):
        run(engine)
        assert not photo.faces.exists()
        assert not SpareFace.objects.exists()


def test_somebody_who_draws_it_again_has_the_last_word(photo):
    erased = left(photo)
    erasure.erase_face(erased)
    face, _decision = marking.mark_face(photo, erased.as_box, by=UserFactory(is_superuser=True))
    again(photo)
    assert photo.faces.filter(pk=face.pk).exists()
    assert photo.faces.count() == 2
    assert not ErasedFace.objects.exists()


def test_an_analysis_that_is_under_way_respects_it(photo):
    GalleryImage.objects.filter(pk=photo.pk).requeue()
    claimed = GalleryImage.objects.claim_next()
    erasure.erase_face(left(photo))
    analysis.analyse_photo(claimed)
    assert photo.faces.count() == 1


def test_an_enrolment_picture_goes_with_its_face(studio):
    ann = PersonFactory(studio=studio)
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio, kind="enrolment"), subject=ann, people=["ann"])
    analyse_all()
    erasure.erase_face(photo.faces.select_related("photo").get())
    assert not GalleryImage.objects.filter(pk=photo.pk).exists()
    assert not ErasedFace.objects.exists()


def test_decisions_say_that_it_is_gone(photo, api, staff, studio):
    face = left(photo)
    decisions.assign([face], PersonFactory(studio=studio), by=UserFactory())
    assert FaceDecision.objects.with_faces_gone().get().faces_gone == 0
    erasure.erase_face(face)
    (told,) = api.get("/api/v1/decisions/").json()["results"]
    assert told["faces_gone"] == 1
    groups = reverse("admin:galleries_facecluster_of", args=[photo.gallery_id])
    assert "1 face no longer exists" in staff.get(groups).content.decode()
    listed = staff.get(reverse("admin:galleries_facedecision_changelist")).content.decode()
    assert "faces deleted since" in listed.lower()
    assert api.post(f"/api/v1/decisions/{told['id']}/undo/").status_code == 200


def test_a_face_drawn_after_the_other_model_looked_is_not_doubled_by_the_switch(gallery):
    blind = OtherEngine(blind_to=[(0, 640)])
    photo = PhotoFactory(gallery=gallery, people=["ann", "bob"], size=(640, 320))
    with registry.use_engine(blind):
        analyse_all()
        version = get_or_create_model_version(FakeEngine())
        redescription.describe_waiting_photos(FakeEngine(), version, watch=Nobody())
        drawn, _decision = marking.mark_face(photo, Box(360, 40, 240, 240), by=UserFactory(is_superuser=True))
    assert drawn.insightface_descriptor is None
    assert switching.switch_version(version)
    drawn.refresh_from_db()
    assert photo.faces.count() == 2
    assert drawn.insightface_descriptor is not None
    assert PhotoDescription.objects.filter(model_version=version).exists()


@pytest.mark.parametrize("verified", [True, False])
def test_where_the_file_shows_somebody_else_now_guesses_go_and_decisions_stay(verified, gallery, studio):
    photos = [PhotoFactory(gallery=gallery, people=["ann"], size=(640, 320)) for _ in range(2)]
    analyse_all()
    grouping.group_faces(Occasion.for_gallery(gallery))
    ann, face = PersonFactory(studio=studio), photos[0].faces.get()
    PhotoFace.objects.filter(pk=face.pk).update(person=ann, verified=verified, face_category=FaceCategory.KNOWN)
    default_storage.delete(photos[0].file.name)
    default_storage.save(photos[0].file.name, ContentFile(picture_of(["bob"], size=(640, 320))))
    again(photos[0])
    now = PhotoFace.objects.get(pk=face.pk)
    assert (now.person, now.cluster_id) == ((ann, face.cluster_id) if verified else (None, None))


@pytest.mark.parametrize(
    "bond",
    [{"verified": True}, {"training_used": True}, {"face_category": "ignored"}, {"drawn": True}, {"person": 1}, {}],
)
def test_a_face_that_is_not_found_again_stays_only_where_something_is_bound_to_it(bond, photo, studio):
    face = left(photo)
    bond = {name: PersonFactory(studio=studio) if name == "person" else value for name, value in bond.items()}
    PhotoFace.objects.filter(pk=face.pk).update(**bond)
    default_storage.delete(photo.file.name)
    default_storage.save(photo.file.name, ContentFile(picture_of([], size=(640, 320))))
    again(photo)
    assert set(photo.faces.values_list("pk", flat=True)) == ({face.pk} if bond else set())
