"""The forms before the camera: the PIN, the consent, and looking around without a face."""

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from galleries.models import GalleryImage
from sessions_app.guest.domain import entrance, matched_photos, photo_tiles, sections
from sessions_app.guest.domain.privacy import consent
from sessions_app.guest.domain.profiles.device_profiles import DeviceProfiles, build_door
from sessions_app.guest.domain.profiles.open_questions import OpenQuestion, give_photos
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views import cookies
from sessions_app.guest.views.guest_view import (
    CLOSED,
    Visit,
    guest_view,
    render_guest_page,
    render_pin_page,
    render_session_page,
)
from sessions_app.models import Guest

PHOTOS_PER_PAGE = 60


@require_POST
def enter_pin(request: HttpRequest, code: str) -> HttpResponseBase:
    """The one form for guests who may not come in yet, so not a `guest_view`."""
    session = entrance.find_session_by_code(code)
    if session is None:
        return redirect("guest-page", code=code)  # which counts it
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


def _render_refusal(visit: Visit, advice: Advice) -> HttpResponse:
    """The page for a crowd, where too many come in at once; else the session's own."""
    if advice.code == "rate_limited":
        return render_guest_page(visit, "guest/full.html", advice=advice)
    return render_session_page(visit, advice=advice)


@require_POST
@guest_view(refusal_page=_render_refusal)
def agree(visit: Visit) -> HttpResponse:
    """Record the consent. Who agreed to an older notice, or only looked around, becomes a new guest.

    `new`: it is somebody else's, beside those of this device.
    """
    if "agree" not in visit.request.POST:
        raise visit.consent_required()
    if "new" in visit.request.POST:
        return _go_to_camera(visit, *_add_person(visit))
    if visit.agreed:
        return _go_to_camera(visit, visit.profiles, visit.key)
    guest = _record_consent(visit)
    return _go_to_camera(visit, visit.profiles.with_guest_at(visit.key, guest.pk), visit.key)


def _add_person(visit: Visit) -> tuple[DeviceProfiles, str]:
    """Return the device's guests with one more, and the key of that one.

    `question`: their selfie was taken on somebody else's page; what it found is theirs now. Raise 409
    `too_many_profiles` and `answer_late`.
    """
    visit.profiles.require_room()
    token = visit.request.POST.get("question")
    question = OpenQuestion.from_token(token, guest=visit.guest) if token else None
    guest = _record_consent(visit)
    if question:
        give_photos(question, guest)
    profiles = visit.profiles.with_guest(guest.pk, name=visit.request.POST.get("name", ""))
    return profiles, profiles.key_of(guest.pk)


def _record_consent(visit: Visit) -> Guest:
    _require_new_guest_limit(visit)
    form = visit.request.POST
    return consent.record_consent(visit.session, guardian="guardian" in form, digest=form.get("digest", ""))


def _go_to_camera(visit: Visit, profiles: DeviceProfiles, key: str) -> HttpResponse:
    """Where scripts run, the camera opens at once."""
    response = redirect("guest-page", code=build_door(visit.session.code, key))
    response["Location"] += "#camera"
    cookies.write_profiles(response, visit.session, profiles)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(refusal_page=_render_refusal)
def browse(visit: Visit) -> HttpResponse:
    """Show all photos of the session, page by page, where the studio allows it.

    A POST begins it: the browser becomes a guest's, who agrees to nothing.
    """
    if not visit.rules.browsing:
        raise Http404
    if visit.request.method != "POST":
        return _render_photos(visit, visit.guest) if visit.guest else redirect("guest-page", code=visit.door)
    response = redirect("guest-browse", code=visit.door)
    if visit.guest is None:
        _require_new_guest_limit(visit)
        cookies.remember_guest(response, consent.create_browsing_guest(visit.session), visit.profiles)
    return response


def _render_photos(visit: Visit, guest: Guest) -> HttpResponse:
    parts = sections.load_sections(visit.session, chosen=visit.request.GET.get("section", ""))
    photos = matched_photos.list_session_photos(visit.session, section=parts.chosen)
    page: Page[GalleryImage] = Paginator(photos, PHOTOS_PER_PAGE).get_page(visit.request.GET.get("page"))
    if not visit.agreed:
        matched_photos.record_browsed(guest, list(page), first_rank=page.start_index())
    tiles = photo_tiles.build_browsing_tiles(guest, page, visit.rules)
    return render_guest_page(visit, "guest/browse.html", page=page, tiles=tiles, sections=parts)


def _require_new_guest_limit(visit: Visit) -> None:
    """Raise 429 `rate_limited`."""
    rate_limits.require_quota("guest_consent", f"consents:{visit.network_address}")
