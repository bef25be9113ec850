"""The page that asks whether to archive an event without faces, and says what goes and what stays."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from facepass.console.base import MANAGERS
from facepass.console.deletion import describe_counts
from facepass.core.access.authentication import user_of
from galleries.staff_kit.json_views import log_change, render_page, require_role
from sessions_app.retention.archive import archive_event, preview_archive
from sessions_app.staff.event_page import event_path, find_event


def show_archive(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET asks; POST with `confirmed` archives. An event that is archived already has nothing to ask."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, MANAGERS)
    if session.is_archived:
        return HttpResponseRedirect(event_path(session))
    if request.method == "POST" and "confirmed" in request.POST:
        receipt = archive_event(session, by=user_of(request))
        log_change(request, session, "archived without faces")
        text = _("The event is archived without faces. Deleted for good: %(counts)s")
        messages.success(request, text % {"counts": describe_counts(receipt.counts) or "0"})
        return HttpResponseRedirect(event_path(session))
    context = {
        "title": _("Archive without faces?"),
        "session": session,
        "preview": preview_archive(session),
        "event_path": event_path(session),
    }
    return render_page(request, "admin/sessions_app/event/archive.html", context)
