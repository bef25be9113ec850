from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class FacePassConfig(AppConfig):
    name = "facepass"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from facepass import checks, housekeeping, loaders, schema  # noqa: F401, PLC0415 - register themselves

        connection_created.connect(loaders.register, dispatch_uid="loaders")

        housekeeping.register("facepass.notices.mail", every=60)
        housekeeping.register("facepass.notices.forget_old", every=3600)
