"""Our runs of YuNet give what OpenCV's FaceDetectorYN gives, and more of it: faces of every size, in any picture."""

import cv2
import numpy as np
import onnx
import pytest

from facepass.testing.engines.real import OPENCV_ZOO, TESTPACK
from recognition.engines import detector, framing, yunet
from recognition.engines.detections import UnsupportedNetwork
from recognition.engines.scrfd_detector import ScrfdDetector
from recognition.engines.yunet import LARGE, MIDDLE, SMALL, YuNet
from recognition.packs import installed
from recognition.types import Box

pytestmark = pytest.mark.slow
PATH = OPENCV_ZOO / "face_detection_yunet_2023mar.onnx"


@pytest.fixture(scope="module")
def found_by():
    return YuNet(PATH)


def theirs(picture, *, size, **framed):
    """Box, landmarks and score of each face that OpenCV finds in the same input, in pixels of the picture."""
    height, width = size
    canvas = framing.fit_to_canvas(picture, height=height, width=width, **framed)
    opencv = cv2.FaceDetectorYN.create(str(PATH), "", (width, height), yunet.SCORE, yunet.NMS, 5000)
    _count, rows = opencv.detect(cv2.cvtColor(canvas.pixels, cv2.COLOR_RGB2BGR))
    for row in rows:
        left, top = (row[:2] - canvas.corner) / canvas.factor
        yield (
            Box(left, top, row[2] / canvas.factor, row[3] / canvas.factor),
            (row[4:14].reshape(5, 2) - canvas.corner) / canvas.factor,
            row[14],
        )


def standing(picture):
    """The picture with so much wall above and below that it stands."""
    return cv2.copyMakeBorder(picture, 400, 500, 0, 0, cv2.BORDER_CONSTANT, value=(120, 120, 120))


def assert_same(ours, expected):
    assert len(ours) == len(expected)
    for box, landmarks, score in expected:
        face = max(ours, key=lambda face, box=box: face.box.iou(box))
        assert face.box.iou(box) > 0.99
        assert np.abs(face.landmarks - landmarks).max() < 0.05
        assert face.score == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize("name", ["group", "astronaut"])
def test_a_selfie_shows_what_opencv_finds_in_the_small_input(found_by, request, name):
    picture = request.getfixturevalue(name)
    assert_same(found_by.detect_close_ups([picture])[0], list(theirs(picture, size=SMALL, margin=True)))


@pytest.mark.parametrize("name", ["group", "astronaut"])
def test_one_pass_over_a_photo_shows_what_opencv_finds_in_the_large_input(found_by, request, name):
    picture = request.getfixturevalue(name)
    assert_same(found_by.detect([picture], fast=True)[0], list(theirs(picture, size=LARGE, enlarge=2.0)))
    upright = standing(picture)
    assert_same(found_by.detect([upright], fast=True)[0], list(theirs(upright, size=LARGE[::-1], enlarge=2.0)))


def inputs_of(detector, monkeypatch):
    """The inputs that it is run with from now on."""
    sizes, run = [], detector._run

    def counted(size, *arguments, **options):
        sizes.append(size)
        return run(size, *arguments, **options)

    monkeypatch.setattr(detector, "_run", counted)
    return sizes


@pytest.mark.parametrize(("pixels", "inputs"), [(300, [MIDDLE, SMALL]), (60, [MIDDLE, LARGE, SMALL])])
def test_a_photo_is_seen_in_the_large_input_where_faces_are_small(found_by, group, monkeypatch, pixels, inputs):
    """The group's faces have 105 pixels; `pixels` are those in a photo of 2400."""
    photo, scale = np.full((1600, 2400, 3), 120, np.uint8), pixels / 105
    height, width = (min(side, round(length * scale)) for side, length in zip((1600, 2400), group.shape, strict=False))
    photo[:height, :width] = cv2.resize(group, None, fx=scale, fy=scale)[:height, :width]
    sizes = inputs_of(found_by, monkeypatch)
    assert found_by.detect([photo])[0]
    assert sizes == inputs
    sizes.clear()
    found_by.detect([np.full((2400, 1600, 3), 120, np.uint8)])
    assert sizes == [MIDDLE[::-1], LARGE[::-1], SMALL]


def test_a_photo_without_anybody_is_seen_in_every_input(found_by, monkeypatch):
    sizes = inputs_of(found_by, monkeypatch)
    assert found_by.detect([np.full((1600, 2400, 3), 120, np.uint8)]) == [[]]
    assert sizes == [MIDDLE, LARGE, SMALL]


def test_a_picture_in_which_nobody_is_seen_near_is_looked_at_in_full(found_by, group):
    """Faces of 10 pixels in the small input."""
    far = np.full((4000, 6000, 3), 120, np.uint8)
    far[1500:2386, 2000:3280] = group
    far = cv2.resize(far, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert len(found_by.detect_close_ups([far])[0]) == 6


@pytest.mark.parametrize("side", [80, 320, 321, 800, 1600, 2400, 4000])
@pytest.mark.parametrize("shape", [(1.0, 1.0), (1.0, 0.85), (0.85, 1.0)])
def test_a_face_that_fills_the_picture_is_found_once(found_by, astronaut, side, shape):
    height, width = (round(side * share) for share in shape)
    tight = cv2.resize(astronaut[20:220, 140:340][:, : width * 200 // height], (width, height))
    (face,) = found_by.detect([tight])[0]
    assert face.box.area > 0.2 * width * height
    assert len(found_by.detect_close_ups([tight])[0]) == 1


@pytest.mark.parametrize("pixels", [50, 90])
@pytest.mark.parametrize("size", [(4000, 6000), (6000, 4000)])
def test_small_faces_of_a_photo_of_24_megapixels_are_found(found_by, group, size, pixels):
    """Faces of about that many pixels, in the middle, at the edges and in the corners. The group's have 105."""
    photo, scale = np.full((*size, 3), 120, np.uint8), pixels / 105
    small = cv2.resize(group, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    expected = []
    for top in (0, (size[0] - height) // 2, size[0] - height):
        for left in (0, (size[1] - width) // 2, size[1] - width):
            photo[top : top + height, left : left + width] = small
            for face in found_by.detect([group])[0]:
                box = face.box.scaled(scale)
                expected.append(Box(box.x + left, box.y + top, box.width, box.height))
    faces = found_by.detect([photo])[0]
    assert all(max(face.box.iou(box) for face in faces) > 0.5 for box in expected)
    assert len(faces) <= 1.05 * len(expected)


@pytest.mark.parametrize("hidden", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
def test_a_face_at_the_edge_is_found_where_it_is(found_by, astronaut, edge, hidden):
    """`hidden`: which share of it the picture does not show."""
    (whole,) = found_by.detect([astronaut])[0]
    box, (height, width) = whole.box, astronaut.shape[:2]
    cut = {
        "left": (round(box.x + hidden * box.width), 0, width, height),
        "right": (0, 0, round(box.x + (1 - hidden) * box.width), height),
        "top": (0, round(box.y + hidden * box.height), width, height),
        "bottom": (0, 0, width, round(box.y + (1 - hidden) * box.height)),
    }[edge]
    left, top, right, bottom = cut
    (face,) = found_by.detect([np.ascontiguousarray(astronaut[top:bottom, left:right])])[0]
    assert Box(face.box.x + left, face.box.y + top, face.box.width, face.box.height).iou(box) > 0.6


def test_several_pictures_at_once_give_what_each_gives(found_by, group, astronaut):
    several = [group, astronaut, standing(astronaut), np.full((50, 900, 3), 120, np.uint8)]
    for fast in (True, False):
        together = found_by.detect(several, fast=fast)
        for faces, picture in zip(together, several, strict=True):
            (alone,) = found_by.detect([picture], fast=fast)
            assert [face.box for face in faces] == [face.box for face in alone]
    assert [len(faces) for faces in together] == [6, 1, 1, 0]
    assert found_by.detect([]) == found_by.detect_close_ups([]) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
def test_a_picture_of_any_shape_is_looked_at(found_by, shape):
    picture = np.full((*shape, 3), 120, np.uint8)
    assert found_by.detect([picture]) == found_by.detect_close_ups([picture]) == [[]]


def test_a_detector_is_known_by_its_outputs():
    assert isinstance(detector.open_detector(PATH), YuNet)
    if TESTPACK.is_dir():
        assert isinstance(detector.open_detector(installed.read_pack(TESTPACK).detector.path), ScrfdDetector)


def test_a_network_with_as_many_outputs_of_other_names_is_refused(tmp_path):
    model = onnx.load(PATH)
    old, new = model.graph.output[0].name, "something_else"
    for node in model.graph.node:
        node.output[:] = [new if name == old else name for name in node.output]
    model.graph.output[0].name = new
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(UnsupportedNetwork):
        YuNet(tmp_path / "other.onnx")
