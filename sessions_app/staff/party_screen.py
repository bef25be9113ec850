"""Staff give an event a slideshow for the screen at the party, and end it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS
from galleries.staff_kit.json_views import log_change, require_role
from sessions_app import slideshows
from sessions_app.staff.event_page import event_path, find_event


def switch_slideshow(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Make the slideshow's address, or end it where the form says `ended`."""
    session = find_event(request, pk)
    if request.method == "POST":
        require_role(request, session.studio_id, EDITORS)
        if "ended" in request.POST:
            slideshows.end_slideshow(session)
            messages.success(request, _("The slideshow has ended: its address opens nothing any more."))
        else:
            slideshows.open_slideshow(session)
            messages.success(request, _("The slideshow has an address now. Open it on the screen."))
        log_change(request, session, [{"changed": {"fields": ["slideshow"]}}])
    return HttpResponseRedirect(event_path(session))
