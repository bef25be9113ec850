"""Untrusted bytes to upright RGB: what is taken, what is refused, and what a viewer would show."""

import contextlib
import os
import struct
import zlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facepass.core.errors import FacePassError
from facepass.testing.pictures.files import STORED, exif_of, saved
from recognition.pictures import decoding, formats, thumbnails
from recognition.pictures.decoders import decoder
from recognition.pictures.decoders.refusals import PictureRefused

HEIC = Path(__file__).parent.parent / "data"
CORNERS = np.array([[[200, 30, 30], [30, 200, 30]], [[30, 30, 200], [220, 220, 40]]], np.uint8)


def quadrants(width=96, height=64):
    """Red, green / blue, yellow: every orientation of it differs."""
    return np.kron(CORNERS, np.ones((height // 2, width // 2, 1), np.uint8))


def assert_like(picture, expected, tolerance=12):
    assert picture.shape == expected.shape
    assert picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - expected.astype(int)).mean() < tolerance


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once_in_every_format(form, orientation):
    upright = quadrants()
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    file = saved(stored, form, exif=exif_of(orientation), **({"lossless": True} if form == "WEBP" else {}))
    info = decoding.inspect_picture(file)
    assert (info.width, info.height) == (96, 64)
    assert_like(decoding.decode_picture(file), upright)


def test_orientation_agrees_with_pillow():
    for orientation in range(1, 9):
        file = saved(Image.fromarray(quadrants()), "PNG", exif=exif_of(orientation))
        from PIL import ImageOps

        expected = np.asarray(ImageOps.exif_transpose(Image.open(file)).convert("RGB"))
        assert np.array_equal(decoding.decode_picture(file), expected)


def test_a_png_whose_exif_follows_the_pixels_is_turned_too():
    plain = saved(Image.fromarray(quadrants()), "PNG").getvalue()
    body = b"eXIf" + exif_of(6)[6:]
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    end = plain.rindex(b"IEND") - 4
    file = BytesIO(plain[:end] + chunk + plain[end:])
    assert (decoding.inspect_picture(file).width, decoding.inspect_picture(file).height) == (64, 96)
    assert decoding.decode_picture(file).shape == (96, 64, 3)


def test_inspect_names_format_size_and_moment():
    file = saved(Image.fromarray(quadrants()), "JPEG", exif=exif_of(6, "2026:05:01 18:30:00", "+03:00"))
    info = decoding.inspect_picture(file)
    assert (info.format, info.mime, info.extension) == ("JPEG", "image/jpeg", ".jpg")
    assert (info.width, info.height) == (64, 96)
    assert info.taken_at is not None
    assert info.taken_at.astimezone(UTC) == datetime(2026, 5, 1, 15, 30, tzinfo=UTC)
    assert info.taken_at.utcoffset() == timedelta(hours=3)
    assert file.tell() == 0


def test_sixteen_bit_grey_is_scaled_not_clipped():
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (16, 1))
    picture = decoding.decode_picture(saved(Image.fromarray(ramp), "PNG"))
    assert picture.shape == (16, 256, 3)
    assert np.abs(picture[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_grey_and_palette_pictures_become_rgb():
    grey = decoding.decode_picture(saved(Image.fromarray(quadrants()).convert("L"), "JPEG"))
    assert np.array_equal(grey[..., 0], grey[..., 2])
    palette = Image.fromarray(quadrants()).convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    assert_like(decoding.decode_picture(saved(palette, "PNG")), quadrants(), tolerance=4)


def test_cmyk_jpeg_looks_as_in_a_viewer():
    # Pillow writes CMYK JPEG the way Adobe does: inverted, with an Adobe marker.
    file = saved(Image.fromarray(quadrants()).convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in file.getvalue()
    assert_like(decoding.decode_picture(file), quadrants())


def test_transparency_lies_over_white():
    layer = np.dstack([quadrants(), np.full((64, 96), 255, np.uint8)])
    layer[:32, :48, 3] = 0
    for form in ("PNG", "WEBP"):
        options = {"lossless": True} if form == "WEBP" else {}
        picture = decoding.decode_picture(saved(Image.fromarray(layer), form, **options))
        assert (picture[4, 4] == 255).all()
        assert_like(picture[40:, 52:], quadrants()[40:, 52:], tolerance=3)


def test_a_transparent_palette_lies_over_white():
    image = Image.fromarray(quadrants()).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    hidden = image.getpixel((2, 2))
    picture = decoding.decode_picture(saved(image, "PNG", transparency=hidden))
    assert (picture[2, 2] == 255).all()
    assert (picture[60, 90] != 255).any()


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_an_animation_shows_its_first_frame(form):
    frames = [Image.fromarray(quadrants()), Image.new("RGB", (96, 64), "black")]
    file = saved(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
    assert_like(decoding.decode_picture(file), quadrants(), tolerance=3)


@pytest.mark.parametrize("size", [(4000, 3000), (3001, 4003), (1700, 20)])
def test_a_large_jpeg_is_reduced_to_exactly_the_longest_side(size):
    picture = decoding.decode_picture(saved(Image.new("RGB", size, "teal"), "JPEG"), longest_side=1600)
    assert max(picture.shape[:2]) == 1600
    assert abs(picture.shape[1] / picture.shape[0] - size[0] / size[1]) < 0.02 * size[0] / size[1] + 0.6
    assert np.abs(picture.astype(int) - [0, 128, 128]).max() < 6


def test_a_small_picture_is_never_enlarged():
    assert decoding.decode_picture(saved(Image.fromarray(quadrants()), "PNG"), longest_side=1600).shape == (64, 96, 3)


def test_a_reduced_jpeg_has_the_same_content_and_orientation(monkeypatch):
    upright = quadrants(2400, 1600)
    stored = Image.fromarray(np.ascontiguousarray(STORED[6](upright)))
    file = saved(stored, "JPEG", exif=exif_of(6), quality=95)
    assert_like(decoding.decode_picture(file, longest_side=96), quadrants(), tolerance=8)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"subsampling": 1}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_jpeg_is_decoded_as_pillow_does(mode, options):
    pixels = np.random.default_rng(4).integers(0, 255, (40, 60, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    file = saved(Image.fromarray(pixels).convert(mode), "JPEG", quality=92, **options)
    expected = np.asarray(Image.open(file).convert("RGB"))
    assert np.abs(decoding.decode_picture(file).astype(int) - expected).max() <= 1


def test_a_large_jpeg_is_never_decoded_in_full(monkeypatch):
    made = []
    decode_jpeg = decoder.simplejpeg.decode_jpeg
    monkeypatch.setattr(
        decoder.simplejpeg, "decode_jpeg", lambda *a, **k: made.append(decode_jpeg(*a, **k)) or made[-1]
    )
    decoding.decode_picture(saved(Image.new("RGB", (6000, 4000)), "JPEG"), longest_side=1600)
    assert [found.shape for found in made] == [(1500, 2250, 3)]


def test_a_jpeg_with_a_flaw_that_viewers_pass_over_is_taken():
    """Bytes that belong to nothing, between two markers: libjpeg warns, and every viewer shows the picture."""
    data = saved(Image.fromarray(quadrants()), "JPEG", quality=95).getvalue()
    at = data.index(b"\xff\xda")
    flawed = data[:at] + b"\x00\x01\x02" + data[at:]
    with pytest.raises(ValueError, match="xtraneous"):
        decoder.simplejpeg.decode_jpeg(flawed)
    assert_like(decoding.decode_picture(BytesIO(flawed)), quadrants())


def test_the_first_picture_of_an_mpo_is_shown():
    file = saved(Image.fromarray(quadrants()), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))])
    assert_like(decoding.decode_picture(file), quadrants())


REFUSED = {
    "GIF": saved(Image.new("RGB", (8, 8)), "GIF").getvalue(),
    "SVG": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "PDF": b"%PDF-1.7\n%\xe2\xe3",
    "video": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
}


@pytest.mark.parametrize("name", REFUSED)
def test_known_formats_that_are_not_taken_are_refused_by_name(name):
    with pytest.raises(FacePassError) as refusal:
        decoding.inspect_picture(BytesIO(REFUSED[name]))
    assert (refusal.value.code, refusal.value.status) == ("unsupported_type", 415)
    assert refusal.value.details == {"format": name}


@pytest.mark.parametrize("data", [b"", b"\xff", b"hello, world", b"\x00" * 4000, b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_are_no_picture_are_refused(data):
    for read in (decoding.inspect_picture, decoding.decode_picture):
        with pytest.raises(FacePassError) as refusal:
            read(BytesIO(data))
        assert (refusal.value.code, refusal.value.status) == ("not_an_image", 415)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_damaged_bytes_give_a_picture_or_a_clear_refusal(form):
    rng = np.random.default_rng(2)
    whole = bytearray(saved(Image.fromarray(quadrants()), form, exif=exif_of(6, "2026:05:01 18:30:00")).getvalue())
    outcomes = set()
    for _ in range(150):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), 4):
            data[at] = rng.integers(0, 256)
        try:
            outcomes.add(str(decoding.decode_picture(BytesIO(bytes(data))).dtype))
        except FacePassError as error:
            outcomes.add(error.code)
    assert "not_an_image" in outcomes
    assert outcomes <= {"uint8", "not_an_image", "unsupported_type", "image_too_large", "truncated_image"}


@pytest.mark.parametrize("name", ["upright", "turned"])
def test_heic_is_decoded_and_turned_exactly_once(name):
    """`turned.heic` holds the pixels of orientation 6 with the container's own rotation and an EXIF tag besides."""
    with (HEIC / f"{name}.heic").open("rb") as file:
        info = decoding.inspect_picture(file)
        assert (info.format, info.extension, info.width, info.height) == ("HEIC", ".heic", 96, 64)
        assert_like(decoding.decode_picture(file), quadrants(), tolerance=3)
        assert decoding.decode_picture(file, longest_side=48).shape == (32, 48, 3)
        assert info.taken_at == (datetime(2026, 5, 1, 18, 30) if name == "turned" else None)


def test_heic_bytes_that_are_damaged_never_end_the_process():
    """Some of them once did: see heic.py. A child process would die by a signal, so the exit status tells."""
    whole = (HEIC / "turned.heic").read_bytes()
    rng = np.random.default_rng(3)
    child = os.fork()
    if child == 0:
        for _ in range(400):
            data = bytearray(whole)
            for at in rng.integers(0, len(data), 3):
                data[at] = rng.integers(0, 256)
            with contextlib.suppress(FacePassError):
                decoding.decode_picture(BytesIO(bytes(data)))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_heic_with_unreadable_item_names_is_refused():
    data = (HEIC / "turned.heic").read_bytes()
    with pytest.raises(FacePassError) as refusal:
        decoding.inspect_picture(BytesIO(data.replace(b"Exif\0", b"Ex\xfff\0", 1)))
    assert refusal.value.code == "not_an_image"


def bomb(width, height):
    """A valid PNG of a few bytes that claims width x height pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(16000, 16000), (60000, 60000), (2**31 - 1, 2**31 - 1), (100_000_000, 7)])
def test_a_decompression_bomb_is_refused_by_its_declared_size(size, monkeypatch):
    from PIL import ImageFile

    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(PictureRefused, match="image_too_large"):
        decoder.decode(bomb(*size), formats.PNG, max_pixels=60_000_000, longest_side=None, loosely=False)
    for read in (decoding.inspect_picture, decoding.decode_picture):
        with pytest.raises(FacePassError) as refusal:
            read(BytesIO(bomb(*size)))
        assert (refusal.value.code, refusal.value.status) == ("image_too_large", 413)


def test_the_limit_itself_is_taken(settings):
    settings.MAX_PIXELS = 96 * 64
    file = saved(Image.fromarray(quadrants()), "PNG")
    assert decoding.inspect_picture(file).width == 96
    settings.MAX_PIXELS -= 1
    with pytest.raises(FacePassError, match="megapixels"):
        decoding.inspect_picture(file)


def test_a_thumbnail_is_small_and_carries_no_metadata(display_p3):
    file = saved(
        Image.fromarray(quadrants(960, 640)),
        "JPEG",
        exif=exif_of(1, "2026:05:01 18:30:00"),
        icc_profile=display_p3,
        quality=95,
    )
    data = thumbnails.encode_thumbnail(decoding.decode_picture(file), longest_side=320)
    image = Image.open(BytesIO(data))
    assert image.size == (320, 213)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Exif" not in data
    assert b"ICC_PROFILE" not in data


def test_a_thumbnail_keeps_colours_and_is_never_larger_than_the_picture():
    data = thumbnails.encode_thumbnail(quadrants(), longest_side=320)
    assert_like(decoding.decode_picture(BytesIO(data)), quadrants(), tolerance=8)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((6000, 4000), (3000, 2000)),
        ((4001, 3000), (2001, 1500)),
        ((8256, 5504), (2064, 1376)),
        ((3200, 2133), (3200, 2133)),
        ((800, 600), (800, 600)),
        ((30_000, 40), (3200, 4)),
    ],
)
def test_a_jpeg_is_halved_until_it_fits_where_any_size_will_do(size, expected):
    picture = decoding.decode_picture(saved(Image.new("RGB", size, "teal"), "JPEG"), longest_side=3200, loosely=True)
    assert picture.shape == (*expected[::-1], 3)
    assert np.abs(picture.astype(int) - (0, 128, 128)).max() <= 3


def test_other_formats_have_exactly_the_side_that_was_asked_for():
    picture = decoding.decode_picture(saved(Image.new("RGB", (4000, 1000)), "PNG"), longest_side=3200, loosely=True)
    assert picture.shape == (800, 3200, 3)
