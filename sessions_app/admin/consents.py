"""Records of consents: for proof, and to find the guest whose number somebody names."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join, linebreaks
from django.utils.translation import gettext_lazy as _

from facepass.console.base import MANAGERS, ReadOnlyAdmin, column
from sessions_app.models import ConsentRecord, PhotoSession


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin[ConsentRecord]):
    """Nobody changes or deletes one: their time is up by itself (CONSENT_RECORD_DAYS)."""

    editors = viewers = MANAGERS
    list_display = ["id", "event", "language", "guardian", "agreed_at", "withdrawn_at", "ended_at"]
    list_filter = ["guardian", "language", ("withdrawn_at", admin.EmptyFieldListFilter)]
    search_fields = ["=id"]
    search_help_text = _("The number that stands on the guest's page of the notice, or on a receipt.")
    fields = readonly_fields = (
        "id", "studio", "event", "version", "language", "guardian", "agreed_at", "withdrawn_at", "ended_at",
        "guest_data", "notice_digest", "text",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentRecord]:
        return super().get_queryset(request).select_related("guest", "studio")

    @column(_("photo session"))
    def event(self, record: ConsentRecord) -> str:
        """Its name where it is still there; of one that was deleted only the id is left."""
        session = PhotoSession.objects.filter(pk=record.session_id, studio=record.studio_id).first()
        return session.name if session else str(record.session_id)

    @column(_("data of the guest"), empty=_("gone"))
    def guest_data(self, record: ConsentRecord) -> str | None:
        if not hasattr(record, "guest"):
            return None
        pages = {"data": _("Download the data"), "forget": _("Forget this guest")}
        prefix = "admin:sessions_app_consentrecord"
        links = [(reverse(f"{prefix}_{name}", args=[record.pk]), text) for name, text in pages.items()]
        return format_html_join(" · ", '<a class="fp-link" href="{}">{}</a>', links)

    @column(_("text"))
    def text(self, record: ConsentRecord) -> str:
        notice = record.notice_text
        return linebreaks(notice.text, autoescape=True) if notice else ""
