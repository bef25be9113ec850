"""What the pages for found photos have in common: they know whose they are, and take a selfie without storing it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from facepass.core.errors import FacePassError
from sessions_app import selfie_upload
from sessions_app.guest.domain import branding, guest_search
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views import guest_view, visit
from sessions_app.guest.views.visit import Visit
from sessions_app.models import Guest, PhotoSession

View = Callable[..., HttpResponseBase]
# What sends a guest back to the session's own page, which says why.
ENTRANCE = {*guest_view.CLOSED, guest_view.GONE, "pin_required"}
Show = Callable[[HttpRequest, Guest, Advice | None], HttpResponse]


def page(request: HttpRequest, template: str, session: PhotoSession, **context: Any) -> HttpResponse:
    """In the studio's colours."""
    return render(request, template, {"session": session, "brand": branding.of(session), **context})


def of_guest(view: View) -> View:
    """Calls `view(request, guest, …)` for `/s/CODE/…`. Who is no guest here goes to the entrance."""

    @wraps(view)
    def visited(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponseBase:
        def entered(request: HttpRequest, here: Visit) -> HttpResponseBase:
            if here.guest is None:
                return redirect("guest-page", code=code)
            here.guest.session = here.session
            return view(request, here.guest, **kwargs)

        return guest_view.answer(request, lambda: visit.by_code(code), entered)

    return visited


def with_selfie(show: Show) -> Callable[[View], View]:
    """For a page whose form holds a selfie: `show` makes the page, also with what was wrong; the view takes the form.

    Where a session asks for the challenge there is no such page: a selfie without it would be a way around it.
    """

    def decorate(act: View) -> View:
        protected = csrf_protect(act)

        def entered(request: HttpRequest, here: Visit) -> HttpResponseBase:
            if here.rules.challenge:
                raise Http404
            if here.guest is None or not here.agreed:
                return redirect("guest-page", code=here.session.code)
            here.guest.session = here.session
            if request.method != "POST":
                return show(request, here.guest, None)
            try:
                guest_search.require(request, here)
                selfie_upload.keep_in_memory(request)
                return protected(request, here.guest)
            except FacePassError as refusal:
                if refusal.code in ENTRANCE:
                    raise
                return _refused(show(request, here.guest, Advice.about(refusal)), refusal)

        @csrf_exempt  # `protected` checks the token, after the selfie's upload handler is in place
        @wraps(act)
        def taking(request: HttpRequest, code: str) -> HttpResponseBase:
            return guest_view.answer(request, lambda: visit.by_code(code), entered)

        return taking

    return decorate


def _refused(page: HttpResponse, refusal: FacePassError) -> HttpResponse:
    page.status_code = refusal.status
    if refusal.retry_after is not None:
        page["Retry-After"] = str(refusal.retry_after)
    return page
