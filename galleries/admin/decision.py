"""What people decided about faces, and the way back."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from facepass.admin_tenancy import VERIFIERS, TenantAdmin, column
from facepass.errors import FacePassError
from galleries import decisions
from galleries.models import FaceDecision


@admin.register(FaceDecision)
class FaceDecisionAdmin(TenantAdmin):
    editors = VERIFIERS
    list_display = ["made_at", "kind", "who", "faces", "standing", "studio"]
    list_select_related = ["made_by", "studio"]
    list_filter = ["kind", ("undone_at", admin.EmptyFieldListFilter)]
    fields = ["made_at", "kind", "who", "faces", "standing", "studio", "session_id"]
    readonly_fields = fields
    actions = ["undo"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("after", "apart")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Decisions are made where the faces are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is the history."""
        return False

    @admin.action(description=_("Undo the selected decisions"), permissions=["change"])
    def undo(self, request: HttpRequest, queryset: Any) -> None:
        """Latest first, because a decision stands on those before it."""
        undone = 0
        for decision in self.editable(request, queryset).order_by("-made_at"):
            try:
                decisions.undo(decision)
            except FacePassError as refusal:
                messages.error(request, f"{decision.made_at:%d.%m.%Y %H:%M}: {refusal.message}")
            else:
                undone += 1
        messages.success(request, _t("Undone: %(number)d") % {"number": undone})

    @column(_("by"))
    def who(self, decision: FaceDecision) -> str:
        return str(decision.made_by or decision.made_with)

    @column(_("faces"))
    def faces(self, decision: FaceDecision) -> int:
        return len(decision.before.get("faces", {})) or len(decision.same)

    @column(_("in force"), boolean=True)
    def standing(self, decision: FaceDecision) -> bool:
        return decision.undone_at is None
