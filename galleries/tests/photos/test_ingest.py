"""Photos in: what is taken, what is refused, and that nothing is left behind."""

import io
import threading

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django_q.models import OrmQ
from PIL import Image

from facepass.testing.factories import GalleryFactory
from facepass.testing.pictures.fake import picture_of
from facepass.testing.pictures.files import exif_of, saved
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from galleries.photos import ingest
from galleries.staff_kit import markup

pytestmark = pytest.mark.django_db


def upload(data: bytes, name: str = "a.jpg") -> ContentFile:
    return ContentFile(data, name=name)


def encoded(mode: str, *, format: str, size=(64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format=format)
    return out.getvalue()


def stored(gallery) -> int:
    folder = settings.MEDIA_ROOT / "photos" / str(gallery.pk)
    return sum(1 for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_a_picture_is_stored_under_its_id_and_waits(format):
    gallery = GalleryFactory()
    report = ingest.add_photos(gallery, [upload(picture_of(["ann"], format=format), f"party.{format}")], by=None)
    [photo] = report.accepted
    photo.refresh_from_db()
    assert (photo.state, photo.attempts, photo.original_name) == (PhotoState.PENDING, 0, f"party.{format}")
    assert (photo.width, photo.height) == (800, 600)
    assert photo.file.name.startswith(f"photos/{gallery.pk}/{photo.pk}/original.")
    assert "party" not in photo.file.name
    assert photo.image_url == f"/photos/{photo.pk}/original"
    assert default_storage.exists(photo.file.name)
    assert OrmQ.objects.count() == 1


def cut_at(mark: bytes, behind: int) -> bytes:
    data = picture_of(["ann"])
    return data[: data.index(mark) + behind]


REFUSED = {
    "text": (b"hello", "not_an_image", 415),
    "empty": (b"", "not_an_image", 415),
    "gif": (encoded("P", format="GIF"), "unsupported_type", 415),
    "psd": (b"8BPS\0\x01" + bytes(600), "unsupported_type", 415),
    "raw": (b"FUJIFILMCCD-RAW 0201" + bytes(600), "unsupported_type", 415),
    "video": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(600), "unsupported_type", 415),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_type", 415),
    "pdf": (b"%PDF-1.7\n%....", "unsupported_type", 415),
    "cut off before the pixels": (cut_at(b"\xff\xda", 14), "truncated_image", 415),
    "header only": (picture_of(["ann"])[:20], "not_an_image", 415),
    "too many pixels": (encoded("1", format="PNG", size=(13000, 13000)), "image_too_large", 413),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_file_is_named_with_its_code_and_leaves_nothing(kind):
    data, code, _status = REFUSED[kind]
    gallery = GalleryFactory()
    report = ingest.add_photos(gallery, [upload(data, "bad.jpg"), upload(picture_of(["ann"]), "good.jpg")], by=None)
    assert [(refusal.filename, refusal.code) for refusal in report.rejected] == [("bad.jpg", code)]
    assert report.rejected[0].message
    assert [photo.original_name for photo in report.accepted] == ["good.jpg"]
    assert stored(gallery) == gallery.photos.count() == 1


def test_a_file_that_is_cut_off_is_taken_and_marked(api, studio):
    data = picture_of(["ann"])
    gallery = GalleryFactory(studio=studio)
    report = ingest.add_photos(gallery, [upload(data[: len(data) * 3 // 4], "cut.jpg"), upload(data, "a.jpg")], by=None)
    assert [photo.truncated for photo in report.accepted] == [True, False]
    answered = api.get(f"/api/v1/images?gallery_id={gallery.pk}").json()["results"]
    assert {photo["filename"]: photo["truncated"] for photo in answered} == {"cut.jpg": True, "a.jpg": False}
    assert ["file cut off" in markup.describe_place(photo, "") for photo in report.accepted] == [True, False]


def test_a_file_with_too_many_bytes_is_refused(settings):
    settings.MAX_UPLOAD_BYTES = 1000
    report = ingest.add_photos(GalleryFactory(), [upload(picture_of(["ann"]))], by=None)
    assert [refusal.code for refusal in report.rejected] == ["image_too_large"]


def test_the_same_bytes_twice_are_one_photo():
    gallery, data = GalleryFactory(), picture_of(["ann"])
    [first] = ingest.add_photos(gallery, [upload(data, "a.jpg")], by=None).accepted
    report = ingest.add_photos(gallery, [upload(data, "b.jpg")], by=None)
    assert report.duplicates == [("b.jpg", first.pk)]
    assert not report.accepted
    assert stored(gallery) == gallery.photos.count() == 1


def test_another_gallery_may_hold_the_same_bytes():
    data = picture_of(["ann"])
    for gallery in (GalleryFactory(), GalleryFactory()):
        assert len(ingest.add_photos(gallery, [upload(data)], by=None).accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_uploads_of_the_same_bytes_make_one_photo_and_leave_no_orphan():
    gallery, data = GalleryFactory(), picture_of(["ann"])
    start, reports = threading.Barrier(6), []

    def work():
        start.wait()
        reports.append(ingest.add_photos(gallery, [upload(data)], by=None))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sum(len(report.accepted) for report in reports) == 1
    assert sum(len(report.duplicates) for report in reports) == 5
    assert stored(gallery) == GalleryImage.objects.filter(gallery=gallery).count() == 1


def test_names_from_other_systems_lose_their_folders_and_control_characters():
    report = ingest.add_photos(GalleryFactory(), [upload(picture_of([]), "C:\\Users\\ann\\my\x07 photo.jpg")], by=None)
    assert report.accepted[0].original_name == "my photo.jpg"


def test_a_deleted_gallery_takes_its_files_along(django_capture_on_commit_callbacks):
    gallery = GalleryFactory()
    ingest.add_photos(gallery, [upload(picture_of(["ann"]))], by=None)
    assert stored(gallery) == 1
    pk = gallery.pk
    with django_capture_on_commit_callbacks(execute=True):
        gallery.delete()
    gallery.pk = pk
    assert stored(gallery) == 0


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Moscow", "Pacific/Kiritimati", "America/Los_Angeles", "Africa/Monrovia"]
)
@pytest.mark.parametrize(
    "written",
    [
        ("0001:01:01 00:00:00", "+02:00"),
        ("0001:01:01 00:00:00", None),
        ("9999:12:31 23:59:59", "-12:00"),
        ("9999:12:31 23:59:59", None),
        ("2026:05:01 12:00:00", "+23:59"),
        ("1910:05:01 12:00:00", None),
    ],
)
def test_a_date_that_not_every_reader_can_hold_is_none(settings, api, studio, zone, written):
    taken, offset = written
    settings.TIME_ZONE = zone
    gallery = GalleryFactory(studio=studio)
    data = saved(Image.new("RGB", (64, 48)), "JPEG", exif=exif_of(taken=taken, offset=offset)).getvalue()
    (photo,) = ingest.add_photos(gallery, [upload(data)], by=None).accepted
    (told,) = api.get(f"/api/v1/galleries/{gallery.pk}/images/").json()["results"]
    kept = taken.startswith(("2026", "1910"))
    assert (told["taken_at"] is not None) == kept
    assert api.delete(f"/api/v1/images/{photo.pk}/").status_code == 204
