"""Set-up for every test: an environment and a FACEPASS_HOME of this run, and what all tests share."""

import django

from facepass.testing import home

HOME = home.set_up()
django.setup()  # now, so that everything else may import models

pytest_plugins = [
    f"facepass.testing.{name}"
    for name in (
        "database",
        "isolation",
        "collection",
        "clients",
        "live",
        "engines.real",
        "pictures.real",
        "pages.browser",
        "pages.staff",
        "pages.guests",
        "pages.visitors",
        "pages.guest_browser",
        "stand_ins.pixora",
        "stand_ins.s3",
        "stand_ins.webhook_receiver",
    )
]


def pytest_unconfigure() -> None:
    home.tear_down(HOME)
