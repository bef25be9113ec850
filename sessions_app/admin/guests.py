"""What the session's page in the admin has for guests: their rules, and the way to their page on paper."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.text import capfirst, slugify
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
        label=capfirst(_("new PIN")), required=False, max_length=32, strip=True,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_(
            "At least four letters or digits; spaces, hyphens and capitals make no difference. Leave this empty to "
            "keep the PIN that is set."
        ),
    )  # fmt: skip
    print_pin = forms.BooleanField(
        label=capfirst(_("print the PIN on the table card")), required=False, widget=UnfoldBooleanSwitchWidget,
        help_text=_(
            "Whoever holds a card then has the PIN. It is kept encrypted for that; otherwise only as a hash, which "
            "nobody can read."
        ),
    )  # fmt: skip
    clear_pin = forms.BooleanField(
        label=capfirst(_("ask for no PIN")), required=False, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("print_pin", bool(self.instance.printed_pin))

    class Meta:
        model = GuestRules
        fields = ["expires_at", "browsing", "uploads", "challenge", "downloads", "watermark"]

    def clean_new_pin(self) -> str:
        pin: str = self.cleaned_data["new_pin"]
        if pin and len(normalise_pin(pin)) < MIN_PIN_LENGTH:
            raise ValidationError(_("A PIN has at least four letters or digits."))
        return pin

    def clean(self) -> dict[str, Any]:
        """Refuse to print a PIN of which there is only a hash."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        is_kept = self.instance.pin and not values.get("new_pin") and not values.get("clear_pin")
        if is_kept and values.get("print_pin") and not self.instance.printed_pin and "new_pin" not in self.errors:
            self.add_error(
                "new_pin", _("Enter the PIN once more, so that it can be printed: only a hash of it is kept.")
            )
        return values

    def save(self, commit: bool = True) -> GuestRules:
        values = self.cleaned_data
        pin = "" if values.get("clear_pin") else values["new_pin"]
        if pin or values.get("clear_pin"):
            self.instance.set_pin(pin)
        if pin and values.get("print_pin"):
            self.instance.printed_pin = pin
        elif not values.get("print_pin"):
            self.instance.printed_pin = None
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
        return (
            (own[0], "new_pin", "print_pin", "clear_pin", *own[1:]) if self.has_change_permission(request, obj) else own
        )

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
