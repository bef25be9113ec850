"""What people decided about faces, and the way back."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from facepass.console.base import VERIFIERS, TenantAdmin, column
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from galleries.faces import decisions
from galleries.models import FaceDecision
from galleries.models.decision import FaceDecisionQuerySet


@admin.register(FaceDecision)
class FaceDecisionAdmin(TenantAdmin[FaceDecision]):
    editors = VERIFIERS
    list_display = ["made_at", "kind", "who", "face_count", "faces_gone", "standing", "undoer_shown", "studio"]
    list_select_related = ["made_by", "undone_by", "studio"]
    list_filter = ["kind", ("undone_at", admin.EmptyFieldListFilter)]
    fields = readonly_fields = (
        "made_at", "kind", "who", "face_count", "faces_gone", "standing", "undone_at", "undoer_shown", "studio",
        "session_id",
    )  # fmt: skip
    actions = ["undo"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FaceDecision]:
        return (
            cast(FaceDecisionQuerySet, super().get_queryset(request))
            .with_faces_gone()
            .defer("before", "after", "same", "apart")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Decisions are made where the faces are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FaceDecision | None = None) -> bool:
        """It is the history."""
        return False

    @admin.action(description=_("Undo the selected decisions"), permissions=["change"])
    def undo(self, request: HttpRequest, queryset: QuerySet[FaceDecision]) -> None:
        """Latest first, because a decision stands on those before it."""
        undone = 0
        for decision in self.editable(request, queryset).order_by("-made_at"):
            try:
                decisions.undo(decision, by=user_of(request))
            except FacePassError as refusal:
                moment = date_format(timezone.localtime(decision.made_at), "DATETIME_FORMAT")
                messages.error(request, f"{moment}: {refusal.message}")
            else:
                undone += 1
        messages.success(request, gettext("Decisions undone: %(number)d") % {"number": undone})

    @column(_("by"))
    def who(self, decision: FaceDecision) -> str:
        return decision.maker

    @column(_("faces deleted since"))
    def faces_gone(self, decision: FaceDecision) -> int | None:
        """Its photo was deleted, or the face erased; what is undone brings none of them back."""
        return decision.faces_gone or None

    @column(_("in force"), boolean=True)
    def standing(self, decision: FaceDecision) -> bool:
        return decision.undone_at is None

    @column(_("undone by"))
    def undoer_shown(self, decision: FaceDecision) -> str | None:
        return decision.undoer or None
