"""Training sessions: started through the API, looked at here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from facepass.admin_tenancy import TenantAdmin, column
from training.models import FaceTrainingSession

Status = FaceTrainingSession.Status
STATUS_LABELS = {
    Status.PENDING: "info",
    Status.RUNNING: "primary",
    Status.COMPLETED: "success",
    Status.FAILED: "danger",
    Status.CANCELLED: "warning",
}


@admin.register(FaceTrainingSession)
class FaceTrainingSessionAdmin(TenantAdmin):
    list_display = [
        "started_at", "status_shown", "studio", "people_count", "total_faces", "accuracy", "completed_at",
    ]  # fmt: skip
    list_select_related = ["studio"]
    list_filter = ["status"]
    search_fields = ["error_message"]
    fields = [
        "status", "studio", "started_at", "completed_at", "people_count", "total_faces", "accuracy",
        "error_message",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A record of what happened."""
        return False

    @column(_("status"), ordering="status", label=STATUS_LABELS)
    def status_shown(self, session: FaceTrainingSession) -> tuple[str, str]:
        return session.status, session.get_status_display()

    @column(_("accuracy"), ordering="model_accuracy", empty="–")
    def accuracy(self, session: FaceTrainingSession) -> str | None:
        return None if session.model_accuracy is None else f"{session.model_accuracy:.1%}"
