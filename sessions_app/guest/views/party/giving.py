"""`/s/CODE/give/`: guests who agreed send photos of their own, where the event takes them."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.requests import body_gate
from sessions_app.guest.domain.party import giving
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views.guest_view import Visit, guest_view, render_guest_page, render_session_page


def _check_before_upload(visit: Visit) -> None:
    """Raise Http404, 403 `consent_required`, 413 `too_large` and 429 `rate_limited` before the form is read."""
    guest = visit.require_agreed_guest()
    if not visit.rules.uploads:
        raise Http404
    if int(visit.request.headers.get("Content-Length") or 0) > body_gate.given_photos_limit():
        raise FacePassError("too_large", _("These are too many at once. Send fewer."), status=413)
    rate_limits.require_quota("guest_give", f"give:{guest.pk}")


def _page_with_advice(visit: Visit, advice: Advice) -> HttpResponse:
    if visit.agreed and visit.rules.uploads:
        return _render(visit, problem=advice)
    return render_session_page(visit, advice=advice)


def _render(visit: Visit, **context: object) -> HttpResponse:
    waiting = visit.require_guest().uploads.count()
    return render_guest_page(visit, "guest/give.html", waiting=waiting, most=giving.MOST_OF_GUEST, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(needs="guest", before_upload=_check_before_upload, takes_photos=True, refusal_page=_page_with_advice)
def give(visit: Visit) -> HttpResponse:
    """Show the form, and after it was sent what was taken, and what was not and why."""
    guest = visit.require_agreed_guest()
    if not visit.rules.uploads:
        raise Http404
    if visit.request.method != "POST":
        return _render(visit)
    files = visit.request.FILES.getlist("photos")
    if not files:
        raise FacePassError("no_file", _("No picture was chosen."))
    if "may_share" not in visit.request.POST:
        return _render(visit, unticked=True)
    return _render(visit, report=giving.give_photos(guest, files))
