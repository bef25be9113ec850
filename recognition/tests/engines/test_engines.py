"""Both real engines on real faces, and the fake one as other apps use it."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from facepass.testing.engines.real import SHARED
from facepass.testing.pictures.fake import picture_of, pixels_of
from recognition import pipeline
from recognition.config import QualityFilters, RecognitionSettings, SelfieFilters
from recognition.engines.fake import FakeEngine
from recognition.pictures import decoding
from recognition.quality import assess_quality, estimate_pose
from recognition.types import Box, DetectedFace

LFW = SHARED / "data" / "lfw" / "pairs"


def overlap(a: Box, b: Box) -> float:
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    both = max(0.0, width) * max(0.0, height)
    return both / (a.width * a.height + b.width * b.height - both)


def test_a_group_picture_gives_its_faces_largest_first(engine, group):
    faces = engine.detect([group])[0]
    assert 5 <= len(faces) <= 6
    areas = [face.box.width * face.box.height for face in faces]
    assert areas == sorted(areas, reverse=True)
    for face in faces:
        assert 0.35 <= face.score <= 1
        assert face.landmarks.shape == (5, 2)
        right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks
        assert right_eye[0] < left_eye[0]
        assert right_mouth[0] < left_mouth[0]
        assert max(right_eye[1], left_eye[1]) < nose[1] + 0.25 * face.box.height
        assert nose[1] < max(right_mouth[1], left_mouth[1])
        assert 0 <= face.box.x < face.box.x + face.box.width <= group.shape[1]


def test_descriptors_are_of_unit_length_and_people_differ(engine, group):
    descriptors = engine.embed(group, engine.detect([group])[0])
    assert descriptors.shape[1] == engine.dimension
    assert np.abs(np.linalg.norm(descriptors, axis=1) - 1).max() < 1e-5
    between = (descriptors @ descriptors.T)[np.triu_indices(len(descriptors), 1)]
    assert max(map(engine.calibration.similarity, between)) < 0.65


def test_faces_of_several_pictures_are_embedded_as_those_of_each(engine, group, astronaut):
    pairs = [(picture, engine.detect([picture])[0]) for picture in (group, astronaut)]
    pairs.insert(1, (group, []))
    together = engine.embed_many(pairs)
    assert [found.shape for found in together] == [(len(faces), engine.dimension) for _picture, faces in pairs]
    for found, (picture, faces) in zip(together, pairs, strict=True):
        assert np.abs(found - engine.embed(picture, faces)).max(initial=0) < 1e-4
    assert engine.embed_many([]) == []


def test_no_faces_give_an_empty_array(engine, group):
    assert engine.detect([np.full((300, 400, 3), 127, np.uint8)]) == [[]]
    assert engine.embed(group, []).shape == (0, engine.dimension)


def test_the_same_face_in_other_light_and_size_is_the_same_person(engine, astronaut):
    first = engine.detect([astronaut])[0]
    darker = cv2.resize((astronaut * 0.75).astype(np.uint8), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    second = engine.detect([darker])[0]
    assert len(first) == len(second) == 1
    cosine = float((engine.embed(astronaut, first) @ engine.embed(darker, second).T)[0, 0])
    assert engine.calibration.similarity(cosine) > 0.7


def test_a_face_that_fills_the_frame_is_found(engine, astronaut):
    assert len(engine.detect([astronaut[20:220, 140:310]])[0]) == 1


def portrait(astronaut, *, side):
    return cv2.resize(np.ascontiguousarray(astronaut[:300, 80:380]), (side, side), interpolation=cv2.INTER_CUBIC)


def test_the_one_face_of_a_selfie_is_found_near_as_it_is_found_by_looking_hard(engine, astronaut):
    selfie = portrait(astronaut, side=800)
    (near,), (hard,) = engine.detect([selfie], close_up=True)[0], engine.detect([selfie])[0]
    assert near.box.iou(hard.box) > 0.6
    assert float(engine.embed(selfie, [near])[0] @ engine.embed(selfie, [hard])[0]) > 0.95


def test_near_looks_hard_where_it_finds_nobody(engine, astronaut):
    distant = np.full((800, 800, 3), 120, np.uint8)
    distant[300:550, 300:550] = cv2.resize(astronaut, (250, 250), interpolation=cv2.INTER_AREA)
    assert len(engine.detect([distant], close_up=True)[0]) == 1


def test_a_second_face_of_half_the_area_is_seen_beside_a_large_one(opencv_zoo_engine, astronaut):
    selfie = np.full((800, 800, 3), 120, np.uint8)
    selfie[:470, :470] = portrait(astronaut, side=470)
    selfie[:335, 465:] = portrait(astronaut, side=335)
    assert len(opencv_zoo_engine.detect([selfie], close_up=True)[0]) == 2


def test_small_faces_are_found(engine, astronaut):
    small = cv2.resize(astronaut, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    canvas = np.full((1067, 1600, 3), 120, np.uint8)
    canvas[300:556, 900:1156] = small
    faces = engine.detect([canvas])[0]
    assert len(faces) == 1
    assert faces[0].box.width < 48
    assert overlap(faces[0].box, Box(990, 335, 48, 50)) > 0.6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_gives_the_same_boxes(engine, astronaut, orientation):
    from facepass.testing.pictures.files import STORED, exif_of, saved

    upright = engine.detect([astronaut])[0][0]
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](astronaut)))
    picture = decoding.decode_picture(saved(stored, "JPEG", quality=95, exif=exif_of(orientation)))
    faces = engine.detect([picture])[0]
    assert len(faces) == 1
    assert overlap(faces[0].box, upright.box) > 0.85


@pytest.mark.skipif(not LFW.is_dir(), reason="no LFW pictures here")
def test_pairs_of_the_same_person_score_above_pairs_of_different_people(engine):
    import csv

    with (LFW.parent / "pairs.csv").open() as file:
        rows = list(csv.DictReader(file))
    same = [similarity(engine, row) for row in [r for r in rows if r["same"] == "1"][:12]]
    different = [similarity(engine, row) for row in [r for r in rows if r["same"] == "0"][:12]]
    assert np.median(same) > 0.6
    assert np.median(different) < 0.35
    assert max(different) < 0.6


def similarity(engine, row):
    descriptors = []
    for name in (row["a"], row["b"]):
        picture = cv2.copyMakeBorder(
            decoding.decode_picture(BytesIO((LFW / name).read_bytes())), *[40] * 4, cv2.BORDER_REPLICATE
        )
        descriptors.append(engine.embed(picture, engine.detect([picture])[0][:1])[0])
    return engine.calibration.similarity(float(descriptors[0] @ descriptors[1]))


def test_quality_names_what_is_wrong(opencv_zoo_engine, astronaut):
    filters = QualityFilters()

    def reasons(picture):
        return assess_quality(picture, opencv_zoo_engine.detect([astronaut])[0][0], filters).reasons

    assert reasons(astronaut) == ()
    assert reasons(cv2.GaussianBlur(astronaut, (0, 0), 9)) == ("blurred",)
    assert "too_dark" in reasons((astronaut * 0.1).astype(np.uint8))
    assert "too_bright" in reasons(np.maximum(astronaut, 245))
    strict = SelfieFilters(min_face_size=500, min_detection_score=1.0)
    found = assess_quality(astronaut, opencv_zoo_engine.detect([astronaut])[0][0], strict)
    assert {"too_small", "low_confidence"} <= set(found.reasons)
    assert 0 < found.score < 1


def projected(yaw=0.0, pitch=0.0, roll=0.0):
    """The landmarks of the mean face, turned by angles in degrees (see quality.pose) and seen from afar."""
    from recognition.quality import FACE_MM

    y, p, r = np.radians([yaw, pitch, roll])
    turn_yaw = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    turn_pitch = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    turn_roll = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return ((FACE_MM @ (turn_roll @ turn_pitch @ turn_yaw).T)[:, :2] * 2 + 300).astype(np.float32)


@pytest.mark.parametrize(
    "angles", [(0, 0, 0), (35, 0, 0), (-35, 0, 0), (0, 25, 0), (0, -25, 0), (0, 0, 60), (20, 10, -15)]
)
def test_pose_is_read_from_landmarks(angles):
    found = estimate_pose(projected(*angles))
    assert np.abs(np.array(found) - angles).max() < 6


@pytest.mark.skipif(not (SHARED / "data" / "photos").is_dir(), reason="no photos here")
def test_profiles_are_turned_away_to_their_side(insightface_engine):
    def yaw(name):
        with (SHARED / "data" / "photos" / name).open("rb") as file:
            picture = decoding.decode_picture(file)
        return assess_quality(picture, insightface_engine.detect([picture])[0][0], SelfieFilters())

    left, right = yaw("pose_left_face.jpeg"), yaw("pose_right_face.png")
    assert left.yaw < -45 < 45 < right.yaw
    assert "turned_away" in left.reasons
    assert "turned_away" in right.reasons


def test_describe_returns_protected_descriptors_of_every_face(group, opencv_zoo_engine):
    found = pipeline.describe_picture(group, engine=opencv_zoo_engine, settings=RecognitionSettings())
    plain = opencv_zoo_engine.embed(group, [face.face for face in found])
    protected = np.array([face.descriptor for face in found])
    assert protected.shape == (len(found), 512)
    assert np.abs(protected @ protected.T - plain @ plain.T).max() < 1e-4
    strict = RecognitionSettings.model_validate({"quality_filters": {"min_face_size": 900}})
    assert all(
        "too_small" in f.quality.reasons
        for f in pipeline.describe_picture(group, engine=opencv_zoo_engine, settings=strict)
    )


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("side", [None, 64])
def test_fake_people_survive_encoding_and_scaling(form, side):
    data = picture_of(["ann", "bob", "ann#3"], format=form, side=side, size=(1200, 800))
    picture = decoding.decode_picture(BytesIO(data), longest_side=800)
    found = sorted(
        pipeline.describe_picture(picture, engine=FakeEngine(), settings=RecognitionSettings()),
        key=lambda f: f.face.box.x,
    )
    ann, bob, ann_worse = (face.descriptor for face in found)
    assert ann @ ann_worse == pytest.approx(0.7, abs=1e-3)
    assert abs(ann @ bob) < 0.35
    assert all(face.quality.reasons == () for face in found)


def test_fake_photos_of_the_same_people_differ_in_bytes_and_empty_ones_have_no_face():
    assert picture_of(["ann"], seed=1) != picture_of(["ann"], seed=2)
    assert FakeEngine().detect([pixels_of([])]) == [[]]


def test_box_scales_and_clips():
    picture = np.zeros((100, 200, 3), np.uint8)
    assert Box(-10, -20, 50, 60).clipped(picture) == Box(0, 0, 40, 40)
    assert Box(300, 10, 50, 60).clipped(picture).width == 0
    assert Box(1, 2, 3, 4).scaled(2) == Box(2, 4, 6, 8)
    assert Box(1.04, 2, 3, 4).as_json() == {"x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0}
    assert DetectedFace(Box(1, 2, 3, 4), np.zeros((5, 2), np.float32), 0.5).score == 0.5
