"""Clocks of cameras that were wrong are put right, for the photos that are there and for those to come."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, PhotoFactory
from facepass.testing.pages.staff import address, member
from galleries.models import GalleryImage
from galleries.photos import ingest
from galleries.photos.cameras import camera_clocks
from recognition.pictures import decoding

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def photo_by(maker, model, serial, *, at="2026:06:20 12:00:00", colour=0):
    tags = Image.Exif()
    tags[0x010F], tags[0x0110] = maker, model
    tags.get_ifd(0x8769).update({0x9003: at, 0x9011: "+00:00", 0xA431: serial})
    out = BytesIO()
    Image.new("RGB", (64, 48), (colour, 90, 90)).save(out, "JPEG", exif=tags.tobytes())
    return out.getvalue()


@pytest.mark.parametrize(
    ("maker", "model", "serial", "name"),
    [
        ("Canon", "Canon EOS R5", "0123", "Canon EOS R5 · 0123"),
        ("NIKON CORPORATION", "NIKON Z 6", "77", "NIKON Z 6 · 77"),
        ("SONY", "ILCE-7M4", "", "SONY ILCE-7M4"),
        ("", "", "", ""),
        ("A\x00", "B\x07C" * 80, "9", None),
    ],
)
def test_a_camera_is_its_maker_model_and_serial_number(maker, model, serial, name):
    told = decoding.inspect_picture(BytesIO(photo_by(maker, model, serial))).camera
    assert told == name if name is not None else (told.isprintable() and len(told) <= 120)


@pytest.fixture
def gallery(studio):
    found = GalleryFactory(studio=studio)
    files = [
        ContentFile(photo_by("Canon", "R5", "1"), name="a.jpg"),
        ContentFile(photo_by("Canon", "R5", "2"), name="b.jpg"),
        ContentFile(photo_by("Canon", "R5", "2", at="2026:06:20 12:00:01"), name="c.jpg"),
    ]
    ingest.add_photos(found, files, by=None)
    return found


def moments(gallery):
    return dict(gallery.photos.values_list("original_name", "taken_at"))


def test_one_of_two_cameras_is_put_right_and_taken_back(gallery):
    second = "Canon R5 · 2"
    assert [(clock.camera, clock.photos) for clock in camera_clocks.list_clocks(gallery)] == [
        (second, 2),
        ("Canon R5 · 1", 1),
    ]
    assert camera_clocks.set_shifts(gallery, {second: HOUR}) == 2
    assert camera_clocks.set_shifts(gallery, {second: HOUR}) == 0
    second_later = NOON + HOUR + timedelta(seconds=1)
    assert moments(gallery) == {"a.jpg": NOON, "b.jpg": NOON + HOUR, "c.jpg": second_later}
    later = ContentFile(photo_by("Canon", "R5", "2", colour=200), name="d.jpg")
    ingest.add_photos(gallery, [later], by=None)
    assert moments(gallery)["d.jpg"] == NOON + HOUR
    camera_clocks.set_shifts(gallery, {second: timedelta()})
    assert gallery.clock_shifts == {}
    assert set(moments(gallery).values()) == {NOON, NOON + timedelta(seconds=1)}


def test_a_photo_that_came_from_another_gallery_is_shifted_by_what_it_lacks(gallery):
    camera_clocks.set_shifts(gallery, {"Canon R5 · 1": HOUR})
    target = GalleryFactory(studio=gallery.studio)
    GalleryImage.objects.filter(original_name="a.jpg").update(gallery=target)
    camera_clocks.set_shifts(target, {"Canon R5 · 1": 2 * HOUR})
    assert moments(target) == {"a.jpg": NOON + 2 * HOUR}


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("", timedelta()), ("+1:00", HOUR), ("1", HOUR), ("-1", -HOUR), ("-0:02:30", -timedelta(minutes=2, seconds=30)),
        ("\u22121:30", -timedelta(hours=1, minutes=30)), ("24:00", 24 * HOUR), (" +1:00 ", HOUR), ("0:60", None),
        ("1:2:3:4", None), ("an hour", None), ("99999", None), ("+", None), ("١:٠٠", HOUR),
    ],
)  # fmt: skip
def test_how_a_shift_is_written(text, shift):
    assert camera_clocks.parse_shift(text) == shift
    if shift is not None:
        assert camera_clocks.parse_shift(camera_clocks.format_shift(shift)) == shift


def test_the_page_shows_the_cameras_and_puts_one_right(staff, gallery):
    path = address(gallery, "clocks")
    page = staff.get(path).content.decode()
    assert page.index("Canon R5 · 2") < page.index("Canon R5 · 1")
    wrong = staff.post(path, {"shift-0": "later", "shift-1": ""})
    assert (wrong.status_code, b'value="later"' in wrong.content) == (200, True)
    assert set(moments(gallery).values()) == {NOON, NOON + timedelta(seconds=1)}
    saved = staff.post(path, {"shift-0": "+1:00", "shift-1": ""}, follow=True)
    assert "The time of 2 photos changed." in saved.content.decode()
    assert moments(gallery)["b.jpg"] == NOON + HOUR
    assert 'value="+1:00"' in staff.get(path).content.decode()


def test_a_gallery_without_times_says_so(staff, studio):
    gallery = GalleryFactory(studio=studio)
    PhotoFactory(gallery=gallery)
    GalleryImage.objects.update(taken_at=None)
    assert "No photo of this gallery says when it was taken." in staff.get(address(gallery, "clocks")).content.decode()


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.VIEWER])
def test_who_may_not_edit_may_not_shift(studio, gallery, role):
    assert member(studio, role).post(address(gallery, "clocks"), {"shift-0": "+1:00"}).status_code == 403
    assert NOON in moments(gallery).values()


def test_another_studios_gallery_is_not_there(staff):
    assert staff.get(address(GalleryFactory(), "clocks")).status_code == 404
