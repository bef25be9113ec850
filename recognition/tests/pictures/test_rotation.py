"""A picture that was turned: its pixels, places in it, and what its file says of itself."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from facepass.testing.pictures.files import exif_of, saved
from recognition.pictures import decoding, rotation, thumbnails
from recognition.types import Box

TURNS = rotation.ROTATIONS


def picture(width=60, height=40):
    """No two quarters alike."""
    return np.arange(width * height * 3, dtype=np.uint8).reshape(height, width, 3)


@pytest.mark.parametrize("degrees", TURNS)
def test_what_lies_in_a_box_lies_in_the_turned_box_of_the_turned_picture(degrees):
    before, box = picture(), Box(5, 10, 20, 8)
    after = rotation.turn_picture(before, degrees)
    there = rotation.turn_box(box, degrees, width=60, height=40)
    assert np.array_equal(cut(after, there), rotation.turn_picture(cut(before, box), degrees))


def cut(pixels, box):
    left, top = int(box.x), int(box.y)
    return pixels[top : top + int(box.height), left : left + int(box.width)]


def test_a_quarter_is_clockwise_and_four_of_them_change_nothing():
    assert rotation.turn_point((0, 0), 90, width=60, height=40) == (40, 0)
    box, width, height = Box(5, 10, 20, 8), 60, 40
    for _quarter in range(4):
        box, width, height = rotation.turn_box(box, 90, width=width, height=height), height, width
    assert box == Box(5, 10, 20, 8)


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("orientation", [None, *range(9)])
def test_a_file_is_shown_turned_whatever_its_orientation_was(orientation, degrees):
    """0 is no orientation, and is read as 1."""
    exif = {} if orientation is None else {"exif": exif_of(orientation)}
    file = saved(Image.fromarray(np.kron(picture(6, 4), np.ones((8, 8, 1), np.uint8))), "JPEG", quality=98, **exif)
    upright = decoding.decode_picture(file)
    turned = rotation.turn_file(file.getvalue(), degrees)
    assert np.array_equal(decoding.decode_picture(io.BytesIO(turned)), rotation.turn_picture(upright, degrees))


def test_of_what_is_no_jpeg_nothing_is_turned():
    assert rotation.turn_file(b"no picture", 90) is None


@pytest.mark.parametrize("degrees", TURNS)
def test_the_placeholder_turns_with_the_picture(degrees):
    before = picture(4, 4)
    turned = rotation.turn_blur(base64.b64encode(before.tobytes()).decode(), degrees)
    assert turned == thumbnails.encode_blur(rotation.turn_picture(before, degrees))
    assert rotation.turn_blur("", degrees) == ""
