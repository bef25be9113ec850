"""The table of docs/pictures.md says of every format and trait what becomes of it, and that is so."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from django.conf import settings

from facepass.core.errors import FacePassError
from facepass.testing.pictures.heic_files import shown_picture
from facepass.testing.pictures.traits import TRAITS
from recognition.pictures import decoding

pytestmark = pytest.mark.slow
# The patches of one colour along the lower edge: their middles, and how far a colour may be off, of 255.
PATCH_ROW, PATCH_COLUMNS, COLOURS_ALIKE = 300, range(32, 320, 64), 8
# Intersection over union of the face's box with that in the plain picture.
SAME_BOX = 0.9


@pytest.fixture(scope="module")
def plain_box(opencv_zoo_engine):
    return box_of(shown_picture(), opencv_zoo_engine)


def box_of(picture, engine):
    (face,) = engine.detect([picture])[0]
    return face.box


def outcome_of(data, trait, engine, plain_box):
    """What the document says of such a file."""
    try:
        info = decoding.inspect_picture(BytesIO(data))
        picture = decoding.decode_picture(BytesIO(data))
    except FacePassError as refusal:
        return f"refused: `{refusal.code}`"
    assert picture.shape[:2] == (info.height, info.width) == shown_picture().shape[:2]
    if not info.is_whole and "end missing" in trait:
        return "shown as far as it goes, marked as cut off"
    assert box_of(picture, engine).iou(plain_box) >= SAME_BOX
    if "PQ" in trait:
        return "taken, toned down"
    assert_same_colours(picture, in_grey(shown_picture()) if "grey" in trait else shown_picture())
    assert info.taken_at is not None or "time" not in trait
    return "taken" if info.is_whole else "taken, marked as cut off"


def in_grey(picture):
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def assert_same_colours(picture, expected):
    shown, wanted = (each[PATCH_ROW, PATCH_COLUMNS].astype(int) for each in (picture, expected))
    assert np.abs(shown - wanted).max() <= COLOURS_ALIKE


def documented():
    text = (settings.BASE_DIR / "docs" / "pictures.md").read_text()
    table = text.partition("<!-- traits -->")[2].partition("<!-- /traits -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]
    return {(form, trait): outcome for form, trait, outcome in rows}


@pytest.mark.parametrize(("form", "trait"), TRAITS, ids=str)
def test_the_document_is_right(form, trait, opencv_zoo_engine, plain_box):
    files = list(TRAITS[form, trait](shown_picture()))
    assert files
    outcomes = {outcome_of(data, trait, opencv_zoo_engine, plain_box) for data in files}
    assert outcomes == {documented()[form, trait]}


def test_the_document_has_no_other_row():
    assert list(documented()) == sorted(TRAITS, key=lambda key: [name for name, _trait in TRAITS].index(key[0]))
