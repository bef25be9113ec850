"""What would reach from one test into the next, or from a clock into all of them, is switched off for each."""

from collections.abc import Iterator
from unittest import mock

import pytest

from facepass.core.live import progress
from facepass.core.work import chores
from facepass.models import known_keys
from recognition.engines import registry


@pytest.fixture(autouse=True)
def ask_for_the_model_again() -> None:
    """A process chooses its engine once; here each test has settings and a database of its own."""
    registry._process.forget_choice()


@pytest.fixture(autouse=True)
def send_live_progress_again() -> None:
    """A process that could not send an event sends none for some seconds."""
    progress._paused_until = 0.0


@pytest.fixture(scope="session", autouse=True)
def without_known_keys() -> Iterator[None]:
    """Whether a key is looked up would depend on how quick the machine is, and so would counts of queries."""
    with mock.patch.object(known_keys, "LIFETIME_SECONDS", 0.0):
        yield


@pytest.fixture(scope="session", autouse=True)
def without_chores() -> Iterator[None]:
    """What the apps have done every so often would be queued in between what a test counts."""
    with mock.patch.dict(chores._chores, clear=True):
        yield
