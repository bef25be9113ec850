"""Dark glasses and masks are told of faces that have them, in colour and in grey, and of no other."""

import cv2
import numpy as np
import pytest

from facepass.testing.engines.real import SHARED
from facepass.testing.pictures.worn import GLASSES, MASKS, with_glasses, with_mask
from recognition.align import align_face
from recognition.coverings import list_coverings

pytestmark = pytest.mark.slow


def told_of(picture, engine):
    """What is told of the largest face; nothing where there is none."""
    faces = engine.detect([picture], close_up=True)[0]
    return list_coverings(align_face(picture, faces[0].landmarks)) if faces else ()


def in_grey(picture):
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


@pytest.fixture
def landmarks(opencv_zoo_engine, astronaut):
    return opencv_zoo_engine.detect([astronaut])[0][0].landmarks


@pytest.mark.parametrize("kind", GLASSES)
def test_dark_glasses_are_told(opencv_zoo_engine, astronaut, landmarks, kind):
    worn = with_glasses(astronaut, landmarks, kind)
    assert told_of(worn, opencv_zoo_engine) == told_of(in_grey(worn), opencv_zoo_engine) == ("sunglasses",)


@pytest.mark.parametrize("kind", MASKS)
def test_masks_of_one_colour_are_told(opencv_zoo_engine, astronaut, landmarks, kind):
    assert told_of(with_mask(astronaut, landmarks, kind), opencv_zoo_engine) == ("mask",)


def test_a_mask_is_told_in_a_picture_without_colours(opencv_zoo_engine, astronaut, landmarks):
    assert told_of(in_grey(with_mask(astronaut, landmarks, "blue")), opencv_zoo_engine) == ("mask",)


def test_nothing_is_told_of_faces_without(opencv_zoo_engine, astronaut, group):
    for picture in (astronaut, group, in_grey(group)):
        for face in opencv_zoo_engine.detect([picture])[0]:
            assert list_coverings(align_face(picture, face.landmarks)) == ()


def test_nothing_is_told_in_the_dark():
    assert list_coverings(np.full((112, 112, 3), 20, np.uint8)) == ()


def test_a_real_mask_is_told_and_nothing_of_real_faces_turned_or_with_closed_eyes(opencv_zoo_engine):
    folder = SHARED / "data" / "photos"
    if not folder.is_dir():
        pytest.skip("no pictures to test with")
    found = {}
    for file in sorted(folder.iterdir()):
        if file.suffix != ".md" and not file.name.startswith(("crop_no", "rotate_rot_")):
            picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
            found[file.name] = told_of(picture, opencv_zoo_engine)
    assert {name: codes for name, codes in found.items() if codes} == {"bulk_mask2.jpg": ("mask",)}
