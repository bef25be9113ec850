"""`/s/CODE/`: takes a selfie, shows the photos. The same form works with and without JavaScript."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from facepass import events, limits
from facepass.errors import FacePassError
from facepass.models import EventType
from sessions_app import selfie, source, validation
from sessions_app.guest.advice import Advice
from sessions_app.guest.readiness import Readiness
from sessions_app.guest.tiles import Tile
from sessions_app.models import PhotoSession
from sessions_app.search import search_session

# What closes the page, whatever the guest does.
CLOSED = {"facepass_disabled", "pixora_unavailable", "pixora_schema"}
guest_methods = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt  # `_search` checks the token, after the selfie's upload handler is in place
@guest_methods
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(request, lambda: PhotoSession.objects.filter(code=code.lower(), gone_at=None).first())


@csrf_exempt
@guest_methods
def session_page(request: HttpRequest, pk: str) -> HttpResponse:
    return _answer(request, lambda: _by_id(pk))


def _by_id(text: str) -> PhotoSession | None:
    pk = validation.parsed(text)
    known = source.current([pk]).get(pk)
    return known.session if known else None


@require_safe
def by_code(request: HttpRequest) -> HttpResponse:
    """Where the landing page sends a code that was typed in."""
    code = "".join(request.GET.get("code", "").split())
    return redirect("guest-page", code=code) if code.isalnum() else redirect("landing")


def _answer(request: HttpRequest, find: Callable[[], PhotoSession | None]) -> HttpResponse:
    session = None
    try:
        session = find()
        if session is None:
            message = _("Check the code on your card.")
            return _closed(request, status=404, title=_("No photos under this link"), message=message)
        validation.require_enabled(session)
        if request.method == "POST":
            return _take_selfie(request, session)
    except FacePassError as refusal:
        if session is None or refusal.code in CLOSED:
            return _closed_for(request, refusal, title=session.name if session else _("No photos under this link"))
        return _refused(request, session, refusal)
    return _page(request, session)


def _take_selfie(request: HttpRequest, session: PhotoSession) -> HttpResponse:
    limits.require_address(request)
    selfie.keep_in_memory(request)
    found: HttpResponse = _search(request, session)
    return found


@never_cache
@csrf_protect
def _search(request: HttpRequest, session: PhotoSession) -> HttpResponse:
    try:
        found = search_session(session, [selfie.of(request)])
    except FacePassError as refusal:
        return _refused(request, session, refusal)
    data = {"session_id": str(session.pk), "photos": len(found.matches)}
    events.emit(EventType.GUEST_SEARCH_COMPLETED, studio_id=session.studio_id, data=data)
    return _page(request, session, tiles=[Tile.of(match) for match in found.matches])


def _refused(request: HttpRequest, session: PhotoSession, refusal: FacePassError) -> HttpResponse:
    return _with_wait(_page(request, session, advice=Advice.about(refusal), status=refusal.status), refusal)


def _closed_for(request: HttpRequest, refusal: FacePassError, *, title: str) -> HttpResponse:
    return _with_wait(_closed(request, status=refusal.status, title=title, message=refusal.message), refusal)


def _with_wait(page: HttpResponse, refusal: FacePassError) -> HttpResponse:
    if refusal.retry_after is not None:
        page["Retry-After"] = str(refusal.retry_after)
    return page


def _page(
    request: HttpRequest,
    session: PhotoSession,
    *,
    tiles: list[Tile] | None = None,
    advice: Advice | None = None,
    status: int = 200,
) -> HttpResponse:
    """`tiles` is None before a search, and empty where it found nothing."""
    context: dict[str, Any] = {"session": session, "readiness": Readiness.of(session), "tiles": tiles, "advice": advice}
    return render(request, "guest/page.html", context, status=status)


def _closed(request: HttpRequest, *, status: int, title: str, message: str) -> HttpResponse:
    return render(request, "error.html", {"status": status, "title": title, "message": message}, status=status)
