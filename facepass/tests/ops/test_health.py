"""Liveness asks nothing; readiness says what is wrong and what to do."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from facepass import urls
from facepass.core.requests.probe_hosts import PROBED
from facepass.ops import checks
from facepass.testing.engines.real import TESTPACK
from facepass.testing.factories import ModelVersionFactory
from facepass.testing.live import manage
from recognition.engines import registry
from recognition.installation.packs import install_pack
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.packs import installed
from recognition.tests.packs.test_packs import zipped

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch, settings, tmp_path):
    settings.HOME = tmp_path
    monkeypatch.setattr(registry, "_process", registry._Process())


@pytest.fixture
def pack(settings, tmp_path):
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    settings.ENV = settings.ENV.model_copy(update={"face_pack": "testpack"})
    archive = zipped(tmp_path, {path.name: path.read_bytes() for path in TESTPACK.glob("*.onnx")})
    return install_pack("testpack", sources=[archive])


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def refused(client, *words):
    """Readiness is 503 and names these; liveness is 200; `up` would not start."""
    answer = client.get("/health/ready")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    engine = answer.json()["checks"]["engine"]
    assert engine["status"] == "unavailable"
    for word in words:
        assert word in engine["message"]
    assert client.get("/health").status_code == 200
    errors, _warnings = checks.list_problems()
    assert [line for line in errors if line.startswith("facepass.E003") and words[0] in line]
    return engine["code"]


def test_ready_names_the_engine(client, pack):
    engine = client.get("/health/ready").json()["checks"]["engine"]
    assert (engine["status"], engine["name"], engine["model"]) == ("ok", "onnx", "testpack")


@pytest.mark.parametrize("role", ["detector", "recogniser"])
def test_a_truncated_model_of_a_pack_is_named_with_what_to_do(client, pack, role):
    path = getattr(pack, role).path
    truncate(path)
    assert refused(client, "testpack", path.name, "install_models testpack") == "model_corrupt"


def test_other_bytes_of_the_same_length_are_noticed_too(client, pack):
    with pack.recogniser.path.open("r+b") as file:
        file.seek(1000)
        file.write(b"\0" * 64)
    assert refused(client, "testpack", pack.recogniser.path.name) == "model_corrupt"


def test_a_truncated_model_of_a_pack_that_was_copied_by_hand(client, pack):
    (pack.detector.path.parent / installed.MANIFEST).unlink()
    truncate(pack.detector.path)
    assert refused(client, "testpack", pack.detector.path.name) == "model_corrupt"


def test_a_process_that_was_overtaken_by_a_switch_is_not_ready(client):
    current_model_version()
    ModelVersion.objects.activate(ModelVersionFactory(model="newer"))
    engine = client.get("/health/ready").json()["checks"]["engine"]
    assert engine["code"] == "model_switched"
    assert "newer" in engine["message"]
    assert client.get("/health").status_code == 200


def test_up_does_not_start_with_a_damaged_model_and_says_why(pack, empty_home):
    """The whole program, in a home of its own."""
    shutil.copytree(installed.own_root(), empty_home / installed.own_root().relative_to(settings.HOME))
    truncate(next(empty_home.rglob(pack.recogniser.path.name)))
    found = manage(empty_home, "up", FACE_PACK="testpack")
    assert found.returncode == 1
    assert "facepass.E003" in found.stdout + found.stderr
    assert pack.recogniser.path.name in found.stdout + found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", sorted(PROBED))
def test_a_load_balancer_asks_by_any_address(client, path, slash):
    for host in ("10.1.2.3:8000", "facepass.internal", "no host at all"):
        assert client.get(f"{path}{slash}", HTTP_HOST=host).status_code in (200, 503), host
    assert client.get("/api/v1/people/", HTTP_HOST="10.1.2.3:8000").status_code == 400


def test_what_is_answered_to_any_address_is_what_says_how_it_is():
    routes = {f"/{pattern.pattern}".rstrip("/") for pattern in urls.urlpatterns}
    assert {route for route in routes if "health" in route or "metrics" in route} == PROBED


@pytest.mark.parametrize("path", ["/health", "/health/", "/api/v1/health"])
def test_liveness_is_said_in_the_word_that_partner_programs_compare(client, path):
    assert client.get(path).json()["status"] == "healthy"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "QUERY"])
@pytest.mark.parametrize("path", sorted(PROBED))
def test_probes_are_read_and_nothing_else(path, method):
    """As a browser or a program asks, with no token of a form."""
    assert Client(enforce_csrf_checks=True).generic(method, path).status_code == 405
