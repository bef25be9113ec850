"""The forms before the camera: the PIN, the consent, looking around without a face, and taking the consent back."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from sessions_app.guest.domain import consent, guest_cookie, pin
from sessions_app.guest.views import guest_view, visit
from sessions_app.guest.views.visit import Visit


@require_POST
def tell_pin(request: HttpRequest, code: str) -> HttpResponseBase:
    """The one form that is for guests who may not come in yet."""
    session = visit.by_code(code)
    if session is None:
        return redirect("guest-page", code=code)
    try:
        rules = visit.opened(session)
        pin.require(request, rules, request.POST.get("pin", ""))
    except FacePassError as refusal:
        if refusal.code in guest_view.CLOSED:
            return redirect("guest-page", code=code)
        return guest_view.pin_page(request, session, refusal)
    response = redirect("guest-page", code=session.code)
    pin.remember(response, rules)
    return response


@require_POST
@guest_view.entered
def agree(request: HttpRequest, here: Visit) -> HttpResponse:
    """Who agreed to an older notice, or only looked around, becomes a new guest: nothing is carried over."""
    if "agree" not in request.POST:
        raise FacePassError("consent_required", _("Agree first, then take the picture."), status=403)
    response = redirect("guest-page", code=here.session.code)
    if not here.agreed:
        rate_limits.require("guest_consent", f"consents:{rate_limits.address_of(request)}")
        guest_cookie.remember(response, consent.agree(here.session, guardian="guardian" in request.POST))
    # Where scripts run, the camera opens at once.
    response["Location"] += "#camera"
    return response


@require_POST
@guest_view.entered
def withdraw(request: HttpRequest, here: Visit) -> HttpResponse:
    if here.guest is not None:
        consent.withdraw(here.guest)
    response = redirect("guest-page", code=here.session.code)
    response["Location"] += "?withdrawn"
    guest_cookie.forget(response, here.session)
    return response
