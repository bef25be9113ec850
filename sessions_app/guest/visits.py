"""What the pages of a guest have in common: they know whose they are, and take a selfie without storing it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from facepass import limits
from facepass.errors import FacePassError
from sessions_app import selfie, validation
from sessions_app.guest import identity
from sessions_app.guest.advice import Advice
from sessions_app.models import Guest, GuestRules, PhotoSession

View = Callable[..., HttpResponseBase]


def of_guest(view: View) -> View:
    """Calls `view(request, guest, …)` for `/s/CODE/…`. Who is no guest here goes to the entrance, which says why."""

    @never_cache
    @wraps(view)
    def visited(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponseBase:
        guest = _guest(request, code)
        return redirect("guest-page", code=code) if guest is None else view(request, guest, **kwargs)

    return visited


def _guest(request: HttpRequest, code: str) -> Guest | None:
    sessions = PhotoSession.objects.select_related("guest_rules", "studio").filter(code=code.lower(), gone_at=None)
    session = sessions.first()
    guest = identity.of(request, session) if session else None
    if session is None or guest is None or GuestRules.of(session).expired:
        return None
    try:
        validation.require_enabled(session)
    except FacePassError:
        return None
    guest.session = session
    return guest


def with_selfie(show: Callable[[HttpRequest, Guest, Advice | None], HttpResponse]) -> Callable[[View], View]:
    """For a page whose form holds a selfie: `show` makes the page, also with what was wrong; the view takes the form."""

    def decorate(act: View) -> View:
        protected = csrf_protect(act)

        @csrf_exempt  # `protected` checks the token, after the selfie's upload handler is in place
        @of_guest
        @wraps(act)
        def page(request: HttpRequest, guest: Guest) -> HttpResponseBase:
            if request.method != "POST":
                return show(request, guest, None)
            try:
                limits.require_address(request)
                selfie.keep_in_memory(request)
                return protected(request, guest)
            except FacePassError as refusal:
                return _refused(show(request, guest, Advice.about(refusal)), refusal)

        return page

    return decorate


def _refused(page: HttpResponse, refusal: FacePassError) -> HttpResponse:
    page.status_code = refusal.status
    if refusal.retry_after is not None:
        page["Retry-After"] = str(refusal.retry_after)
    return page
