"""Raw files, where the installation takes them: shown by their preview, and beside their JPEG only its pair."""

from io import BytesIO

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from facepass.core.errors import FacePassError
from facepass.ops.checks import check_raw_photos
from facepass.testing.factories import GalleryFactory
from facepass.testing.pictures.fake import picture_of, pixels_of
from facepass.testing.pictures.raw import dng_of
from galleries import tasks
from galleries.models import GalleryImage, PhotoFace
from galleries.photos import ingest
from galleries.photos.folders.importing import import_folder
from galleries.photos.folders.listing import Outcome
from recognition.pictures import decoding
from recognition.pictures.decoders import raw_files

RAW_SIZE = (1200, 900)


@pytest.fixture
def takes_raw(settings):
    settings.RAW_PHOTOS = True


@pytest.fixture
def gallery(db):
    return GalleryFactory()


def raw_of(people=(), *, orientation=1, size=RAW_SIZE, seed=0):
    return dng_of(picture_of(people, size=size, seed=seed), size=size, orientation=orientation)


def add(gallery, name, content):
    return ingest.add_photos(gallery, [SimpleUploadedFile(name, content)], by=None)


@pytest.mark.usefixtures("takes_raw")
def test_the_preview_is_shown_upright_with_its_moment():
    file = BytesIO(raw_of(["ann"], orientation=6))
    info = decoding.inspect_picture(file)
    assert (info.format, info.width, info.height) == ("raw", *RAW_SIZE[::-1])
    assert info.taken_at is not None
    assert info.taken_at.isoformat() == "2026-05-01T18:30:00"
    upright = np.rot90(pixels_of(["ann"], size=RAW_SIZE), -1)
    assert np.abs(decoding.decode_picture(file).astype(int) - upright).mean() < 4


@pytest.mark.usefixtures("takes_raw")
def test_a_file_with_a_thumbnail_only_is_developed():
    """Its sensor has 64 x 48 points, of which one is made of four."""
    assert decoding.decode_picture(BytesIO(raw_of(size=(160, 120)))).shape == (24, 32, 3)


@pytest.mark.usefixtures("takes_raw")
def test_a_broken_one_is_refused():
    for data in (b"FUJIFILMCCD-RAW 0201" + bytes(600), raw_of()[:400], b"IIU\0\x18\0\0\0" + bytes(600)):
        with pytest.raises(FacePassError) as refusal:
            decoding.inspect_picture(BytesIO(data))
        assert refusal.value.code in {"not_an_image", "truncated_image"}


@pytest.mark.usefixtures("takes_raw", "fake_engine")
def test_it_is_analysed_and_goes_out_as_it_was(gallery):
    data = raw_of(["ann"])
    (photo,) = add(gallery, "IMG_1.DNG", data).accepted
    tasks.analyse_gallery(str(gallery.pk))
    assert PhotoFace.objects.filter(photo=photo).count() == 1
    photo.refresh_from_db()
    assert (photo.shown_name, photo.state) == ("IMG_1.DNG", "processed")
    assert photo.file.read() == data


@pytest.mark.usefixtures("takes_raw")
def test_beside_its_jpeg_it_is_only_the_pair(gallery):
    jpeg = add(gallery, "IMG_1.JPG", picture_of([])).accepted[0]
    report = add(gallery, "img_1.dng", raw_of())
    assert report.duplicates == [("img_1.dng", jpeg.pk)]
    assert len(add(gallery, "IMG_11.DNG", raw_of(seed=1)).accepted) == 1
    assert GalleryImage.objects.count() == 2


@pytest.mark.usefixtures("takes_raw")
def test_where_it_came_first_guests_see_the_jpeg_alone(gallery):
    raw = add(gallery, "IMG_1.DNG", raw_of()).accepted[0]
    jpeg = add(gallery, "IMG_1.jpg", picture_of([])).accepted[0]
    add(gallery, "IMG_2.jpg", picture_of([], seed=1))
    assert list(GalleryImage.objects.hidden()) == [raw]
    assert jpeg in GalleryImage.objects.shown_to_guests()


@pytest.mark.usefixtures("takes_raw")
def test_a_folder_gives_the_jpeg_first(gallery, tmp_path):
    (tmp_path / "IMG_1.CR2").write_bytes(raw_of())
    (tmp_path / "IMG_1.JPG").write_bytes(picture_of([]))
    (tmp_path / "IMG_2.DNG").write_bytes(raw_of(seed=2))
    for expected in (Outcome.IMPORTED, Outcome.DUPLICATE):
        found = {file.name: file.outcome for file in import_folder(gallery, tmp_path)}
        assert found == {"IMG_1.JPG": expected, "IMG_1.CR2": Outcome.DUPLICATE, "IMG_2.DNG": expected}


def test_without_the_setting_it_is_refused_with_advice(gallery):
    (refusal,) = add(gallery, "IMG_1.DNG", raw_of()).rejected
    assert (refusal.code, "beside it" in refusal.message) == ("unsupported_type", True)


def test_the_setting_without_the_package_is_an_error_at_the_start(settings, monkeypatch):
    monkeypatch.setattr(raw_files, "is_available", lambda: False)
    assert list(check_raw_photos()) == []
    settings.RAW_PHOTOS = True
    assert [found.id for found in check_raw_photos()] == ["facepass.E008"]


def test_the_preview_of_the_tests_is_a_jpeg():
    with Image.open(BytesIO(raw_files.read_preview(raw_of()))) as image:
        assert (image.format, image.size) == ("JPEG", RAW_SIZE)
