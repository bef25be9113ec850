"""`/e/CODE/`: one page that leads to several events of a studio."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from sessions_app.guest.domain.party import hub
from sessions_app.guest.views import cookies
from sessions_app.guest.views.guest_view import render_closed, render_page


@never_cache
@require_safe
def show_hub(request: HttpRequest, code: str) -> HttpResponse:
    """Show the events, each with its day and the way to its photos."""
    address, is_known = rate_limits.client_address(request), cookies.has_been_guest(request)
    try:
        page = hub.find_page_of_visitor(code, address=address, is_known=is_known)
    except FacePassError as refusal:
        return render_closed(request, refusal, None)
    if page is None:
        unknown = FacePassError("not_found", _("Check the code on your card."), status=404)
        return render_closed(request, unknown, None)
    return render_page(request, "guest/hub.html", None, page=page, brand=page.brand, title=page.hub.name)
