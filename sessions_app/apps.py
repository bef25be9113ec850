from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _

PIXORA_SYNC_SECONDS = 60
# How soon after the last photo was grouped guests hear of it; each at most once an hour.
ALERT_SECONDS = 60


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = _("Photo sessions")

    def ready(self) -> None:
        from facepass.core.work import chores  # noqa: PLC0415 - its models are not loaded when this module is
        from galleries.faces import event_change  # noqa: PLC0415 - as above
        from galleries.photos import given_files  # noqa: PLC0415 - as above
        from galleries.photos.cameras import assumed_zones  # noqa: PLC0415 - as above
        from galleries.staff_kit import photo_sessions  # noqa: PLC0415 - as above
        from sessions_app import guest_uploads, session_directory, session_galleries, session_limits, trash  # noqa: PLC0415
        from sessions_app.guest.domain import downloads  # noqa: PLC0415 - as above
        from sessions_app.pixora import gateway  # noqa: PLC0415 - as above

        given_files.register_rule(downloads.list_sessions_as_taken)
        assumed_zones.register_finder(session_galleries.find_own_zone)
        photo_sessions.register_directory(session_directory.LocalDirectory())
        event_change.BEFORE_LEAVING.append(session_directory.keep_hidden)
        trash.register()
        session_limits.register()
        post_delete.connect(
            guest_uploads.delete_file_with_row, sender="sessions_app.GuestUpload", dispatch_uid="given files"
        )
        chores.register_chore("sessions_app.webhooks.outbox.delete_old_events", every=3600)
        chores.register_chore("sessions_app.guest.domain.readiness.send_ready_notices", every=60)
        chores.register_chore("sessions_app.guest.domain.privacy.erasure.forget_absent_guests", every=3600)
        chores.register_chore("sessions_app.guest_data.consent_records.keep_records", every=3600)
        chores.register_chore("sessions_app.guest.domain.privacy.withdrawal.delete_withdrawn", every=20)
        chores.register_chore("sessions_app.retention.chore.keep_deadlines", every=3600)
        chores.register_chore("sessions_app.guest.domain.alerts.run_alerts", every=ALERT_SECONDS)
        if gateway.is_configured():
            chores.register_chore("sessions_app.pixora.sync.run_sync", every=PIXORA_SYNC_SECONDS)
