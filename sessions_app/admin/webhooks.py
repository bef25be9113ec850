"""Webhooks in the admin: endpoints, what was delivered, and what became of every attempt."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm, TypedMultipleChoiceField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from facepass.console.base import MANAGERS, TenantAdmin, column
from facepass.console.unfold_admin import TabularInline
from facepass.models import EventType
from sessions_app.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from sessions_app.webhooks import outbox
from sessions_app.webhooks.addresses import check_address


class EndpointForm(ModelForm[WebhookEndpoint]):
    events = TypedMultipleChoiceField(
        label=capfirst(_("events")), choices=EventType.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if "url" in self.changed_data:
            check_address(url)
        return url


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(TenantAdmin[WebhookEndpoint]):
    """An endpoint's secret is shown when it is made or rotated, and never again."""

    form = EndpointForm
    editors = viewers = MANAGERS
    list_display = ["url", "studio", "status", "failing_since", "disabled_at", "created_at"]
    list_select_related = ["studio"]
    search_fields = ["url", "description"]
    fields = ["studio", "url", "description", "events", "enabled", "failing_since", "disabled_at"]
    readonly_fields = ["failing_since", "disabled_at"]
    autocomplete_fields = ["studio"]
    actions = ["send_test", "rotate"]

    def save_model(
        self, request: HttpRequest, obj: WebhookEndpoint, form: ModelForm[WebhookEndpoint], change: bool
    ) -> None:
        if change and obj.enabled and "enabled" in form.changed_data:
            obj.reset_failures()
        super().save_model(request, obj, form, change)
        if not change:
            _show_secret(request, obj)

    @admin.action(description=_("Send a test event to the selected webhooks"))
    def send_test(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in self.editable(request, queryset):
            outbox.send_test_event(endpoint)
            messages.success(request, gettext("A test event is on its way to {}.").format(endpoint))

    @admin.action(description=_("Rotate the secrets of the selected webhooks (both sign for a day)"))
    def rotate(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        for endpoint in self.editable(request, queryset):
            endpoint.rotate()
            _show_secret(request, endpoint)

    @column(_("status"), label={"on": "success", "failing": "warning", "off": "danger"})
    def status(self, endpoint: WebhookEndpoint) -> tuple[str, str]:
        if not endpoint.enabled:
            return "off", gettext("switched off")
        return ("failing", gettext("failing")) if endpoint.failing_since else ("on", gettext("switched on"))


def _show_secret(request: HttpRequest, endpoint: WebhookEndpoint) -> None:
    text = gettext("{}: copy the secret now, it is shown only once: {}")
    messages.warning(request, format_html(text, endpoint, format_html("<code>{}</code>", endpoint.secret)))


class AttemptInline(TabularInline[WebhookAttempt, WebhookDelivery]):
    model = WebhookAttempt
    fields = readonly_fields = ("number", "started_at", "duration_ms", "status", "error", "answer")
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: WebhookDelivery | None = None) -> bool:
        return True  # as the delivery's own page

    def has_add_permission(self, request: HttpRequest, obj: WebhookDelivery | None = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(TenantAdmin[WebhookDelivery]):
    studio_path = "endpoint__studio"
    editors = viewers = MANAGERS
    inlines = [AttemptInline]
    list_display = ["event_type", "endpoint", "state", "attempts", "due_at", "created_at", "delivered_at"]
    list_select_related = ["endpoint", "event"]
    list_filter = [("state", ChoicesDropdownFilter)]
    fields = readonly_fields = ("event_type", "endpoint", "state", "attempts", "due_at", "created_at", "delivered_at")
    actions = ["replay"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("Send the selected deliveries again"))
    def replay(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        deliveries = list(self.editable(request, queryset))
        for delivery in deliveries:
            delivery.replay()
        number = len(deliveries)
        text = ngettext("%(number)d delivery is sent again.", "%(number)d deliveries are sent again.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)

    @column(_("event"), ordering="event__type")
    def event_type(self, delivery: WebhookDelivery) -> str:
        return str(delivery.event.type)
