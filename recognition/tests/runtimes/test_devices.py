"""The GPU is used where it is there, and its absence is never passed over where it was asked for."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from facepass.core.errors import FacePassError
from facepass.ops import checks, health
from facepass.testing.engines.real import OPENCV_ZOO
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.packs import installed
from recognition.runtimes import devices, inference_sessions, network


@pytest.fixture
def machine(settings, monkeypatch, tmp_path):
    """A machine with or without GPU and onnxruntime-gpu, asked for a device."""

    def make(asked, *, gpu=False, offered=False):
        settings.ENV = settings.ENV.model_copy(update={"inference_device": asked})
        monkeypatch.setattr(devices, "GPU_FILES", (tmp_path,) if gpu else ())
        monkeypatch.setattr(devices, "_offers_cuda", lambda: offered)

    return make


@pytest.mark.parametrize(
    ("asked", "gpu", "offered", "expected"),
    [
        ("cpu", True, True, "cpu"),
        ("auto", True, True, "cuda"),
        ("auto", False, True, "cpu"),
        ("auto", True, False, "cpu"),
        ("cuda", True, True, "cuda"),
    ],
)
def test_the_device_is_chosen_from_what_is_asked_and_what_is_there(machine, asked, gpu, offered, expected):
    machine(asked, gpu=gpu, offered=offered)
    assert devices.inference_device() == expected


@pytest.mark.parametrize(("gpu", "why"), [(False, "no NVIDIA GPU"), (True, "onnxruntime-gpu is not installed")])
def test_a_missing_gpu_is_refused_when_asked_for(machine, gpu, why):
    machine("cuda", gpu=gpu)
    with pytest.raises(FacePassError) as refusal:
        devices.inference_device()
    assert (refusal.value.code, refusal.value.status) == ("device_missing", 503)
    assert why in refusal.value.message


def test_a_gpu_that_does_not_start_is_refused_and_not_replaced_by_the_cpu(machine):
    model = installed.read_pack(OPENCV_ZOO).detector.path
    machine("auto", gpu=True, offered=True)
    with pytest.raises(FacePassError) as refusal:
        network.Network(model)
    assert refusal.value.code == "device_missing"


def test_threads_are_those_of_the_settings(settings):
    assert inference_sessions.session_options().intra_op_num_threads == 1
    settings.ENV = settings.ENV.model_copy(update={"inference_threads": 3})
    assert inference_sessions.session_options().intra_op_num_threads == 3


@pytest.mark.django_db
def test_health_names_the_device_and_the_missing_one(machine):
    with registry.use_engine(FakeEngine()):
        machine("cpu")
        found = health.report_readiness(RequestFactory().get("/"))
        assert json.loads(found.content)["checks"]["engine"]["device"] == "cpu"
        machine("cuda")
        found = health.report_readiness(RequestFactory().get("/"))
    assert found.status_code == 503
    assert json.loads(found.content)["checks"]["engine"]["code"] == "device_missing"


@pytest.mark.django_db
def test_start_and_models_say_in_one_line_that_the_gpu_is_missing(machine, capsys):
    with registry.use_engine(FakeEngine()):
        machine("cuda")
        (found,) = checks.check_face_engine()
        assert found.id == "facepass.E003"
        assert "INFERENCE_DEVICE=cpu" in found.msg
        with pytest.raises(CommandError, match="no NVIDIA GPU"):
            call_command("models")
        machine("cpu")
        call_command("models")
    assert "device: cpu\n" in capsys.readouterr().out
