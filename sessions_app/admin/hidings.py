"""Guests who are not to be found: the studio may end it, because somebody may hide behind another's selfie."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from facepass.console.base import MANAGERS, TenantAdmin, column
from sessions_app.models import Hiding


@admin.register(Hiding)
class HidingAdmin(TenantAdmin[Hiding]):
    """Shows when and in which session, and no face: who hides shall not be looked up here either."""

    studio_path = "session__studio"
    editors = MANAGERS
    list_display = ["created_at", "session", "forgotten"]
    list_select_related = ["session"]
    fields = readonly_fields = ("session", "created_at", "forgotten")

    @column(_("data deleted"), boolean=True)
    def forgotten(self, hiding: Hiding) -> bool:
        return hiding.guest_id is None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hiding | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Hiding | None = None) -> bool:
        return super().has_change_permission(request, obj)
