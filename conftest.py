"""What all tests share. Their environment and FACEPASS_HOME are set up by `facepass.testing.early`."""

import django

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
        "stand_ins.cameras",
        "stand_ins.s3",
        "stand_ins.webhook_receiver",
    )
]
