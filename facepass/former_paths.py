"""Addresses of the programs whose place FacePass takes: each leads to what answers now (docs/moving.md)."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from facepass.core.access.tenancy import UUID_TEXT

# By which the former page was told its photo session.
SESSION_NAMES = ("session_id", "session", "id")


@require_safe
def face_search_script(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to the script of the guests' page, whose name changes with what it holds."""
    return redirect(static("facepass/guest.js"))


@require_safe
def session_page(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to the guests' page of the photo session that the query names; to the front door where it names none."""
    named = next((request.GET[name] for name in SESSION_NAMES if name in request.GET), "")
    if not UUID_TEXT.fullmatch(named):
        return redirect("landing")
    return redirect(reverse("session-interface", args=[named]))
