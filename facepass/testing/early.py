"""Set up the home of this process; pytest loads this before all other plugins (`-p` in pyproject.toml).

pytest-django reads the settings before any conftest is loaded. A worker of `pytest -n` inherits the environment of the
process that started it, so without this its settings would name that process's home.
"""

from facepass.testing import home

HOME = home.set_up()


def pytest_unconfigure() -> None:
    home.tear_down(HOME)
