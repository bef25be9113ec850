"""A bucket that keeps versions: what is deleted is gone with all of them, by every way; or it is said aloud."""

import logging
from functools import partial

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.core.trash import entries, purge
from facepass.ops.backup.store import BackupStore
from facepass.ops.doctor import services
from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.faces import erasure
from sessions_app.models import Guest, GuestUpload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def versioned(bucket):
    """The bucket keeps versions from now on."""
    bucket.Versioning().enable()
    return bucket


@pytest.fixture
def photo(versioned):
    """A photo that was analysed twice, so that its thumbnails have versions."""
    photo = PhotoFactory(people=["ann"], size=(800, 600))
    for _time in range(2):
        photo.gallery.photos.update(state="pending")
        tasks.analyse_gallery(str(photo.gallery_id))
    assert left(versioned)
    return photo


def left(bucket):
    """All versions and markers, by key."""
    return sorted(version.object_key for version in bucket.object_versions.all())


def erase(kind, row):
    for entry in entries.move_to_trash(kind, [row], by=None):
        purge.purge(entry.pk)


def test_a_photo_that_is_erased_leaves_no_version(photo, versioned):
    erase("photo", photo)
    assert left(versioned) == []


def test_nor_does_one_that_goes_with_its_gallery_by_a_cascade(photo, versioned):
    photo.gallery.delete()
    assert left(versioned) == []


def test_nor_an_enrolment_picture_whose_face_is_erased(versioned):
    person = PersonFactory()
    photo = PhotoFactory(gallery=GalleryFactory(studio=person.studio), people=["ann"], subject=person)
    erasure.erase_face(FaceFactory(photo=photo))
    assert left(versioned) == []


def test_nor_a_photo_from_a_guest_who_is_gone(versioned):
    guest = Guest.objects.create(session=SessionFactory(), language="en")
    file = SimpleUploadedFile("mine.jpg", picture_of(["ann"]))
    GuestUpload.objects.create(guest=guest, original_name="mine.jpg", sha256="a" * 64, file=file)
    assert left(versioned)
    guest.delete()
    assert left(versioned) == []


def test_a_file_whose_name_begins_alike_keeps_its_versions(versioned):
    for name in ("photos/a.jpg", "photos/a.jpg.2.jpg"):
        default_storage.save(name, ContentFile(b"x"))
    default_storage.delete("photos/a.jpg")
    assert left(versioned) == ["photos/a.jpg.2.jpg"]


def test_versions_of_before_go_where_none_are_kept_any_more(versioned):
    name = default_storage.save("photos/a.jpg", ContentFile(b"x"))
    versioned.Object(name).put(Body=b"y")
    versioned.Versioning().suspend()
    default_storage.delete(name)
    assert left(versioned) == []


def test_old_back_ups_go_with_their_versions(versioned):
    store = BackupStore.at(f"s3://{versioned.name}/backups")
    for content in (b"1", b"2"):
        store.write("backups/x/manifest.json.age", ContentFile(content))
    store.delete_backup("x")
    assert left(versioned) == []


def deny(operation, **_event):
    raise ClientError({"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, operation)


@pytest.mark.parametrize("operation", ["ListObjectVersions", "GetBucketVersioning+ListObjectVersions", "DeleteObject"])
def test_where_the_key_may_not_the_log_and_the_doctor_say_so(operation, versioned, caplog):
    name = default_storage.save("photos/a.jpg", ContentFile(b"x"))
    versioned.Object(name).delete()
    events = default_storage.connection.meta.client.meta.events
    for each in operation.split("+"):
        events.register(f"before-call.s3.{each}", partial(deny_versions, each))
    with caplog.at_level(logging.WARNING):
        default_storage.delete(name)
    assert "versions of a deleted file stay in the bucket" in caplog.text
    findings = {found.name: found for found in services.examine_storage()}
    assert findings["storage"].status == "ok"
    assert findings["versions"].status == "warning"
    assert "s3:DeleteObjectVersion" in findings["versions"].text


def deny_versions(operation, *, params, **_event):
    """A file may be deleted, and a version of it may not."""
    if operation != "DeleteObject" or "versionId" in params["query_string"]:
        deny(operation)


def test_the_doctor_is_content_where_versions_go_and_where_there_are_none(bucket):
    assert {found.name: found.status for found in services.examine_storage()}["versions"] == "ok"
    bucket.Versioning().enable()
    default_storage._unversioned_until = 0.0
    assert {found.name: found.status for found in services.examine_storage()}["versions"] == "ok"
    assert left(bucket) == []
