"""What would reach from one test into the next, or from a clock into all of them, is switched off for each."""

from typing import Any

import pytest

from facepass.core.work import chores
from recognition.engines import registry


@pytest.fixture(autouse=True)
def ask_for_the_model_again() -> None:
    """A process chooses its engine once; here each test has settings and a database of its own."""
    registry._process.forget_choice()


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    """No limits but where a test sets some: all tests come from one address, and their queries are counted."""
    settings.RATE_LIMITS = {}


@pytest.fixture(autouse=True)
def without_chores(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the apps have done every so often would be queued in between what a test counts."""
    monkeypatch.setattr(chores, "_chores", {})
