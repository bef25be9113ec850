"""Which models described the faces, and what staff may tune."""

import json
from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from facepass.console.base import BaseAdmin, ExtraContext, SuperuserAdmin, column, is_superuser, roles
from facepass.core.errors import FacePassError
from facepass.core.forms import ParseableJSONField
from recognition import config
from recognition.engines import registry
from recognition.models import ModelVersion, RecognitionConfig, RecognitionConfigChange
from recognition.settings import overrides
from recognition.settings.levels import BOUNDS_KEY, read_bounds

M = TypeVar("M", bound=Model)


class InstallationAdmin(BaseAdmin[M]):
    """What holds for the whole installation: all staff may look, superusers may change."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_superuser(request) or bool(roles(request))

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return is_superuser(request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: ExtraContext = None) -> HttpResponse:
        """Superusers alone: it names who changed something, and they may be of other studios."""
        if not is_superuser(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


@admin.register(ModelVersion)
class ModelVersionAdmin(InstallationAdmin[ModelVersion]):
    """Read only: every face refers to the version that described it."""

    list_display = ["engine", "model", "license_name", "commercial", "dimension", "contract_id", "active", "created_at"]
    list_display_links = ["engine", "model"]
    search_fields = ["engine", "model", "contract_id"]
    fields = [
        "engine", "model", "license_name", "commercial_use", "parts", "dimension", "contract_id", "template_key_id",
        "calibration", "active", "activated_at", "created_at",
    ]  # fmt: skip

    readonly_fields = ["parts"]

    def has_change_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        return False

    @admin.display(description=_("parts and their licences"))
    def parts(self, version: ModelVersion) -> str:
        """Of the pack that describes as this version does, where it is on this machine."""
        found = [info for info in registry.list_installed_models() if info.contract_id == version.contract_id]
        rows = [
            (part.role, part.path.name, part.license.name, part.sha256) for info in found[:1] for part in info.parts
        ]
        return format_html_join(mark_safe("<br>"), "{}: {}, {} (sha256:{})", rows) or "-"

    @column(_("commercial use"), ordering="commercial_use", label={"yes": "success", "no": "danger"})
    def commercial(self, version: ModelVersion) -> tuple[str, str]:
        return ("yes", gettext("allowed")) if version.commercial_use else ("no", gettext("research only"))


class IndentedEncoder(json.JSONEncoder):
    """Writes one setting to a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": 2, "sort_keys": False})


class RecognitionConfigForm(forms.ModelForm[RecognitionConfig]):
    key = forms.CharField(label=_("Key"), widget=UnfoldAdminTextInputWidget)
    value = ParseableJSONField(
        label=_("Value"),
        encoder=IndentedEncoder,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 32, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        key = cleaned.get("key", self.instance.key)
        if key in (config.KEY, BOUNDS_KEY) and "value" in cleaned:
            self._check(cleaned, key)
        return cleaned

    def _check(self, cleaned: dict[str, Any], key: str) -> None:
        try:
            if key == config.KEY:
                cleaned["value"] = config.validate_settings(cleaned["value"]).model_dump()
            else:
                read_bounds(cleaned["value"])
        except FacePassError as refusal:
            wrong = [f"{name}: {reason}" for name, reason in refusal.details.items()]
            self.add_error("value", ValidationError(wrong))


@admin.register(RecognitionConfig)
class RecognitionConfigAdmin(InstallationAdmin[RecognitionConfig]):
    form = RecognitionConfigForm
    list_display = ["key", "updated_at"]
    search_fields = ["key"]
    fields = ["key", "value", "updated_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: RecognitionConfig | None = None) -> list[str]:
        return ["key", "updated_at"] if obj else ["updated_at"]

    def save_model(
        self, request: HttpRequest, obj: RecognitionConfig, form: ModelForm[RecognitionConfig], change: bool
    ) -> None:
        """By the one way that also writes the history."""
        if obj.key == config.KEY:
            config.save_settings(obj.value, by=str(request.user))
        elif obj.key == BOUNDS_KEY:
            overrides.change_bounds(obj.value, by=str(request.user))
        else:
            super().save_model(request, obj, form, change)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:  # one value is an object
        """Return the settings that hold while there is no row."""
        return {"key": config.KEY, "value": config.RecognitionSettings().model_dump()}


@admin.register(RecognitionConfigChange)
class RecognitionConfigChangeAdmin(SuperuserAdmin[RecognitionConfigChange]):
    """Read only: it says what was done."""

    list_display = ["changed_at", "key", "studio", "changed_by"]
    list_filter = ["key"]
    list_select_related = ["studio"]
    fields = ["changed_at", "key", "studio", "session_id", "changed_by", "before", "after"]

    def has_add_permission(self, request: HttpRequest, obj: RecognitionConfigChange | None = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission
