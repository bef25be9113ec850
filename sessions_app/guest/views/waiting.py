"""While photos are still prepared: how far that is, and the e-mail that says when it is done."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from sessions_app.guest.domain import readiness
from sessions_app.guest.domain.readiness import SessionReadiness
from sessions_app.guest.views.guest_view import Visit, guest_view, render_session_page


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
    """Keep an e-mail address. The answer is the same for one that is there already."""
    email = visit.request.POST.get("email", "").strip().lower()
    readiness.request_ready_notice(visit.session, email, address=visit.network_address)
    return render_session_page(visit, asked=email)
