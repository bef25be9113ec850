"""Requests to be left out: what staff entered for those who asked, and may take back for them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from facepass.console.base import MANAGERS, ReadOnlyAdmin, column
from galleries.models import LeftOutRequest, Occasion
from galleries.staff_kit.occasions import occasion_title


@admin.register(LeftOutRequest)
class LeftOutRequestAdmin(ReadOnlyAdmin[LeftOutRequest]):
    """Entered on the page of a person or a face, and ended by its own page alone."""

    editors = viewers = MANAGERS
    list_display = ["asked_at", "whom", "where", "faces", "photos", "later", "asked_by", "take_back"]
    list_select_related = ["person", "asked_by", "studio"]
    fields = readonly_fields = (
        "asked_at", "studio", "whom", "where", "faces", "photos", "later", "asked_by", "take_back",
    )  # fmt: skip

    @column(_("person"))
    def whom(self, entered: LeftOutRequest) -> str | None:
        return str(entered.person) if entered.person else None

    @column(_("where"))
    def where(self, entered: LeftOutRequest) -> str:
        if entered.session_id or entered.gallery_id:
            occasion = Occasion(entered.studio_id, session_id=entered.session_id, gallery_id=entered.gallery_id)
            return occasion_title(occasion)
        return str(_("all events of the studio"))

    @column(_("take back"))
    def take_back(self, entered: LeftOutRequest) -> str:
        path = reverse("admin:galleries_leftoutrequest_take_back", args=[entered.pk])
        return format_html('<a class="fp-link" href="{}">{}</a>', path, _("Take back…"))
