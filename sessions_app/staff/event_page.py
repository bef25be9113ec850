"""The page of an event: what is there, what is to be done next, its guests' link, its people."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS, MANAGERS, VERIFIERS, has_role, read_in_time_of
from facepass.core.access.authentication import user_of
from galleries.staff import script_texts
from galleries.staff_kit.json_views import Context, log_change, render_page, require_role
from sessions_app import hubs, slideshows
from sessions_app.cameras import received_files
from sessions_app.models import GuestUpload, Hub, Origin, PhotoSession
from sessions_app.retention.legal_basis import find_basis
from sessions_app.staff.event_figures import load_figures, occasion_of
from sessions_app.staff.event_people import list_people
from sessions_app.staff.privacy.deadlines_in_words import describe_deadlines
from sessions_app.staff.rules_in_words import describe_rules


def find_event(request: HttpRequest, pk: UUID) -> PhotoSession:
    """Return the session with its studio and rules. Raise Http404 for a stranger's."""
    sessions = PhotoSession.objects.visible_to(user_of(request)).select_related(
        "studio__privacy", "guest_rules", "privacy"
    )
    session = sessions.filter(pk=pk).first()
    if session is None:
        raise Http404
    read_in_time_of(request, session, "studio")
    if session.time_zone:
        timezone.activate(session.zone)
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
        "day": session.day,
        "is_ours": is_ours,
        "is_editor": is_editor,
        "may_delete": has_role(request, session.studio_id, MANAGERS),
        "rules": describe_rules(session),
        "deadlines": describe_deadlines(session),
        "basis": find_basis(session),
        **(_build_hub_context(session) if is_editor else {}),
        "screen_url": slideshows.find_url(session) if is_editor else "",
        "people": people,
        "people_total": people_total,
        "upload_texts": script_texts.upload_texts(),
        "takes_raw": settings.RAW_PHOTOS,
        "takes_ftp": settings.FTP_PORT is not None,
        "destinations": reverse("admin:sessions_app_photosession_destination", args=[pk]),
        "paths": {
            "settings": reverse("admin:sessions_app_photosession_change", args=[pk]),
            "retention": reverse("admin:sessions_app_photosession_retention", args=[pk]),
            "basis": reverse("admin:sessions_app_photosession_basis", args=[pk]),
            "archive": reverse("admin:sessions_app_photosession_archive", args=[pk]),
            "recognition": f"{reverse('admin:training_settings')}?event={pk}",
        },
    }
    return render_page(request, "admin/sessions_app/event/page.html", context)


def render_current(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part of the page that changes, which its script asks for again."""
    return render(request, "admin/sessions_app/event/now.html", _build_current(request, find_event(request, pk)))


def _build_current(request: HttpRequest, session: PhotoSession) -> Context:
    is_editor = has_role(request, session.studio_id, EDITORS)
    return {
        "session": session,
        "figures": load_figures(session),
        "may_decide": has_role(request, session.studio_id, VERIFIERS),
        "given": GuestUpload.objects.waiting(session).count() if is_editor else 0,
        "not_taken": received_files.count_refused(session) if is_editor and settings.FTP_PORT else 0,
    }


def _build_hub_context(session: PhotoSession) -> Context:
    """What the page says of the page with others that the event is on, or could be on."""
    hub = hubs.find_hub(session)
    if hub is None:
        return {"hubs": Hub.objects.filter(studio_id=session.studio_id).order_by("name", "pk")}
    others = [other for other in hubs.list_sessions(hub) if other != session]
    return {"hub": hub, "hub_url": hubs.build_url(hub), "hub_others": others}


def open_to_guests(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Open the event to guests, or close it where the form says `closed`. A session in Pixora is switched there."""
    session = find_event(request, pk)
    if request.method == "POST":
        require_role(request, session.studio_id, EDITORS)
        if session.origin != Origin.LOCAL:
            raise Http404
        is_open = "closed" not in request.POST
        if is_open and session.is_archived:
            messages.error(request, _("This event was archived without faces."))
            return HttpResponseRedirect(event_path(session))
        if session.facepass_enabled != is_open:
            session.facepass_enabled = is_open
            session.save(update_fields=["facepass_enabled", "updated_at"])
            log_change(request, session, [{"changed": {"fields": ["facepass_enabled"]}}])
        messages.success(request, _("Guests may search now.") if is_open else _("Guests may no longer search."))
    return HttpResponseRedirect(event_path(session))
