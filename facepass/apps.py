from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import pre_delete
from django.utils.translation import gettext_lazy as _


class FacePassConfig(AppConfig):
    name = "facepass"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from facepass.core.api import schema  # noqa: F401, PLC0415 - registers itself
        from facepass.core.database import value_loaders  # noqa: PLC0415 - models are not loaded when this module is
        from facepass.core.trash import purge  # noqa: PLC0415 - as above
        from facepass.core.work import chores  # noqa: PLC0415 - as above
        from facepass.ops import checks  # noqa: F401, PLC0415 - registers itself

        pre_delete.connect(purge.delete_files_with_entry, sender="facepass.TrashEntry", dispatch_uid="trash files")
        connection_created.connect(value_loaders.register_loaders, dispatch_uid="loaders")

        chores.register_chore("facepass.core.notices.send_notice_mails", every=60)
        chores.register_chore("facepass.core.notices.delete_old_notices", every=3600)
        chores.register_chore("facepass.core.trash.purge.purge_due", every=600)
