"""What all pages of `/s/CODE/…` share: who may come in, what a view gets, and how a refusal is answered.

`guest_view` decorates each of these views. It finds the session, checks that it is open and that the browser knows its
PIN, finds the guest, and calls the view with a `Visit`. A refusal, wherever it is raised, becomes a page (or the API's
JSON) with what the guest can do about it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, Literal

from django.core.files import File
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError, refusal_response
from facepass.core.requests.in_memory_uploads import keep_in_memory
from sessions_app.guest.domain import consent, entrance, mail
from sessions_app.guest.domain.branding import Brand
from sessions_app.guest.domain.readiness import SessionReadiness
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views import cookies
from sessions_app.models import Guest, GuestRules, PhotoSession

# The guest withdrew, or was forgotten, while something was done for them.
LEFT = "consent_withdrawn"
# Refusals that close the page, whatever the guest does.
CLOSED = {"facepass_disabled", "session_expired", "pixora_unavailable", "pixora_schema"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page of a session that is open to this browser."""

    request: HttpRequest
    session: PhotoSession
    rules: GuestRules
    guest: Guest | None
    """None for a browser whose user has neither agreed to the notice nor chosen to look around."""

    @property
    def agreed(self) -> bool:
        """Whether a selfie may be taken: this guest agreed to the notice as it reads today."""
        return self.guest is not None and self.guest.notice == consent.NOTICE

    @property
    def network_address(self) -> str:
        return rate_limits.client_address(self.request)

    def require_guest(self) -> Guest:
        """Return the guest, whom `needs="guest"` or "selfie" made sure of. Raise 403 `consent_required`."""
        if self.guest is None:
            raise self.consent_required()
        return self.guest

    def require_agreed_guest(self) -> Guest:
        """Return the guest where they have agreed. Raise 403 `consent_required`."""
        if self.guest is None or not self.agreed:
            raise self.consent_required()
        return self.guest

    @staticmethod
    def consent_required() -> FacePassError:
        return FacePassError("consent_required", _("Agree first, then take the picture."), status=403)

    def require_selfie(self) -> File[bytes]:
        """Return the uploaded picture, which is in memory. Raise 400 `no_file` where the form came without one."""
        selfie = self.request.FILES.get("selfie")
        if not isinstance(selfie, File):
            raise FacePassError("no_file", _("No picture was chosen."))
        return selfie


# What a view needs before it is called. "guest": somebody who agreed or looks around; others are sent to the session's
# page. "selfie": a guest who agreed, in a session without the challenge; where it asks for the challenge there is no
# such page, since a selfie sent there would be a way around it.
Need = Literal["session", "guest", "selfie"]
GuestView = Callable[Concatenate[Visit, ...], HttpResponseBase]
DjangoView = Callable[..., HttpResponseBase]
RefusalPage = Callable[[Visit, Advice], HttpResponse]
BeforeUpload = Callable[[Visit], None]


def guest_view(
    *,
    needs: Need = "session",
    before_upload: BeforeUpload | None = None,
    refusal_page: RefusalPage | None = None,
    as_json: bool = False,
) -> Callable[[GuestView], DjangoView]:
    """Decorate a view whose URL names the session by `code`, or by `pk`; other parts of the URL are passed on.

    `before_upload`: for views that take pictures. On a POST it is called before anything of the body is read, to check
    rate limits, and the upload is then kept in memory: no file of it is ever written, however large it is.
    `refusal_page` answers refusals with advice; by default the session's own page does. `as_json`: refusals are those
    of the API, for scripts.
    """

    def decorate(view: GuestView) -> DjangoView:
        def call(visit: Visit, **kwargs: str) -> HttpResponseBase:
            if before_upload is None or visit.request.method != "POST":
                return view(visit, **kwargs)
            before_upload(visit)
            keep_in_memory(visit.request)

            # The token is in the form, which must not be read before the upload handler is in place.
            @csrf_protect
            def protected(_request: HttpRequest) -> HttpResponseBase:
                return view(visit, **kwargs)

            response: HttpResponseBase = protected(visit.request)
            return response

        @wraps(view)
        def answer(request: HttpRequest, *, code: str = "", pk: str = "", **kwargs: str) -> HttpResponseBase:
            session = visit = None
            try:
                session = entrance.find_session_by_id(pk) if pk else entrance.find_session_by_code(code)
                visit = _enter(request, session)
                response = _redirect_unless(needs, visit) or call(visit, **kwargs)
            except FacePassError as refusal:
                if as_json:
                    response = refusal_response(refusal, request=request)
                else:
                    response = _answer_refusal(request, refusal, session, visit, refusal_page)
            add_never_cache_headers(response)
            return response

        return csrf_exempt(answer) if before_upload else answer

    return decorate


def _enter(request: HttpRequest, session: PhotoSession | None) -> Visit:
    """Raise 404 `not_found`, 403 `pin_required`, and as `entrance.require_open`."""
    if session is None:
        raise FacePassError("not_found", _("Check the code on your card."), status=404)
    rules = entrance.require_open(session)
    if not cookies.knows_pin(request, rules):
        raise entrance.pin_required()
    return Visit(request, session, rules, cookies.find_guest(request, session))


def _redirect_unless(needs: Need, visit: Visit) -> HttpResponse | None:
    if needs == "selfie" and visit.rules.challenge:
        raise Http404
    if (needs == "guest" and visit.guest is None) or (needs == "selfie" and not visit.agreed):
        return redirect("guest-page", code=visit.session.code)
    return None


def _answer_refusal(
    request: HttpRequest,
    refusal: FacePassError,
    session: PhotoSession | None,
    visit: Visit | None,
    refusal_page: RefusalPage | None,
) -> HttpResponse:
    if session is not None and refusal.code == "pin_required":
        return render_pin_page(request, session, refusal)
    if visit is None or refusal.code in CLOSED:
        title = session.name if session else _("No photos under this link")
        page = render_page(request, "guest/closed.html", session, title=title, message=refusal.message)
    elif refusal.code == LEFT:
        page = render_session_page(replace(visit, guest=None), advice=Advice.from_refusal(refusal))
    else:
        page = (refusal_page or _session_page_with_advice)(visit, Advice.from_refusal(refusal))
    return _with_status(page, refusal)


def _session_page_with_advice(visit: Visit, advice: Advice) -> HttpResponse:
    return render_session_page(visit, advice=advice)


def _with_status(page: HttpResponse, refusal: FacePassError) -> HttpResponse:
    page.status_code = refusal.status
    if refusal.retry_after is not None:
        page["Retry-After"] = str(refusal.retry_after)
    return page


def render_page(request: HttpRequest, template: str, session: PhotoSession | None, **context: object) -> HttpResponse:
    """Render a template for guests, in the colours of the session's studio."""
    brand = Brand.for_session(session) if session else None
    return render(request, template, {"session": session, "brand": brand, **context})


def render_session_page(visit: Visit, **context: object) -> HttpResponse:
    """Render the session's page. In the context `tiles` is None before a search, and empty where it found nothing."""
    defaults = {"visit": visit, "readiness": SessionReadiness.for_session(visit.session), "mail": mail.is_offered()}
    return render_page(
        visit.request, "guest/page.html", visit.session, **{**defaults, "tiles": None, "advice": None, **context}
    )


def render_pin_page(request: HttpRequest, session: PhotoSession, refusal: FacePassError) -> HttpResponse:
    return _with_status(render_page(request, "guest/pin.html", session, refusal=refusal), refusal)


def render_ended_link(request: HttpRequest) -> HttpResponse:
    """Render the 404 page for links that somebody was sent and that no longer open anything."""
    context = {"title": _("This link is no longer valid"), "message": _("Ask whoever sent it to you for a new one.")}
    page = render_page(request, "guest/closed.html", None, **context)
    page.status_code = 404
    return page
