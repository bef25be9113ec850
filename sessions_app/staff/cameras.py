"""Cameras that send an event's photos by FTP: staff give them an account, end it, and read what was not taken."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from facepass.console.base import EDITORS, MANAGERS, has_role
from facepass.core.public_address import host_of
from galleries.staff_kit.json_views import Context, log_change, render_page, require_role
from sessions_app.cameras import accounts
from sessions_app.cameras.accounts import NewAccess
from sessions_app.models import CameraAccount, CameraFile, FoldersBecome, PhotoSession
from sessions_app.staff.event_page import event_path, find_event

# Refusals that the page names; it says how many there are in all.
MOST_NAMED = 200


@never_cache
def show_cameras(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The page; a POST gives an account with a new password, which its answer alone shows, or ends it."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, EDITORS)
    if settings.FTP_PORT is None:
        raise Http404
    access: NewAccess | None = None
    if request.method == "POST":
        require_role(request, session.studio_id, MANAGERS)
        if "forgotten" in request.POST or "ended" in request.POST:
            _end_or_forget(request, session)
            return HttpResponseRedirect(cameras_path(session))
        access = _open(request, session)
    return render_page(request, "admin/sessions_app/event/cameras.html", _build_context(request, session, access))


def cameras_path(session: PhotoSession) -> str:
    return reverse("admin:sessions_app_photosession_cameras", args=[session.pk])


def _open(request: HttpRequest, session: PhotoSession) -> NewAccess:
    chosen = request.POST.get("folders", "")
    folders = FoldersBecome(chosen) if chosen in FoldersBecome.values else FoldersBecome.GALLERIES
    access = accounts.open_account(session, folders_become=folders)
    log_change(request, session, [{"changed": {"fields": ["camera_account"]}}])
    return access


def _end_or_forget(request: HttpRequest, session: PhotoSession) -> None:
    if "ended" in request.POST:
        accounts.end_account(session)
        log_change(request, session, [{"changed": {"fields": ["camera_account"]}}])
        messages.success(request, _("The account has ended: cameras send nothing more."))
    else:
        CameraFile.objects.refused().filter(session=session).delete()
        messages.success(request, _("The list is empty now."))


def _build_context(request: HttpRequest, session: PhotoSession, access: NewAccess | None) -> Context:
    refused = CameraFile.objects.refused().filter(session=session)
    return {
        "title": _("Cameras by FTP"),
        "session": session,
        "event_path": event_path(session),
        "may_change": has_role(request, session.studio_id, MANAGERS),
        "account": CameraAccount.objects.filter(session=session).first(),
        "password": access.password if access else "",
        "host": settings.FTP_PUBLIC_ADDRESS or host_of(settings.PUBLIC_URL),
        "port": settings.FTP_PORT,
        "is_encrypted": bool(settings.FTP_CERTIFICATE),
        "plain_networks": ", ".join(map(str, settings.FTP_PLAIN_NETWORKS)),
        "choices": FoldersBecome.choices,
        "taken": CameraFile.objects.taken().filter(session=session).count(),
        "refused_total": refused.count(),
        "refused": refused[:MOST_NAMED],
    }
