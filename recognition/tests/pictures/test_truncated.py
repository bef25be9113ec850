"""Files whose end is missing: shown as far as they go, alike in every format."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facepass.core.errors import FacePassError
from facepass.testing.pictures.files import saved
from recognition.pictures import decoding

HEIC = Path(__file__).parent.parent / "data" / "upright.heic"
# A picture of which every row differs from those above and below it.
ROWS = np.random.default_rng(5).integers(0, 255, (20, 12, 3), np.uint8).repeat(16, axis=0).repeat(20, axis=1)
KINDS = {
    "baseline": ("JPEG", "RGB", {}),
    "grey": ("JPEG", "L", {}),
    "cmyk": ("JPEG", "CMYK", {}),
    "png": ("PNG", "RGB", {}),
    "palette": ("PNG", "P", {}),
    "webp": ("WEBP", "RGB", {}),
}


def encoded(kind):
    form, mode, options = KINDS.get(kind, ("WEBP", "RGB", {"lossless": True}))
    return saved(Image.fromarray(ROWS).convert(mode), form, **options).getvalue()


@pytest.mark.parametrize("part", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_of_a_cut_file_is_shown(kind, part):
    whole = encoded(kind)
    cut = BytesIO(whole[: int(len(whole) * part)])
    assert decoding.inspect_picture(BytesIO(whole)).is_whole
    info = decoding.inspect_picture(cut)
    assert (info.is_whole, info.width, info.height) == (False, 240, 320)
    shown, full = decoding.decode_picture(cut).astype(int), decoding.decode_picture(BytesIO(whole)).astype(int)
    rows = int((part - 0.3) * 320)
    assert shown.shape == full.shape
    assert np.abs(shown[:rows] - full[:rows]).mean() < 6


def test_a_cut_progressive_jpeg_shows_all_of_the_picture_coarsely():
    whole = saved(Image.fromarray(ROWS), "JPEG", progressive=True).getvalue()
    cut = BytesIO(whole[: len(whole) // 2])
    assert not decoding.inspect_picture(cut).is_whole
    # Every row of squares is there, by its mean colour at least.
    difference = decoding.decode_picture(cut).astype(int) - ROWS
    assert np.abs(difference.reshape(20, 16, 12, 20, 3).mean((1, 3, 4))).mean() < 12


def test_a_jpeg_without_its_end_marker_loses_nothing():
    whole = encoded("baseline")
    file = BytesIO(whole[:-2])
    assert not decoding.inspect_picture(file).is_whole
    assert np.array_equal(decoding.decode_picture(file), decoding.decode_picture(BytesIO(whole)))


def test_what_follows_the_end_marker_does_not_count():
    assert decoding.inspect_picture(BytesIO(encoded("baseline") + b"trailing bytes of a telephone")).is_whole


def test_a_thumbnail_in_the_metadata_is_not_taken_for_the_end():
    exif = Image.Exif()
    exif[0x010E] = "\xff\xd9 in a description"
    whole = saved(Image.fromarray(ROWS), "JPEG", exif=exif.tobytes()).getvalue()
    assert not decoding.inspect_picture(BytesIO(whole[:-200])).is_whole


def test_a_cut_heic_is_marked_and_shown():
    data = HEIC.read_bytes()
    cut = BytesIO(data[:-10])
    assert decoding.inspect_picture(BytesIO(data)).is_whole
    assert not decoding.inspect_picture(cut).is_whole
    assert decoding.decode_picture(cut).shape == (64, 96, 3)


@pytest.mark.parametrize("kind", [*KINDS, "lossless", "heic"])
def test_a_file_that_ends_before_its_pixels_is_refused_when_it_comes(kind):
    """Wherever it is cut, it is refused at once or can be decoded later; it is never accepted and then failed."""
    whole = HEIC.read_bytes() if kind == "heic" else encoded(kind)
    refused = set()
    for end in [*range(16, 900, 37), *range(900, len(whole), max(1, len(whole) // 12))]:
        file = BytesIO(whole[: min(end, len(whole) - 1)])
        info, code = inspected(file)
        if info is None:
            refused.add(code)
        else:
            assert not info.is_whole
            assert decoding.decode_picture(file).shape == (info.height, info.width, 3)
    assert refused
    assert refused <= {"not_an_image", "truncated_image"}


def inspected(file):
    try:
        return decoding.inspect_picture(file), None
    except FacePassError as refusal:
        return None, refusal.code


def test_damage_in_the_middle_of_a_png_is_told_too():
    whole = bytearray(encoded("png"))
    at = whole.index(b"IDAT") + len(whole) // 2
    whole[at] ^= 0xFF
    assert not decoding.inspect_picture(BytesIO(bytes(whole))).is_whole
