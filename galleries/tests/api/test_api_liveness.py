"""/api/v1/liveness and /api/v1/liveness/challenges"""

import hashlib
from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from facepass.testing.pictures.fake import pixels_of
from galleries.models import LivenessChallenge
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.installation.liveness import install_liveness_model
from recognition.quality import FACE_MM
from recognition.tests.test_liveness import tiny_model

pytestmark = [pytest.mark.django_db]

URL, CHALLENGES = "/api/v1/liveness", "/api/v1/liveness/challenges"


class TurningEngine(FakeEngine):
    """Its pictures say in their first pixel by how many degrees the face is turned."""

    def detect(self, pictures, **options):
        found = super().detect(pictures, **options)
        return [[turned(face, picture) for face in faces] for faces, picture in zip(found, pictures, strict=True)]


def turned(face, picture):
    angle = np.radians(float(picture[0, 0, 0]) - 128)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    middle = [face.box.x + face.box.width / 2, face.box.y + face.box.height / 2]
    points = (FACE_MM @ turn.T)[:, :2] * face.box.width / 130 + middle
    return replace(face, landmarks=points.astype(np.float32))


@pytest.fixture(autouse=True)
def engine():
    with registry.use_engine(TurningEngine()) as engine:
        yield engine


def frame(yaw=0, *people, side=240):
    pixels = pixels_of(people or ["ann"], size=(800, 600), side=side)
    pixels[:2, :2] = 128 + yaw
    data = cv2.imencode(".png", pixels[..., ::-1])[1].tobytes()
    return SimpleUploadedFile("f.png", data, content_type="image/png")


def challenge(api, *steps):
    made = LivenessChallenge.objects.get(pk=api.post(CHALLENGES).json()["challenge_id"])
    made.steps = list(steps)
    made.save()
    return made


def answer_to(api, made, *frames, name="frames"):
    return api.post(URL, {"challenge_id": str(made.pk), name: list(frames)}, format="multipart")


STEPS = ("turn_left", "look_straight", "come_closer")
DONE = (0, 30, 3)


def done():
    return [frame(0), frame(30), frame(3), frame(2, side=400)]


def test_a_challenge_is_random_short_lived_and_of_the_studio(api, studio):
    before = timezone.now()
    body = api.post(f"{CHALLENGES}/")
    assert body.status_code == 201
    made = LivenessChallenge.objects.get(pk=body.json()["challenge_id"])
    assert (made.studio, made.steps, len(made.steps)) == (studio, body.json()["steps"], 3)
    assert before <= made.expires_at - timedelta(minutes=2) <= timezone.now()


@pytest.mark.parametrize("name", ["frames", "frames[]"])
def test_who_does_what_was_asked_is_live(api, name):
    answer = answer_to(api, challenge(api, *STEPS), *done(), name=name)
    assert (answer.status_code, answer.json()) == (200, {"live": True, "reasons": []})


@pytest.mark.parametrize(
    ("frames", "reasons"),
    [
        (lambda: [frame(0) for _number in range(4)], ["steps_not_done", "still_picture"]),
        (lambda: [frame(0), frame(30), frame(3, "bob"), frame(2, "bob", side=400)], ["different_people"]),
        (lambda: [frame(0), frame(-30), frame(3), frame(2, side=400)], ["steps_not_done"]),
        (lambda: [frame(0), frame(30, "ann", "bob"), frame(3)], ["multiple_faces"]),
    ],
)
def test_what_speaks_against_it_is_named_and_nothing_else_is_told(api, frames, reasons):
    made = challenge(api, *STEPS)
    files = frames()
    assert answer_to(api, made, *files).json() == {"live": False, "reasons": reasons}


def test_a_challenge_is_used_once_whatever_came_of_it(api):
    made = challenge(api, *STEPS)
    assert answer_to(api, made, frame(), frame(), frame()).json()["live"] is False
    again = answer_to(api, made, *done())
    assert (again.status_code, again.json()["error"]["code"]) == (409, "challenge_used")


def test_an_expired_challenge_is_409_and_old_ones_are_forgotten(api):
    made = challenge(api, *STEPS)
    LivenessChallenge.objects.update(expires_at=timezone.now() - timedelta(days=2))
    assert answer_to(api, made, *done()).json()["error"]["code"] == "challenge_expired"
    api.post(CHALLENGES)
    assert not LivenessChallenge.objects.filter(pk=made.pk).exists()


def test_a_stranger_cannot_answer_or_use_up_a_challenge(api, stranger):
    made = challenge(api, *STEPS)
    assert answer_to(stranger, made, *done()).status_code == 404
    assert answer_to(api, made, *done()).json()["live"] is True


@pytest.mark.parametrize("count", [0, 2, 21])
def test_too_few_or_too_many_frames_are_400_and_use_nothing_up(api, count):
    made = challenge(api, *STEPS)
    assert answer_to(api, made, *[frame() for _number in range(count)]).status_code == 400
    assert answer_to(api, made, *done()).json()["live"] is True


@pytest.mark.parametrize("body", [{}, {"challenge_id": "x"}, {"image": ""}, {"frames": "text"}])
def test_what_asks_nothing_is_400(api, body):
    assert api.post(URL, body, format="multipart").status_code == 400


def test_one_picture_needs_the_model_and_says_how_to_get_it(api, settings, tmp_path):
    settings.HOME = tmp_path
    answer = api.post(URL, {"image": frame()}, format="multipart")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_not_installed")
    assert "install_models liveness" in answer.json()["error"]["message"]


def test_one_picture_is_judged_by_the_installed_model(api, settings, tmp_path):
    settings.HOME = tmp_path
    file = tmp_path / "own.onnx"
    file.write_bytes(tiny_model())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    install_liveness_model(from_file=file, sha256=digest, threshold=0.01)
    assert api.post(URL, {"image": frame()}, format="multipart").json() == {"live": True, "reasons": []}
    install_liveness_model(from_file=file, sha256=digest, threshold=0.999)
    answer = api.post(f"{URL}/", {"image": frame()}, format="multipart").json()
    assert answer == {"live": False, "reasons": ["presentation_attack"]}
    nobody = SimpleUploadedFile("a.png", cv2.imencode(".png", np.full((300, 300, 3), 90, np.uint8))[1].tobytes())
    answer = api.post(URL, {"image": nobody}, format="multipart")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "face_not_found")
