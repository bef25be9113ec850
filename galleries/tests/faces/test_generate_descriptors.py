"""generate_descriptors: another version beside the one in use, the switch, and the way back."""

import os

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from facepass.core.database.advisory_locks import LockPurpose
from facepass.core.errors import FacePassError
from facepass.testing.engines.other_engine import OtherEngine, run
from facepass.testing.factories import ClusterFactory, GalleryFactory, PersonFactory, PhotoFactory
from facepass.testing.pictures.fake import pixels_of
from galleries import checks
from galleries.faces import redescription, switching
from galleries.matching import search
from galleries.models import Gallery, GalleryImage, Occasion, PhotoDescription, PhotoFace, SpareFace
from galleries.models.description import photos_to_describe
from galleries.models.face import FaceCategory
from galleries.photos import analysis, progress
from galleries.photos.same_faces import pair_boxes
from recognition import pipeline
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.model_versions import get_or_create_model_version
from recognition.models import ModelVersion
from recognition.types import Box

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


class Nobody:
    """Watches nothing and stops nothing."""

    def has_time(self):
        return True

    def report(self, *, done, total):
        pass


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture
def photos(gallery):
    """Three photos, analysed: ann with bob, ann, nobody."""
    found = [
        PhotoFactory(gallery=gallery, people=people, size=(640, 320)) for people in (["ann", "bob"], ["ann#1"], [])
    ]
    analyse_all()
    return found


def analyse_all():
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)


def seen_by(engine, person="ann"):
    """The photos that a search for the person finds, with that engine in use for probe and search."""
    with registry.use_engine(engine):
        probe = pipeline.describe_picture(pixels_of([person]))[0].descriptor
        within = Occasion.for_gallery(Gallery.objects.get())
        return {match.face.photo_id for match in search.find_matches(probe, within=within, threshold=0.5)}


def beside(engine):
    """Describes, and does not switch."""
    version = get_or_create_model_version(engine)
    redescription.describe_waiting_photos(engine, version, watch=Nobody())
    return version


def test_the_first_version_in_use_is_active_and_there_is_only_one(photos):
    version = ModelVersion.objects.get()
    assert version.active
    assert version.activated_at is not None
    other = get_or_create_model_version(OtherEngine())
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersion.objects.filter(pk=other.pk).update(active=True)


def test_descriptions_beside_change_nothing_for_anybody(photos, gallery):
    before = list(PhotoFace.objects.order_by("pk").values())
    version = beside(OtherEngine())
    after = list(PhotoFace.objects.order_by("pk").values())
    assert [str(row) for row in after] == [str(row) for row in before]
    assert SpareFace.objects.filter(model_version=version).count() == 3
    assert seen_by(FakeEngine()) == {photos[0].pk, photos[1].pk}
    assert seen_by(OtherEngine()) == set()
    assert progress.load_progress(gallery.pk)["faces"] == 3
    assert Gallery.objects.with_counts().get().face_count == 3


def test_the_switch_is_one_step_and_every_face_keeps_its_id(photos, gallery):
    ids = set(PhotoFace.objects.values_list("pk", flat=True))
    said = run(OtherEngine())
    assert "3 photos described" in said
    assert "`manage.py up` follows by itself" in said
    assert set(PhotoFace.objects.values_list("pk", flat=True)) == ids
    assert ModelVersion.objects.active().contract_id == OtherEngine.contract_id
    assert seen_by(OtherEngine()) == {photos[0].pk, photos[1].pk}
    assert progress.load_progress(gallery.pk)["faces"] == 3
    with registry.use_engine(OtherEngine()):
        assert list(checks.comparable_descriptors(databases=["default"])) == []


def test_people_and_decisions_stay_also_those_made_while_it_ran(photos):
    face, later = PhotoFace.objects.filter(photo=photos[0])
    person, cluster = PersonFactory(), ClusterFactory()
    decided = {
        "person": person,
        "cluster": cluster,
        "verified": True,
        "training_used": True,
        "recognition_confidence": 0.83,
        "face_category": FaceCategory.KNOWN,
    }
    PhotoFace.objects.filter(pk=face.pk).update(**decided)
    beside(OtherEngine())
    PhotoFace.objects.filter(pk=later.pk).update(person=person, verified=True)
    run(OtherEngine())
    face.refresh_from_db()
    later.refresh_from_db()
    assert {name: getattr(face, name) for name in decided} == decided
    assert (later.person, later.verified) == (person, True)
    assert face.model_version.contract_id == later.model_version.contract_id == OtherEngine.contract_id


def test_a_killed_run_leaves_what_is_in_use_and_goes_on_where_it_was(photos, monkeypatch):
    monkeypatch.setattr(redescription, "BATCH", 1)
    with pytest.raises(CommandError, match="Run it again"):
        run(OtherEngine(dies_after=2))
    assert ModelVersion.objects.active().contract_id == FakeEngine.contract_id
    assert seen_by(FakeEngine()) == {photos[0].pk, photos[1].pk}
    assert PhotoDescription.objects.count() == 2
    assert "1 photo described" in run(OtherEngine())
    assert seen_by(OtherEngine()) == {photos[0].pk, photos[1].pk}


def test_a_face_that_only_one_version_sees_comes_and_goes(photos):
    bob = PhotoFace.objects.get(photo=photos[0], insightface_bbox__x__gt=320)
    run(OtherEngine(blind_to=[(320, 640)]))
    assert not PhotoFace.objects.filter(pk=bob.pk).exists()
    assert PhotoFace.objects.count() == 2
    with registry.use_engine(FakeEngine()):
        redescription.switch_back(watch=Nobody())
    back = PhotoFace.objects.get(pk=bob.pk)
    assert back.insightface_bbox == bob.insightface_bbox
    assert PhotoFace.objects.count() == 3


def test_a_face_that_only_the_new_version_sees_is_found_after_the_switch(gallery):
    photo = PhotoFactory(gallery=gallery, people=["ann", "bob"], size=(640, 320))
    with registry.use_engine(OtherEngine(blind_to=[(320, 640)])):
        analyse_all()
    assert PhotoFace.objects.count() == 1
    run(FakeEngine())
    assert PhotoFace.objects.count() == 2
    assert seen_by(FakeEngine(), "bob") == {photo.pk}


@pytest.mark.parametrize(
    "bond", [{"verified": True}, {"training_used": True}, {"face_category": FaceCategory.IGNORED}, {"person": True}]
)
def test_a_face_with_a_bond_that_the_new_version_does_not_see_stays_but_is_not_searched(photos, gallery, bond):
    if "person" in bond:
        bond = {"person": PersonFactory()}
    bob = PhotoFace.objects.filter(photo=photos[0], insightface_bbox__x__gt=320)
    bob.update(**bond)
    said = run(OtherEngine(blind_to=[(320, 640)]))
    assert "1 face with a name or a decision" in said
    assert bob.get().model_version.contract_id == FakeEngine.contract_id
    assert progress.load_progress(gallery.pk)["faces"] == 3
    assert seen_by(OtherEngine(), "bob") == set()
    with registry.use_engine(OtherEngine()):
        assert list(checks.comparable_descriptors(databases=["default"])) == []
        redescription.discard_other_versions()
    assert bob.get().insightface_descriptor is None


def test_going_back_restores_every_descriptor_and_forward_again_describes_nothing(photos):
    def state():
        return {face.pk: (face.insightface_bbox, face.insightface_descriptor) for face in PhotoFace.objects.all()}

    before = state()
    run(OtherEngine())
    assert state().keys() == before.keys()
    assert state() != before
    run(FakeEngine(), "--back")
    assert state() == before
    assert seen_by(FakeEngine()) == {photos[0].pk, photos[1].pk}
    assert "0 photos described" in run(OtherEngine())


def test_photos_analysed_since_are_lost_on_neither_way(photos, gallery):
    beside(OtherEngine())
    between = PhotoFactory(gallery=gallery, people=["ann"], size=(640, 320))
    analyse_all()
    assert "1 photo described" in run(OtherEngine())
    after = PhotoFactory(gallery=gallery, people=["ann"], size=(640, 320))
    with registry.use_engine(OtherEngine()):
        analyse_all()
    everything = {photos[0].pk, photos[1].pk, between.pk, after.pk}
    assert seen_by(OtherEngine()) == everything
    with registry.use_engine(FakeEngine()):
        assert redescription.switch_back(watch=Nobody()).photos == 1
    assert seen_by(FakeEngine()) == everything


def test_no_switch_while_a_photo_waits_for_its_description(photos, gallery):
    version = beside(OtherEngine())
    PhotoFactory(gallery=gallery, people=["ann"])
    analyse_all()
    assert not switching.switch_version(version)
    assert ModelVersion.objects.active() != version


def test_a_photo_that_is_analysed_again_is_described_again(photos):
    version = beside(OtherEngine())
    GalleryImage.objects.filter(pk=photos[0].pk).requeue()
    analyse_all()
    assert [photo.pk for photo in photos_to_describe(version)] == [photos[0].pk]
    assert "1 photo described" in run(OtherEngine())
    assert PhotoFace.objects.count() == 3


def test_a_deleted_face_does_not_come_back(photos):
    beside(OtherEngine())
    PhotoFace.objects.filter(photo=photos[1]).delete()
    run(OtherEngine())
    assert not PhotoFace.objects.filter(photo=photos[1]).exists()


def test_a_photo_whose_file_is_gone_keeps_its_faces_and_stops_nothing(photos):
    default_storage.delete(photos[1].file.name)
    said = run(OtherEngine())
    assert "1 photo cannot be read" in said
    assert PhotoFace.objects.get(photo=photos[1]).model_version.contract_id == FakeEngine.contract_id
    assert seen_by(OtherEngine()) == {photos[0].pk}


def test_another_template_key_is_another_version(photos, settings):
    settings.TEMPLATE_KEY = os.urandom(32)
    assert seen_by(FakeEngine()) == set()
    [warning] = checks.comparable_descriptors(databases=["default"])
    assert "generate_descriptors" in warning.hint
    run(FakeEngine())
    assert seen_by(FakeEngine()) == {photos[0].pk, photos[1].pk}
    with registry.use_engine(FakeEngine()), pytest.raises(FacePassError, match="Put that key back first"):
        redescription.switch_back(watch=Nobody())


def test_there_is_no_way_back_where_nothing_is_kept(photos):
    with pytest.raises(CommandError, match="no version to go back to"):
        run(FakeEngine(), "--back")
    run(OtherEngine())
    assert "3 descriptors of other versions are gone" in run(OtherEngine(), "--discard-old")
    assert not SpareFace.objects.exists()
    with pytest.raises(CommandError, match="no version to go back to"):
        run(FakeEngine(), "--back")


def test_nothing_is_discarded_before_everything_is_described(photos, settings):
    PhotoFace.objects.update(model_version=get_or_create_model_version(OtherEngine()))
    with pytest.raises(CommandError, match="first, to its end"):
        run(FakeEngine(), "--discard-old")


def test_going_back_needs_the_engine_that_made_the_descriptors(photos):
    run(OtherEngine())
    with pytest.raises(CommandError, match="no longer on this machine"):
        run(OtherEngine(), "--back")


def test_a_verified_face_of_another_version_is_described_anew_by_an_analysis_not_doubled(photos):
    PhotoFace.objects.filter(photo=photos[1]).update(verified=True)
    GalleryImage.objects.filter(pk=photos[1].pk).requeue()
    with registry.use_engine(OtherEngine()):
        analyse_all()
    face = PhotoFace.objects.get(photo=photos[1])
    assert (face.verified, face.model_version.contract_id) == (True, OtherEngine.contract_id)


def test_a_worker_that_still_uses_the_former_model_writes_nothing(photos, gallery, monkeypatch):
    run(OtherEngine())
    monkeypatch.setattr(registry, "switched_since_start", lambda pk: True)
    photo = PhotoFactory(gallery=gallery, people=["ann"])
    with pytest.raises(FacePassError) as refusal:
        analyse_all()
    assert (refusal.value.code, refusal.value.status) == ("model_switched", 503)
    assert not photo.faces.exists()
    photo.refresh_from_db()
    assert photo.state != "processed"


def test_a_second_run_at_the_same_time_is_refused(photos):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LockPurpose.REDESCRIPTION.value])
            with pytest.raises(CommandError, match="already runs"):
                run(OtherEngine())
    finally:
        other.close()


def test_a_face_that_is_moved_between_the_versions_by_less_than_half_is_the_same_face():
    box = Box(0, 0, 100, 100)
    assert pair_boxes([box.scaled(1.2)], [box]) == [(0, 0)]
    assert pair_boxes([Box(60, 0, 100, 100)], [box]) == []
    assert sorted(pair_boxes([Box(10, 0, 100, 100), box], [box, Box(12, 0, 100, 100)])) == [(0, 1), (1, 0)]


def test_photos_that_were_never_analysed_do_not_hold_up_the_switch(photos, gallery):
    PhotoFactory(gallery=gallery)
    PhotoFactory(gallery=gallery, state="failed", processed_at=timezone.now())
    run(OtherEngine())
    assert ModelVersion.objects.active().contract_id == OtherEngine.contract_id


def test_it_speaks_the_language_of_the_installation(photos):
    with translation.override("ru"):
        said = run(OtherEngine())
    assert "Описаны 3 фотографии." in said
    assert "Назад: generate_descriptors --back" in said


def test_photos_are_described_several_at_a_time(photos):
    seen = []

    class Counting(OtherEngine):
        def embed_many(self, pairs):
            seen.append(len(pairs))
            return super().embed_many(pairs)

    run(Counting())
    assert seen == [3]


def test_a_photo_that_goes_meanwhile_stops_nothing(photos, monkeypatch):
    monkeypatch.setattr(redescription, "BATCH", 2)
    version = get_or_create_model_version(OtherEngine())

    class Deleting(Nobody):
        def has_time(self):
            GalleryImage.objects.filter(pk=photos[0].pk).delete()
            return True

    assert redescription.describe_waiting_photos(OtherEngine(), version, watch=Deleting()) == 3
    assert PhotoDescription.objects.filter(model_version=version).count() == 2
