"""What metadata say of a photo's moment and orientation, and that they never decide about its pixels."""

import struct
import zlib
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facepass.testing.pictures.files import STORED, jpeg_with, png_chunk, png_with, saved
from recognition.pictures import decoding

HEIC = Path(__file__).parent.parent / "data"
GREYS = np.kron(np.arange(0, 240, 10, np.uint8).reshape(4, 6), np.ones((16, 16), np.uint8))
PICTURE = GREYS[..., np.newaxis].repeat(3, axis=2)
MOMENT = datetime(2026, 5, 1, 18, 30)
EAST = timezone(timedelta(hours=3))
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description {} /></x:xmpmeta>'

TAKEN, DIGITAL, CHANGED = 0x9003, 0x9004, 0x0132
OFFSET, OFFSET_TAKEN, OFFSET_DIGITAL = 0x9010, 0x9011, 0x9012
FRACTION_TAKEN, FRACTION_DIGITAL = 0x9291, 0x9292
STAMP = "2026:05:01 18:30:00"
SAID = {
    "taken": ({TAKEN: STAMP}, MOMENT),
    "taken with its offset": ({TAKEN: STAMP, OFFSET_TAKEN: "+03:00"}, MOMENT.replace(tzinfo=EAST)),
    "taken with the offset of the change": ({TAKEN: STAMP, OFFSET: "+03:00"}, MOMENT.replace(tzinfo=EAST)),
    "an offset without colon": ({TAKEN: STAMP, OFFSET_TAKEN: "+0300"}, MOMENT.replace(tzinfo=EAST)),
    "an offset that is none": ({TAKEN: STAMP, OFFSET_TAKEN: "   :  "}, MOMENT),
    "one of two offsets": ({TAKEN: STAMP, OFFSET_TAKEN: "nonsense", OFFSET: "Z"}, MOMENT.replace(tzinfo=UTC)),
    "an offset within the moment": ({TAKEN: STAMP + "+03:00"}, MOMENT.replace(tzinfo=EAST)),
    "hyphens in the date": ({TAKEN: "2026-05-01 18:30:00"}, MOMENT),
    "half a second": ({TAKEN: STAMP, FRACTION_TAKEN: "5"}, MOMENT.replace(microsecond=500_000)),
    "hundredths": ({TAKEN: STAMP, FRACTION_TAKEN: "07"}, MOMENT.replace(microsecond=70_000)),
    "a fraction that is none": ({TAKEN: STAMP, FRACTION_TAKEN: "x"}, MOMENT),
    "digitised alone": ({DIGITAL: STAMP}, MOMENT),
    "digitised with all": (
        {DIGITAL: STAMP, OFFSET_DIGITAL: "+03:00", FRACTION_DIGITAL: "25"},
        MOMENT.replace(tzinfo=EAST, microsecond=250_000),
    ),
    "taken before digitised": ({TAKEN: STAMP, DIGITAL: "2027:01:01 00:00:00"}, MOMENT),
    "a clock that was never set": ({TAKEN: "0000:00:00 00:00:00"}, None),
    "blank": ({TAKEN: "    :  :     :  :  "}, None),
    "nonsense before digitised": ({TAKEN: "yesterday", DIGITAL: STAMP}, MOMENT),
    "nothing": ({}, None),
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("name", SAID)
def test_the_moment_by_exif(form, name):
    said, expected = SAID[name]
    tags = Image.Exif()
    tags.get_ifd(0x8769).update(said)
    info = decoding.inspect_picture(saved(Image.fromarray(PICTURE), form, exif=tags.tobytes()))
    assert info.taken_at == expected
    assert (info.taken_at is None) or info.taken_at.tzinfo == expected.tzinfo


def test_the_moment_of_the_change_is_better_than_none():
    tags = Image.Exif()
    tags[CHANGED] = STAMP
    assert decoding.inspect_picture(saved(Image.fromarray(PICTURE), "JPEG", exif=tags)).taken_at == MOMENT


def test_the_moment_by_satellites_is_utc():
    tags = Image.Exif()
    tags.get_ifd(0x8825).update({7: (18.0, 30.0, 0.0), 29: "2026:05:01"})
    assert decoding.inspect_picture(saved(Image.fromarray(PICTURE), "JPEG", exif=tags)).taken_at == MOMENT.replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize("name", ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_moment_by_xmp(form, name):
    packet = XMP.format(f'{name}="2026-05-01T18:30:00+03:00"').encode()
    assert decoding.inspect_picture(with_xmp(form, packet)).taken_at == MOMENT.replace(tzinfo=EAST)
    element = f"<{name}>2026-05-01T18:30:00</{name}>".encode()
    assert decoding.inspect_picture(with_xmp(form, element)).taken_at == MOMENT


def with_xmp(form, packet):
    if form == "JPEG":
        return jpeg_with(PICTURE, (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    if form == "PNG":
        return png_with(PICTURE, (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet))
    return saved(Image.fromarray(PICTURE), form, xmp=packet, lossless=True)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_that_xmp_alone_tells(form, orientation):
    stored = np.ascontiguousarray(STORED[orientation](PICTURE))
    packet = XMP.format(f'tiff:Orientation="{orientation}"').encode()
    if form == "JPEG":
        file = jpeg_with(stored, (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    elif form == "PNG":
        file = png_with(stored, (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet))
    else:
        file = saved(Image.fromarray(stored), form, xmp=packet, lossless=True)
    assert np.abs(decoding.decode_picture(file).astype(int) - PICTURE).mean() < 3


def test_a_heic_that_exif_alone_turns():
    """The container's own rotation taken out: the tag is then the only place that tells."""
    data = (HEIC / "turned.heic").read_bytes()
    expected = decoding.decode_picture(BytesIO(data))
    file = BytesIO(data.replace(b"irot", b"free"))
    info = decoding.inspect_picture(file)
    assert (info.width, info.height) == (96, 64)
    assert np.array_equal(decoding.decode_picture(file), expected)


def test_exif_in_the_text_of_an_older_png():
    tags = Image.Exif()
    tags[0x0112] = 6
    text = f"\nexif\n    {len(tags.tobytes())}\n{tags.tobytes().hex()}\n"
    file = png_with(PICTURE, (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text.encode())))
    assert decoding.decode_picture(file).shape == (96, 64, 3)


LARGE = np.random.default_rng(1).integers(0, 255, 3_000_000, np.uint8).tobytes()
PNG_METADATA = {
    "large XMP": (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<x>" + b" " * 20_000_000)),
    "large text": (b"tEXt", b"Comment\0" + LARGE),
    "large compressed text": (b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 200_000_000, 9)),
    "text without keyword": (b"tEXt", b"\0\0\0"),
    "text in another compression": (b"zTXt", b"Comment\0\7abc"),
    "broken ICC": (b"iCCP", b"name\0\0" + b"nonsense"),
    "ICC in another compression": (b"iCCP", b"name\0\7abc"),
    "empty ICC": (b"iCCP", b""),
    "large ICC": (b"iCCP", b"name\0\0" + zlib.compress(b"\0" * 30_000_000)),
    "broken EXIF": (b"eXIf", b"MM\0*\0\0\0\x08\xff\xff\xff\xff"),
    "short gAMA": (b"gAMA", b"\0"),
    "gAMA of nothing": (b"gAMA", b"\0\0\0\0"),
    "cHRM of nothing": (b"cHRM", b"\0" * 32),
    "short cICP": (b"cICP", b"\1"),
    "unknown cICP": (b"cICP", bytes([250, 251, 0, 1])),
    "short size": (b"pHYs", b"\0"),
    "animation of nothing": (b"acTL", b"\0" * 8),
    "animation cut off": (b"fcTL", b"\0" * 5),
    "unknown chunk": (b"abCd", LARGE),
}


@pytest.mark.parametrize("name", PNG_METADATA)
def test_no_chunk_of_a_png_decides_about_its_pixels(name):
    file = png_with(PICTURE, PNG_METADATA[name])
    assert decoding.inspect_picture(file).is_whole
    assert np.array_equal(decoding.decode_picture(file), PICTURE)


def test_a_wrong_checksum_in_metadata_does_not_either():
    chunk = bytearray(png_chunk(b"tEXt", b"Comment\0hello"))
    chunk[-1] ^= 1
    plain = saved(Image.fromarray(PICTURE), "PNG").getvalue()
    at = plain.index(b"IDAT") - 4
    assert np.array_equal(decoding.decode_picture(BytesIO(plain[:at] + bytes(chunk) + plain[at:])), PICTURE)


JPEG_METADATA = {
    "broken EXIF": (0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "EXIF that points at itself": (0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1\x87\x69\0\4\0\0\0\1\0\0\0\x08"),
    "empty EXIF": (0xE1, b"Exif\0\0"),
    "large XMP": (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"<" * 65_000),
    "broken ICC": (0xE2, b"ICC_PROFILE\0\1\1nonsense"),
    "short ICC": (0xE2, b"ICC_PROFILE\0"),
    "ICC of 255 pieces": (0xE2, b"ICC_PROFILE\0\1\xff" + b"x" * 60_000),
    "broken MPF": (0xE2, b"MPF\0MM\0*\xff\xff\xff\xff"),
    "broken Photoshop resources": (0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\xff\xff\xff\xff"),
    "comment": (0xFE, b"\xff\xd9\xff\xda" * 1000),
    "unknown": (0xEB, b"\xff" * 60_000),
}


@pytest.mark.parametrize("name", JPEG_METADATA)
def test_no_segment_of_a_jpeg_decides_about_its_pixels(name):
    file = jpeg_with(PICTURE, JPEG_METADATA[name])
    assert decoding.inspect_picture(file).is_whole
    assert np.array_equal(decoding.decode_picture(file), decoding.decode_picture(jpeg_with(PICTURE)))


WEBP_METADATA = {"xmp": b"<" * 2_000_000, "exif": b"Exif\0\0nonsense", "icc_profile": b"nonsense" * 9}


@pytest.mark.parametrize("name", WEBP_METADATA)
def test_no_chunk_of_a_webp_decides_about_its_pixels(name):
    file = saved(Image.fromarray(PICTURE), "WEBP", lossless=True, **{name: WEBP_METADATA[name]})
    assert decoding.inspect_picture(file).is_whole
    assert np.array_equal(decoding.decode_picture(file), PICTURE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_mutated_metadata_leave_the_pixels_alone(kind):
    tags = Image.Exif()
    tags[0x010F], tags[0x0110] = "Camera", "Model"
    tags.get_ifd(0x8769).update({TAKEN: STAMP, OFFSET_TAKEN: "+03:00"})
    options = {"lossless": True} if kind == "WEBP" else {}
    whole = saved(Image.fromarray(PICTURE), kind, exif=tags.tobytes(), **options).getvalue()
    start, rng = whole.index(b"Camera"), np.random.default_rng(7)
    plain = decoding.decode_picture(BytesIO(whole))
    exif_start = whole.index(b"MM\0*")
    for _ in range(300):
        data = bytearray(whole)
        for at in rng.integers(exif_start + 12, start + 40, 4):
            data[at] = rng.integers(0, 256)
        shown = decoding.decode_picture(BytesIO(bytes(data)))
        assert sorted(shown.shape) == sorted(plain.shape)
        assert np.array_equal(np.sort(shown, axis=None), np.sort(plain, axis=None))


def test_a_jpeg_keeps_what_its_samples_mean():
    """Adobe's segment tells whether three channels are RGB or YCbCr: it is not metadata."""
    stored = saved(Image.fromarray(PICTURE).convert("CMYK"), "JPEG")
    assert struct.pack(">H", 0xFFEE) in stored.getvalue()
    assert np.abs(decoding.decode_picture(stored).astype(int) - PICTURE).mean() < 3
