from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacePassConfig(AppConfig):
    name = "facepass"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from facepass import checks, schema  # noqa: F401, PLC0415 - register themselves
