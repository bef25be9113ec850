"""The default engine as a whole: YuNet, O-Net and SFace in one pack, and packs that are put together or damaged."""

import json
import shutil
import threading

import cv2
import numpy as np
import onnx
import pytest

from facepass.core.errors import FacePassError
from facepass.testing.engines.real import OPENCV_ZOO, TESTPACK
from recognition.engines.pack_engine import PackEngine, require_openable
from recognition.engines.yunet import YuNet
from recognition.packs import installed
from recognition.runtimes import inference_sessions
from recognition.types import Box

pytestmark = pytest.mark.slow
YUNET, SFACE, ONET = (
    "face_detection_yunet_2023mar.onnx",
    "face_recognition_sface_2021dec.onnx",
    "onet.onnx",
)


@pytest.fixture
def copied(tmp_path):
    """The pack's files in a folder of their own, where they may be spoilt; roles are read from the files."""

    def make(*names, into="mine"):
        folder = tmp_path / into
        folder.mkdir()
        for name in names:
            shutil.copy(OPENCV_ZOO / name, folder / name)
        return folder

    return make


def test_boxes_lie_in_the_picture_and_the_largest_comes_first(opencv_zoo_engine, astronaut):
    selfie = np.full((800, 800, 3), 120, np.uint8)
    selfie[:470, -470:] = cv2.resize(astronaut[:300, 80:380], (470, 470))
    selfie[500:, :300] = cv2.resize(astronaut[60:200, 150:290], (300, 300))
    faces = opencv_zoo_engine.detect([selfie])[0]
    assert len(faces) == 2
    assert faces[0].box.area > faces[1].box.area
    assert all(face.box.clipped(selfie) == face.box for face in faces)


@pytest.mark.parametrize("near", [True, False])
def test_several_pictures_at_once_give_what_each_gives(opencv_zoo_engine, group, astronaut, near):
    several = [group, np.full((300, 400, 3), 127, np.uint8), astronaut]
    together = opencv_zoo_engine.detect(several, close_up=near)
    for picture, faces in zip(several, together, strict=True):
        (alone,) = opencv_zoo_engine.detect([picture], close_up=near)
        assert [face.box for face in faces] == [face.box for face in alone]
        for one, other in zip(faces, alone, strict=True):
            assert np.abs(one.landmarks - other.landmarks).max() < 0.1
    assert list(map(len, together)) == [6, 0, 1]
    assert opencv_zoo_engine.detect([]) == []


def test_threads_may_use_one_engine_at_once(group, astronaut):
    """From its first picture on, when its networks are opened."""
    engine = PackEngine(installed.read_pack(OPENCV_ZOO))
    found = []

    def work():
        for picture in (astronaut, group):
            faces = engine.detect([picture])[0]
            found.append((len(faces), engine.embed(picture, faces)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(count for count, _descriptors in found) == [1] * 4 + [6] * 4
    for count in (1, 6):
        first, *others = [descriptors for faces, descriptors in found if faces == count]
        assert all(np.abs(first - other).max() < 1e-5 for other in others)


def test_nothing_is_printed_while_the_networks_are_opened_and_run(astronaut, capfd):
    """onnxruntime would warn of each weight that SFace lists among its inputs."""
    engine = PackEngine(installed.read_pack(OPENCV_ZOO))
    engine.embed(astronaut, engine.detect([astronaut])[0])
    engine.detect([astronaut], close_up=True)
    assert capfd.readouterr() == ("", "")


def test_there_is_nothing_to_warn_of_where_warnings_are_asked_for(astronaut, capfd, monkeypatch):
    options = inference_sessions.session_options

    def loud():
        found = options()
        found.log_severity_level = 2
        return found

    monkeypatch.setattr(inference_sessions, "session_options", loud)
    engine = PackEngine(installed.read_pack(OPENCV_ZOO))
    engine.embed(astronaut, engine.detect([astronaut])[0])
    assert "nitializer" not in capfd.readouterr().err


@pytest.mark.skipif(not TESTPACK.is_dir(), reason="no recogniser to mix with")
@pytest.mark.parametrize("marker", [[], [ONET]])
def test_a_pack_may_have_a_detector_of_one_family_and_a_recogniser_of_another(copied, astronaut, marker):
    folder = copied(YUNET, *marker)
    shutil.copy(TESTPACK / "mobilefacenet.onnx", folder / "arc.onnx")
    engine = PackEngine(installed.read_pack(folder))
    assert isinstance(engine._detector, YuNet)
    darker = cv2.resize((astronaut * 0.75).astype(np.uint8), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    first, second = (engine.embed(picture, engine.detect([picture])[0]) for picture in (astronaut, darker))
    assert first.shape == second.shape == (1, 128)
    assert float((first @ second.T)[0, 0]) > 0.8


def test_a_pack_without_a_third_part_marks_what_its_detector_marks(copied, astronaut):
    engine = PackEngine(installed.read_pack(copied(YUNET, SFACE)))
    (face,) = engine.detect([astronaut])[0]
    (raw,) = YuNet(OPENCV_ZOO / YUNET).detect([astronaut])[0]
    assert np.array_equal(face.landmarks, raw.landmarks)
    assert engine.embed(astronaut, [face]).shape == (1, 128)


def refusal_of(folder):
    with pytest.raises(FacePassError) as refusal:
        PackEngine(installed.read_pack(folder))
    assert (refusal.value.code, refusal.value.status) == ("model_corrupt", 503)
    return refusal.value.message


@pytest.mark.parametrize("name", [YUNET, SFACE, ONET])
@pytest.mark.parametrize("damage", ["cut off", "empty", "a text"])
def test_a_damaged_file_is_refused_whichever_part_it_is(copied, name, damage):
    folder = copied(YUNET, SFACE, ONET)
    path = folder / name
    data = path.read_bytes()
    path.write_bytes({"cut off": data[: len(data) // 2], "empty": b"", "a text": b"<html>Not found</html>"}[damage])
    refusal_of(folder)


@pytest.mark.parametrize("missing", [YUNET, SFACE])
def test_a_pack_without_a_detector_or_without_a_recogniser_is_refused(copied, missing):
    refusal_of(copied(*({YUNET, SFACE, ONET} - {missing})))


@pytest.mark.parametrize(
    "roles",
    [
        {YUNET: "recognition", SFACE: "detection", ONET: "landmarks"},
        {YUNET: "detection", SFACE: "landmarks", ONET: "recognition"},
        {YUNET: "landmarks", SFACE: "recognition", ONET: "detection"},
    ],
)
def test_a_manifest_that_gives_a_file_the_wrong_role_is_refused(copied, roles):
    folder = copied(YUNET, SFACE, ONET)
    manifest = json.loads((OPENCV_ZOO / installed.MANIFEST).read_text())
    for name, role in roles.items():
        manifest["files"][name]["role"] = role
    (folder / installed.MANIFEST).write_text(json.dumps(manifest))
    refusal_of(folder)


def test_a_recogniser_whose_graph_onnxruntime_does_not_know_is_refused(copied):
    folder = copied(YUNET, SFACE)
    model = onnx.load(folder / SFACE)
    model.graph.node[0].op_type = "NoSuchOperation"
    onnx.save(model, folder / SFACE)
    assert SFACE in refusal_of(folder)
    with pytest.raises(FacePassError, match="mine"):
        require_openable(folder / SFACE)


def test_a_photo_in_portrait_and_in_landscape_shows_the_same_faces(opencv_zoo_engine, group):
    wide = cv2.copyMakeBorder(group, 0, 0, 300, 300, cv2.BORDER_CONSTANT, value=(120, 120, 120))
    tall = cv2.copyMakeBorder(group, 700, 700, 0, 0, cv2.BORDER_CONSTANT, value=(120, 120, 120))
    expected = opencv_zoo_engine.detect([group])[0]
    for picture, (across, down) in ((wide, (300, 0)), (tall, (0, 700))):
        faces = opencv_zoo_engine.detect([picture])[0]
        assert len(faces) == len(expected) == 6
        for face in expected:
            there = Box(face.box.x + across, face.box.y + down, face.box.width, face.box.height)
            assert max(found.box.iou(there) for found in faces) > 0.75
