"""Alerts about new photos: requesting one, confirming it by the link in the message, and stopping it by one click."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from sessions_app.guest.domain import alerts, guest_search, links, mail
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views.guest_view import Visit, guest_view, render_ended_link, render_guest_page, render_page
from sessions_app.guest.views.photos import require_checkbox
from sessions_app.guest.views.search import require_search_limits
from sessions_app.models import Alert


def _render_form(visit: Visit, advice: Advice | None = None) -> HttpResponse:
    if not mail.is_offered():
        raise Http404
    alert = Alert.objects.filter(guest=visit.guest).first()
    typed = visit.request.POST.get("address", "") if advice else ""
    return render_guest_page(visit, "guest/alerts.html", alert=alert, advice=advice, address=typed)


@guest_view(needs="selfie", before_upload=require_search_limits, refusal_page=_render_form)
def alert_page(visit: Visit) -> HttpResponseBase:
    if visit.request.method != "POST":
        return _render_form(visit)
    require_checkbox(visit.request)
    address = visit.request.POST.get("address", "").strip()
    guest_search.require_no_bar(visit.require_guest(), address=visit.network_address)
    alerts.request_alert(visit.require_guest(), address=address, selfie=visit.require_selfie())
    return redirect("guest-alerts", code=visit.door)


@require_POST
@guest_view(needs="guest")
def stop_own(visit: Visit) -> HttpResponse:
    """Stop the alert by the button on the guest's page."""
    alerts.stop_alert(visit.require_guest().pk)
    return redirect("guest-alerts", code=visit.door)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link itself confirms nothing, because mail scanners follow links; its button does."""
    guest_id, mark = links.read_alert(token)
    alert = alerts.find_alert(guest_id, mark=mark)
    if alert is None:
        return render_ended_link(request)
    if request.method == "POST" and alerts.confirm_alert(guest_id, asked_at=alert.asked_at) is None:
        return render_ended_link(request)
    done = request.method == "POST" or alert.confirmed_at is not None
    return render_page(request, "guest/alert_confirm.html", alert.guest.session, done=done)


@never_cache
@csrf_exempt  # a mail program has no token of ours; the link's own signature says who asks
@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_link(request: HttpRequest, token: str) -> HttpResponse:
    guest_id, mark = links.read_alert(token)
    alert = Alert.objects.filter(pk=guest_id).first()
    is_running = alert is not None and alert.mark == mark
    if is_running and request.method == "POST":
        alerts.stop_alert(guest_id)
        is_running = False
    return render(request, "guest/alert_stop.html", {"done": not is_running})
