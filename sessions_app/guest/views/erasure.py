"""`/s/CODE/forget/` and what follows from it: the receipt, and the way back for who did not want to be found."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.guest.domain import links, matched_photos
from sessions_app.guest.domain.privacy import erasure
from sessions_app.guest.views import cookies
from sessions_app.guest.views.guest_view import Visit, guest_view, render_ended_link, render_guest_page, render_page
from sessions_app.guest_data import consent_records
from sessions_app.guest_data.erasure import Receipt
from sessions_app.models import Hiding


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(needs="guest", even_closed=True)
def forget(visit: Visit) -> HttpResponse:
    """Say what would be deleted, and delete it when the button is pressed. Another button only hides the guest."""
    guest = visit.require_guest()
    if visit.request.method == "POST" and "hide" in visit.request.POST:
        return _hide(visit)
    if visit.request.method == "POST":
        receipt = erasure.forget_guest(guest, hidden="hidden" in visit.request.POST)
        response = redirect("guest-forgotten", token=receipt.token)
        cookies.write_profiles(response, visit.session, visit.after_leaving().profiles)
        return response
    hiding = Hiding.objects.filter(guest=guest).first()
    counts = matched_photos.count_by_filter(matched_photos.list_found(guest))
    context = {"counts": counts, "hiding": hiding and _undo_url(hiding.pk), "nobody": "nobody" in visit.request.GET}
    period = consent_records.describe_period() if guest.notice else ""
    return render_guest_page(visit, "guest/forget.html", uploads=guest.uploads.count(), record_period=period, **context)


def _hide(visit: Visit) -> HttpResponse:
    hiding = erasure.hide_guest(visit.require_guest())
    response = redirect("guest-forget", code=visit.door)
    if hiding is None:
        response["Location"] += "?nobody"
    return response


def _undo_url(hiding: UUID) -> str:
    return links.build_url("guest-hidden", links.sign_id("hiding", hiding))


@never_cache
@require_safe
def forgotten(request: HttpRequest, token: str) -> HttpResponse:
    """Show the receipt, as a page or as a text to keep. Whoever has it may open it again at any time."""
    receipt = Receipt.from_token(token)
    context = {"receipt": receipt, "token": token, "way_back": receipt.hiding and _undo_url(receipt.hiding)}
    if "text" not in request.GET:
        return render(request, "guest/forgotten.html", context)
    text = render_to_string("guest/receipt.txt", context)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="facepass-{receipt.id.hex[:8]}.txt"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hidden(request: HttpRequest, token: str) -> HttpResponse:
    """End a hiding by the private link of a receipt: others may find the guest again."""
    hiding = Hiding.objects.select_related("session__studio").filter(pk=links.read_id("hiding", token)).first()
    if hiding is None:
        return render_ended_link(request)
    if request.method == "POST":
        hiding.delete()
    return render_page(request, "guest/hidden.html", hiding.session, done=request.method == "POST")
