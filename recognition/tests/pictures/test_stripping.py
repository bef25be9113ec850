"""Copies without place and serial numbers: what stays, what goes, and that damaged files end in a refusal at worst."""

import io
import random
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image, ImageCms

from facepass.core.errors import FacePassError
from facepass.testing.pictures.files import exif_of, saved
from facepass.testing.pictures.leaky import FORMATS, has_leak, leaky_file
from recognition.pictures.formats import HEIC, JPEG, PNG, WEBP
from recognition.pictures.stripping.stripped_copy import strip_file, stripped_format

PIXELS = np.random.default_rng(7).integers(0, 255, (90, 120, 3), dtype=np.uint8)


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", FORMATS)
def test_every_place_that_says_where_and_whose_is_gone(form):
    file = leaky_file(form, ["ann"])
    assert has_leak(file)
    assert not has_leak(strip_file(file))


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
def test_pixels_are_the_same_and_when_and_by_whom_it_was_taken_stays(form):
    file = leaky_file(form, ["ann"])
    copy = strip_file(file)
    assert opened(copy).format == opened(file).format.replace("MPO", "JPEG")
    assert np.array_equal(np.asarray(opened(copy)), np.asarray(opened(file)))
    tags = opened(copy).getexif()
    assert tags[0x010F] == "Canon"
    assert tags[0x013B] == "Ann Photographer"
    assert tags.get_ifd(0x8769)[0x9003] == "2026:05:01 12:00:00"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_is_shown_as_before_upright_and_in_its_colours(form):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = saved(Image.fromarray(PIXELS), form, exif=exif_of(6), icc_profile=profile).getvalue()
    copy = opened(strip_file(file))
    assert copy.getexif()[0x0112] == 6
    assert copy.info["icc_profile"] == profile


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"quality": 100, "subsampling": 0}, {"restart_marker_rows": 1}]
)
def test_every_kind_of_jpeg_keeps_its_pixels(options):
    file = saved(Image.fromarray(PIXELS), "JPEG", exif=exif_of(3), comment=b"LEAK", **options).getvalue()
    assert np.array_equal(np.asarray(opened(strip_file(file))), np.asarray(opened(file)))


def test_moving_pictures_go_on_moving():
    frames = [Image.fromarray(np.roll(PIXELS, shift, axis=1)) for shift in (0, 30, 60)]
    for form in ("PNG", "WEBP"):
        file = saved(frames[0], form, save_all=True, append_images=frames[1:], exif=exif_of(1)).getvalue()
        assert opened(strip_file(file)).n_frames == 3


def test_a_heic_becomes_a_jpeg_of_its_size():
    copy = opened(strip_file(leaky_file("heic", [])))
    assert (copy.format, copy.size) == ("JPEG", (96, 64))
    assert not copy.getexif()


def test_the_copy_has_the_format_of_the_file_or_is_a_jpeg():
    assert [stripped_format(form) for form in (JPEG, PNG, WEBP, HEIC, None)] == [JPEG, PNG, WEBP, JPEG, JPEG]


@pytest.mark.parametrize("form", FORMATS)
def test_damaged_files_are_copied_or_refused_and_raise_nothing_else(form):
    chance, whole = random.Random(form), leaky_file(form, ["ann"])
    for _round in range(60):
        file = bytearray(whole[: chance.randrange(20, len(whole))] if chance.random() < 0.5 else whole)
        for _byte in range(chance.randrange(1, 20)):
            file[chance.randrange(12, min(len(file), 4000))] = chance.randrange(256)
        with suppress(FacePassError):
            assert strip_file(bytes(file))
