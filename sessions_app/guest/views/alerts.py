"""Asking for news of later photos, confirming it by the link in the message, and stopping it by one click."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app import selfie_upload
from sessions_app.guest.domain import alerts, links, mail
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views.photo_pages import of_guest, page, with_selfie
from sessions_app.guest.views.photos import require_agreed
from sessions_app.guest.views.sharing import gone
from sessions_app.models import Alert, Guest


def _page(request: HttpRequest, guest: Guest, advice: Advice | None) -> HttpResponse:
    if not mail.offered():
        raise Http404
    alert = Alert.objects.filter(guest=guest).first()
    typed = request.POST.get("address", "") if advice else ""
    return page(request, "guest/alerts.html", guest.session, alert=alert, advice=advice, address=typed)


@with_selfie(_page)
def ask(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    require_agreed(request)
    alerts.ask(guest, address=request.POST.get("address", "").strip(), picture=selfie_upload.of(request))
    return redirect("guest-alerts", code=guest.session.code)


@require_POST
@of_guest
def stop_here(request: HttpRequest, guest: Guest) -> HttpResponse:
    alerts.stop(guest.pk)
    return redirect("guest-alerts", code=guest.session.code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link itself confirms nothing, because mail scanners follow links; its button does."""
    guest_id = links.read("alert", token)
    alert = Alert.objects.select_related("guest__session__studio").filter(pk=guest_id).first()
    if alert is None or (request.method == "POST" and alerts.confirm(guest_id) is None):
        return gone(request)
    done = request.method == "POST" or alert.confirmed_at is not None
    return page(request, "guest/alert_confirm.html", alert.guest.session, done=done)


@never_cache
@csrf_exempt  # a mail program has no token of ours; the link's own signature says who asks
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    guest_id = links.read("alert", token)
    if request.method == "POST":
        alerts.stop(guest_id)
    waits = Alert.objects.filter(pk=guest_id).exists()
    return render(request, "guest/alert_stop.html", {"done": not waits})
