"""SFace, run here, gives what OpenCV's FaceRecognizerSF gives, alone and in batches."""

import cv2
import numpy as np
import pytest

from facepass.testing.engines.real import OPENCV_ZOO
from recognition.align import ARCFACE_TEMPLATE, align_face
from recognition.engines.recogniser import Recogniser

PATH = OPENCV_ZOO / "face_recognition_sface_2021dec.onnx"


@pytest.fixture(scope="module")
def sface():
    return Recogniser(PATH)


@pytest.fixture(scope="module")
def opencv():
    return cv2.FaceRecognizerSF.create(str(PATH), "")


@pytest.fixture(scope="module")
def faces(opencv_zoo_engine, group, astronaut):
    """Seven faces: the picture and what was found in it."""
    return [(picture, face) for picture in (group, astronaut) for face in opencv_zoo_engine.detect([picture])[0]]


def cosines(ours, theirs):
    return (ours * theirs / np.linalg.norm(theirs, axis=1, keepdims=True)).sum(axis=1)


def bgr(picture):
    return cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)


def test_descriptors_of_the_same_crops_are_those_of_opencv(sface, opencv, faces):
    crops = [align_face(picture, face.landmarks) for picture, face in faces]
    theirs = np.concatenate([opencv.feature(bgr(crop)) for crop in crops])
    assert cosines(sface.embed([(crop, ARCFACE_TEMPLATE) for crop in crops]), theirs).min() > 0.999


def test_faces_are_cropped_as_opencv_crops_them(sface, opencv, faces):
    theirs = []
    for picture, face in faces:
        box = (face.box.x, face.box.y, face.box.width, face.box.height)
        row = np.array([*box, *face.landmarks.ravel(), face.score], np.float32)
        theirs.append(opencv.feature(opencv.alignCrop(bgr(picture), row)))
    ours = sface.embed([(picture, face.landmarks) for picture, face in faces])
    assert cosines(ours, np.concatenate(theirs)).min() > 0.999


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_a_batch_gives_what_each_face_gives(sface, faces, count):
    marked = [(picture, face.landmarks) for picture, face in faces[:count]]
    for embed in (sface.embed, sface.embed_with_mirror):
        together = embed(marked)
        assert together.shape == (count, 128)
        assert np.abs(together - np.concatenate([embed([one]) for one in marked])).max() < 1e-4
        assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5


def test_nobody_is_described_by_no_rows(sface):
    assert sface.embed([]).shape == sface.embed_with_mirror([]).shape == (0, 128)


def test_a_face_and_its_mirror_image_are_described_alike(sface, astronaut, opencv_zoo_engine):
    (face,) = opencv_zoo_engine.detect([astronaut])[0]
    crop = align_face(astronaut, face.landmarks)
    mirrored = np.ascontiguousarray(crop[:, ::-1])
    template = ARCFACE_TEMPLATE
    swapped = ([111, 0] + template * [-1, 1])[[1, 0, 2, 4, 3]].astype(np.float32)
    one, other = sface.embed_with_mirror([(crop, template), (mirrored, swapped)])
    plain, turned = sface.embed([(crop, template), (mirrored, swapped)])
    assert plain @ turned < one @ other
    assert one @ other > 0.98


def test_a_face_partly_beyond_the_picture_and_one_wholly_beyond_are_described(sface, astronaut):
    near_edge = ARCFACE_TEMPLATE - [60, 0]
    far_away = ARCFACE_TEMPLATE * 4 + [10_000, 10_000]
    found = sface.embed_with_mirror([(astronaut, marks.astype(np.float32)) for marks in (near_edge, far_away)])
    assert np.isfinite(found).all()


def test_the_network_takes_several_faces_in_a_run(sface):
    """OpenCV Zoo's file has a batch of one written into it."""
    assert sface._network.shape == (None, 3, 112, 112)
