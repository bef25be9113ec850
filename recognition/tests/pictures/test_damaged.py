"""Damaged files of every format are shown or refused. `benchmarks/mutated_files.py` opens as many as one likes."""

from io import BytesIO

import pytest

from facepass.core.errors import FacePassError
from facepass.testing.pictures.damaged import FORMATS, damaged_file
from recognition.pictures import decoding

SEEDS = range(30)


def open_file(data: bytes) -> str:
    """What becomes of the file; whatever is no refusal is raised."""
    try:
        info = decoding.inspect_picture(BytesIO(data))
        picture = decoding.decode_picture(BytesIO(data), longest_side=1600)
    except FacePassError as refusal:
        return refusal.code if refusal.status < 500 else "failed"
    assert max(picture.shape[:2]) == min(1600, max(info.width, info.height))
    return "shown"


@pytest.mark.parametrize("form", FORMATS)
def test_a_damaged_file_is_shown_or_refused(form):
    outcomes = {open_file(damaged_file(form, seed)) for seed in SEEDS}
    assert "shown" in outcomes or form == "raw"
    assert len(outcomes) > 1
    assert "failed" not in outcomes


def test_a_seed_is_always_the_same_file_and_each_format_has_its_own():
    assert damaged_file("PNG", 7) == damaged_file("PNG", 7)
    assert len({damaged_file(form, 7) for form in FORMATS}) == len(FORMATS)
