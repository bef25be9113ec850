"""Every format by its content: pixels, colours, orientation, the moment, and what is refused with which advice."""

import re
import struct
from io import BytesIO

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from facepass.core.errors import FacePassError
from facepass.testing.pictures.files import STORED, exif_of, saved
from recognition.pictures import decoding, file_names, formats
from recognition.pictures.containers import jxl, tiff

CORNERS = np.array([[[200, 30, 30], [30, 200, 30]], [[30, 30, 200], [220, 220, 40]]], np.uint8)
# How each format is written here: exactly where it can be.
WRITTEN = {
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    "TIFF": {},
    "JXL": {"lossless": True},
    "BMP": {},
}


def quadrants(width=96, height=64):
    return np.kron(CORNERS, np.ones((height // 2, width // 2, 1), np.uint8))


def assert_like(picture, expected, tolerance=6):
    assert picture.shape == expected.shape
    assert picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - expected.astype(int)).mean() < tolerance


@pytest.mark.parametrize("form", WRITTEN)
def test_a_plain_picture_is_taken_and_looks_the_same(form):
    file = saved(Image.fromarray(quadrants()), form, **WRITTEN[form])
    info = decoding.inspect_picture(file)
    assert (info.width, info.height, info.is_whole) == (96, 64, True)
    expected = next(known for known in formats.ACCEPTED if known.pillow == form)
    assert (info.format, info.mime, info.extension) == (expected.name, expected.mime, expected.extension)
    assert_like(decoding.decode_picture(file), quadrants())
    assert decoding.decode_picture(file, longest_side=48).shape == (32, 48, 3)


@pytest.mark.parametrize("form", ["AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_is_turned_once(form, orientation):
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](quadrants())))
    exif = exif_of(orientation, "2026:05:01 18:30:00")
    file = saved(stored, form, exif=exif, **WRITTEN[form])
    info = decoding.inspect_picture(file)
    assert (info.width, info.height) == (96, 64)
    assert info.taken_at is not None
    assert_like(decoding.decode_picture(file), quadrants())


def test_a_jpeg_xl_is_turned_as_its_stream_says_and_not_as_exif_does(tmp_path):
    """As viewers do; a packed JPEG comes out as the JPEG that it was, EXIF included."""
    file = saved(Image.fromarray(quadrants()), "JXL", exif=exif_of(6), lossless=True)
    assert_like(decoding.decode_picture(file), quadrants())
    jpeg = tmp_path / "packed.jpg"
    Image.fromarray(np.ascontiguousarray(STORED[6](quadrants()))).save(jpeg, exif=exif_of(6), quality=95)
    file = saved(Image.open(jpeg), "JXL", lossless_jpeg=True)
    assert (decoding.inspect_picture(file).width, decoding.inspect_picture(file).height) == (96, 64)
    assert_like(decoding.decode_picture(file), quadrants())


@pytest.mark.parametrize("form", ["AVIF", "TIFF"])
def test_a_wide_gamut_profile_is_converted(form, display_p3):
    stored = Image.fromarray(np.full((64, 64, 3), (200, 60, 60), np.uint8))
    tagged = decoding.decode_picture(saved(stored, form, icc_profile=display_p3, **WRITTEN[form]))
    assert tagged[32, 32, 0] > 205
    assert tagged[32, 32, 1] < 58


def test_sixteen_bit_grey_is_scaled():
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))
    picture = decoding.decode_picture(saved(Image.fromarray(ramp), "TIFF"))
    assert np.abs(picture[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_sixteen_bits_of_a_jpeg_xl_are_shown_by_its_profile():
    """Its encoder takes 16 bits for amounts of light, and says so."""
    light = np.full((64, 64), 14_021, np.uint16)  # what 128 of sRGB stands for
    picture = decoding.decode_picture(saved(Image.fromarray(light), "JXL", lossless=True))
    assert np.abs(picture.astype(int) - 128).max() <= 2


def tiff_of(samples, *, photometric=2, extra=()):
    """An uncompressed TIFF, written byte by byte: Pillow writes no colours of 16 bits."""
    data, height, width = samples.tobytes(), samples.shape[0], samples.shape[1]
    depth, channels = 8 * samples.itemsize, samples.shape[2]
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (259, 3, 1, 1), (262, 3, 1, photometric), (273, 4, 1, 8),
        (277, 3, 1, channels), (278, 4, 1, height), (279, 4, 1, len(data)), *extra,
    ]  # fmt: skip
    at = 8 + len(data)
    depths = struct.pack(f"<{channels}H", *[depth] * channels)
    tags = sorted([*tags, (258, 3, channels, at)])
    start = at + len(depths)
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    header = b"II*\0" + struct.pack("<I", start)
    return header + data + depths + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)


def test_sixteen_bit_colours_of_a_tiff():
    wide = quadrants().astype(np.uint16) * 257
    assert_like(decoding.decode_picture(BytesIO(tiff_of(wide))), quadrants(), tolerance=1.1)


def test_a_cmyk_tiff_looks_as_in_a_viewer():
    file = saved(Image.fromarray(quadrants()).convert("CMYK"), "TIFF")
    assert_like(decoding.decode_picture(file), quadrants(), tolerance=12)


@pytest.mark.parametrize("compression", ["raw", "tiff_deflate", "tiff_lzw", "jpeg", "packbits", "tiff_adobe_deflate"])
def test_every_usual_compression_of_tiff(compression):
    file = saved(Image.fromarray(quadrants()), "TIFF", compression=compression)
    assert_like(decoding.decode_picture(file), quadrants(), tolerance=12)


def test_the_first_page_of_several_is_shown():
    pages = [Image.fromarray(quadrants()), Image.new("RGB", (40, 40))]
    file = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert_like(decoding.decode_picture(file), quadrants())


def test_a_big_tiff_is_taken():
    assert_like(decoding.decode_picture(saved(Image.fromarray(quadrants()), "TIFF", big_tiff=True)), quadrants())


@pytest.mark.parametrize("form", ["TIFF", "AVIF", "JXL"])
def test_transparency_lies_over_white(form):
    layer = np.dstack([quadrants(), np.full((64, 96), 255, np.uint8)])
    layer[:32, :48, 3] = 0
    picture = decoding.decode_picture(saved(Image.fromarray(layer), form, **WRITTEN[form]))
    assert (picture[4, 4] > 250).all()


@pytest.mark.parametrize("form", WRITTEN)
def test_a_size_beyond_the_limit_is_refused_before_a_pixel_is_decoded(form, settings):
    file = saved(Image.fromarray(quadrants()), form, **WRITTEN[form])
    settings.MAX_PIXELS = 96 * 64 - 1
    for read in (decoding.inspect_picture, decoding.decode_picture):
        with pytest.raises(FacePassError) as refusal:
            read(file)
        assert refusal.value.code == "image_too_large"


@pytest.mark.parametrize(
    "size", [(1, 1), (8, 8), (96, 64), (256, 256), (255, 1000), (3000, 2000), (1920, 1080), (513, 7)]
)
def test_the_size_of_a_jpeg_xl_is_read_without_its_decoder(size):
    for options in ({}, {"use_container": True}):
        data = saved(Image.new("RGB", size), "JXL", **options).getvalue()
        assert jxl.read_size(data) == size
    assert jxl.read_size(b"\xff\x0a") is None
    assert jxl.read_size(b"") is None


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("form", WRITTEN)
def test_a_file_that_is_cut_off_is_shown_or_refused_with_a_code(form, part):
    """Never accepted and failed later: what is accepted can be decoded."""
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), form, **WRITTEN[form]).getvalue()
    outcome = outcome_of(BytesIO(whole[: int(len(whole) * part)]))
    assert outcome in {"truncated_image", "not_an_image", "cut off (200, 300, 3)"}


def outcome_of(file):
    try:
        info = decoding.inspect_picture(file)
    except FacePassError as refusal:
        return refusal.code
    return f"{'whole' if info.is_whole else 'cut off'} {decoding.decode_picture(file).shape}"


@pytest.mark.parametrize("form", WRITTEN)
def test_damaged_bytes_give_a_picture_or_a_clear_refusal(form):
    rng = np.random.default_rng(2)
    whole = saved(Image.fromarray(quadrants()), form, **WRITTEN[form]).getvalue()
    outcomes = set()
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), 4):
            data[at] = rng.integers(0, 256)
        try:
            outcomes.add(str(decoding.decode_picture(BytesIO(bytes(data))).dtype))
        except FacePassError as error:
            outcomes.add(error.code)
    assert outcomes <= {
        "uint8", "not_an_image", "unsupported_type", "image_too_large", "truncated_image", "image_too_complex",
    }  # fmt: skip


@pytest.mark.parametrize("kind", range(14))
def test_a_tiff_whose_tags_are_of_other_types_is_shown_or_refused(kind):
    """Pillow reckons with them before it looks: a place in the file that is a fraction, a width that is a text."""
    plain = bytearray(tiff_of(quadrants()))
    directory = struct.unpack_from("<I", plain, 4)[0]
    outcomes = set()
    for entry in range(struct.unpack_from("<H", plain, directory)[0]):
        data = plain.copy()
        struct.pack_into("<H", data, directory + 2 + 12 * entry + 2, kind)
        outcomes.add(decoded_or_refused(bytes(data)))
    assert outcomes <= {"shown", "not_an_image", "truncated_image", "image_too_large"}


@pytest.mark.parametrize("place", [2**32, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_big_tiff_whose_directory_lies_nowhere_is_refused(place):
    head = saved(Image.fromarray(quadrants()), "TIFF", big_tiff=True).getvalue()
    data = head[:8] + struct.pack("<Q", place) + head[16:]
    assert decoded_or_refused(data) == "not_an_image"
    assert not tiff.is_raw(data)


def decoded_or_refused(data):
    try:
        decoding.decode_picture(BytesIO(data))
    except FacePassError as refusal:
        return refusal.code
    return "shown"


def raw_tiff(*extra):
    """As cameras write them: a small picture first, and what the sensor saw in a directory of its own."""
    return tiff_of(np.zeros((8, 8, 3), np.uint8), extra=extra)


def canon_raw():
    data = bytearray(tiff_of(np.zeros((8, 8, 3), np.uint8)))
    data[8:12] = b"CR\x02\x00"
    return bytes(data)


RAW = {
    "CR2": canon_raw(),
    "CR3": b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom" + bytes(600),
    "NEF, ARW": raw_tiff((254, 4, 1, 1)),
    "DNG": raw_tiff((50706, 1, 4, 0x00000401)),
    "DNG of a telephone": tiff_of(np.zeros((8, 8, 1), np.uint16), photometric=32803),
    "RAF": b"FUJIFILMCCD-RAW 0201" + bytes(600),
    "ORF": b"IIRO\x08\0\0\0" + bytes(600),
    "RW2": b"IIU\0\x18\0\0\0" + bytes(600),
}
VIDEO = {
    "MP4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(600),
    "MOV": b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(600),
    "AVI": b"RIFF\x10\0\0\0AVI LIST" + bytes(600),
    "MKV": b"\x1aE\xdf\xa3" + bytes(600),
}


@pytest.mark.parametrize(("name", "data", "advice"), [
    *((name, data, "beside it") for name, data in RAW.items()),
    *((name, data, "video") for name, data in VIDEO.items()),
    ("GIF", saved(Image.new("RGB", (8, 8)), "GIF").getvalue(), "GIF files are not accepted"),
    ("PSD", b"8BPS\0\x01" + bytes(600), "PSD files are not accepted"),
])  # fmt: skip
def test_what_is_not_taken_is_refused_with_advice(name, data, advice):
    with pytest.raises(FacePassError, match=advice) as refusal:
        decoding.inspect_picture(BytesIO(data))
    assert (refusal.value.code, refusal.value.status) == ("unsupported_type", 415)


def test_a_text_that_begins_like_a_bitmap_is_none():
    with pytest.raises(FacePassError) as refusal:
        decoding.inspect_picture(BytesIO(b"BMW, Mercedes, Audi and others that somebody lists here"))
    assert refusal.value.code == "not_an_image"


ENDINGS = ["a.hif", "a.HIF", "a.heif", "a.jfif", "a.jpe", "a.JPG", "a.jpg_large", "a.avif", "a.tif", "a.bmp", "a.jxl"]


@pytest.mark.parametrize("name", ENDINGS)
def test_names_of_pictures_are_known(name):
    assert file_names.PICTURE.search(name)
    assert not file_names.RAW.search(name)


def test_a_picture_of_a_61_megapixel_camera_is_taken_by_default():
    file = saved(Image.new("L", (9_504, 6_336)), "TIFF", compression="tiff_lzw")
    assert decoding.inspect_picture(file).width == 9_504


def test_every_page_lets_people_choose_every_format():
    for page in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        # Where the camera is opened, a telephone takes what it makes.
        text = re.sub(r"{% if takes_raw %}.*?{% endif %}", "", page.read_text())
        for accepted in re.findall(r'accept="([^"]*)"(?! capture)', text):
            endings = {ending for form in formats.ACCEPTED for ending in form.endings}
            assert {"image/*", ".hif", ".heif", ".jfif", ".jpe", ".jxl", ".avif"} <= set(accepted.split(",")), page
            assert set(accepted.split(",")) - {"image/*"} <= endings
