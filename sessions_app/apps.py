from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

PIXORA_SYNC_SECONDS = 60
# How soon after the last photo was grouped guests hear of it; each at most once an hour.
ALERT_SECONDS = 60


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = _("Photo sessions")

    def ready(self) -> None:
        from facepass.core.work import chores  # noqa: PLC0415 - its models are not loaded when this module is
        from galleries.staff_kit import photo_sessions  # noqa: PLC0415 - as above
        from sessions_app import session_directory, trash  # noqa: PLC0415 - as above
        from sessions_app.pixora import gateway  # noqa: PLC0415 - as above

        photo_sessions.register_directory(session_directory.LocalDirectory())
        trash.register()
        chores.register_chore("sessions_app.webhooks.outbox.delete_old_events", every=3600)
        chores.register_chore("sessions_app.guest.domain.readiness.send_ready_notices", every=60)
        chores.register_chore("sessions_app.guest.domain.erasure.forget_absent_guests", every=3600)
        chores.register_chore("sessions_app.guest.domain.alerts.run_alerts", every=ALERT_SECONDS)
        if gateway.is_configured():
            chores.register_chore("sessions_app.pixora.sync.run_sync", every=PIXORA_SYNC_SECONDS)
