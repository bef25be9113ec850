"""Files that ask for as much work as their format allows are refused, or decoded within bounds of time and memory."""

import os
import signal
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facepass.core.errors import FacePassError
from facepass.testing.pictures import costly
from facepass.testing.pictures.files import saved
from recognition.pictures import decoding, formats
from recognition.pictures.decoders import exif_size, jpeg_markers
from recognition.pictures.decoders import pool as decoder_pool
from recognition.pictures.decoders.refusals import PictureRefused

SIDE = 1920
TOO_COMPLEX = {
    "JPEG of many scans": "scans",
    "JPEG of many segments": "parts",
    "JPEG with that EXIF in many pieces": "metadata",
    "PNG of many chunks": "parts",
    "PNG with EXIF that names its bytes again and again": "metadata",
    "WebP of many chunks": "parts",
    "WebP with EXIF that names its bytes again and again": "metadata",
}
PLAIN = {"JPEG, progressive"}


@pytest.fixture
def pool(monkeypatch):
    """Decoders of the test's own, so that their limits can be changed."""
    own = decoder_pool.DecoderPool(size=1)
    monkeypatch.setattr(decoder_pool, "_pool", own)
    yield own
    own.close()


def refusal_of(data: bytes, **options) -> FacePassError:
    with pytest.raises(FacePassError) as refused:
        decoding.decode_picture(BytesIO(data), **options)
    return refused.value


@pytest.mark.parametrize("name", costly.COSTLY)
def test_the_costliest_files_of_each_format_are_refused_or_decoded(name):
    """Those that are decoded end well before the limits: a decoder that is ended by them says so."""
    data = costly.COSTLY[name](SIDE)
    if name in TOO_COMPLEX:
        for read in (decoding.inspect_picture, decoding.decode_picture):
            with pytest.raises(FacePassError) as refused:
                read(BytesIO(data))
            assert (refused.value.code, refused.value.status) == ("image_too_complex", 413)
            assert refused.value.details == {"limit": TOO_COMPLEX[name]}
        return
    assert decoding.decode_picture(BytesIO(data), longest_side=800).shape == (800, 800, 3)


def test_every_format_that_is_taken_has_its_costliest_file():
    for form in formats.ACCEPTED:
        assert any(name.startswith(form.name) for name in costly.COSTLY), form.name


@pytest.mark.parametrize("name", sorted(set(costly.COSTLY) - set(TOO_COMPLEX) - PLAIN))
def test_none_of_them_is_decoded_in_the_process_that_was_asked(name):
    data = costly.COSTLY[name](128)
    form = formats.detect_format(data[: formats.HEAD_BYTES])
    assert form is not formats.JPEG or not jpeg_markers.read_outline(costly.COSTLY[name](SIDE * 4)).is_plain


def test_ordinary_jpegs_need_no_decoder(pool):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    for options in ({}, {"progressive": True}, {"exif": exif}, {"subsampling": 0}):
        assert decoding.decode_picture(saved(noise, "JPEG", **options)).size == 300 * 400 * 3
    assert not pool._idle


def test_scans_are_counted_wherever_they_are():
    plain = costly.jpeg_of_scans(64, extra=0)
    scans = jpeg_markers.read_outline(plain).scans
    for extra in (1, 7, 30):
        assert jpeg_markers.read_outline(costly.jpeg_of_scans(64, extra=extra)).scans == scans + extra
    # What viewers pass over between two segments: bytes that are no marker, fillers, restarts.
    at = plain.rindex(b"\xff\xda")
    for junk in (b"\x00\x01\x02", b"\xff\xff", b"\xff\xd0", b"\xff\x00", b"\xff\x01"):
        assert jpeg_markers.read_outline(plain[:at] + junk + plain[at:]).scans == scans
    # A thumbnail in the metadata has scans of its own, which nobody decodes.
    hidden = b"\xff\xec" + (len(plain) + 2).to_bytes(2, "big") + plain
    assert jpeg_markers.read_outline(plain[:2] + hidden + plain[2:]).scans == scans


def test_a_progressive_jpeg_is_a_plain_one_up_to_sixty_megapixels():
    outline = jpeg_markers.JpegOutline(7744, 7744, 3, 8, 0xC2, 1, scans=10)
    assert outline.is_plain
    outline.scans = 11
    assert not outline.is_plain


def test_a_thin_picture_counts_as_wide_as_what_is_decoded_at_once():
    assert jpeg_markers.JpegOutline(width=1, height=65_000, scans=300).work > 600_000_000


def test_metadata_that_names_its_bytes_again_and_again_is_not_modest():
    assert not exif_size.is_modest(costly.exif_of_copies(65_000))
    assert not exif_size.is_modest(b"II*\0\xff\xff\xff\xff")
    assert not exif_size.is_modest(b"II+\0" + b"\0" * 100)
    exif = Image.Exif()
    exif[0x0112] = 6
    assert exif_size.is_modest(exif.tobytes()[6:])


def test_a_decoder_that_takes_too_much_time_is_ended_and_the_next_picture_is_decoded(pool, monkeypatch):
    monkeypatch.setattr(decoder_pool, "CPU_SECONDS", 0)
    refusal = refusal_of(costly.png(costly.LARGEST_SIDE, depth=16, colours=6, interlaced=True))
    assert (refusal.code, refusal.details) == ("image_too_complex", {"limit": "time"})
    monkeypatch.undo()
    assert decoding.decode_picture(BytesIO(costly.png(64))).shape == (64, 64, 3)


def test_one_that_is_waited_for_too_long_is_ended_as_well(pool):
    question = {"do": "decode", "format": "PNG", "longest_side": None, "loosely": False}
    with pytest.raises(PictureRefused) as refused:
        pool.ask(question, costly.png(4000, depth=16, colours=6), max_pixels=60_000_000, seconds=0.001)
    assert refused.value.details == {"limit": "time"}


def test_a_decoder_that_takes_too_much_memory_says_so(pool, monkeypatch):
    monkeypatch.setattr(decoder_pool, "SPARE_BYTES", 20_000_000)
    monkeypatch.setattr(decoder_pool, "BYTES_A_PIXEL", 0)
    refusal = refusal_of(costly.png(5000))
    assert (refusal.code, refusal.details) == ("image_too_complex", {"limit": "memory"})


def test_who_finds_every_decoder_at_work_is_asked_to_come_again(pool, monkeypatch):
    monkeypatch.setattr(decoder_pool, "WAIT_SECONDS", 0.01)
    with pool._places:
        refusal = refusal_of(costly.png(64))
    assert (refusal.code, refusal.status) == ("decoders_busy", 503)
    assert refusal.retry_after


def test_a_decoder_that_died_meanwhile_is_replaced(pool):
    small = costly.png(64)
    decoding.decode_picture(BytesIO(small))
    (first,) = pool._idle
    os.kill(first._process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, first._process.pid, os.WEXITED | os.WNOWAIT)
    assert decoding.decode_picture(BytesIO(small)).shape == (64, 64, 3)
    assert pool._idle[0] is not first


def test_a_decoder_knows_no_secret_and_writes_no_file(pool, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@host/name")
    decoding.decode_picture(BytesIO(costly.png(64)))
    about = Path(f"/proc/{pool._idle[0]._process.pid}")
    names = {pair.split(b"=")[0] for pair in (about / "environ").read_bytes().split(b"\0")}
    assert not names & {b"SECRET_KEY", b"DATABASE_URL", b"TEMPLATE_KEY", b"FACEPASS_HOME"}
    limits = {line[:26].strip(): line[26:].split()[0] for line in (about / "limits").read_text().splitlines()[1:]}
    assert (limits["Max file size"], limits["Max core file size"]) == ("0", "0")


def test_a_defect_of_the_decoder_is_loud(pool):
    with pytest.raises(RuntimeError, match="StopIteration"):
        pool.ask({"do": "decode", "format": "GIF"}, b"", max_pixels=1)
