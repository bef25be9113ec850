"""Staff put an event on one page with others of the studio, print that page's code, and take the event off."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS
from galleries.staff_kit.json_views import log_change, require_role
from sessions_app import hubs, table_cards
from sessions_app.models import PhotoSession
from sessions_app.staff.event_page import event_path, find_event

# By the last part of the address.
CODES = {"qr.svg": ("image/svg+xml", "svg"), "qr.png": ("image/png", "png")}


class HubForm(forms.Form):
    """`hub`: a page that is there; else `name`, of a new one."""

    hub = forms.UUIDField(required=False)
    name = forms.CharField(max_length=200, required=False)


def change_hub(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Put the event on a page with others, or off it where the form says `taken_off`."""
    session = find_event(request, pk)
    if request.method == "POST":
        require_role(request, session.studio_id, EDITORS)
        if _change(request, session):
            log_change(request, session, [{"changed": {"fields": ["hub"]}}])
    return HttpResponseRedirect(event_path(session))


def _change(request: HttpRequest, session: PhotoSession) -> bool:
    """Do what the form says, and say so; return whether it was done."""
    if "taken_off" in request.POST:
        hubs.leave_hub(session)
        messages.success(request, _("The event is no longer on the page with others."))
        return True
    form = HubForm(request.POST)
    if not form.is_valid() or not (form.cleaned_data["hub"] or form.cleaned_data["name"]):
        messages.error(request, _("Choose a page, or name a new one."))
        return False
    pk, name = form.cleaned_data["hub"], form.cleaned_data["name"]
    hub = hubs.join_hub(session, pk) if pk else hubs.start_hub(session, name=name)
    messages.success(request, _("The event is on the page “%(name)s” now.") % {"name": hub.name})
    return True


def show_code(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Answer with the QR code of the page that the event is on."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, EDITORS)
    hub = hubs.find_hub(session)
    if hub is None or name not in CODES:
        raise Http404
    content_type, kind = CODES[name]
    response = HttpResponse(table_cards.build_qr_code(hubs.build_url(hub), kind=kind), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{hub.code}-{name}"'
    return response
