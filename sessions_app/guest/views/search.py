"""`/s/CODE/`: takes a selfie and shows the photos. The same form works with and without JavaScript.

Also what belongs to it: the challenge before the selfie, hints while the camera is on, and a second selfie of a friend.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facepass.core.access import rate_limits
from sessions_app.guest.domain import guest_search, photo_tiles, selfie_advice
from sessions_app.guest.domain.privacy.live_proof import start_challenge
from sessions_app.guest.domain.profiles import possible_photos
from sessions_app.guest.domain.readiness import SessionReadiness
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views.guest_view import Visit, guest_view, render_guest_page, render_session_page
from sessions_app.guest.views.people import render_whose
from sessions_app.guest.views.photos import find_my_photos, redirect_to_photos, render_my_photos, require_checkbox


@require_safe
def go_to_code(request: HttpRequest) -> HttpResponse:
    """Redirect to the session of a code that was typed in on the landing page."""
    code = "".join(request.GET.get("code", "").split())
    return redirect("guest-page", code=code) if code.isalnum() else redirect("landing")


def require_search_limits(visit: Visit) -> None:
    """Raise 429 `rate_limited`. Who has not agreed is refused afterwards, and counts like any unknown address."""
    if visit.guest is None:
        rate_limits.require_address_quota(visit.request)
    else:
        guest_search.require_limits(visit.guest, address=visit.network_address)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(before_upload=require_search_limits)
def session_page(visit: Visit) -> HttpResponse:
    """Show the guest's photos, or the way to them where there are none yet; or search with the selfie that was sent."""
    if visit.request.method == "POST":
        return _search(visit)
    found = find_my_photos(visit)
    return _render_found(visit, **found) if found else render_session_page(visit)


def _render_found(visit: Visit, **context: object) -> HttpResponse:
    """Render all photos of the guest, with what else there is to say and to ask."""
    guest = visit.require_guest()
    possible = photo_tiles.build_guest_tiles(guest, possible_photos.list_possible(guest), visit.rules)
    readiness = SessionReadiness.while_waiting(visit.session)
    return render_my_photos(visit, **context, readiness=readiness, possible=possible, few=possible_photos.FEW_PHOTOS)


@require_safe
@guest_view()
def search_page(visit: Visit) -> HttpResponse:
    """Show the camera to a guest who has photos already, and wants to search again."""
    return render_session_page(visit, again=True)


def _search(visit: Visit) -> HttpResponse:
    """A search that finds nobody hides nothing of what was found before."""
    selfie, guest = visit.require_selfie(), visit.require_agreed_guest()
    searched = guest_search.search_with_selfie(guest, selfie, address=visit.network_address, proof=visit.read_proof())
    if searched.question:
        return render_whose(visit, searched.question)
    hints = selfie_advice.hints_for_better_selfie(searched.faces)
    found = find_my_photos(visit)
    if found and found["tiles"]:
        return _render_found(visit, **found, hints=hints, missed=not searched.matches)
    nothing = {"guest": guest, "tiles": [], "may_send": not visit.rules.challenge}
    return render_session_page(visit, **nothing, hints=hints)


@require_POST
@guest_view()
def challenge_page(visit: Visit) -> HttpResponse:
    """Show the page with what to do before the camera."""
    challenge = start_challenge(visit.require_agreed_guest())
    return render_session_page(visit, challenge=challenge)


def _require_hint_limit(visit: Visit) -> None:
    rate_limits.require_quota("guest_look", f"look:{visit.require_agreed_guest().pk}")


@require_POST
@guest_view(before_upload=_require_hint_limit, as_json=True)
def live_hint(visit: Visit) -> JsonResponse:
    """Tell a page whose camera is on what the guest should change before the picture is taken."""
    return JsonResponse({"hint": selfie_advice.hint_for_frame(visit.require_selfie())})


def _render_friend_form(visit: Visit, advice: Advice | None = None) -> HttpResponse:
    return render_guest_page(visit, "guest/friend.html", advice=advice)


@guest_view(needs="selfie", before_upload=require_search_limits, refusal_page=_render_friend_form)
def friend(visit: Visit) -> HttpResponseBase:
    """Search with a friend's selfie, for photos that show both or those of the friend as well."""
    if visit.request.method != "POST":
        return _render_friend_form(visit)
    require_checkbox(visit.request)
    add = visit.request.POST.get("combine") == "any"
    guest_search.search_with_friend(
        visit.require_guest(), visit.require_selfie(), address=visit.network_address, add=add
    )
    return redirect_to_photos(visit, show="all" if add else "both")
