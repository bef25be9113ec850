"""The forms in which staff state on which legal basis faces are there: of an event, and of all events of a studio."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from facepass.console.base import EDITORS
from facepass.models import Studio
from galleries.staff_kit.json_views import log_change, render_page, require_role
from sessions_app.models import EventPrivacy, PhotoSession, StudioPrivacy
from sessions_app.retention.changes import state_basis
from sessions_app.retention.legal_basis import find_studio_basis
from sessions_app.staff.event_page import event_path, find_event
from sessions_app.staff.privacy.retention_page import find_managed_studio, studio_path

WIDGETS: dict[str, Any] = {
    "legal_basis": UnfoldAdminSelectWidget(),
    "basis_note": UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
}


class EventBasisForm(forms.ModelForm[EventPrivacy]):
    class Meta:
        model = EventPrivacy
        fields = ("legal_basis", "basis_note")
        widgets = WIDGETS


class StudioBasisForm(forms.ModelForm[StudioPrivacy]):
    class Meta:
        model = StudioPrivacy
        fields = ("legal_basis", "basis_note")
        widgets = WIDGETS


def show_basis(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The form of an event; and the event's page, once it is saved."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, EDITORS)
    stated = EventPrivacy.objects.filter(session=session).first() or EventPrivacy(session=session)
    form = EventBasisForm(request.POST or None, instance=stated)
    form.fields["legal_basis"].help_text += _explain_empty(session.studio)
    if request.method == "POST" and form.is_valid():
        return _save(request, session, form.cleaned_data, back=event_path(session))
    context = {"title": _title(session.name), "session": session, "form": form, "back": event_path(session)}
    return render_page(request, "admin/sessions_app/event/basis.html", context)


def show_studio_basis(request: HttpRequest, studio_id: UUID) -> HttpResponseBase:
    """The form for all events of a studio that state nothing themselves."""
    studio = find_managed_studio(request, studio_id)
    stated = StudioPrivacy.objects.filter(studio=studio).first() or StudioPrivacy(studio=studio)
    form = StudioBasisForm(request.POST or None, instance=stated)
    if request.method == "POST" and form.is_valid():
        return _save(request, studio, form.cleaned_data, back=studio_path(studio))
    context = {"title": _title(studio.name), "form": form, "back": studio_path(studio)}
    return render_page(request, "admin/sessions_app/event/basis.html", context)


def _save(
    request: HttpRequest, whose: PhotoSession | Studio, values: dict[str, str], *, back: str
) -> HttpResponseRedirect:
    state_basis(whose, **values)
    log_change(request, whose, [{"changed": {"fields": ["legal_basis"]}}])
    messages.success(request, _("The legal basis is saved."))
    return HttpResponseRedirect(back)


def _title(name: str) -> str:
    return _("Legal basis: %(title)s") % {"title": name}


def _explain_empty(studio: Studio) -> str:
    """Return what holds for an event that states nothing, where its studio states something."""
    found = find_studio_basis(studio)
    return " " + _("Empty: %(basis)s, as the studio says.") % {"basis": found.label} if found.value else ""
