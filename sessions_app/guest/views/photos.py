"""`/s/CODE/photos/`: the photos that were found, and what a guest may do with them. Every button is part of a form."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from facepass.core.access.tenancy import UUID_TEXT
from facepass.core.errors import FacePassError
from sessions_app import analytics
from sessions_app.analytics import UsageKind
from sessions_app.guest.domain import mail, matched_photos, photo_tiles, sections
from sessions_app.guest.domain.matched_photos import PhotoFilter
from sessions_app.guest.views.downloads import zip_response
from sessions_app.guest.views.guest_view import Visit, guest_view, render_page
from sessions_app.models import Guest, GuestRules

# The last part of the URL, and what it does with the chosen photos.
ACTIONS: dict[str, Callable[[Guest, Collection[UUID]], int]] = {
    "favourite": matched_photos.add_favourites,
    "unfavourite": matched_photos.remove_favourites,
    "refuse": matched_photos.refuse_photos,
    "restore": matched_photos.restore_photos,
}


def results_context(guest: Guest, *, show: PhotoFilter = "all", section: str = "") -> dict[str, object]:
    """Return what `guest/results.html` needs; two queries."""
    rules = GuestRules.for_session(guest.session)
    parts = sections.load_sections(guest.session, chosen=section)
    results = photo_tiles.build_results(guest, show=show, section=parts.chosen)
    return {
        "guest": guest,
        "tiles": results.tiles,
        "show": results.show,
        "counts": results.counts,
        "filters": results.filters,
        "sections": parts,
        "may_download": rules.download_variant is not None,
        "may_send": not rules.challenge,
        "mail": mail.is_offered(),
    }


@require_safe
@guest_view(needs="guest")
def photos(visit: Visit) -> HttpResponse:
    guest = visit.require_guest()
    if not guest.notice:  # who only looks around was searched for nowhere
        return redirect("guest-browse", code=visit.session.code)
    query = visit.request.GET
    show = matched_photos.parse_filter(query.get("show", ""))
    context = results_context(guest, show=show, section=query.get("section", ""))
    return render_page(
        visit.request, "guest/photos.html", visit.session, **context, choose="choose" in visit.request.GET
    )


@require_POST
@guest_view(needs="guest")
def act(visit: Visit, action: str) -> HttpResponseBase:
    """Do something with the chosen photos. A script is answered without a page."""
    if action not in ACTIONS:
        raise Http404
    chosen = chosen_photos(visit.request)
    ACTIONS[action](visit.require_guest(), chosen)
    if "X-Script" in visit.request.headers:
        return HttpResponse(status=204)
    return redirect_to_photos(visit, show=visit.request.POST.get("show", ""), choose=not chosen)


@require_POST
@guest_view(needs="guest")
def download(visit: Visit) -> HttpResponseBase:
    """Answer with the chosen photos, or all that the page shows, as one ZIP."""
    show = matched_photos.parse_filter(visit.request.POST.get("show", ""))
    section = sections.parse_section(visit.request.POST.get("section", ""))
    rows = matched_photos.filter_found(matched_photos.list_found(visit.require_guest(), section=section), show)
    chosen = set(chosen_photos(visit.request))
    wanted = [row.photo for row in rows if "all" in visit.request.POST or row.photo_id in chosen]
    if not wanted:
        return redirect_to_photos(visit, show=show, choose=True)
    analytics.count_usage(visit.session, UsageKind.DOWNLOAD, number=len(wanted))
    return zip_response(wanted, visit.session)


def chosen_photos(request: HttpRequest) -> list[UUID]:
    """Return the photo whose own button was pressed, else those that are ticked. What is no id is left out."""
    sent = request.POST.getlist("one") or request.POST.getlist("photo")
    return [UUID(text) for text in sent if UUID_TEXT.fullmatch(text)]


def redirect_to_photos(visit: Visit, *, show: str, choose: bool = False) -> HttpResponse:
    """`choose`: the page asks the guest to tick some photos first."""
    section = sections.parse_section(visit.request.POST.get("section", ""))
    asked = {"show": show, "section": str(section or ""), "choose": "1" if choose else ""}
    query = {name: value for name, value in asked.items() if value}
    return redirect(f"{reverse('guest-photos', args=[visit.session.code])}{'?' if query else ''}{urlencode(query)}")


def require_checkbox(request: HttpRequest) -> None:
    """Raise 400 `invalid_request` where the consent beside the picture is not ticked."""
    if "agreed" not in request.POST:
        raise FacePassError("invalid_request", _("Please agree first."), status=400)
