"""`/s/CODE/`: takes a selfie, shows the photos. The same form works with and without JavaScript."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from facepass import events
from facepass.errors import FacePassError
from facepass.models import EventType
from sessions_app import selfie
from sessions_app.guest import challenge, pace, pages, visit
from sessions_app.guest.tiles import Tile
from sessions_app.guest.visit import Visit
from sessions_app.search import search_session

guest_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt  # `_search` checks the token, after the selfie's upload handler is in place
@guest_methods
def short_link(request: HttpRequest, code: str) -> HttpResponseBase:
    return pages.answer(request, lambda: visit.by_code(code), _page)


@csrf_exempt
@guest_methods
def session_page(request: HttpRequest, pk: str) -> HttpResponseBase:
    return pages.answer(request, lambda: visit.by_id(pk), _page)


@require_safe
def by_code(request: HttpRequest) -> HttpResponse:
    """Where the landing page sends a code that was typed in."""
    code = "".join(request.GET.get("code", "").split())
    return redirect("guest-page", code=code) if code.isalnum() else redirect("landing")


def _page(request: HttpRequest, here: Visit) -> HttpResponse:
    if request.method != "POST":
        return pages.guest_page(request, here)
    pace.require(request, here)
    selfie.keep_in_memory(request)
    found: HttpResponse = _search(request, here)
    return found


@csrf_protect
def _search(request: HttpRequest, here: Visit) -> HttpResponse:
    try:
        picture = selfie.of(request)
        here.agreed_guest().note_visit()
        if here.rules.challenge:
            challenge.require(here, request, picture)
        found = search_session(here.session, [picture])
    except FacePassError as refusal:
        return pages.refused(request, here, refusal)
    if not found.matches:
        pace.note_miss(here)
    data = {"session_id": str(here.session.pk), "photos": len(found.matches)}
    events.emit(EventType.GUEST_SEARCH_COMPLETED, studio_id=here.session.studio_id, data=data)
    return pages.guest_page(request, here, tiles=[Tile.of(match) for match in found.matches])
