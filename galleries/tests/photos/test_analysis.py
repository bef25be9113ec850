"""The photo's row is the job: claims, leases, attempts, and what a worker writes."""

import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError
from django.db.models.functions import Now
from PIL import Image

from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory
from galleries import tasks
from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import MAX_ATTEMPTS, PhotoState
from galleries.photos import analysis, media_files, recording
from recognition.engines import registry

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
    assert (photo.state, photo.attempts) == (PhotoState.PROCESSING, 1)
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
    assert (photo.state, photo.error) == (PhotoState.QUARANTINED, "worker_lost")


def test_analysis_writes_faces_thumbnails_and_state():
    photo = PhotoFactory(people=["ann", "bob"], size=(2400, 1200))
    analysis.analyse_photo(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.error, photo.lease_expires_at) == (PhotoState.PROCESSED, "", None)
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
    for variant, side in media_files.SIDES.items():
        with default_storage.open(media_files.storage_name(photo, variant)) as file:
            picture = Image.open(file)
            assert max(picture.size) == side
            assert not picture.getexif()


def test_analysing_twice_equals_analysing_once():
    photo = PhotoFactory(people=["ann"])
    analysis.analyse_photo(claim(photo))
    GalleryImage.objects.filter(pk=photo.pk).requeue()
    analysis.analyse_photo(claim(photo))
    assert photo.faces.count() == 1


def test_a_verified_face_survives_another_analysis_and_is_not_doubled():
    photo = PhotoFactory(people=["ann", "bob"])
    analysis.analyse_photo(claim(photo))
    face = photo.faces.first()
    person = PersonFactory(studio=photo.gallery.studio)
    PhotoFace.objects.filter(pk=face.pk).update(verified=True, person=person)
    GalleryImage.objects.filter(pk=photo.pk).requeue()
    analysis.analyse_photo(claim(photo))
    assert photo.faces.count() == 2
    assert photo.faces.get(verified=True).person == person


def test_a_worker_that_lost_its_lease_writes_nothing():
    photo = PhotoFactory(people=["ann"])
    slow = claim(photo)
    lose_lease(photo)
    fast = claim(photo)
    analysis.analyse_photo(fast)
    analysis.analyse_photo(slow)
    assert photo.faces.count() == 1
    photo.refresh_from_db()
    assert photo.attempts == 2


def test_a_picture_that_cannot_be_decoded_fails_and_says_why():
    photo = PhotoFactory()
    default_storage.delete(photo.file.name)
    default_storage.save(photo.file.name, ContentFile(b"bytes of a disk that forgets"))
    analysis.analyse_photo(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.error) == (PhotoState.FAILED, "not_an_image")


def test_a_missing_file_fails_and_says_why():
    photo = PhotoFactory()
    default_storage.delete(photo.file.name)
    analysis.analyse_photo(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.error) == (PhotoState.FAILED, "file_missing")


def test_a_missing_model_does_not_cost_the_photo_its_attempts(fake_engine):
    class Missing(type(fake_engine)):
        def detect(self, pictures):
            raise FacePassError("model_not_installed", "no model", status=503)

    photo = PhotoFactory()
    with registry.use_engine(Missing()), pytest.raises(FacePassError):
        analysis.analyse_photo(claim(photo))
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == (PhotoState.PROCESSING, 0)


def test_a_wake_up_call_analyses_everything_and_a_second_one_finds_nothing():
    gallery = GalleryFactory()
    for number in range(3):
        PhotoFactory(gallery=gallery, people=["ann"], seed=number)
    assert tasks.analyse_gallery(str(gallery.pk)) == 3
    assert tasks.analyse_gallery(str(gallery.pk)) == 0
    assert gallery.photos.filter(state=PhotoState.PROCESSED).count() == 3


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


def waiting_gallery(count, **options):
    gallery = GalleryFactory()
    return gallery, [PhotoFactory(gallery=gallery, people=["ann"], seed=n, **options) for n in range(count)]


def test_photos_taken_together_lose_an_attempt_together_once_only(fake_engine):
    """A photo that kills its worker must not take healthy ones to quarantine."""
    gallery, _photos = waiting_gallery(6)
    assert len(gallery.photos.claim_fresh(4)) == 4
    gallery.photos.filter(state=PhotoState.PROCESSING).update(lease_expires_at=Now() - timedelta(seconds=1))
    assert {photo.attempts for photo in gallery.photos.claim_fresh(4)} == {1}
    assert gallery.photos.claim_fresh(4) == []
    assert gallery.photos.claim_next().attempts == 2


def test_a_photo_that_was_tried_before_is_analysed_with_nothing_else_under_way(fake_engine):
    gallery, photos = waiting_gallery(5)
    tried = photos[1]
    GalleryImage.objects.filter(pk=tried.pk).update(attempts=1)
    under_way = []

    class Watching(type(fake_engine)):
        def detect(self, pictures):
            under_way.append(len(pictures))
            return super().detect(pictures)

    alone = []
    claim_next = type(gallery.photos.all()).claim_next

    def noting(self):
        alone.append(GalleryImage.objects.being_processed().count())
        return claim_next(self)

    with registry.use_engine(Watching()), pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(gallery.photos.all()), "claim_next", noting)
        assert tasks.analyse_gallery(str(gallery.pk)) == 5
    assert alone == [0, 0]
    assert under_way[-1] == 1
    assert sum(under_way) == 5
    tried.refresh_from_db()
    assert (tried.state, tried.attempts) == (PhotoState.PROCESSED, 2)


def test_what_becomes_of_a_photo_does_not_depend_on_its_neighbours(settings):
    """Faces land on their own photo, in whatever company it was described."""
    settings.WORKERS = 1
    gallery = GalleryFactory()
    people = [["ann"], [], ["bob", "ann"], ["cid"], ["dee", "eve", "ann"], [], ["bob"], ["cid", "dee"], ["eve"]]
    photos = [PhotoFactory(gallery=gallery, people=who, size=(640, 240), seed=n) for n, who in enumerate(people)]
    tasks.analyse_gallery(str(gallery.pk))
    together = [rows_of(photo) for photo in photos]
    assert [len(rows) for rows in together] == [len(who) for who in people]
    gallery.photos.all().requeue()
    for photo in reversed(photos):
        analysis.analyse_photo(claim(photo))
    assert [rows_of(photo) for photo in photos] == together


def rows_of(photo):
    fields = ("insightface_bbox", "landmarks", "quality", "insightface_descriptor")
    return [[str(getattr(face, field)) for field in fields] for face in photo.faces.order_by("insightface_bbox__x")]


def test_a_photo_that_cannot_be_read_fails_by_itself():
    gallery, photos = waiting_gallery(4)
    default_storage.delete(photos[1].file.name)
    assert tasks.analyse_gallery(str(gallery.pk)) == 4
    assert [photo.state for photo in gallery.photos.all()] == ["processed", "failed", "processed", "processed"]
    assert gallery.photos.get(pk=photos[1].pk).error == "file_missing"


@pytest.mark.parametrize("where", ["network", "decoding", "rows"])
def test_an_unexpected_error_leaves_one_photo_and_is_raised_when_the_others_are_done(fake_engine, monkeypatch, where):
    gallery, photos = waiting_gallery(8)
    culprit = photos[2]
    width = {"network": 322}.get(where, 320)
    if where == "network":
        PhotoFactory(gallery=gallery, people=["ann"], seed=99, size=(width, 240))
        culprit = gallery.photos.get(width=width)

    class Choking(type(fake_engine)):
        def detect(self, pictures):
            if where == "network" and any(picture.shape[1] == width for picture in pictures):
                raise RuntimeError("choked")
            return super().detect(pictures)

    def broken(plain, error):
        def run(photo, *rest, **options):
            if photo.pk == culprit.pk:
                raise error("choked")
            return plain(photo, *rest, **options)

        return run

    if where == "decoding":
        monkeypatch.setattr(analysis, "prepare_photo", broken(analysis.prepare_photo, RuntimeError))
    if where == "rows":
        monkeypatch.setattr(recording, "record_faces", broken(recording.record_faces, DataError))
    with registry.use_engine(Choking()), pytest.raises((RuntimeError, DataError), match="choked"):
        tasks.analyse_gallery(str(gallery.pk))
    states = {photo.pk: (photo.state, photo.attempts) for photo in gallery.photos.all()}
    assert states.pop(culprit.pk) == (PhotoState.PROCESSING, 1)
    assert gallery.photos.get(pk=culprit.pk).error == "internal_error"
    assert set(states.values()) == {(PhotoState.PROCESSED, 1)}


def test_a_missing_model_puts_back_every_photo_under_way(fake_engine):
    class Missing(type(fake_engine)):
        def detect(self, pictures):
            raise FacePassError("model_not_installed", "no model", status=503)

    gallery, _photos = waiting_gallery(9)
    with registry.use_engine(Missing()), pytest.raises(FacePassError):
        tasks.analyse_gallery(str(gallery.pk))
    assert set(gallery.photos.values_list("attempts", flat=True)) == {0}
    assert gallery.photos.filter(state=PhotoState.PROCESSED).count() == 0


def test_a_worker_that_is_to_stop_gives_back_what_it_has_not_begun(fake_engine, monkeypatch):
    class Stopping(type(fake_engine)):
        def detect(self, pictures):
            monkeypatch.setattr(heartbeats, "is_stopping", lambda: True)
            time.sleep(0.2)
            return super().detect(pictures)

    gallery, _photos = waiting_gallery(12)
    with registry.use_engine(Stopping()):
        done = tasks.analyse_gallery(str(gallery.pk))
    assert 0 < done <= 8
    states = gallery.photos.values_list("state", "attempts")
    assert sorted(states) == sorted([(PhotoState.PROCESSED, 1)] * done + [(PhotoState.PENDING, 0)] * (12 - done))


def test_a_turn_that_is_over_asks_for_another_one(monkeypatch):
    monkeypatch.setattr(tasks, "TURN_SECONDS", -1)
    gallery, _photos = waiting_gallery(2)
    assert tasks.analyse_gallery(str(gallery.pk)) == 0
    from django_q.models import OrmQ

    assert OrmQ.objects.count() == 1
