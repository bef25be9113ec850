"""`/s/CODE/`: takes a selfie and shows the photos. The same form works with and without JavaScript.

Also what belongs to it: the challenge before the selfie, hints while the camera is on, and a second selfie of a friend.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facepass.core.access import rate_limits
from sessions_app.guest.domain import guest_search, selfie_advice
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views.guest_view import Visit, guest_view, render_page, render_session_page
from sessions_app.guest.views.photos import redirect_to_photos, require_checkbox, results_context


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
    """Show the form, or search with the selfie that was sent."""
    if visit.request.method != "POST":
        return render_session_page(visit)
    selfie, guest = visit.require_selfie(), visit.require_agreed_guest()
    searched = guest_search.search_with_selfie(
        guest,
        selfie,
        challenge_token=visit.request.POST.get("challenge", ""),
        frames=visit.request.FILES.getlist("frames"),
    )
    nothing = {"guest": guest, "tiles": [], "may_send": not visit.rules.challenge}
    results = results_context(guest) if searched.matches else nothing
    return render_session_page(visit, **results, hints=selfie_advice.hints_for_better_selfie(searched.faces))


@require_POST
@guest_view()
def challenge_page(visit: Visit) -> HttpResponse:
    """Show the page with what to do before the camera."""
    challenge = guest_search.start_challenge(visit.require_agreed_guest())
    return render_session_page(visit, challenge=challenge)


def _require_hint_limit(visit: Visit) -> None:
    rate_limits.require_quota("guest_look", f"look:{visit.require_agreed_guest().pk}")


@require_POST
@guest_view(before_upload=_require_hint_limit, as_json=True)
def live_hint(visit: Visit) -> JsonResponse:
    """Tell a page whose camera is on what the guest should change before the picture is taken."""
    return JsonResponse({"hint": selfie_advice.hint_for_frame(visit.require_selfie())})


def _render_friend_form(visit: Visit, advice: Advice | None = None) -> HttpResponse:
    return render_page(visit.request, "guest/friend.html", visit.session, advice=advice)


@guest_view(needs="selfie", before_upload=require_search_limits, refusal_page=_render_friend_form)
def friend(visit: Visit) -> HttpResponseBase:
    """Search with a friend's selfie, for photos that show both or those of the friend as well."""
    if visit.request.method != "POST":
        return _render_friend_form(visit)
    require_checkbox(visit.request)
    add = visit.request.POST.get("combine") == "any"
    guest_search.search_with_friend(visit.require_guest(), visit.require_selfie(), add=add)
    return redirect_to_photos(visit, show="all" if add else "both")
