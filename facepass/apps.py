from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class FacePassConfig(AppConfig):
    name = "facepass"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from facepass.core.api import schema  # noqa: F401, PLC0415 - registers itself
        from facepass.core.database import value_loaders  # noqa: PLC0415 - models are not loaded when this module is
        from facepass.core.work import chores  # noqa: PLC0415 - as above
        from facepass.ops import checks  # noqa: F401, PLC0415 - registers itself

        connection_created.connect(value_loaders.register_loaders, dispatch_uid="loaders")

        chores.register_chore("facepass.core.notices.send_notice_mails", every=60)
        chores.register_chore("facepass.core.notices.delete_old_notices", every=3600)
