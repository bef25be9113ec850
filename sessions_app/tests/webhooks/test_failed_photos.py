"""Partner apps hear of each photo that is given up, in whatever way, and once."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from facepass.core.errors import FacePassError
from facepass.models import OutboxEvent
from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, SessionFactory
from galleries.models import GalleryImage
from galleries.models.photo import DEFECT, MAX_ATTEMPTS, PhotoState
from galleries.photos import giving_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio, session_id=SessionFactory(studio=studio).pk)


def told():
    return [(event.type, event.data, event.request_id) for event in OutboxEvent.objects.all()]


def exhaust(photo, *, error=""):
    past = Now() - timedelta(seconds=1)
    row = {"state": PhotoState.PROCESSING, "attempts": MAX_ATTEMPTS, "lease_expires_at": past, "error": error}
    GalleryImage.objects.filter(pk=photo.pk).update(**row)


def data_of(photo, error, reasons=()):
    where = {"gallery_id": str(photo.gallery_id), "session_id": str(photo.gallery.session_id)}
    return {"photo_id": str(photo.pk), **where, "error": error, "reasons": list(reasons)}


def test_a_photo_that_cannot_be_read(gallery):
    photo = PhotoFactory(gallery=gallery)
    claimed = GalleryImage.objects.claim_next()
    refusal = FacePassError("unreadable_image", "No.", status=415)
    giving_up.give_up(claimed, refusal)
    assert [one[:2] for one in told()] == [("photo.failed", data_of(photo, "unreadable_image"))]
    giving_up.give_up(claimed, refusal)  # another worker, whose claim no longer holds
    assert len(told()) == 1


@pytest.mark.parametrize(("error", "said"), [("", "worker_lost"), (DEFECT, DEFECT)])
def test_a_photo_without_attempts_left(gallery, error, said):
    photo, healthy = PhotoFactory(gallery=gallery, request_id="of-the-upload"), PhotoFactory(gallery=gallery)
    exhaust(photo, error=error)
    for _ in range(2):
        giving_up.give_up_exhausted()
    assert told() == [("photo.failed", data_of(photo, said), "of-the-upload")]
    healthy.refresh_from_db()
    assert healthy.state == PhotoState.PENDING


def test_a_picture_that_was_to_enrol_somebody_and_killed_its_worker(gallery):
    person = PersonFactory(studio=gallery.studio)
    photo = PhotoFactory(gallery=gallery, subject=person)
    exhaust(photo)
    giving_up.give_up_exhausted()
    data = {"face_id": str(photo.pk), "person_id": str(person.pk), "error": "worker_lost", "reasons": []}
    assert [one[:2] for one in told()] == [("face.refused", data)]
