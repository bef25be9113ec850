"""The form by which an event is made: its name, its day, and whether guests may search in it at once."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from facepass.console.base import EDITORS, has_role, has_role_anywhere
from facepass.console.zone_field import build_zone_field
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.core.database.storable_values import check_moment
from facepass.models import Studio
from galleries.staff_kit.json_views import log_addition, render_page
from sessions_app.models import PhotoSession
from sessions_app.pixora import gateway
from sessions_app.staff.event_page import event_path

# An event has a day and no hour here. At noon it is the same day in all zones but those of the Pacific.
HOUR = time(12)


class NewEventForm(forms.Form):
    """`studio` is asked for only where there are several to choose from."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"), max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
    )  # fmt: skip
    day = forms.DateField(
        label=_("Day"), validators=[check_moment],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )  # fmt: skip
    time_zone = forms.ChoiceField()
    studio = forms.ModelChoiceField(
        Studio.objects.none(), label=_("Studio"), empty_label=None, widget=UnfoldAdminSelectWidget()
    )
    is_open = forms.BooleanField(
        label=pgettext_lazy("action", "Open to guests"), required=False, widget=UnfoldBooleanWidget(),
        help_text=_(
            "Whoever has the link or the code may then search for themselves by a selfie, as soon as there are "
            "photos. It can be opened later, and closed at any time."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, studios: list[Studio], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = {str(studio.zone) for studio in studios}
        self.fields["time_zone"] = build_zone_field(
            PhotoSession._meta.get_field("time_zone"),
            present="",
            empty=_("that of the studio (%(zone)s)") % {"zone": ", ".join(sorted(zones))},
        )
        self.fields["day"].widget.format = "%Y-%m-%d"
        if len(studios) > 1:
            chosen = Studio.objects.filter(pk__in=[studio.pk for studio in studios]).order_by("name")
            self.fields["studio"].queryset = chosen  # type: ignore[attr-defined]
        else:
            del self.fields["studio"]
        self._studios = studios

    def create_event(self) -> PhotoSession:
        """Create the event that the form, which is valid, describes."""
        values = self.cleaned_data
        session = PhotoSession(
            studio=values.get("studio") or self._studios[0],
            name=values["name"],
            time_zone=values["time_zone"],
            facepass_enabled=values["is_open"],
        )
        session.scheduled_at = timezone.make_aware(datetime.combine(values["day"], HOUR), session.zone)
        session.save()
        return session


def may_create(request: HttpRequest) -> bool:
    """Return whether the member of staff may make events here. Where there is a Pixora, they are made there."""
    return not gateway.is_configured() and has_role_anywhere(request, EDITORS)


def show_form(request: HttpRequest) -> HttpResponseBase:
    """The form; and the event's page, once it is there."""
    if gateway.is_configured():
        raise Http404
    studios = [studio for studio in studios_of(user_of(request)) if has_role(request, studio.pk, EDITORS)]
    if not studios:
        raise PermissionDenied
    form = NewEventForm(request.POST or None, studios=studios, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        session = form.create_event()
        log_addition(request, session, "new event")
        return HttpResponseRedirect(event_path(session))
    return render_page(request, "admin/sessions_app/event/new.html", {"title": _("New event"), "form": form})
