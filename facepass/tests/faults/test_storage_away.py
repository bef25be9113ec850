"""The storage is away, in each of the ways that it can be: uploads are told to come again, and photos go on waiting."""

import errno
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client, override_settings

from facepass.core.errors import FacePassError
from facepass.core.storage import folder
from facepass.settings import s3_storage
from facepass.testing import access_matrix
from facepass.testing.factories import GalleryFactory, MembershipFactory, PhotoFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import addresses, device, search, shown
from facepass.testing.pictures.fake import picture_of
from facepass.tests.access.test_matrix import answer
from galleries import tasks
from galleries.models import GalleryImage
from galleries.models.photo import MAX_ATTEMPTS, PhotoState
from galleries.photos import media_files, progress

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
CODE = "storage_unavailable"
FOLDER, BUCKET = ["full disk", "broken disk", "no disk"], ["no server", "no bucket"]
# A disk that is full can be read.
UNREADABLE = ["broken disk", "no disk", *BUCKET]


@pytest.fixture
def outage(request, settings):
    """`with outage(fault):` the storage is away. A bucket is where the fault asks for one."""

    @contextmanager
    def away(fault):
        with _BREAK[fault](settings) as nothing:
            yield nothing

    return away


@contextmanager
def full_disk(_settings):
    """Half of the file is written."""

    def write_half(storage, name, content):
        path = Path(storage.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read(10))
        raise OSError(errno.ENOSPC, "no space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", write_half)
        yield


@contextmanager
def broken_disk(_settings):
    def fail(*_args):
        raise OSError(errno.EIO, "input/output error")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("_save", "_open", "delete"):
            patch.setattr(folder._WholeFiles, name, fail, raising=False)
        yield


@contextmanager
def no_disk(_settings):
    """It is not mounted, and nobody may write where it was."""
    home = Path(default_storage.location)
    aside = home.with_name(f"{home.name}-aside")
    home.rename(aside)
    home.with_name(home.name).symlink_to("/proc/nowhere")
    try:
        yield
    finally:
        home.unlink()
        aside.rename(home)


@contextmanager
def other_bucket(settings, **changes):
    options = settings.STORAGES["default"]["OPTIONS"]
    bucket, endpoint = options["bucket_name"], options["endpoint_url"]
    away = s3_storage(changes.get("bucket", bucket), endpoint=changes.get("endpoint", endpoint))
    with override_settings(STORAGES={**settings.STORAGES, "default": away}):
        yield


_BREAK = {
    "full disk": full_disk,
    "broken disk": broken_disk,
    "no disk": no_disk,
    "no server": lambda settings: other_bucket(settings, endpoint="http://127.0.0.1:1"),
    "no bucket": lambda settings: other_bucket(settings, bucket="another"),
}


@pytest.fixture
def place(request):
    """The storage that the fault is about, which is the test's parameter."""
    if request.getfixturevalue("fault") in BUCKET:
        request.getfixturevalue("bucket")
    Path(getattr(default_storage, "location", "") or ".").mkdir(parents=True, exist_ok=True)


def stored():
    """The files that there are, by their paths."""
    if hasattr(default_storage, "bucket"):
        return sorted(row.key for row in default_storage.bucket.objects.all())
    return sorted(str(path) for path in Path(default_storage.location).rglob("*") if path.is_file())


def picture(name="a.jpg", people=("ann",)):
    return SimpleUploadedFile(name, picture_of(list(people), size=(800, 600)), content_type="image/jpeg")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("fault", [*FOLDER, *BUCKET])
def test_an_upload_is_told_to_come_again_and_leaves_nothing(fault, outage, api, studio):
    gallery = GalleryFactory(studio=studio)
    path = f"/api/v1/galleries/{gallery.pk}/images/"
    before = stored()
    with outage(fault):
        refused = api.post(path, {"files": [picture(), picture("b.jpg", ["bob"])]}, format="multipart")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, CODE)
    assert int(refused["Retry-After"]) > 0
    assert not GalleryImage.objects.exists()
    assert stored() == before
    assert api.post(path, {"files": [picture()]}, format="multipart").status_code == 202
    assert len(stored()) == len(before) + 1


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("fault", [*FOLDER, *BUCKET])
def test_photos_wait_with_all_their_attempts_say_why_and_are_analysed_when_it_is_back(fault, outage):
    gallery = GalleryFactory()
    photos = [PhotoFactory(gallery=gallery, people=["ann"]) for _photo in range(3)]
    with outage(fault):
        for _time in range(MAX_ATTEMPTS + 2):
            with pytest.raises(FacePassError) as raised:
                tasks.analyse_gallery(str(gallery.pk))
            assert raised.value.code == CODE
            GalleryImage.objects.update(lease_expires_at=Now())  # as time goes by
    tasks.reconcile()
    told = progress.load_progress(gallery.pk)
    assert (told["failed"], told["blocked_by"]) == (0, CODE)
    assert set(GalleryImage.objects.values_list("attempts", flat=True)) == {0}
    tasks.analyse_gallery(str(gallery.pk))
    assert [photo.state for photo in gallery.photos.all()] == [PhotoState.PROCESSED] * len(photos)
    assert progress.load_progress(gallery.pk)["blocked_by"] == ""


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("fault", FOLDER)
def test_a_file_that_is_missing_is_still_the_photos_own_fault(fault):
    photo = PhotoFactory()
    default_storage.delete(photo.file.name)
    tasks.analyse_gallery(str(photo.gallery_id))
    photo.refresh_from_db()
    assert (photo.state, photo.error) == (PhotoState.FAILED, "file_missing")


@pytest.mark.usefixtures("bucket")
def test_in_a_bucket_too():
    photo = PhotoFactory()
    default_storage.delete(photo.file.name)
    tasks.analyse_gallery(str(photo.gallery_id))
    photo.refresh_from_db()
    assert (photo.state, photo.error) == (PhotoState.FAILED, "file_missing")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("fault", [*FOLDER, *BUCKET])
def test_no_path_of_the_api_breaks(fault, outage, api, studio, subtests):
    """What needs no file answers as ever; what does says `storage_unavailable`."""
    its = access_matrix.world(studio)
    with outage(fault):
        for row in access_matrix.ROWS:
            with subtests.test(path=f"{row.method} {row.path}"):
                assert answer(api, row, its) in (row.own, 503)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("fault", UNREADABLE)
def test_guests_find_their_photos_and_are_told_where_a_file_cannot_be_fetched(fault, outage, session, photos):
    with_rules(session, downloads="original")
    guest = device(session)
    guest.raise_request_exception = False
    with outage(fault):
        search(guest, session, ["ann"])
        assert len(shown(guest, session)) == 2
        page = guest.get(f"/s/{session.code}/photos/")
        thumbnail = guest.get(addresses(page, "thumbnail")[0])
        assert thumbnail.status_code in (302, 503), "a bucket is asked by the browser"
        if thumbnail.status_code == 503:
            assert thumbnail["Retry-After"]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("fault", UNREADABLE)
def test_staff_are_told_in_words(fault, outage, studio):
    photo = PhotoFactory(gallery__studio=studio)
    client = Client(raise_request_exception=False)
    client.force_login(MembershipFactory(studio=studio, role="manager").user)
    with outage(fault):
        page = client.get(f"/admin/galleries/gallery/{photo.gallery_id}/photos/")
        assert page.status_code == 200
        told = client.get(media_files.photo_path(photo, "original"))
    assert told.status_code in (302, 503)
    if told.status_code == 503:
        assert "The storage of the photos does not answer." in told.content.decode()


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("fault", [*FOLDER, *BUCKET])
def test_health_names_it_and_the_service_stays_ready(fault, outage, client):
    with outage(fault):
        told = client.get("/health/detailed").json()["checks"]["storage"]
    assert told["status"] == "unavailable"
    assert told["message"]
    assert client.get("/health/detailed").json()["checks"]["storage"]["status"] == "ok"
