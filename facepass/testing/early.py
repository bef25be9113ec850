"""Set up the home of this process; pytest loads this before all other plugins (`-p` in pyproject.toml).

pytest-django reads the settings before any conftest is loaded. A worker of `pytest -n` inherits the environment of the
process that started it, so without this its settings would name that process's home.
"""

import gc

import pytest

from facepass.testing import home

HOME = home.set_up()
# While everything is imported nothing becomes garbage.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Collect garbage from now on, but leave alone the million objects of the modules and tests, which stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def pytest_unconfigure() -> None:
    home.tear_down(HOME)
