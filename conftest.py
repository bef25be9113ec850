"""Set-up for every test: settings that point at a FACEPASS_HOME of this run, and one embedded PostgreSQL for it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

from facepass.env import Environment

HOME = Path(tempfile.mkdtemp(prefix="facepass-test-"))
(HOME / "static").mkdir()
HOME.chmod(0o755)  # as root, the database runs as another user, which must get through
# What a developer has set, in the shell or in `.env`, must not reach the tests.
os.environ["FACEPASS_ENV_FILE"] = os.devnull
for name in (*Environment.model_fields, "facepass_role"):
    os.environ.pop(name.upper(), None)
# Nor may what happens to be faster at the moment decide what a test runs.
os.environ.update(FACEPASS_HOME=str(HOME), DJANGO_SETTINGS_MODULE="facepass.settings", INFERENCE_RUNTIME="onnxruntime")
django.setup()  # now, so that every other conftest may import models

pytest_plugins = ["facepass.tests.live"]

# Nothing here has to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """pytest-django asks for this before it makes the test database; without a database test nothing starts."""
    from facepass.ops.embedded import EmbeddedPostgres

    server = EmbeddedPostgres(HOME, settings=FAST)
    server.start(owner="pytest")
    yield
    server.stop()


@pytest.fixture(autouse=True)
def ask_for_the_model_again() -> None:
    """A process chooses its engine once; here each test has settings and a database of its own."""
    from recognition.engines import registry

    registry._process.asked, registry._process.choice = False, None


@pytest.fixture(autouse=True)
def unlimited(settings) -> None:
    """No limits but where a test sets some: all tests come from one address, and their queries are counted."""
    settings.RATE_LIMITS = {}


@pytest.fixture(autouse=True)
def without_chores(monkeypatch) -> None:
    """What the apps have done every so often would be queued in between what a test counts."""
    from facepass.core.work import chores

    monkeypatch.setattr(chores, "_chores", {})


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)
