"""OAuth applications, of whose secrets the admin shows each once. The library's own pages show nobody anything."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from oauth2_provider import admin as _library  # noqa: F401 - registers what we take out
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken

from facepass.console.base import MANAGERS, TenantAdmin
from facepass.oauth.models import Application

admin.site.unregister((Application, AccessToken, Grant, IDToken, RefreshToken))


@admin.register(Application)
class ApplicationAdmin(TenantAdmin[Application]):
    studio_path = "key__studio"
    editors = viewers = MANAGERS
    list_display = ["name", "client_id", "key", "created"]
    list_select_related = ["key__studio"]
    search_fields = ["name", "client_id"]
    autocomplete_fields = ["key"]

    def get_fields(self, request: HttpRequest, obj: Application | None = None) -> tuple[str, ...]:
        return ("name", "client_id", "key") if obj else ("key",)

    def get_readonly_fields(self, request: HttpRequest, obj: Application | None = None) -> tuple[str, ...]:
        return ("client_id", "key") if obj else ()

    def save_model(self, request: HttpRequest, obj: Application, form: ModelForm[Application], change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        issued, secret = Application.issue(obj.key)
        obj.pk, obj.client_id, obj.name = issued.pk, issued.client_id, issued.name
        text = gettext("{}: copy the secret now, it is shown only once: {}")
        messages.warning(request, format_html(text, issued.client_id, format_html("<code>{}</code>", secret)))
