"""Which engine is in use: chosen from files and settings, never in silence, once per process."""

import os
import shutil

import pytest
from django.core.management import call_command

from facepass.core.errors import FacePassError
from facepass.testing.engines.real import OPENCV_ZOO, TESTPACK
from facepass.testing.factories import ModelVersionFactory
from recognition.engines import registry
from recognition.engines.engine_info import EngineInfo
from recognition.engines.fake import FakeEngine
from recognition.model_versions import current_model_version, refuse_if_switched
from recognition.models import ModelVersion
from recognition.packs import installed

pytestmark = pytest.mark.django_db  # the active version is asked for first


@pytest.fixture(autouse=True)
def fresh(settings, tmp_path, monkeypatch):
    """A home without packs of its own; opencv_zoo is shared, as after `make`."""
    settings.HOME = tmp_path
    restart(monkeypatch)


def restart(monkeypatch):
    monkeypatch.setattr(registry, "_process", registry._Process())


def choose(settings, pack):
    settings.ENV = settings.ENV.model_copy(update={"face_pack": pack})


def put(name, source):
    """Copies a pack into the home by hand."""
    folder = installed.own_root() / name
    folder.mkdir(parents=True)
    for path in source.glob("*.onnx"):
        (folder / path.name).symlink_to(path)


@pytest.fixture
def testpack():
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    put("testpack", TESTPACK)


def refusal_of(ask):
    with pytest.raises(FacePassError) as refusal:
        ask()
    return refusal.value


def test_auto_takes_what_may_be_used_commercially_first(testpack):
    info = registry.engine_in_use()
    assert (info.name, info.model) == ("onnx", "opencv_zoo")
    assert info.license.commercial


def test_auto_takes_what_is_installed_where_nothing_may_be_used_commercially(settings, tmp_path, testpack):
    settings.SHARED_MODELS = tmp_path / "empty"
    assert registry.engine_in_use().model == registry.get_engine().model == "testpack"


def test_of_several_auto_takes_the_one_that_the_catalogue_has_before_one_of_your_own(tmp_path):
    put("a_bought_one", OPENCV_ZOO)
    assert installed.find_pack("a_bought_one").license.commercial
    assert registry.engine_in_use().model == "opencv_zoo"


def test_a_damaged_pack_is_not_what_auto_takes(settings, tmp_path, testpack):
    settings.SHARED_MODELS = tmp_path / "shared"
    broken = settings.SHARED_MODELS / "opencv_zoo"
    broken.mkdir(parents=True)
    (broken / "det.onnx").write_bytes(b"not a model")
    assert registry.engine_in_use().model == "testpack"


def test_without_any_pack_it_says_how_to_install_the_default(settings, tmp_path):
    settings.SHARED_MODELS = tmp_path / "empty"
    refusal = refusal_of(registry.engine_in_use)
    assert (refusal.code, refusal.status) == ("model_not_installed", 503)
    assert "install_models opencv_zoo" in refusal.message


def test_the_pack_that_is_named_is_used(settings, testpack):
    choose(settings, "testpack")
    assert registry.engine_in_use().model == registry.get_engine().model == "testpack"


def test_a_missing_pack_is_an_error_when_asked_for(settings):
    choose(settings, "buffalo_l")
    for ask in (registry.engine_in_use, registry.get_engine):
        refusal = refusal_of(ask)
        assert (refusal.code, refusal.status) == ("model_not_installed", 503)
        assert "install_models buffalo_l" in refusal.message


@pytest.mark.parametrize("engine", ["onnx", "insightface"])
def test_auto_stays_with_the_active_versions_pack(testpack, monkeypatch, settings, engine):
    """Also where the version was noted when the engine had its former name."""
    choose(settings, "testpack")
    version = current_model_version()
    ModelVersion.objects.update(engine=engine)
    choose(settings, "auto")
    restart(monkeypatch)
    assert registry.engine_in_use().model == registry.configured_pack() == "testpack"
    assert current_model_version() == version


def test_what_is_said_without_loading_is_what_is_loaded(settings, testpack):
    choose(settings, "testpack")
    info, loaded = registry.engine_in_use(), registry.get_engine()
    assert info.contract_id == loaded.contract_id
    assert (info.name, info.model, info.license) == (loaded.name, loaded.model, loaded.license)
    assert info.calibrated == loaded.calibration.calibrated is True


def test_contracts_of_packs_that_were_used_before_are_the_same_as_then(testpack):
    """A change of the recipe changes this number too, and every home has to describe its faces anew."""
    assert registry.find_model_with_contract("187c785840108ddf") == "testpack"


def test_naming_the_engine_loads_nothing(monkeypatch):
    monkeypatch.setattr(registry, "_load_chosen", lambda: pytest.fail("loaded"))
    assert registry.engine_in_use().in_use


def test_one_engine_per_process_and_a_new_one_after_a_fork(settings, testpack):
    choose(settings, "testpack")
    engine = registry.get_engine()
    assert registry.get_engine() is engine
    registry._process.lock.acquire()
    child = os.fork()
    if child == 0:
        # The child must not wait for a lock that its parent held, nor use its parent's engine.
        os._exit(0 if not registry._process.engine.is_loaded and registry._process.lock.acquire(timeout=1) else 1)
    registry._process.lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_test_engine_holds_within_its_block_only():
    with registry.use_engine(FakeEngine()) as fake:
        assert registry.get_engine() is fake
        assert registry.engine_in_use().name == "fake"
    assert registry.engine_in_use().model == "opencv_zoo"


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


GONE = {
    "an engine that this version does not have": {"engine": "dlib", "model": "dlib_face_recognition_resnet_model_v1"},
    "a pack that this version describes otherwise": {"engine": "onnx", "model": "opencv_zoo"},
}


@pytest.mark.parametrize("case", GONE)
def test_without_what_described_the_faces_no_engine_is_used_and_the_command_is_named(case):
    ModelVersion.objects.activate(ModelVersionFactory(contract_id="of another time", **GONE[case]))
    for ask in (registry.engine_in_use, registry.get_engine):
        refusal = refusal_of(ask)
        assert (refusal.code, refusal.status) == ("model_gone", 503)
        assert "manage.py generate_descriptors" in refusal.message
        assert GONE[case]["model"] in refusal.message


@pytest.mark.parametrize("case", GONE)
def test_stored_faces_are_still_compared_by_the_version_that_described_them(case):
    version = ModelVersionFactory(contract_id="of another time", **GONE[case])
    ModelVersion.objects.activate(version)
    assert current_model_version() == version


@pytest.mark.parametrize("case", GONE)
def test_the_way_out_leads_to_the_best_pack_that_is_there(case):
    ModelVersion.objects.activate(ModelVersionFactory(contract_id="of another time", **GONE[case]))
    assert registry.configured_pack() == "opencv_zoo"


def test_a_process_notices_that_the_faces_are_described_anew(monkeypatch):
    ModelVersion.objects.activate(ModelVersionFactory(contract_id="old", engine="dlib"))
    assert registry.contract_in_use() == ""
    refuse_if_switched()
    ModelVersion.objects.activate(ModelVersionFactory(contract_id=EngineInfo.for_pack("opencv_zoo").contract_id))
    assert refusal_of(refuse_if_switched).code == "model_switched"
    restart(monkeypatch)
    assert registry.engine_in_use().model == "opencv_zoo"


def test_a_pack_whose_folder_is_gone_is_missing_and_not_replaced(testpack, settings, monkeypatch):
    choose(settings, "testpack")
    current_model_version()
    choose(settings, "auto")
    shutil.rmtree(installed.own_root() / "testpack")
    restart(monkeypatch)
    refusal = refusal_of(registry.engine_in_use)
    assert (refusal.code, refusal.details) == ("model_not_installed", {"pack": "testpack"})
