"""Colours as a browser shows them, however a file tells them."""

import base64
import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from facepass.testing.pages.browser import wait_until_true
from facepass.testing.pictures.files import jpeg_with, png_with, saved
from recognition.pictures import colour_spaces, decoding

HEIC = Path(__file__).parent.parent / "data" / "upright.heic"
PRIMARIES, GREYS = [(230, 30, 30), (30, 200, 30), (40, 40, 220)], [(128, 128, 128), (60, 60, 60)]
COLOURS = np.array([*PRIMARIES, *GREYS, (200, 150, 120), (255, 200, 0)], np.uint8)
PATCHES = COLOURS[np.newaxis].repeat(40, axis=0).repeat(40, axis=1)
# Of each patch the middle, in whole pixels of the picture.
MIDDLES = range(20, 40 * len(COLOURS), 40)
# As far as two programs may differ.
BOUND = 8

P3, ADOBE = (12, 13), colour_spaces.build_profile(colour_spaces.ADOBE_RGB)
WIDE_GAMUT = colour_spaces.build_profile(colour_spaces.from_cicp(9, 13))


def cicp(primaries, transfer):
    return b"cICP", bytes([primaries, transfer, 0, 1])


def gamma(value):
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def chromaticities(*values):
    return b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in values))


ADOBE_CHROMATICITIES = chromaticities(0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
SRGB_CHUNK = (b"sRGB", b"\0")


def with_profile(form, profile, **options):
    return saved(Image.fromarray(PATCHES), form, icc_profile=profile, **options)


# Every way to tell colours that Chromium knows.
AS_IN_CHROMIUM = {
    **{
        f"PNG cICP {primaries}/{transfer}": (lambda p=primaries, t=transfer: png_with(PATCHES, cicp(p, t)))
        for primaries, transfer in [
            (12, 13), (9, 13), (9, 14), (9, 16), (9, 18), (12, 16), (12, 18), (1, 1), (1, 4), (1, 5), (1, 8), (1, 9),
            (1, 13), (2, 2), (4, 4), (5, 13), (6, 6), (7, 7), (11, 17), (12, 6), (22, 13),
        ]
    },
    "PNG gAMA 1": lambda: png_with(PATCHES, gamma(1)),
    "PNG gAMA 1/1.8": lambda: png_with(PATCHES, gamma(1 / 1.8)),
    "PNG gAMA of sRGB": lambda: png_with(PATCHES, gamma(0.45455)),
    "PNG gAMA and cHRM": lambda: png_with(PATCHES, gamma(0.45471), ADOBE_CHROMATICITIES),
    "PNG cHRM alone": lambda: png_with(PATCHES, ADOBE_CHROMATICITIES),
    "PNG sRGB over gAMA and cHRM": lambda: png_with(PATCHES, SRGB_CHUNK, gamma(1), ADOBE_CHROMATICITIES),
    "PNG ICC": lambda: with_profile("PNG", ADOBE),
    "PNG cICP over ICC": lambda: png_with(PATCHES, cicp(*P3), (b"iCCP", b"n\0\0" + zlib.compress(ADOBE))),
    "PNG broken ICC": lambda: with_profile("PNG", b"not a profile at all" * 10),
    "JPEG ICC": lambda: with_profile("JPEG", ADOBE, quality=100, subsampling=0),
    "JPEG wide gamut": lambda: with_profile("JPEG", WIDE_GAMUT, quality=100, subsampling=0),
    "JPEG cut ICC": lambda: with_profile("JPEG", ADOBE[:200], quality=100, subsampling=0),
    "WebP ICC": lambda: with_profile("WEBP", ADOBE, lossless=True),
}  # fmt: skip


def patches_of(picture):
    return np.array([picture[20, x] for x in MIDDLES]).astype(int)


@pytest.mark.browser
def test_every_way_to_tell_colours_looks_as_in_chromium(new_page):
    page = new_page(viewport={"width": 400, "height": 60})
    for name, make in AS_IN_CHROMIUM.items():
        file = make()
        kind = decoding.inspect_picture(file).mime
        page.set_content(f'<body style="margin:0"><img style="display:block" src="data:{kind};base64,{encoded(file)}">')
        wait_until_true(page, "document.images[0].complete")
        shown = patches_of(np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")))
        assert np.abs(patches_of(decoding.decode_picture(file)) - shown).max() <= BOUND, name


def encoded(file):
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("name", "red", "grey"),
    [("12/13", (251, 0, 0), 128), ("9/16", (255, 0, 0), 132), ("9/18", (255, 0, 0), 99), ("1/8", (244, 96, 96), 188)],
)
def test_cicp_without_a_browser(name, red, grey):
    """The values are Chromium's, of the test above."""
    shown = patches_of(decoding.decode_picture(AS_IN_CHROMIUM[f"PNG cICP {name}"]()))
    assert np.abs(shown[0] - red).max() <= BOUND
    assert np.abs(shown[3] - grey).max() <= BOUND


@pytest.mark.parametrize(("colour_space", "index"), [(2, None), (0xFFFF, "R03"), (None, "R03"), (2, "R98")])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_adobe_rgb_by_the_words_of_cameras(form, colour_space, index):
    lossless = {"JPEG": {"quality": 100, "subsampling": 0}, "PNG": {}, "WEBP": {"lossless": True}}[form]
    told = saved(Image.fromarray(PATCHES), form, exif=camera_words(colour_space, index), **lossless)
    expected = patches_of(decoding.decode_picture(with_profile("PNG", ADOBE)))
    assert np.abs(patches_of(decoding.decode_picture(told)) - expected).max() <= BOUND


UNCHANGED = [(1, None), (1, "R03"), (0xFFFF, None), (0xFFFF, "R98"), (None, None)]


@pytest.mark.parametrize(("colour_space", "index"), UNCHANGED)
def test_other_words_of_cameras_change_nothing(colour_space, index):
    told = saved(Image.fromarray(PATCHES), "PNG", exif=camera_words(colour_space, index))
    assert np.array_equal(decoding.decode_picture(told), PATCHES)


def test_a_profile_counts_more_than_the_words_of_cameras():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = saved(Image.fromarray(PATCHES), "PNG", exif=camera_words(2, "R03"), icc_profile=srgb)
    assert np.array_equal(decoding.decode_picture(told), PATCHES)


def camera_words(colour_space, index):
    tags = Image.Exif()
    folder = tags.get_ifd(0x8769)
    if colour_space:
        folder[0xA001] = colour_space
    if index:
        folder[0xA005] = {1: index}
    return tags.tobytes()


@pytest.mark.parametrize("numbers", [(12, 13), (9, 16), (1, 8), (9, 18)])
def test_heic_that_tells_its_colours_by_numbers_alone(numbers):
    stored = HEIC.read_bytes()
    said = struct.pack(">HH", *numbers)
    told = decoding.decode_picture(BytesIO(stored.replace(b"nclx\0\x01\0\x0d", b"nclx" + said)))
    plain = decoding.decode_picture(BytesIO(stored))
    expected = decoding.decode_picture(png_with(plain, cicp(*numbers)))
    assert np.abs(told.astype(int) - expected).max() <= 1


def test_a_profile_that_lies_about_its_name_is_applied(display_p3):
    """Only a profile that is sRGB's by its colours too is passed over."""
    lying = display_p3.replace("Display P3".encode("utf-16-be"), "sRGB like  "[:10].encode("utf-16-be"))
    assert lying != display_p3
    told = decoding.decode_picture(with_profile("PNG", lying))
    assert np.array_equal(told, decoding.decode_picture(with_profile("PNG", display_p3)))


def test_a_profile_of_grey_is_applied_to_a_grey_picture():
    grey = Image.fromarray(np.full((16, 16), 128, np.uint8))
    profile = (
        colour_spaces.build_profile(colour_spaces.from_cicp(1, 8))
        .replace(b"RGB ", b"GRAY", 1)
        .replace(b"rTRC", b"kTRC")
    )
    assert decoding.decode_picture(saved(grey, "PNG", icc_profile=profile))[8, 8, 0] == pytest.approx(188, abs=2)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("space", [b"\xd2GB ", b"\xff\xff\xff\xff", b"Lab ", b"\0\0\0\0"])
def test_a_profile_of_a_colour_space_that_is_none_changes_nothing(form, space):
    broken = ADOBE[:16] + space + ADOBE[20:]
    options = {"lossless": True} if form == "WEBP" else {}
    plain = decoding.decode_picture(saved(Image.fromarray(PATCHES), form, **options))
    assert np.array_equal(decoding.decode_picture(with_profile(form, broken, **options)), plain)


def test_profile_pieces_of_a_jpeg_in_any_order_and_one_missing():
    half = len(ADOBE) // 2
    pieces = [b"ICC_PROFILE\0\1\2" + ADOBE[:half], b"ICC_PROFILE\0\2\2" + ADOBE[half:]]
    whole = decoding.decode_picture(jpeg_with(PATCHES, (0xE2, pieces[1]), (0xE2, pieces[0])))
    missing = decoding.decode_picture(jpeg_with(PATCHES, (0xE2, pieces[1])))
    plain = decoding.decode_picture(jpeg_with(PATCHES))
    assert np.array_equal(missing, plain)
    assert np.abs(whole.astype(int) - plain).max() > BOUND


def test_the_file_itself_is_left_as_it_is(display_p3):
    file = with_profile("JPEG", display_p3)
    before = file.getvalue()
    decoding.decode_picture(file)
    assert file.getvalue() == before
