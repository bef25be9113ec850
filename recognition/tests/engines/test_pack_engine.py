"""Our runs of a pack's models give what InsightFace's own classes give."""

import cv2
import numpy as np
import onnx
import pytest

from facepass.core.errors import FacePassError
from facepass.testing.engines.real import SHARED, TESTPACK
from facepass.testing.pictures.real import GROUP
from recognition.align import ARCFACE_TEMPLATE
from recognition.engines.detections import Detections
from recognition.engines.pack_engine import PackEngine
from recognition.engines.recogniser import Recogniser
from recognition.engines.scrfd import NMS, Scrfd
from recognition.engines.scrfd_detector import ScrfdDetector
from recognition.engines.suppression import non_maximum_suppression
from recognition.packs import installed
from recognition.pictures import decoding
from recognition.types import Box

pytestmark = pytest.mark.skipif(not TESTPACK.is_dir(), reason="no model pack to test with")
PHOTOS = [GROUP, *sorted((SHARED / "data" / "photos").glob("*")), *sorted((SHARED / "data/lfw/pairs").glob("A*"))[:20]]

TIGHT = SHARED / "data/lfw/pairs/Abdel_Aziz_Al-Hakim_0001.jpg"


@pytest.fixture(scope="module")
def theirs():
    """InsightFace's detector and recogniser, as its FaceAnalysis prepares them."""
    from insightface.model_zoo import get_model

    pack = installed.read_pack(TESTPACK)
    found = [get_model(str(file.path), providers=["CPUExecutionProvider"]) for file in (pack.detector, pack.recogniser)]
    found[0].prepare(0, input_size=[(128, 128), (640, 640)], det_thresh=0.5, nms_thresh=0.4)
    return found


def decoded(path):
    with path.open("rb") as file:
        return decoding.decode_picture(file, longest_side=1600)


def corners(box):
    return Box(float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1]))


def changed(path, into, *, batch=None, side=None):
    """The testpack's model with other input axes, as other packs have them."""
    model = onnx.load(path)
    axes = model.graph.input[0].type.tensor_type.shape.dim
    for axis, name in ((0, batch), (2, side), (3, side)):
        if name:
            axes[axis].dim_param = name
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[0 if batch else 1].dim_param = "any"
    onnx.save(model, into)
    return into


def test_faces_and_descriptors_equal_those_of_insightface(insightface_engine, theirs, monkeypatch):
    # The margin around tight faces is ours alone.
    monkeypatch.setattr("recognition.engines.scrfd_detector._needs_margin", lambda faces, picture: False)
    compared = 0
    for path in PHOTOS:
        picture = decoded(path)
        bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        boxes, points = theirs[0].detect(bgr)
        if not len(boxes):
            continue
        faces = insightface_engine.detect([picture])[0]
        descriptors = insightface_engine.embed(picture, faces)
        assert len(faces) == len(boxes)
        for box, landmarks in zip(boxes, points, strict=True):
            expected = corners(box).clipped(picture)
            at = max(range(len(faces)), key=lambda i, expected=expected: faces[i].box.iou(expected))
            assert faces[at].box.iou(expected) >= 0.99
            assert np.abs(faces[at].landmarks - landmarks).max() < 0.01
            assert faces[at].score == pytest.approx(float(box[4]), abs=1e-4)
            feature = theirs[1].get(bgr, Face(landmarks))
            assert feature @ descriptors[at] / np.linalg.norm(feature) >= 0.999
            compared += 1
    assert compared >= 20


class Face:
    def __init__(self, kps):
        self.kps = kps


def runs_of(monkeypatch):
    """Sides of the pictures that the detector's network will see."""
    sides, passed = [], Scrfd._run

    def counted(self, pictures, network, side):
        sides.extend([side] * len(pictures))
        return passed(self, pictures, network, side)

    monkeypatch.setattr(Scrfd, "_run", counted)
    return sides


@pytest.fixture
def any_size(insightface_engine, tmp_path, monkeypatch):
    """The engine with a detector that takes any size, and so sees large faces at a glance."""
    path = changed(installed.read_pack(TESTPACK).detector.path, tmp_path / "any.onnx", side="?")
    monkeypatch.setattr(insightface_engine, "_detector", ScrfdDetector(path))
    return insightface_engine


def test_a_selfie_takes_a_glance_and_a_close_look_and_a_photo_a_glance_and_a_larger_one(any_size, monkeypatch):
    sides = runs_of(monkeypatch)
    assert len(any_size.detect([decoded(TIGHT)], close_up=True)[0]) == 1
    assert sides == [128, 256]
    sides.clear()
    assert len(any_size.detect([decoded(GROUP)])[0]) == 6
    assert sides == [128, 640]


@pytest.mark.parametrize(
    ("shares", "found", "looks"),
    [
        ((0.6,), 1, [128, 256]),
        ((0.55, 0.42), 2, [128, 384]),
        ((0.45, 0.33), 2, [128, 384]),
        ((0.2,), 1, [128, 384]),
        ((), 0, [128, 384, 640]),
    ],
)
def test_a_selfie_is_looked_at_closely_where_a_glance_shows_one_large_face(any_size, monkeypatch, shares, found, looks):
    selfie = np.full((800, 800, 3), 120, np.uint8)
    for number, share in enumerate(shares):  # the first at the top left, the second at the bottom right
        side = round(800 * share)
        place = slice(0, side) if number == 0 else slice(800 - side, 800)
        selfie[place, place] = cv2.resize(decoded(TIGHT), (side, side))
    sides = runs_of(monkeypatch)
    assert len(any_size.detect([selfie], close_up=True)[0]) == found
    assert sides == looks


def test_a_face_at_the_edge_of_a_selfie_is_marked_where_it_is(any_size):
    selfie = np.full((600, 800, 3), 120, np.uint8)
    selfie[200:, :400] = cv2.resize(decoded(TIGHT), (400, 400))
    (close,) = any_size.detect([selfie], close_up=True)[0]
    (whole,) = any_size.detect([selfie])[0]
    assert close.box.iou(whole.box) > 0.8
    assert np.abs(close.landmarks - whole.landmarks).max() < 12


def test_a_face_that_fills_the_picture_at_a_glance_is_looked_at_with_a_margin_only(any_size, monkeypatch):
    tight = cv2.resize(decoded(TIGHT), (800, 800))
    near = any_size.detect([tight], close_up=True)[0]
    sides = runs_of(monkeypatch)
    assert any_size.detect([tight])[0][0].box.iou(near[0].box) > 0.9
    assert sides == [128, 640]


def test_a_detector_of_one_size_looks_again_with_a_margin(insightface_engine, monkeypatch):
    tight = cv2.resize(decoded(TIGHT), (800, 800))
    near = insightface_engine.detect([tight], close_up=True)[0]
    sides = runs_of(monkeypatch)
    assert insightface_engine.detect([tight])[0][0].box.iou(near[0].box) > 0.9
    assert sides == [640, 640]


def test_a_detector_exported_for_one_size_looks_at_selfies_in_a_smaller_one(insightface_engine, monkeypatch):
    sides = runs_of(monkeypatch)
    selfie = cv2.resize(decoded(TIGHT), (800, 800))
    near = insightface_engine.detect([selfie], close_up=True)[0]
    far = insightface_engine.detect([selfie])[0]
    assert sides == [128, 256, 640, 640]
    one, other = (insightface_engine.embed(selfie, faces)[0] for faces in (near, far))
    assert one @ other > 0.95


def test_a_detector_that_works_in_one_size_only_looks_at_selfies_in_that(insightface_engine, monkeypatch):
    detector = ScrfdDetector(installed.read_pack(TESTPACK).detector.path)
    opened = detector.network._open_network

    def broken(*, side):
        network = opened(side=640)
        monkeypatch.setattr(network, "run", lambda pictures: [np.zeros((1, 7, 1), np.float32)] * 9)
        return network

    monkeypatch.setattr(detector.network, "_open_network", broken)
    monkeypatch.setattr(insightface_engine, "_detector", detector)
    sides = runs_of(monkeypatch)
    assert len(insightface_engine.detect([decoded(TIGHT)], close_up=True)[0]) == 1
    assert sides == [640]


def test_several_pictures_at_once_give_what_each_gives(insightface_engine):
    several = [decoded(path) for path in PHOTOS[:4]]
    for picture, faces in zip(several, insightface_engine.detect(several), strict=True):
        alone = insightface_engine.detect([picture])[0]
        assert [face.box for face in faces] == [face.box for face in alone]
    assert insightface_engine.detect([]) == []


def test_a_detector_for_any_size_looks_at_two(theirs, tmp_path):
    path = changed(installed.read_pack(TESTPACK).detector.path, tmp_path / "any.onnx", side="?")
    picture = decoded(GROUP)
    from insightface.model_zoo import get_model

    model = get_model(str(path), providers=["CPUExecutionProvider"])
    model.prepare(0, input_size=[(128, 128), (640, 640)], det_thresh=0.5, nms_thresh=0.4)
    boxes, _points = model.detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    network = Scrfd(path)
    passes = [*network.detect_in_small_input([picture]), *network.detect_in_large_input([picture])]
    found = Detections.concatenated(passes).suppressed(threshold=NMS)
    assert np.abs(found.corners - boxes[:, :4]).max() < 0.1
    assert len(passes[1].suppressed(threshold=NMS).scores) == 6


def test_a_recogniser_that_takes_batches_gives_the_same(tmp_path):
    path = installed.read_pack(TESTPACK).recogniser.path
    made = np.random.default_rng(0).integers(0, 255, (11, 112, 112, 3), np.uint8)
    faces = [(crop, ARCFACE_TEMPLATE) for crop in made]
    one = Recogniser(path).embed(faces)
    model = changed(path, tmp_path / "batched.onnx", batch="n")
    assert Recogniser(path).embed([]).shape == (0, 128)
    # The testpack's last node writes its own shape in stone; free it.
    graph = onnx.load(model)
    reshape = next(node for node in graph.graph.node if node.op_type == "Reshape" and node.output[0] == "output0")
    for node in graph.graph.node:
        if node.output[0] == reshape.input[1]:
            node.attribute[0].t.CopyFrom(onnx.numpy_helper.from_array(np.array([-1, 128], np.int64)))
    onnx.save(graph, model)
    assert np.abs(Recogniser(model).embed(faces) - one).max() < 1e-5


def test_a_detector_without_landmarks_is_refused(tmp_path):
    folder = tmp_path / "pack"
    folder.mkdir()
    source = installed.read_pack(TESTPACK)
    (folder / "arc.onnx").write_bytes(source.recogniser.path.read_bytes())
    model = onnx.load(source.detector.path)
    del model.graph.output[6:]
    onnx.save(model, folder / "det.onnx")
    with pytest.raises(FacePassError) as refusal:
        PackEngine(installed.read_pack(folder))
    assert (refusal.value.code, refusal.value.status) == ("model_corrupt", 503)
    assert "det.onnx: it has 6 outputs" in refusal.value.message


def test_of_boxes_on_one_face_the_best_is_kept():
    boxes = np.array([[0, 0, 100, 100], [5, 5, 105, 105], [200, 0, 300, 100]], np.float32)
    assert non_maximum_suppression(boxes, np.array([0.6, 0.9, 0.7], np.float32), threshold=0.4).tolist() == [1, 2]
    assert non_maximum_suppression(boxes[:0], np.zeros(0, np.float32), threshold=0.4).tolist() == []
