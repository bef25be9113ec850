"""The photo's row is the job: claims, leases, attempts, and what a worker writes."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from PIL import Image

from facepass.errors import FacePassError
from galleries import analysis, media, tasks
from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import MAX_ATTEMPTS, State
from galleries.tests.factories import GalleryFactory, PersonFactory, PhotoFactory
from recognition import registry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


def claim(photo=None) -> GalleryImage:
    photos = GalleryImage.objects.filter(pk=photo.pk) if photo else GalleryImage.objects.all()
    return photos.claim_next()


def lose_lease(photo) -> None:
    GalleryImage.objects.filter(pk=photo.pk).update(lease_expires_at=Now() - timedelta(seconds=1))


def test_a_claim_counts_the_attempt_before_any_work():
    photo = PhotoFactory()
    claim(photo)
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == (State.PROCESSING, 1)
    assert photo.lease_expires_at is not None


def test_a_claimed_photo_is_not_claimed_again_while_its_lease_lives():
    photo = PhotoFactory()
    assert claim(photo) is not None
    assert claim(photo) is None


def test_an_abandoned_photo_is_claimed_again_and_given_up_after_three_attempts():
    photo = PhotoFactory()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claim(photo).attempts == attempt
        lose_lease(photo)
    assert claim(photo) is None
    tasks.reconcile()
    photo.refresh_from_db()
    assert (photo.state, photo.error) == (State.QUARANTINED, "worker_lost")


def test_analysis_writes_faces_thumbnails_and_state():
    photo = PhotoFactory(people=["ann", "bob"], size=(2400, 1200))
    analysis.analyse(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.error, photo.lease_expires_at) == (State.PROCESSED, "", None)
    faces = list(photo.faces.all())
    assert len(faces) == 2
    for face in faces:
        assert face.gallery_id == photo.gallery_id
        assert face.insightface_descriptor is not None
        assert 0 < face.insightface_bbox["x"] < 2400
        # squares as large as fit: 0.8 of a 1200-pixel slot
        assert face.insightface_bbox["width"] == pytest.approx(954, abs=12)
        assert len(face.landmarks) == 5
        assert "reasons" in face.quality
    for variant, side in media.SIDES.items():
        with default_storage.open(media.storage_name(photo, variant)) as file:
            picture = Image.open(file)
            assert max(picture.size) == side
            assert not picture.getexif()


def test_analysing_twice_equals_analysing_once():
    photo = PhotoFactory(people=["ann"])
    analysis.analyse(claim(photo))
    analysis.analyse_again([photo])
    analysis.analyse(claim(photo))
    assert photo.faces.count() == 1


def test_a_verified_face_survives_another_analysis_and_is_not_doubled():
    photo = PhotoFactory(people=["ann", "bob"])
    analysis.analyse(claim(photo))
    face = photo.faces.first()
    person = PersonFactory(studio=photo.gallery.studio)
    PhotoFace.objects.filter(pk=face.pk).update(verified=True, person=person)
    analysis.analyse_again([photo])
    analysis.analyse(claim(photo))
    assert photo.faces.count() == 2
    assert photo.faces.get(verified=True).person == person


def test_a_worker_that_lost_its_lease_writes_nothing():
    photo = PhotoFactory(people=["ann"])
    slow = claim(photo)
    lose_lease(photo)
    fast = claim(photo)
    analysis.analyse(fast)
    analysis.analyse(slow)
    assert photo.faces.count() == 1
    photo.refresh_from_db()
    assert photo.attempts == 2


def test_a_picture_that_cannot_be_decoded_fails_and_says_why():
    photo = PhotoFactory()
    with photo.file.open("rb") as file:
        data = file.read()
    default_storage.delete(photo.file.name)
    from django.core.files.base import ContentFile

    default_storage.save(photo.file.name, ContentFile(data[: len(data) // 2]))
    analysis.analyse(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.error) == (State.FAILED, "not_an_image")


def test_a_missing_file_fails_and_says_why():
    photo = PhotoFactory()
    default_storage.delete(photo.file.name)
    analysis.analyse(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.error) == (State.FAILED, "file_missing")


def test_a_missing_model_does_not_cost_the_photo_its_attempts(fake_engine):
    class Missing(type(fake_engine)):
        def detect(self, pictures):
            raise FacePassError("model_not_installed", "no model", status=503)

    photo = PhotoFactory()
    with registry.use(Missing()), pytest.raises(FacePassError):
        analysis.analyse(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == (State.PROCESSING, 0)


def test_a_wake_up_call_analyses_everything_and_a_second_one_finds_nothing():
    gallery = GalleryFactory()
    for number in range(3):
        PhotoFactory(gallery=gallery, people=["ann"], seed=number)
    assert tasks.analyse_gallery(str(gallery.pk)) == 3
    assert tasks.analyse_gallery(str(gallery.pk)) == 0
    assert gallery.photos.filter(state=State.PROCESSED).count() == 3


def test_a_gallery_that_is_gone_is_a_quiet_return():
    assert tasks.analyse_gallery("00000000-0000-0000-0000-000000000000") == 0


def test_the_reconciler_calls_workers_for_photos_without_a_live_lease_only():
    from django_q.models import OrmQ

    waiting, working = PhotoFactory(), PhotoFactory()
    claim(working)
    tasks.reconcile()
    assert [str(row.task["args"][0]) for row in OrmQ.objects.all()] == [str(waiting.gallery_id)]
    tasks.reconcile()
    assert OrmQ.objects.count() == 1
