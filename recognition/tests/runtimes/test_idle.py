"""Models that nobody uses leave the memory, and come back."""

import gc
import threading
import time
import weakref
from types import SimpleNamespace

import pytest

from facepass.core.errors import FacePassError
from facepass.testing.engines.real import TESTPACK
from facepass.testing.waiting import eventually
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.runtimes import idle_release
from recognition.runtimes.idle_release import IdleReleased


class Model:
    pass


def test_it_goes_after_the_idle_time_and_is_made_again_at_the_next_use():
    held = IdleReleased()
    first = weakref.ref(held.get(Model, idle_seconds=0.05))
    eventually(lambda: not held.is_loaded)
    gc.collect()
    assert first() is None
    assert isinstance(held.get(Model, idle_seconds=0.05), Model)


def test_each_use_starts_the_time_anew(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    passing = SimpleNamespace(monotonic=lambda: clock.now, sleep=lambda _seconds: time.sleep(0.001))
    monkeypatch.setattr(idle_release, "time", passing)
    held = IdleReleased()
    first = held.get(Model, idle_seconds=10)
    for _use in range(6):
        clock.now += 9
        assert held.get(Model, idle_seconds=10) is first
    clock.now += 11
    eventually(lambda: not held.is_loaded)


def test_zero_keeps_it():
    held = IdleReleased()
    before = threading.active_count()
    held.get(Model, idle_seconds=0)
    assert threading.active_count() <= before  # those of other tests may end meanwhile
    time.sleep(0.05)
    assert held.is_loaded


def test_whoever_is_at_work_keeps_it():
    held = IdleReleased()
    mine = held.get(Model, idle_seconds=0.02)
    eventually(lambda: not held.is_loaded)
    other = held.get(Model, idle_seconds=0.02)
    assert isinstance(mine, Model)
    assert other is not mine


def test_threads_that_come_at_once_make_one():
    held, made = IdleReleased(), []

    def slow():
        time.sleep(0.05)
        made.append(Model())
        return made[-1]

    threads = [threading.Thread(target=held.get, args=[slow], kwargs={"idle_seconds": 0}) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_one_that_cannot_be_made_is_tried_again():
    def broken():
        raise FacePassError("model_corrupt", "broken", status=503)

    held = IdleReleased()
    with pytest.raises(FacePassError):
        held.get(broken, idle_seconds=1)
    assert held.get(Model, idle_seconds=0)


@pytest.fixture
def process(settings, tmp_path, monkeypatch):
    """A fresh process whose models go at once."""
    settings.HOME = tmp_path
    settings.ENV = settings.ENV.model_copy(update={"model_idle_seconds": 0.01, "face_pack": "testpack"})
    monkeypatch.setattr(registry, "_process", registry._Process())
    return registry._process


def installed(tmp_path):
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    folder = tmp_path / "models" / "insightface" / "models" / "testpack"
    folder.parent.mkdir(parents=True)
    folder.symlink_to(TESTPACK)
    return folder


@pytest.mark.django_db
def test_the_engine_is_unloaded_and_loaded_again(process, settings):
    settings.FACE_ENGINE_CLASS = "recognition.engines.fake.FakeEngine"
    first = registry.get_engine()
    eventually(lambda: not process.engine.is_loaded)
    assert isinstance(registry.get_engine(), FakeEngine)
    assert registry.get_engine() is not first


@pytest.mark.django_db
def test_an_engine_that_comes_back_is_the_same_though_its_pack_was_updated(process, tmp_path):
    folder = installed(tmp_path)
    before = registry.get_engine().contract_id
    eventually(lambda: not process.engine.is_loaded)
    folder.rename(folder.with_name("testpack.previous"))
    folder.mkdir()
    for path in TESTPACK.glob("*.onnx"):
        data = path.read_bytes()
        (folder / path.name).write_bytes(data + b"\x7a\x00" if path.name.startswith("mobile") else data)
    assert registry.get_engine().contract_id == before
    assert registry.get_engine().model == "testpack.previous"


@pytest.mark.django_db
def test_an_engine_whose_files_are_gone_is_not_replaced_in_silence(process, tmp_path):
    folder = installed(tmp_path)
    registry.get_engine()
    eventually(lambda: not process.engine.is_loaded)
    folder.unlink()
    folder.mkdir()
    for path in TESTPACK.glob("*.onnx"):
        (folder / path.name).write_bytes(path.read_bytes() + b"\x7a\x00")
    with pytest.raises(FacePassError) as refusal:
        registry.get_engine()
    assert (refusal.value.code, refusal.value.status) == ("model_switched", 503)
