"""The page of an event: what is there, what is to be done next, its guests' link, its people."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS, MANAGERS, VERIFIERS, has_role
from facepass.core.access.authentication import user_of
from galleries.staff import script_texts
from galleries.staff_kit.json_views import Context, log_change, render_page, require_role
from sessions_app.models import Origin, PhotoSession
from sessions_app.staff.event_figures import load_figures, occasion_of
from sessions_app.staff.event_people import list_people
from sessions_app.staff.rules_in_words import describe_rules


def find_event(request: HttpRequest, pk: UUID) -> PhotoSession:
    """Return the session with its studio and rules. Raise Http404 for a stranger's."""
    sessions = PhotoSession.objects.visible_to(user_of(request)).select_related("studio", "guest_rules")
    session = sessions.filter(pk=pk).first()
    if session is None:
        raise Http404
    return session


def event_path(session: PhotoSession) -> str:
    return reverse("admin:sessions_app_photosession_event", args=[session.pk])


def show_event(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The whole page."""
    session = find_event(request, pk)
    people, people_total = list_people(occasion_of(session))
    is_ours = session.origin == Origin.LOCAL
    is_editor = has_role(request, session.studio_id, EDITORS)
    context = {
        **_build_current(request, session),
        "title": session.name,
        "day": timezone.localdate(session.scheduled_at or session.created_at),
        "is_ours": is_ours,
        "is_editor": is_editor,
        "may_delete": has_role(request, session.studio_id, MANAGERS),
        "rules": describe_rules(session),
        "people": people,
        "people_total": people_total,
        "upload_texts": script_texts.upload_texts(),
        "destinations": reverse("admin:sessions_app_photosession_destination", args=[pk]),
        "paths": {"settings": reverse("admin:sessions_app_photosession_change", args=[pk])},
    }
    return render_page(request, "admin/sessions_app/event/page.html", context)


def render_current(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part of the page that changes, which its script asks for again."""
    return render(request, "admin/sessions_app/event/now.html", _build_current(request, find_event(request, pk)))


def _build_current(request: HttpRequest, session: PhotoSession) -> Context:
    return {
        "session": session,
        "figures": load_figures(session),
        "may_decide": has_role(request, session.studio_id, VERIFIERS),
    }


def open_to_guests(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Open the event to guests, or close it where the form says `closed`. A session in Pixora is switched there."""
    session = find_event(request, pk)
    if request.method == "POST":
        require_role(request, session.studio_id, EDITORS)
        if session.origin != Origin.LOCAL:
            raise Http404
        is_open = "closed" not in request.POST
        if session.facepass_enabled != is_open:
            session.facepass_enabled = is_open
            session.save(update_fields=["facepass_enabled", "updated_at"])
            log_change(request, session, [{"changed": {"fields": ["facepass_enabled"]}}])
        messages.success(request, _("Guests may search now.") if is_open else _("Guests may no longer search."))
    return HttpResponseRedirect(event_path(session))
