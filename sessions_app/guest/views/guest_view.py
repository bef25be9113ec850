"""What all pages of `/s/CODE/…` share: who may come in, what a view gets, and how a refusal is answered.

`guest_view` decorates each of these views. It finds the session, checks that it is open and that the browser knows its
PIN, finds the guest, and calls the view with a `Visit`. A refusal, wherever it is raised, becomes a page (or the API's
JSON) with what the guest can do about it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, Literal
from uuid import UUID

from django.core.files import File
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError, refusal_response
from facepass.core.requests.in_memory_uploads import keep_in_memory
from sessions_app.guest.domain import entrance, guest_search, in_app_browsers, mail
from sessions_app.guest.domain.branding import Brand
from sessions_app.guest.domain.privacy import consent, privacy_notice
from sessions_app.guest.domain.privacy.live_proof import SentProof
from sessions_app.guest.domain.profiles.device_profiles import DeviceProfiles, build_door, split_door
from sessions_app.guest.domain.profiles.people import list_people, load_guests
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
    profiles: DeviceProfiles
    """All guests of this device who are still there; `guest` is the one whom the address names."""
    guests: Mapping[UUID, Guest]
    """Their rows."""

    @property
    def agreed(self) -> bool:
        """Whether a selfie may be taken: this guest agreed to the notice as it reads today."""
        return self.guest is not None and self.guest.notice == consent.NOTICE

    @property
    def key(self) -> str:
        """The part of the guest's addresses that says whose they are; empty in the plain ones."""
        return self.profiles.key_of(self.guest.pk) if self.guest else ""

    @property
    def door(self) -> str:
        """What stands for the session and the guest in an address."""
        return build_door(self.session.code, self.key)

    @property
    def asks_challenge(self) -> bool:
        """Whether a search takes the challenge: the session asks for it, or the bar is raised for this guest."""
        if self.rules.challenge or self.guest is None or not self.agreed:
            return self.rules.challenge
        return guest_search.is_bar_raised(self.guest, address=self.network_address)

    @property
    def network_address(self) -> str:
        return rate_limits.client_address(self.request)

    @property
    def name(self) -> str:
        """How the guest is called on this device; empty for the first one, who has no name until one is typed."""
        profile = self.profiles.find_guest(self.guest.pk) if self.guest else None
        return self.profiles.label(profile) if profile and (profile.key or profile.name) else ""

    def after_leaving(self) -> "Visit":
        """Return the visit as it is once the guest has gone."""
        profiles = self.profiles.without_guest(self.guest.pk) if self.guest else self.profiles
        return replace(self, guest=None, profiles=profiles)

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

    def read_proof(self) -> SentProof:
        """Return what the page of a challenge sent beside the selfie."""
        return SentProof(self.request.POST.get("challenge", ""), self.request.FILES.getlist("frames"))


# What a view needs before it is called. "guest": somebody who agreed or looks around; others are sent to the session's
# page. "agreed": a guest who agreed. "selfie": the same, in a session without the challenge; where it asks for the
# challenge there is no such page, since a selfie sent there would be a way around it.
Need = Literal["session", "guest", "agreed", "selfie"]
GuestView = Callable[Concatenate[Visit, ...], HttpResponseBase]
DjangoView = Callable[..., HttpResponseBase]
RefusalPage = Callable[[Visit, Advice], HttpResponse]
BeforeUpload = Callable[[Visit], None]


def guest_view(
    *,
    needs: Need = "session",
    before_upload: BeforeUpload | None = None,
    takes_photos: bool = False,
    refusal_page: RefusalPage | None = None,
    as_json: bool = False,
    even_closed: bool = False,
) -> Callable[[GuestView], DjangoView]:
    """Decorate a view whose URL names the session by `code`, or by `pk`; other parts of the URL are passed on.

    `before_upload`: for views that take pictures. On a POST it is called before anything of the body is read, to check
    rate limits, and the upload is then kept in memory: no file of it is ever written, however large it is. But for
    `takes_photos`: those that guests give to the event are stored anyway.
    `refusal_page` answers refusals with advice; by default the session's own page does. `as_json`: refusals are those
    of the API, for scripts. `even_closed`: for pages that answer also where the session is closed or asks for its PIN.
    """

    def decorate(view: GuestView) -> DjangoView:
        def call(visit: Visit, **kwargs: str) -> HttpResponseBase:
            if before_upload is None or visit.request.method != "POST":
                return view(visit, **kwargs)
            before_upload(visit)
            if not takes_photos:
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
                plain, key = split_door(code)
                session = entrance.find_session_by_id(pk) if pk else _find_by_code(request, plain)
                visit = _enter(request, session, key=key, even_closed=even_closed)
                response = _redirect_unless(needs, visit, key=key) or call(visit, **kwargs)
            except FacePassError as refusal:
                if as_json:
                    response = refusal_response(refusal, request=request)
                else:
                    response = _answer_refusal(request, refusal, session, visit, refusal_page)
            add_never_cache_headers(response)
            _name_guests(response, visit)
            return response

        if before_upload is None:
            return answer
        answer.body_gate = _may_give_photos if takes_photos else _may_send_pictures  # type: ignore[attr-defined]
        answer.takes_photos = takes_photos  # type: ignore[attr-defined]
        return csrf_exempt(answer)

    return decorate


def _may_send_pictures(request: HttpRequest, *, code: str = "", pk: str = "", **_kwargs: str) -> bool:
    """Return whether the browser's user has agreed; see `facepass.core.requests.body_gate`."""
    visit = _find_visit(request, code=code, pk=pk)
    return visit is not None and visit.agreed


def _may_give_photos(request: HttpRequest, *, code: str = "", **_kwargs: str) -> bool:
    """Return whether the browser's user has agreed, and the event takes photos of guests; see as above."""
    visit = _find_visit(request, code=code)
    return visit is not None and visit.agreed and visit.rules.uploads


def _find_visit(request: HttpRequest, *, code: str, pk: str = "") -> Visit | None:
    try:
        plain, key = split_door(code)
        session = entrance.find_session_by_id(pk) if pk else entrance.find_session_by_code(plain)
        return _enter(request, session, key=key, even_closed=False)
    except FacePassError:
        return None


def _find_by_code(request: HttpRequest, code: str) -> PhotoSession | None:
    address, is_known = rate_limits.client_address(request), cookies.has_been_guest(request)
    return entrance.find_session_of_visitor(code, address=address, is_known=is_known)


def _enter(request: HttpRequest, session: PhotoSession | None, *, key: str, even_closed: bool) -> Visit:
    """Raise 404 `not_found`, 403 `pin_required`, and as `entrance.require_open`."""
    if session is None:
        raise FacePassError("not_found", _("Check the code on your card."), status=404)
    rules = GuestRules.for_session(session) if even_closed else entrance.require_open(session)
    if not even_closed and not cookies.knows_pin(request, rules):
        raise entrance.pin_required()
    profiles = cookies.read_profiles(request, session)
    guests = load_guests(profiles, session)
    living = profiles.only(guests)
    profile = living.find_key(key)
    guest = guests[profile.guest_id] if profile else None
    if guest:
        guest.record_visit()
    return Visit(request, session, rules, guest, living, guests)


def _redirect_unless(needs: Need, visit: Visit, *, key: str) -> HttpResponse | None:
    """Redirect who may not see the page to one that they may see. `key`: of the guest whom the address names."""
    if needs == "selfie" and visit.rules.challenge:
        raise Http404
    is_elsewhere = bool(key) and visit.guest is None and visit.request.method in ("GET", "HEAD")
    if (
        is_elsewhere
        or (needs == "guest" and visit.guest is None)
        or (needs in ("agreed", "selfie") and not visit.agreed)
    ):
        return redirect("guest-page", code=visit.door)
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
        return render_closed(request, refusal, session)
    if refusal.code == LEFT:
        page = render_session_page(visit.after_leaving(), advice=Advice.from_refusal(refusal))
    else:
        page = (refusal_page or _session_page_with_advice)(visit, Advice.from_refusal(refusal))
    return _with_status(page, refusal)


def _name_guests(response: HttpResponseBase, visit: Visit | None) -> None:
    """Tell the page's own worker whose answer this is, and who is still on the device.

    The worker is static/facepass/offline/worker.js. They are the ids that stand in the pictures' addresses too.
    """
    if visit is not None and visit.guest is not None and visit.agreed:
        response["X-Guest"] = str(visit.guest.pk)
    if visit is not None and visit.guests:
        response["X-Guests"] = " ".join(str(profile.guest_id) for profile in visit.profiles)


def _session_page_with_advice(visit: Visit, advice: Advice) -> HttpResponse:
    return render_session_page(visit, advice=advice)


def _with_status(page: HttpResponse, refusal: FacePassError) -> HttpResponse:
    page.status_code = refusal.status
    if refusal.retry_after is not None:
        page["Retry-After"] = str(refusal.retry_after)
    return page


def render_page(request: HttpRequest, template: str, session: PhotoSession | None, **context: object) -> HttpResponse:
    """Render a template for guests, in the colours of the session's studio and in the session's time zone."""
    brand = Brand.for_session(session) if session else None
    door = session.code if session else ""
    with timezone.override(session.zone if session else None):
        return render(request, template, {"session": session, "brand": brand, "door": door, **context})


def render_guest_page(visit: Visit, template: str, **context: object) -> HttpResponse:
    """Render a template for the guest whom the address names; all its links and forms are that guest's."""
    people = list_people(visit.profiles, visit.guests, code=visit.session.code, shown=visit.guest)
    person = next((one for one in people if one.is_shown), None)
    own: dict[str, object] = {"visit": visit, "door": visit.door, "people": people, "person": person}
    return render_page(visit.request, template, visit.session, **{**own, **context})


def render_session_page(visit: Visit, **context: object) -> HttpResponse:
    """Render the session's page. In the context `tiles` is None before a search, and empty where it found nothing."""
    defaults = {
        "asks_challenge": visit.asks_challenge,
        "readiness": SessionReadiness.for_session(visit.session),
        "mail": mail.is_offered(),
        "in_app": in_app_browsers.find_app(visit.request.headers.get("User-Agent", "")),
        "notice": None if visit.agreed and "newcomer" not in context else privacy_notice.build_notice(visit.session),
    }
    return render_guest_page(visit, "guest/page.html", **{**defaults, "tiles": None, "advice": None, **context})


def render_pin_page(request: HttpRequest, session: PhotoSession, refusal: FacePassError) -> HttpResponse:
    return _with_status(render_page(request, "guest/pin.html", session, refusal=refusal), refusal)


def render_closed(request: HttpRequest, refusal: FacePassError, session: PhotoSession | None) -> HttpResponse:
    """Render the page of a refusal after which there is nothing to do here."""
    title = session.name if session else _("No photos under this link")
    return _with_status(
        render_page(request, "guest/closed.html", session, title=title, message=refusal.message), refusal
    )


def render_ended_link(request: HttpRequest) -> HttpResponse:
    """Render the 404 page for links that somebody was sent and that no longer open anything."""
    context = {"title": _("This link is no longer valid"), "message": _("Ask whoever sent it to you for a new one.")}
    page = render_page(request, "guest/closed.html", None, **context)
    page.status_code = 404
    return page
