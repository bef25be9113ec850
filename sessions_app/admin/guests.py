"""What the session's page in the admin has for guests: their rules, and the way to their page on paper."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from facepass.console.base import EDITORS, is_superuser, roles
from facepass.console.unfold_admin import StackedInline
from sessions_app import table_cards
from sessions_app.models import GuestRules, PhotoSession
from sessions_app.models.guest import normalise_pin

MIN_PIN_LENGTH = 4

# Path: content type, file name's ending, and what makes it.
PAPERS: dict[str, tuple[str, Callable[[PhotoSession], bytes], Promise]] = {
    "qr.svg": ("image/svg+xml", table_cards.build_svg, _("QR code (SVG)")),
    "qr.png": ("image/png", table_cards.build_png, _("QR code (PNG)")),
    "card.pdf": ("application/pdf", table_cards.build_table_card, _("table card (PDF)")),
}


class GuestRulesForm(forms.ModelForm[GuestRules]):
    new_pin = forms.CharField(
        label=_("new PIN"), required=False, max_length=32, strip=True,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_(
            "At least four letters or digits; spaces, hyphens and capitals make no difference. A PIN that is set "
            "cannot be shown, so note it for the cards; leave this empty to keep it."
        ),
    )  # fmt: skip
    clear_pin = forms.BooleanField(label=_("ask for no PIN"), required=False, widget=UnfoldBooleanSwitchWidget)

    class Meta:
        model = GuestRules
        fields = ["expires_at", "browsing", "challenge", "downloads", "watermark"]

    def clean_new_pin(self) -> str:
        pin: str = self.cleaned_data["new_pin"]
        if pin and len(normalise_pin(pin)) < MIN_PIN_LENGTH:
            raise ValidationError(_("A PIN has at least four letters or digits."))
        return pin

    def save(self, commit: bool = True) -> GuestRules:
        if self.cleaned_data.get("clear_pin") or self.cleaned_data["new_pin"]:
            self.instance.set_pin("" if self.cleaned_data.get("clear_pin") else self.cleaned_data["new_pin"])
        rules: GuestRules = super().save(commit)
        return rules


class GuestRulesInline(StackedInline[GuestRules, PhotoSession]):
    """Who may change a session may change what its guests may do."""

    model = GuestRules
    form = GuestRulesForm
    can_delete = False
    max_num = 1

    def get_fields(self, request: HttpRequest, obj: PhotoSession | None = None) -> tuple[str, ...]:
        own = tuple(GuestRulesForm.Meta.fields)
        return (own[0], "new_pin", "clear_pin", *own[1:]) if self.has_change_permission(request, obj) else own

    def has_view_permission(self, request: HttpRequest, obj: PhotoSession | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: PhotoSession | None = None) -> bool:
        if is_superuser(request):
            return True
        role = roles(request).get(obj.studio_id) if obj else None
        return role in EDITORS

    has_add_permission = has_change_permission


def build_paper_links(session: PhotoSession) -> str:
    """Return links to all of PAPERS."""
    links = (
        (reverse("admin:guest-paper", args=[session.pk, name]), label)
        for name, (_type, _build, label) in PAPERS.items()
    )
    return format_html_join(" · ", '<a class="fp-link" href="{}">{}</a>', links)


def answer_paper(session: PhotoSession, name: str) -> HttpResponse:
    """Return the paper of PAPERS as a download."""
    content_type, build, _label = PAPERS[name]
    response = HttpResponse(build(session), content_type=content_type)
    title = slugify(session.name) or session.code
    response["Content-Disposition"] = f'attachment; filename="{title}-{name}"'
    return response
