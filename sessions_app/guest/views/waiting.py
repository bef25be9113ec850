"""While photos are still prepared: how far that is, and the e-mail that says when it is done."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sessions_app.guest.domain import links, readiness
from sessions_app.guest.domain.readiness import SessionReadiness
from sessions_app.guest.views.guest_view import Visit, guest_view, render_ended_link, render_page, render_session_page
from sessions_app.models import ReadyNotice


@require_safe
@guest_view()
def progress(visit: Visit) -> HttpResponse:
    """Answer an open page, which asks every few seconds."""
    now = SessionReadiness.for_session(visit.session)
    counts = {"total": now.total, "ready": now.ready, "waiting": now.waiting}
    return JsonResponse({**counts, "title": now.title, "number": now.number, "text": now.text})


@require_POST
@guest_view()
def ready_notice(visit: Visit) -> HttpResponse:
    """Ask an e-mail address to confirm. The answer is the same for one that is there already."""
    email = visit.request.POST.get("email", "").strip().lower()
    readiness.request_ready_notice(visit.session, email, address=visit.network_address)
    return render_session_page(visit, asked=email)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_ready(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address by the button of the page that its e-mail leads to: mail scanners follow links."""
    pk = links.read_text("ready", token)
    notice = ReadyNotice.objects.select_related("session__studio").filter(pk=pk).first()
    if notice is None or (request.method == "POST" and readiness.confirm_ready_notice(pk) is None):
        return render_ended_link(request)
    done = request.method == "POST" or notice.confirmed_at is not None
    return render_page(request, "guest/ready_confirm.html", notice.session, done=done)
