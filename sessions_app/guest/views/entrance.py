"""The forms before the camera: the PIN, the consent, looking around without a face, and withdrawing the consent."""

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from galleries.models import GalleryImage
from sessions_app.guest.domain import consent, entrance, matched_photos, photo_tiles, sections
from sessions_app.guest.views import cookies
from sessions_app.guest.views.guest_view import CLOSED, Visit, guest_view, render_page, render_pin_page
from sessions_app.models import Guest

PHOTOS_PER_PAGE = 60


@require_POST
def enter_pin(request: HttpRequest, code: str) -> HttpResponseBase:
    """The one form for guests who may not come in yet, so not a `guest_view`."""
    session = entrance.find_session_by_code(code)
    if session is None:
        return redirect("guest-page", code=code)
    try:
        rules = entrance.require_open(session)
        entrance.check_pin(rules, request.POST.get("pin", ""), address=rate_limits.client_address(request))
    except FacePassError as refusal:
        if refusal.code in CLOSED:
            return redirect("guest-page", code=code)  # which says why
        return render_pin_page(request, session, refusal)
    response = redirect("guest-page", code=session.code)
    cookies.remember_pin(response, rules)
    return response


@require_POST
@guest_view()
def agree(visit: Visit) -> HttpResponse:
    """Record the consent. Who agreed to an older notice, or only looked around, becomes a new guest."""
    if "agree" not in visit.request.POST:
        raise visit.consent_required()
    response = redirect("guest-page", code=visit.session.code)
    if not visit.agreed:
        _require_new_guest_limit(visit)
        guest = consent.record_consent(visit.session, guardian="guardian" in visit.request.POST)
        cookies.remember_guest(response, guest)
    # Where scripts run, the camera opens at once.
    response["Location"] += "#camera"
    return response


@require_POST
@guest_view()
def withdraw(visit: Visit) -> HttpResponse:
    if visit.guest is not None:
        consent.withdraw_consent(visit.guest)
    response = redirect("guest-page", code=visit.session.code)
    response["Location"] += "?withdrawn"
    cookies.delete_guest_cookie(response, visit.session)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view()
def browse(visit: Visit) -> HttpResponse:
    """Show all photos of the session, page by page, where the studio allows it.

    A POST begins it: the browser becomes a guest's, who agrees to nothing.
    """
    if not visit.rules.browsing:
        raise Http404
    if visit.request.method != "POST":
        return _render_photos(visit, visit.guest) if visit.guest else redirect("guest-page", code=visit.session.code)
    response = redirect("guest-browse", code=visit.session.code)
    if visit.guest is None:
        _require_new_guest_limit(visit)
        cookies.remember_guest(response, consent.create_browsing_guest(visit.session))
    return response


def _render_photos(visit: Visit, guest: Guest) -> HttpResponse:
    parts = sections.load_sections(visit.session, chosen=visit.request.GET.get("section", ""))
    photos = matched_photos.list_session_photos(visit.session, section=parts.chosen)
    page: Page[GalleryImage] = Paginator(photos, PHOTOS_PER_PAGE).get_page(visit.request.GET.get("page"))
    if not visit.agreed:
        matched_photos.record_browsed(guest, list(page), first_rank=page.start_index())
    tiles = photo_tiles.build_browsing_tiles(guest, page, visit.rules)
    return render_page(
        visit.request, "guest/browse.html", visit.session, visit=visit, page=page, tiles=tiles, sections=parts
    )


def _require_new_guest_limit(visit: Visit) -> None:
    """Raise 429 `rate_limited`."""
    rate_limits.require_quota("guest_consent", f"consents:{visit.network_address}")
