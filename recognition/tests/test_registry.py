"""Which engine is in use: chosen from files and settings, never in silence, once per process."""

import os

import pytest
from django.core.management import call_command

from facepass.errors import FacePassError
from recognition import registry
from recognition.engines.fake import FakeEngine
from recognition.tests.conftest import TESTPACK

pytestmark = pytest.mark.django_db  # the active version is asked for first


@pytest.fixture(autouse=True)
def fresh(settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    monkeypatch.setattr(registry, "_process", registry._Process())


def choose(settings, engine="auto", pack="testpack"):
    settings.ENV = settings.ENV.model_copy(update={"face_engine": engine, "insightface_pack": pack})


@pytest.fixture
def testpack(tmp_path):
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    folder = tmp_path / "models" / "insightface" / "models"
    folder.mkdir(parents=True)
    (folder / "testpack").symlink_to(TESTPACK)


def test_auto_takes_the_pack_where_it_is_installed(settings, testpack):
    choose(settings)
    assert (registry.engine_in_use().name, registry.engine_in_use().model) == ("insightface", "testpack")
    assert registry.get_engine().name == "insightface"


def test_auto_takes_dlib_where_the_pack_is_missing(settings):
    choose(settings)
    assert registry.engine_in_use().name == registry.get_engine().name == "dlib"
    assert registry.engine_in_use().license.commercial


def test_dlib_is_used_when_asked_for_though_a_pack_is_there(settings, testpack):
    choose(settings, engine="dlib")
    assert registry.engine_in_use().name == "dlib"


def test_a_missing_pack_is_an_error_when_asked_for(settings):
    choose(settings, engine="insightface", pack="buffalo_l")
    for ask in (registry.engine_in_use, registry.get_engine):
        with pytest.raises(FacePassError) as refusal:
            ask()
        assert (refusal.value.code, refusal.value.status) == ("model_not_installed", 503)
        assert "install_models buffalo_l" in refusal.value.message


@pytest.mark.parametrize("engine", ["dlib", "insightface"])
def test_what_is_said_without_loading_is_what_is_loaded(settings, testpack, engine):
    choose(settings, engine=engine)
    info, loaded = registry.engine_in_use(), registry.get_engine()
    assert info.contract_id == loaded.contract_id
    assert (info.name, info.model, info.license) == (loaded.name, loaded.model, loaded.license)
    assert info.calibrated == loaded.calibration.calibrated is True


def test_naming_the_engine_loads_nothing(settings, testpack, monkeypatch):
    choose(settings)
    monkeypatch.setattr(registry, "_loaded", lambda: pytest.fail("loaded"))
    assert registry.engine_in_use().in_use


def test_one_engine_per_process_and_a_new_one_after_a_fork(settings):
    choose(settings, engine="dlib")
    engine = registry.get_engine()
    assert registry.get_engine() is engine
    registry._process.lock.acquire()
    child = os.fork()
    if child == 0:
        # The child must not wait for a lock that its parent held, nor use its parent's engine.
        os._exit(0 if not registry._process.engine.there and registry._process.lock.acquire(timeout=1) else 1)
    registry._process.lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_test_engine_holds_within_its_block_only(settings):
    choose(settings, engine="dlib")
    with registry.use(FakeEngine()) as fake:
        assert registry.get_engine() is fake
        assert registry.engine_in_use().name == "fake"
    assert registry.engine_in_use().name == "dlib"


def test_a_settings_module_may_name_an_engine_and_it_shows(settings, capsys):
    settings.FACE_ENGINE_CLASS = "recognition.engines.fake.FakeEngine"
    assert registry.get_engine().name == registry.engine_in_use().name == "fake"
    call_command("models")
    assert "fake squares  [in use]" in capsys.readouterr().out


def test_no_environment_variable_selects_the_fake(monkeypatch):
    from pydantic import ValidationError

    from facepass.env import Environment

    monkeypatch.setenv("FACE_ENGINE", "fake")
    with pytest.raises(ValidationError):
        Environment()
