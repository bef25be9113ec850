"""`/s/CODE/`: takes a selfie, shows the photos. The same form works with and without JavaScript."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from facepass.errors import FacePassError
from galleries.search import MAX_LIMIT
from sessions_app import selfie
from sessions_app.guest import advice, challenge, pace, pages, results, visit
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
        guest = here.agreed_guest()
        guest.session = here.session
        if here.rules.challenge:
            challenge.require(here, request, picture)
        found = search_session(here.session, [picture], limit=MAX_LIMIT)
    except FacePassError as refusal:
        return pages.refused(request, here, refusal)
    matches = results.take(guest, found)
    shown = results.context(guest) if matches else results.nothing(guest)
    return pages.guest_page(request, here, **shown, hints=advice.for_better_selfie(found.faces))
