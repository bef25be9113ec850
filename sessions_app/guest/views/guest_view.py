"""The pages of `/s/CODE/`, and how every view there answers a guest who may not come in."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from facepass.core.errors import FacePassError, respond
from facepass.core.requests.in_memory_uploads import keep_in_memory
from sessions_app.guest.domain import branding, mail
from sessions_app.guest.domain.readiness import Readiness
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views import visit
from sessions_app.guest.views.visit import Find, Visit
from sessions_app.models import PhotoSession

# Who is not here any more, because they withdrew or were forgotten while something was done for them.
GONE = "consent_withdrawn"
# What closes the page, whatever the guest does.
CLOSED = {"facepass_disabled", "session_expired", "pixora_unavailable", "pixora_schema"}

Answer = Callable[[HttpRequest, Visit], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def entered(view: Answer) -> View:
    """A view of `/s/CODE/…` for guests who may come in; others get the page that says why not."""

    @wraps(view)
    def entering(request: HttpRequest, code: str) -> HttpResponseBase:
        return answer(request, lambda: visit.by_code(code), view)

    return entering


def answer(request: HttpRequest, find: Find, view: Answer) -> HttpResponseBase:
    session = here = None
    try:
        session = find()
        if session is None:
            return _unknown(request)
        here = visit.enter(request, session)
        response = view(request, here)
    except FacePassError as refusal:
        response = _refusal(request, session, here, refusal)
    add_never_cache_headers(response)
    return response


def in_memory(view: Answer) -> View:
    """A POST with pictures: none of them touches the disk, so the token is looked for once that is settled. For a
    script: refusals come as the API's.
    """

    @csrf_exempt
    @require_POST
    @wraps(view)
    def entering(request: HttpRequest, code: str) -> HttpResponseBase:
        try:
            keep_in_memory(request)
            checked: HttpResponseBase = csrf_protect(_taken)(request, code)
        except FacePassError as refusal:
            checked = respond(refusal, request=request)
        return checked

    def _taken(request: HttpRequest, code: str) -> HttpResponseBase:
        session = visit.by_code(code)
        if session is None:
            raise FacePassError("not_found", _("No photos under this link"), status=404)
        return view(request, visit.enter(request, session))

    return entering


def guest_page(request: HttpRequest, here: Visit, **more: Any) -> HttpResponse:
    """`tiles` is None before a search, and empty where it found nothing."""
    status = more.pop("status", 200)
    context = {
        "visit": here,
        "session": here.session,
        "readiness": Readiness.of(here.session),
        "brand": branding.of(here.session),
        "mail": mail.offered(),
        "tiles": None,
        "advice": None,
        **more,
    }
    return render(request, "guest/page.html", context, status=status)


def refused(request: HttpRequest, here: Visit, refusal: FacePassError) -> HttpResponse:
    """The page with what went wrong, and what helps."""
    return _with_wait(guest_page(request, here, advice=Advice.about(refusal), status=refusal.status), refusal)


def pin_page(request: HttpRequest, session: PhotoSession, refusal: FacePassError) -> HttpResponse:
    context = {"session": session, "brand": branding.of(session), "refusal": refusal}
    return _with_wait(render(request, "guest/pin.html", context, status=refusal.status), refusal)


def _refusal(
    request: HttpRequest, session: PhotoSession | None, here: Visit | None, refusal: FacePassError
) -> HttpResponse:
    if session and refusal.code == "pin_required":
        return pin_page(request, session, refusal)
    if session and here and refusal.code not in CLOSED:
        return refused(request, replace(here, guest=None) if refusal.code == GONE else here, refusal)
    title = session.name if session else _("No photos under this link")
    context = {"title": title, "message": refusal.message, "session": session, "brand": branding.of(session)}
    return _with_wait(render(request, "guest/closed.html", context, status=refusal.status), refusal)


def _unknown(request: HttpRequest) -> HttpResponse:
    title, message = _("No photos under this link"), _("Check the code on your card.")
    return render(request, "guest/closed.html", {"title": title, "message": message}, status=404)


def _with_wait(page: HttpResponse, refusal: FacePassError) -> HttpResponse:
    if refusal.retry_after is not None:
        page["Retry-After"] = str(refusal.retry_after)
    return page
