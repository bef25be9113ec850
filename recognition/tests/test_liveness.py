"""The liveness model through its real loading and preprocessing, and the geometry of challenges."""

import hashlib
import io
import json
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from onnx import TensorProto, helper

from facepass.core.errors import FacePassError
from facepass.testing.pictures.fake import picture_of
from recognition import pipeline
from recognition.config import RecognitionSettings
from recognition.engines.fake import FakeEngine
from recognition.installation.liveness import install_liveness_model
from recognition.liveness import active, model_files, passive
from recognition.liveness.active import Frame, Step
from recognition.packs import installed
from recognition.pictures.decoding import decode_picture
from recognition.quality import FACE_MM
from recognition.types import Box, DescribedFace, DetectedFace, Quality


def tiny_model(*, side=80, outputs=1) -> bytes:
    """Live probability = the mean of the red channel of the crop, 0..1."""
    source = helper.make_tensor_value_info("data", TensorProto.FLOAT, ["n", 3, side, side])
    target = helper.make_tensor_value_info("live", TensorProto.FLOAT, ["n"] if outputs == 1 else ["n", outputs])
    nodes = [
        helper.make_node("Gather", ["data", "first"], ["red"], axis=1),
        helper.make_node("ReduceMean", ["red"], ["live"], axes=[1, 2], keepdims=0),
    ]
    first = helper.make_tensor("first", TensorProto.INT64, [], [0])
    graph = helper.make_graph(nodes, "tiny", [source], [target], [first])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def install(tmp_path, data=None, **options):
    file = tmp_path / "own.onnx"
    file.write_bytes(tiny_model() if data is None else data)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return install_liveness_model(from_file=file, **{"sha256": digest, **options})


def face(x=200.0, y=200.0, scale=0.8) -> DetectedFace:
    points = FACE_MM[:, :2] * scale + [x, y]
    return DetectedFace(Box(x - 40 * scale, y - 50 * scale, 80 * scale, 110 * scale), points.astype(np.float32), 0.9)


def picture(red: int) -> np.ndarray:
    return np.full((400, 400, 3), (red, 10, 10), np.uint8)


def test_without_the_model_it_says_how_to_install_it():
    with pytest.raises(FacePassError) as refusal:
        passive.check_liveness(picture(255), face())
    assert (refusal.value.status, refusal.value.code) == (503, "model_not_installed")
    assert "manage.py install_models liveness" in refusal.value.message


def test_red_is_the_first_channel_and_the_threshold_the_manifests(tmp_path):
    installed = install(tmp_path)
    assert installed.threshold == 0.8
    assert passive.check_liveness(picture(255), face()) is None
    assert passive.check_liveness(picture(190), face()) == "presentation_attack"
    assert passive.check_liveness(picture(0), face()) == "presentation_attack"
    install(tmp_path, threshold=0.5)
    assert passive.check_liveness(picture(190), face()) is None


GOOD = Quality(score=0.9, size=90, sharpness=200, brightness=120, yaw=0, pitch=0, roll=0)


def found(**quality) -> DescribedFace:
    return DescribedFace(face(), replace(GOOD, **quality), np.zeros(512, np.float32))


@pytest.mark.parametrize(
    ("red", "reasons", "marks"),
    [(255, (), ()), (0, (), ("not_live",)), (0, ("blurred",), ()), (255, ("too_small",), ())],
)
def test_a_face_on_a_poster_is_marked_and_a_poor_one_is_not_judged(tmp_path, red, reasons, marks):
    install(tmp_path)
    (marked,) = passive.mark_pictures_of_faces(picture(red), [found(reasons=reasons)])
    assert (marked.quality.marks, marked.quality.reasons) == (marks, reasons)
    assert marked.quality.as_json().get("marks", []) == list(marks)


def test_nobody_is_marked_without_the_model_or_by_a_damaged_one(tmp_path, caplog):
    assert passive.mark_pictures_of_faces(picture(0), [found()])[0].quality.marks == ()
    assert not caplog.records
    install(tmp_path)
    model_files.model_path().write_bytes(b"damaged")
    assert passive.mark_pictures_of_faces(picture(0), [found()])[0].quality.marks == ()
    assert "liveness model is damaged" in caplog.text


def test_every_way_to_describe_a_photo_marks_faces_on_posters(tmp_path, monkeypatch):
    """The analysis, and a description anew by another model; a selfie is judged where somebody asks for it."""
    install(tmp_path, threshold=1.0)
    settings, engine = RecognitionSettings(), FakeEngine()
    monkeypatch.setattr(pipeline.registry, "get_engine", lambda: engine)
    poster = decode_picture(io.BytesIO(picture_of(["ann"], side=160)))
    (analysed,) = pipeline.describe_picture(poster, engine=engine, settings=settings)
    (anew,) = pipeline.describe_detected(poster, [analysed.face], settings=settings)
    (selfie,) = pipeline.describe_close_up(poster, engine=engine, settings=settings)
    marks = [analysed.quality.marks, anew.quality.marks, selfie.quality.marks]
    assert marks == [("not_live",), ("not_live",), ()], [each.quality.reasons for each in (analysed, anew)]


def test_a_face_at_the_edge_shows_too_little(tmp_path):
    install(tmp_path)
    assert passive.check_liveness(picture(255), face(x=0, y=0)) == "face_near_edge"


@pytest.mark.parametrize("data", [b"no model", tiny_model(side=112), tiny_model(outputs=3)])
def test_what_is_no_such_model_is_refused_and_leaves_what_was_there(tmp_path, data):
    before = install(tmp_path)
    with pytest.raises(FacePassError) as refusal:
        install(tmp_path, data)
    assert refusal.value.code == "not_a_pack"
    assert model_files.find_liveness_model() == before
    assert sorted(path.name for path in model_files.addons_folder().iterdir()) == ["liveness.json", "liveness.onnx"]


def test_a_file_that_is_not_insightfaces_needs_its_digest_named(tmp_path):
    with pytest.raises(FacePassError) as refusal:
        install(tmp_path, sha256="")
    assert refusal.value.code == "wrong_digest"
    assert not model_files.addons_folder().exists()


def test_a_damaged_model_is_named(tmp_path):
    path = install(tmp_path).path
    path.write_bytes(path.read_bytes()[:-10])
    installed._hash_file.cache_clear()
    with pytest.raises(FacePassError) as refusal:
        passive.check_liveness(picture(255), face())
    assert (refusal.value.status, refusal.value.code) == (503, "model_corrupt")


class Release:
    def __init__(self, data):
        self.content = data

    def raise_for_status(self):
        pass


def test_a_download_is_taken_only_with_the_digest_that_insightface_names(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("requests.get", lambda url, **_options: asked.append(url) or Release(tiny_model()))
    with pytest.raises(FacePassError) as refusal:
        install_liveness_model()
    assert asked == ["https://github.com/deepinsight/insightface-model-addons/releases/download/addons/liveness.onnx"]
    assert refusal.value.code == "wrong_digest"


def test_the_command_asks_for_the_licence_and_installs_from_a_file(tmp_path, capsys):
    file = tmp_path / "own.onnx"
    file.write_bytes(tiny_model())
    with pytest.raises(CommandError, match="accept-license"):
        call_command("install_models", "liveness", sources=[file])
    with pytest.raises(CommandError, match="SHA-256"):
        call_command("install_models", "liveness", sources=[file], accept_license=True)
    digest = hashlib.sha256(tiny_model()).hexdigest()
    call_command("install_models", "liveness", sources=[file], sha256=digest)
    assert digest in capsys.readouterr().out
    assert json.loads((model_files.addons_folder() / model_files.MANIFEST).read_text())["sha256"] == digest
    call_command("install_models", "liveness")
    assert "already installed" in capsys.readouterr().out


# --- challenges


def seen(yaw=0.0, *, size=0.3, who=1, noise=0.0) -> Frame:
    """A mean face, turned: yaw is positive to the right edge of the picture."""
    angle = np.radians(yaw)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    points = (FACE_MM @ turn.T)[:, :2] * 3 + 300
    points += np.random.default_rng(7).normal(0, noise, points.shape)
    descriptor = np.eye(512, dtype=np.float32)[who]
    return Frame(points.astype(np.float32), size, descriptor)


def still(*, squeeze=1.0, angle=0.0, size=0.3, yaw=0.0) -> Frame:
    """A flat picture, tilted and turned in its plane."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (seen(yaw).landmarks * [squeeze, 1]) @ turn.T
    return Frame(points.astype(np.float32), size, seen().descriptor)


LEFT, RIGHT, AHEAD, CLOSER = Step.TURN_LEFT, Step.TURN_RIGHT, Step.LOOK_STRAIGHT, Step.COME_CLOSER


@pytest.mark.parametrize(
    ("steps", "frames"),
    [
        ([LEFT, AHEAD, CLOSER], [seen(), seen(15), seen(30), seen(5), seen(2, size=0.4)]),
        ([RIGHT, LEFT, AHEAD], [seen(-28), seen(-5), seen(30), seen(4)]),
        ([CLOSER, RIGHT, AHEAD], [seen(), seen(size=0.45), seen(-35, size=0.45), seen()]),
        ([LEFT, AHEAD, LEFT], [seen(30, noise=1), seen(noise=1), seen(32, noise=1)]),
    ],
)
def test_who_does_what_was_asked_is_live(steps, frames):
    assert active.find_liveness_problems(steps, frames, FakeEngine.calibration) == []


@pytest.mark.parametrize(
    ("steps", "frames", "reasons"),
    [
        ([LEFT, AHEAD, RIGHT], [seen(-30), seen(), seen(30)], ["steps_not_done"]),
        ([LEFT, AHEAD, CLOSER], [seen(30), seen(), seen(size=0.32)], ["steps_not_done"]),
        ([LEFT, AHEAD, CLOSER], [seen(12), seen(), seen(size=0.5)], ["steps_not_done", "still_picture"]),
        ([LEFT, AHEAD, RIGHT], [seen(30), seen(), seen(-30, who=2)], ["different_people"]),
        ([LEFT, AHEAD, CLOSER], [seen()] * 5, ["steps_not_done", "still_picture"]),
        (
            [LEFT, AHEAD, CLOSER],
            [still(), still(squeeze=0.6), still(squeeze=0.8, angle=0.3), still(size=0.5)],
            ["steps_not_done", "still_picture"],
        ),
        (
            [LEFT, AHEAD, LEFT],  # a picture of a turned face, tilted
            [still(yaw=30), still(yaw=30, squeeze=0.5, angle=0.2), still(yaw=30)],
            ["steps_not_done", "still_picture"],
        ),
    ],
)
def test_what_speaks_against_it_is_named(steps, frames, reasons):
    assert active.find_liveness_problems(steps, frames, FakeEngine.calibration) == reasons


def held(picture, *, yaw=0.0, pitch=0.0, roll=0.0, near=2.2, size=1.0, at=(0.0, 0.0)):
    """A printed picture before the camera: tilted, turned in its plane, moved. `near`: its distance, in its widths."""
    side = picture.shape[0]
    y, x, z = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    corners = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]])
    turned = corners @ (about_y @ about_x @ about_z).T
    seen_at = turned[:, :2] / (turned[:, 2:] + near) * near * side * size + side / 2 + np.array(at) * side
    plain = np.float32([[0, 0], [side, 0], [side, side], [0, side]])
    return cv2.warpPerspective(
        picture, cv2.getPerspectiveTransform(plain, np.float32(seen_at)), (side, side), borderValue=(90, 90, 90)
    )


# What one can do with a picture in one's hand.
MOVES = [
    {}, {"yaw": 30}, {"yaw": -30}, {"yaw": 40}, {"yaw": -40}, {"pitch": 30}, {"pitch": -30}, {"roll": 12},
    {"size": 1.3}, {"at": (0.1, -0.05)}, {"yaw": 35, "roll": -8, "size": 1.2}, {"yaw": -35, "pitch": 15, "size": 0.8},
]  # fmt: skip


def test_a_still_picture_that_is_moved_about_before_the_camera_never_passes(opencv_zoo_engine):
    """The real engine, each of the 34 challenges."""
    portrait = cv2.imread(str(files("skimage") / "data/astronaut.png"))[0:300, 80:380]
    picture = cv2.cvtColor(cv2.resize(portrait, (480, 480), interpolation=cv2.INTER_CUBIC), cv2.COLOR_BGR2RGB)
    frames = []
    for move in MOVES:
        (face, *_others) = opencv_zoo_engine.detect([held(picture, **move)], close_up=True)[0]
        frames.append(Frame(face.landmarks, face.box.height / 480, seen().descriptor))
    challenges = {tuple(active.draw_steps()) for _number in range(2000)}
    for steps in challenges:
        assert "still_picture" in active.find_liveness_problems(steps, frames, FakeEngine.calibration)


def test_a_picture_of_a_turned_face_shows_no_turn():
    """However it is tilted, it is turned from its own straightest sight by less than a head that turns."""
    frames = [seen(18), seen(30), seen(11)]
    assert "steps_not_done" in active.find_liveness_problems([LEFT, AHEAD, LEFT], frames, FakeEngine.calibration)


def test_challenges_are_random_and_always_ask_for_a_turn():
    drawn = {tuple(active.draw_steps()) for _number in range(2000)}
    assert len(drawn) == 34
    assert all({LEFT, RIGHT} & set(steps) for steps in drawn)
    assert all(a != b for steps in drawn for a, b in pairwise(steps))
