"""Ready means that the models are in memory, and they stay there while guests may search."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from facepass.core import machine
from facepass.ops import model_keeper
from facepass.testing.engines.real import TESTPACK
from facepass.testing.factories import SessionFactory
from recognition.engines import registry, warm_up
from recognition.engines.pack_engine import PackEngine
from recognition.packs import installed
from recognition.runtimes import network, selftest
from sessions_app.models import GuestRules

pytestmark = pytest.mark.django_db(transaction=True)  # the keeper gives its connections back


@pytest.fixture(autouse=True)
def fresh(monkeypatch, settings):
    settings.FACE_ENGINE_CLASS = "recognition.engines.fake.FakeEngine"
    monkeypatch.setattr(registry, "_process", registry._Process())
    monkeypatch.setattr(machine, "is_memory_short", lambda: False)


def test_a_process_that_loads_its_models_is_not_ready_and_then_is(client, monkeypatch):
    monkeypatch.setattr(model_keeper, "_is_loading", True)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["engine"]["code"]) == (503, "loading")
    assert client.get("/health").status_code == 200
    model_keeper._load_first()
    assert registry.is_loaded()
    assert client.get("/health/ready").json()["checks"]["engine"]["status"] == "ok"


def test_while_the_database_is_away_it_is_tried_again_and_not_ready(monkeypatch):
    tries = []

    def load():
        tries.append(model_keeper.is_loading())
        if len(tries) < 3:
            raise OperationalError

    monkeypatch.setattr(model_keeper, "_is_loading", True)
    monkeypatch.setattr(model_keeper, "RETRY_SECONDS", 0)
    monkeypatch.setattr(warm_up, "load_models", load)
    model_keeper._load_first()
    assert (tries, model_keeper.is_loading()) == ([True, True, True], False)


def test_models_that_are_not_installed_hold_nothing_up(settings, monkeypatch, tmp_path, caplog):
    del settings.FACE_ENGINE_CLASS
    settings.HOME, settings.SHARED_MODELS = tmp_path, tmp_path
    assert model_keeper.load_models()
    assert "not installed" in caplog.text
    assert not registry.is_loaded()


@pytest.mark.parametrize(
    ("opened", "wanted"),
    [
        ({}, True),
        ({"facepass_enabled": False}, False),
        ({"gone_at": timezone.now()}, False),
        (None, False),
    ],
)
def test_models_are_wanted_while_an_event_is_open_to_guests(opened, wanted):
    if opened is not None:
        SessionFactory(**opened)
    assert model_keeper.are_wanted() is wanted


@pytest.mark.parametrize(("days", "wanted"), [(-1, False), (1, True)])
def test_an_event_whose_time_is_over_wants_none(days, wanted):
    GuestRules.objects.create(session=SessionFactory(), expires_at=timezone.now() + timedelta(days=days))
    assert model_keeper.are_wanted() is wanted


def test_where_memory_is_short_they_may_leave(monkeypatch):
    SessionFactory()
    monkeypatch.setattr(machine, "is_memory_short", lambda: True)
    assert not model_keeper.are_wanted()


def test_without_the_database_they_stay(monkeypatch):
    def away(*_args):
        raise OperationalError

    monkeypatch.setattr(model_keeper.PhotoSession.objects, "open_to_guests", away)
    assert model_keeper.are_wanted()


@pytest.mark.parametrize(("idle", "pause"), [(900, 60), (0, 60), (30, 10)])
def test_it_looks_well_before_idle_models_leave(settings, idle, pause):
    settings.ENV = settings.ENV.model_copy(update={"model_idle_seconds": idle})
    assert model_keeper._pause() == pause


def test_a_search_after_loading_opens_and_tests_no_network(settings, tmp_path, monkeypatch):
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    del settings.FACE_ENGINE_CLASS
    settings.HOME = tmp_path
    settings.ENV = settings.ENV.model_copy(update={"face_pack": "testpack"})
    folder = tmp_path / "models" / "insightface" / "models" / "testpack"
    folder.parent.mkdir(parents=True)
    folder.symlink_to(TESTPACK)
    chosen = []
    choose = selftest.choose_session
    monkeypatch.setattr(network.selftest, "choose_session", lambda *a, **k: chosen.append(k["name"]) or choose(*a, **k))
    warm_up.load_models()
    loaded = list(chosen)
    assert isinstance(registry.get_engine(), PackEngine)
    assert {path.name.partition(" ")[0] for path in map(str_path, loaded)} == pack_files()
    warm_up.load_models()
    assert chosen == loaded


def str_path(name):
    return TESTPACK / name


def pack_files():
    """The networks that a search runs."""
    pack = installed.find_pack("testpack")
    return {file.path.name for file in (pack.detector, pack.recogniser, pack.landmarks) if file}
