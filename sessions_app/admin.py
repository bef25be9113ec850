"""Photo sessions: their guest link, and whether guests may search."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from facepass.admin_tenancy import TenantAdmin, column
from galleries.models import Gallery, GalleryImage
from sessions_app import admin_webhooks  # noqa: F401 - registers itself
from sessions_app.admin_analytics import usage_of
from sessions_app.models import Origin, PhotoSession
from sessions_app.pixora import gateway


@admin.register(PhotoSession)
class PhotoSessionAdmin(TenantAdmin):
    list_display = [
        "name", "studio", "status", "scheduled_at", "facepass_enabled", "guest_link", "gallery_count", "photo_count",
    ]  # fmt: skip
    list_editable = ["facepass_enabled"]
    list_select_related = ["studio"]
    list_filter = [("status", ChoicesDropdownFilter), "facepass_enabled", "origin"]
    search_fields = ["name", "code"]
    fields = [
        "name", "studio", "description", "status", "scheduled_at", "facepass_enabled", "code", "guest_link", "settings",
        "origin", "gone_at",
    ]  # fmt: skip
    readonly_fields = ["guest_link", "origin", "gone_at"]
    autocomplete_fields = ["studio"]
    change_form_outer_after_template = "admin/sessions_app/usage.html"

    class Media:
        css = {"all": ["facepass-admin/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not gateway.configured() and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is kept in Pixora is changed there."""
        ours = obj is None or obj.origin == Origin.LOCAL
        return ours and super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Galleries name their session without a foreign key, so they are counted by hand."""
        galleries = Gallery.objects.filter(session_id=OuterRef("pk"))
        photos = GalleryImage.objects.filter(gallery__session_id=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                gallery_count=_count(galleries, by="session_id"), photo_count=_count(photos, by="gallery__session_id")
            )
        )

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        session = self.get_object(request, object_id)
        query = f"session__id__exact={object_id}"
        usage = usage_of(session.days.all(), query=query) if session else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **usage})

    @column(_("guest page"))
    def guest_link(self, session: PhotoSession) -> str:
        address = f"{settings.PUBLIC_URL}{reverse('guest-page', args=[session.code])}"
        return format_html('<a class="fp-link" href="{}" target="_blank" rel="noopener">{}</a>', address, address)

    @column(_("galleries"), ordering="gallery_count")
    def gallery_count(self, session: Any) -> int:
        return int(session.gallery_count)

    @column(_("photos"), ordering="photo_count")
    def photo_count(self, session: Any) -> int:
        return int(session.photo_count)


def _count(rows: Any, *, by: str) -> Any:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
