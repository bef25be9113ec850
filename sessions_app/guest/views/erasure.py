"""`/s/CODE/forget/` and what follows from it: the receipt, and the way back for who did not want to be found."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.guest.domain import erasure, guest_cookie, links, matched_photos
from sessions_app.guest.domain.absolute_urls import address
from sessions_app.guest.domain.erasure import Receipt
from sessions_app.guest.views.photo_pages import of_guest, page
from sessions_app.guest.views.sharing import gone
from sessions_app.models import Guest, Hiding


@require_http_methods(["GET", "HEAD", "POST"])
@of_guest
def forget(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Asks first: the page says what goes; its button does it."""
    if request.method == "POST" and "hide" in request.POST:
        return _hide(guest)
    if request.method == "POST":
        receipt = erasure.forget(guest, hidden="hidden" in request.POST)
        response = redirect("guest-forgotten", token=receipt.token)
        guest_cookie.forget(response, guest.session)
        return response
    hiding = Hiding.objects.filter(guest=guest).first()
    undo, nobody = hiding and _way_back(hiding.pk), "nobody" in request.GET
    counts = matched_photos.counts(matched_photos.of_guest(guest))
    return page(request, "guest/forget.html", guest.session, counts=counts, hiding=undo, nobody=nobody)


def _hide(guest: Guest) -> HttpResponse:
    hiding = erasure.hide(guest)
    response = redirect("guest-forget", code=guest.session.code)
    if hiding is None:
        response["Location"] += "?nobody"
    return response


def _way_back(hiding: UUID) -> str:
    return address("guest-hidden", links.made("hiding", hiding))


@never_cache
@require_safe
def forgotten(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt: as a page, and as a text to keep. Whoever has it may open it again at any time."""
    receipt = Receipt.read(token)
    shown = {"receipt": receipt, "token": token, "way_back": receipt.hiding and _way_back(receipt.hiding)}
    if "text" not in request.GET:
        return render(request, "guest/forgotten.html", shown)
    text = render_to_string("guest/receipt.txt", shown)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="facepass-{receipt.id.hex[:8]}.txt"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hidden(request: HttpRequest, token: str) -> HttpResponse:
    """By the private link of a receipt: others may find them again."""
    hiding = Hiding.objects.select_related("session__studio").filter(pk=links.read("hiding", token)).first()
    if hiding is None:
        return gone(request)
    if request.method == "POST":
        hiding.delete()
    return page(request, "guest/hidden.html", hiding.session, done=request.method == "POST")
