"""`/s/CODE/`: takes a selfie, shows the photos. The same form works with and without JavaScript."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from facepass.core.errors import FacePassError
from galleries.matching.search import MAX_LIMIT
from sessions_app import selfie_upload
from sessions_app.guest.domain import guest_search, selfie_advice
from sessions_app.guest.views import challenge, guest_view, photos, visit
from sessions_app.guest.views.visit import Visit
from sessions_app.session_search import search_session

guest_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt  # `_search` checks the token, after the selfie's upload handler is in place
@guest_methods
def short_link(request: HttpRequest, code: str) -> HttpResponseBase:
    return guest_view.answer(request, lambda: visit.by_code(code), _page)


@csrf_exempt
@guest_methods
def session_page(request: HttpRequest, pk: str) -> HttpResponseBase:
    return guest_view.answer(request, lambda: visit.by_id(pk), _page)


@require_safe
def by_code(request: HttpRequest) -> HttpResponse:
    """Where the landing page sends a code that was typed in."""
    code = "".join(request.GET.get("code", "").split())
    return redirect("guest-page", code=code) if code.isalnum() else redirect("landing")


def _page(request: HttpRequest, here: Visit) -> HttpResponse:
    if request.method != "POST":
        return guest_view.guest_page(request, here)
    guest_search.require(request, here)
    selfie_upload.keep_in_memory(request)
    found: HttpResponse = _search(request, here)
    return found


@csrf_protect
def _search(request: HttpRequest, here: Visit) -> HttpResponse:
    try:
        picture = selfie_upload.of(request)
        guest = here.agreed_guest()
        guest.session = here.session
        if here.rules.challenge:
            challenge.require(here, request, picture)
        found = search_session(here.session, [picture], limit=MAX_LIMIT)
    except FacePassError as refusal:
        return guest_view.refused(request, here, refusal)
    matches = photos.take(guest, found)
    shown = photos.context(guest) if matches else photos.nothing(guest)
    return guest_view.guest_page(request, here, **shown, hints=selfie_advice.for_better_selfie(found.faces))
