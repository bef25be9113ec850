"""Set-up for every test: an environment and a FACEPASS_HOME of this run, and what all tests share."""

import django

from facepass.testing import home

HOME = home.set_up()
django.setup()  # now, so that everything else may import models

pytest_plugins = [
    "facepass.testing.database",
    "facepass.testing.isolation",
    "facepass.testing.live",
]


def pytest_unconfigure() -> None:
    home.tear_down(HOME)
