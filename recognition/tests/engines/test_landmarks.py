"""O-Net marks landmarks where they are, also in faces that lean, lie or stand on their head."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from facepass.testing.engines.real import OPENCV_ZOO
from recognition import detection
from recognition.engines.detections import UnsupportedNetwork
from recognition.engines.onet import LandmarkMarker
from recognition.engines.yunet import YuNet
from recognition.types import Box

pytestmark = pytest.mark.slow
PATH = OPENCV_ZOO / "onet.onnx"
DEGREES = [0, 30, -30, 60, -60, 90, -90, 135, 180]


@pytest.fixture(scope="module")
def marker():
    return LandmarkMarker(PATH)


@pytest.fixture(scope="module")
def upright(opencv_zoo_engine, astronaut):
    (face,) = opencv_zoo_engine.detect([astronaut])[0]
    return face


def turned(picture, face, degrees):
    """The picture turned clockwise around the face, and the face's landmarks in it."""
    centre = (face.box.x + face.box.width / 2, face.box.y + face.box.height / 2)
    turn = cv2.getRotationMatrix2D(centre, -degrees, 1.0)
    height, width = picture.shape[:2]
    return (
        cv2.warpAffine(picture, turn, (width, height), borderValue=(120, 120, 120)),
        (face.landmarks @ turn[:, :2].T + turn[:, 2]).astype(np.float32),
    )


def distance(landmarks, expected):
    """The largest, as a share of that between the eyes."""
    return np.linalg.norm(landmarks - expected, axis=1).max() / np.linalg.norm(expected[0] - expected[1])


@pytest.mark.parametrize("degrees", DEGREES)
def test_a_turned_face_is_marked_where_the_upright_ones_landmarks_turn_to(
    opencv_zoo_engine, astronaut, upright, degrees
):
    picture, expected = turned(astronaut, upright, degrees)
    # There may be a phantom, as large as the face, in the folds of the turned suit.
    found = min(opencv_zoo_engine.detect([picture])[0], key=lambda face: distance(face.landmarks, expected))
    assert distance(found.landmarks, expected) < 0.15
    one, other = (opencv_zoo_engine.embed(seen, [face])[0] for seen, face in ((astronaut, upright), (picture, found)))
    assert one @ other > 0.95


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_every_face_of_a_photo_that_was_held_sideways_is_described_as_in_the_upright_one(
    opencv_zoo_engine, group, degrees
):
    picture = np.ascontiguousarray(np.rot90(group, degrees // 90))
    seen = [detection.detect_faces(opencv_zoo_engine, [photo], "balanced")[0] for photo in (group, picture)]
    assert list(map(len, seen)) == [6, 6]
    straight, sideways = (
        opencv_zoo_engine.embed(photo, faces) for photo, faces in zip((group, picture), seen, strict=True)
    )
    assert (straight @ sideways.T).max(axis=1).min() > 0.9


@pytest.mark.parametrize("degrees", [-30, -20, -10, 10, 20, 30])
def test_landmarks_that_a_detector_marks_askew_are_set_right(marker, astronaut, upright, degrees):
    centre = upright.landmarks.mean(axis=0)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    askew = replace(upright, landmarks=((upright.landmarks - centre) @ turn.T + centre).astype(np.float32))
    assert distance(askew.landmarks, upright.landmarks) > 0.1
    (found,) = marker.mark(astronaut, [askew])
    assert distance(found.landmarks, upright.landmarks) < 0.08
    assert (found.box, found.score) == (askew.box, askew.score)


def test_the_detectors_landmarks_stay_where_no_face_is_seen(marker, astronaut, upright):
    wall = np.full_like(astronaut, 120)
    noise = np.random.default_rng(0).integers(0, 255, astronaut.shape, np.uint8)
    for picture in (wall, noise):
        assert marker.mark(picture, [upright])[0].landmarks is upright.landmarks


def test_faces_of_a_group_are_marked_as_each_alone(marker, group):
    faces = YuNet(OPENCV_ZOO / "face_detection_yunet_2023mar.onnx").detect([group])[0]
    together = marker.mark(group, faces)
    for face, expected in zip(faces, together, strict=True):
        (alone,) = marker.mark(group, [face])
        assert distance(alone.landmarks, expected.landmarks) < 0.01
    assert marker.mark(group, []) == []


def test_faces_beyond_the_edge_and_faces_of_one_pixel_are_no_trouble(marker, astronaut, upright):
    shifted = [
        replace(upright, box=Box(x, y, side, side), landmarks=upright.landmarks * 0 + [[x, y]] + np.eye(5, 2))
        for x, y, side in [(-80, -80, 100), (490, 490, 200), (9000, 9000, 50), (200, 200, 1)]
    ]
    for face in marker.mark(astronaut, [replace(f, landmarks=f.landmarks.astype(np.float32)) for f in shifted]):
        assert np.isfinite(face.landmarks).all()


def test_a_network_for_other_crops_is_refused():
    with pytest.raises(UnsupportedNetwork):
        LandmarkMarker(OPENCV_ZOO / "face_recognition_sface_2021dec.onnx")
