from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacePassConfig(AppConfig):
    name = "facepass"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from facepass import checks, housekeeping, schema  # noqa: F401, PLC0415 - register themselves

        housekeeping.register("facepass.notices.mail", every=60)
        housekeeping.register("facepass.notices.forget_old", every=3600)
