from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.backends.signals import connection_created
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils.translation import gettext_lazy as _


class FacePassConfig(AppConfig):
    name = "facepass"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from facepass.core.access import actors, token_families  # noqa: PLC0415 - models are not loaded when this module is
        from facepass.core.access.sign_in import sign_ins  # noqa: PLC0415 - as above
        from facepass.core.api import schema  # noqa: F401, PLC0415 - registers itself
        from facepass.core.audit import watching  # noqa: PLC0415 - as above
        from facepass.core.database import value_loaders  # noqa: PLC0415 - as above
        from facepass.core.trash import purge  # noqa: PLC0415 - as above
        from facepass.core.work import chores  # noqa: PLC0415 - as above
        from facepass.models.known_keys import known_keys  # noqa: PLC0415 - as above
        from facepass.ops import checks  # noqa: F401, PLC0415 - registers itself

        pre_delete.connect(purge.delete_files_with_entry, sender="facepass.TrashEntry", dispatch_uid="trash files")
        user_logged_in.connect(sign_ins.begin, dispatch_uid="sign-ins begin")
        user_logged_out.connect(sign_ins.end, dispatch_uid="sign-ins end")
        connection_created.connect(value_loaders.register_loaders, dispatch_uid="loaders")
        pre_save.connect(
            token_families.leave_out_token,
            sender="token_blacklist.OutstandingToken",
            dispatch_uid="no refresh token is stored",
        )
        post_save.connect(watching.note_created, dispatch_uid="audit")
        post_save.connect(known_keys.forget, sender="facepass.ApiKey", dispatch_uid="known keys, saved")
        post_delete.connect(known_keys.forget, sender="facepass.ApiKey", dispatch_uid="known keys, deleted")
        user_logged_in.connect(actors.note_signed_in, dispatch_uid="audit")
        user_logged_out.connect(actors.note_signed_out, dispatch_uid="audit")

        chores.register_chore("facepass.core.audit.chain.seal_entries", every=60)
        chores.register_chore("facepass.core.audit.chain.note_head", every=3600)
        chores.register_chore("facepass.core.notices.send_notice_mails", every=60)
        chores.register_chore("facepass.core.notices.delete_old_notices", every=3600)
        chores.register_chore("facepass.core.trash.purge.purge_due", every=600)
        chores.register_chore("facepass.ops.file_check.nightly.check_at_night", every=1800)
        chores.register_chore("facepass.ops.remains.rewrite_due", every=1800)
        if settings.ENV.update_check_url:
            chores.register_chore("facepass.ops.newer_release.ask", every=86400)
