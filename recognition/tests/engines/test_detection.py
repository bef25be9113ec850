"""Small faces in large pictures, pictures on their side, and how hard to look."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from facepass.testing.engines.real import SHARED
from facepass.testing.pictures.fake import pixels_of
from facepass.testing.pictures.real import GROUP
from recognition import detection
from recognition.align import align_face
from recognition.engines.fake import FakeEngine
from recognition.pictures import decoding
from recognition.types import Box, DetectedFace

PHOTOS = SHARED / "data" / "photos"
UPRIGHT = np.array([[3, 4], [7, 4], [5, 6], [3, 8], [7, 8]], np.float32)


class Sees:
    """Sees a face in a bright spot of the picture that is large enough, and keeps what it was asked."""

    unmistakable_score = 0.8

    def __init__(self, upright=True):
        self.asked, self.upright = [], upright

    def detect(self, pictures, *, fast=False, close_up=False):
        self.asked.append((len(pictures), fast))
        return [self._faces(picture) for picture in pictures]

    def _faces(self, picture):
        ys, xs = np.nonzero(picture[..., 0] > 200)
        if not len(xs):
            return []
        box = Box(float(xs.min()), float(ys.min()), float(np.ptp(xs) + 1), float(np.ptp(ys) + 1))
        if not self.upright and picture.shape[1] > picture.shape[0]:
            return []
        return [DetectedFace(box, UPRIGHT / 10 * box.width + [box.x, box.y], 0.9)]


def picture_with(box, size):
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    x, y, width, height = box
    picture[y : y + height, x : x + width] = 255
    return picture


@pytest.mark.parametrize("size", [(3200, 2133), (1600, 1200), (1281, 300), (3000, 700)])
def test_parts_cover_the_picture_and_overlap(size):
    covered = np.zeros(size[::-1], np.uint8)
    places = detection.list_tiles(picture_with((0, 0, 1, 1), size))
    for place in places:
        assert place.clipped(picture_with((0, 0, 1, 1), size)) == place
        covered[int(place.y) : int(place.y + place.height), int(place.x) : int(place.x + place.width)] += 1
    assert covered.min() == 1
    # Every face of 256 pixels is whole in one part.
    for x in range(0, size[0] - 256, 64):
        assert any(place.x <= x and x + 256 <= place.x + place.width for place in places)


def test_a_small_picture_has_no_parts():
    assert detection.list_tiles(picture_with((0, 0, 1, 1), (1280, 900))) == []


def test_a_face_on_the_border_of_parts_is_found_once():
    picture = picture_with((950, 100, 200, 200), (3200, 2133))
    (faces,) = detection.detect_faces(Sees(), [picture], "thorough")
    assert [face.box for face in faces] == [Box(950, 100, 200, 200)]


def test_a_part_of_a_large_face_is_no_face():
    picture = picture_with((500, 500, 1500, 1500), (3200, 2133))
    (faces,) = detection.detect_faces(Sees(), [picture], "thorough")
    assert [face.box for face in faces] == [Box(500, 500, 1500, 1500)]


def test_fast_looks_once():
    engine = Sees()
    assert detection.detect_faces(engine, [picture_with((1, 1, 0, 0), (3200, 2000))] * 2, "fast") == [[], []]
    assert engine.asked == [(2, True)]


def test_balanced_looks_again_only_where_nobody_is_upright():
    engine = Sees()
    detection.detect_faces(engine, [picture_with((10, 10, 50, 50), (300, 200))], "balanced")
    assert engine.asked == [(1, False)]
    engine.asked.clear()
    detection.detect_faces(engine, [picture_with((1, 1, 0, 0), (300, 200))], "balanced")
    assert engine.asked == [(1, False), (3, True)]


def test_a_face_of_a_turned_picture_is_where_the_picture_shows_it():
    picture = picture_with((40, 20, 50, 60), (300, 200))
    (faces,) = detection.detect_faces(Sees(upright=False), [picture], "balanced")
    assert [face.box for face in faces] == [Box(40, 20, 50, 60)]
    assert faces[0].landmarks[:, 0].min() >= 40
    assert faces[0].landmarks[:, 1].min() >= 20


def test_pictures_of_the_fake_engine_pass_through_every_mode():
    picture = pixels_of(["ann", "bob"])
    for mode in ("fast", "balanced", "thorough"):
        assert len(detection.detect_faces(FakeEngine(), [picture], mode)[0]) == 2


def test_a_selfie_that_lies_on_its_side_is_turned_too():
    picture = picture_with((40, 20, 150, 150), (300, 200))
    (faces,) = detection.detect_close_ups(Sees(upright=False), [picture])
    assert [face.box for face in faces] == [Box(40, 20, 150, 150)]


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no photos here")
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_photo_without_exif_is_read_in_every_direction(engine, degrees):
    with (PHOTOS / "rotate_rot_0.jpg").open("rb") as file:
        upright = decoding.decode_picture(file)
    with (PHOTOS / f"rotate_rot_{degrees}.jpg").open("rb") as file:
        picture = decoding.decode_picture(file)
    expected = detection.detect_faces(engine, [upright], "balanced")[0]
    faces = detection.detect_faces(engine, [picture], "balanced")[0]
    assert len(faces) == len(expected) == 1
    assert faces[0].box.clipped(picture) == faces[0].box
    first, second = (engine.embed(seen, found)[0] for seen, found in ((upright, expected), (picture, faces)))
    assert float(first @ second) > 0.97
    difference = np.abs(
        align_face(upright, expected[0].landmarks).astype(int) - align_face(picture, faces[0].landmarks)
    )
    assert difference.mean() < 8


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_each_face_as_a_selfie_is_the_same_in_every_direction(engine, turns):
    """Tight crops of six faces: upside down a detector takes some for upright ones, with a score a little lower."""
    with GROUP.open("rb") as file:
        group = decoding.decode_picture(file)
    for face in detection.detect_faces(engine, [group], "balanced")[0]:
        box = face.box
        x, y, margin = int(box.x), int(box.y), int(0.4 * box.height)
        rows = slice(max(0, y - margin), y + int(box.height) + margin)
        crop = group[rows, max(0, x - margin) : x + int(box.width) + margin]
        rotated = np.ascontiguousarray(np.rot90(crop, turns))
        faces = detection.detect_close_ups(engine, [crop, rotated])
        first, second = (engine.embed(*pair)[0] for pair in zip([crop, rotated], faces, strict=True))
        assert float(first @ second) > 0.9


def test_a_mistakable_face_gives_way_only_to_a_clearly_better_one():
    class Doubtful(Sees):
        unmistakable_score = 0.95

        def detect(self, pictures, *, fast=False, close_up=False):
            scores = [0.8] if len(pictures) == 1 else self.rotated
            found = super().detect(pictures, fast=fast, close_up=close_up)
            return [[replace(face, score=score) for face in faces] for faces, score in zip(found, scores, strict=True)]

    picture = picture_with((40, 20, 150, 150), (300, 200))
    for rotated, is_turned in (([0.81, 0.7, 0.7], False), ([0.7, 0.9, 0.7], True)):
        engine = Doubtful()
        engine.rotated = rotated
        (face,) = detection.detect_close_ups(engine, [picture])[0]
        assert (face.score == 0.9) == is_turned


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no photos here")
@pytest.mark.parametrize("name", ["bulk_view.jpg", "crop_no_face.png"])
def test_a_photo_without_people_stays_without_in_every_direction(engine, name):
    with (PHOTOS / name).open("rb") as file:
        picture = decoding.decode_picture(file)
    assert detection.detect_faces(engine, [picture], "thorough") == [[]]


def test_thorough_finds_faces_that_balanced_misses(insightface_engine):
    with GROUP.open("rb") as file:
        group = decoding.decode_picture(file)
    canvas = np.full((2133, 3200, 3), 120, np.uint8)
    # Faces of 107 pixels in the group become about 28.
    small = cv2.resize(group, None, fx=0.26, fy=0.26, interpolation=cv2.INTER_AREA)
    for y in range(100, 1800, 300):
        for x in range(100, 2700, 400):
            canvas[y : y + small.shape[0], x : x + small.shape[1]] = small
    found = {
        mode: len(detection.detect_faces(insightface_engine, [canvas], mode)[0]) for mode in ("balanced", "thorough")
    }
    people = 6 * 6 * 7
    assert found["balanced"] < 0.2 * people
    assert 0.95 * people <= found["thorough"] <= people
