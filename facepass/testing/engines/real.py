"""Engines for tests: real ones with their models, loaded once, and one that needs no weights."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings

from facepass.testing.engines.remembering_engine import RememberingEngine
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.engines.pack_engine import PackEngine
from recognition.packs import installed

SHARED = django_settings.BASE_DIR.parent / "shared"
TESTPACK = SHARED / "models" / "insightface" / "models" / "testpack"
OPENCV_ZOO = django_settings.SHARED_MODELS / "opencv_zoo"


@pytest.fixture
def fake_engine() -> Iterator[FakeEngine]:
    with registry.use_engine(FakeEngine()) as engine:
        yield engine


@pytest.fixture(scope="session")
def opencv_zoo_engine():
    """The default: YuNet and SFace, which `make test` has installed."""
    return PackEngine(installed.read_pack(OPENCV_ZOO))


@pytest.fixture(scope="session")
def remembering_engine(opencv_zoo_engine):
    return RememberingEngine(opencv_zoo_engine)


@pytest.fixture(scope="session")
def insightface_engine():
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    return PackEngine(installed.read_pack(TESTPACK))


@pytest.fixture(params=["opencv_zoo", "insightface"])
def engine(request):
    """Each real engine in turn."""
    return request.getfixturevalue(f"{request.param}_engine")
