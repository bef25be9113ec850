"""`/s/CODE/leave-out/`: who is in photos of the event and does not want to be found there says so by a selfie.

It takes the challenge before the camera wherever a search does, so that nobody takes out somebody else by a picture.
"""

from django.http import HttpResponse, HttpResponseBase

from sessions_app.guest.domain import guest_search
from sessions_app.guest.domain.privacy import leaving_out
from sessions_app.guest.domain.privacy.live_proof import OfferedChallenge, start_challenge
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views import cookies
from sessions_app.guest.views.guest_view import Visit, guest_view, render_guest_page
from sessions_app.guest.views.photos import require_checkbox
from sessions_app.guest.views.search import require_search_limits


def _render_form(
    visit: Visit, advice: Advice | None = None, *, challenge: OfferedChallenge | None = None
) -> HttpResponse:
    context = {"advice": advice, "challenge": challenge, "asks_challenge": visit.asks_challenge}
    return render_guest_page(visit, "guest/leave_out.html", **context)


@guest_view(needs="agreed", before_upload=require_search_limits, refusal_page=_render_form)
def leave_out(visit: Visit) -> HttpResponseBase:
    """Say what happens, and do it when the form comes with a selfie. The guest is forgotten by it.

    `begin`: of the form without a script, which shows the steps of the challenge first.
    """
    if visit.request.method != "POST":
        return _render_form(visit)
    if "begin" in visit.request.POST:
        return _render_form(visit, challenge=start_challenge(visit.require_agreed_guest()))
    require_checkbox(visit.request)
    guest = visit.require_agreed_guest()
    asks_challenge = guest_search.count_selfie(guest, address=visit.network_address) or visit.rules.challenge
    proof = visit.read_proof() if asks_challenge else None
    later = "later" in visit.request.POST
    receipt = leaving_out.leave_out_guest(guest, visit.require_selfie(), later=later, proof=proof)
    left = visit.after_leaving()
    response = render_guest_page(left, "guest/left_out.html", receipt=receipt)
    cookies.write_profiles(response, visit.session, left.profiles)
    return response
