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
from sessions_app.guest.domain.profiles import possible_photos
from sessions_app.guest.domain.result_headings import build_heading
from sessions_app.guest.views.downloads import zip_response
from sessions_app.guest.views.guest_view import Visit, guest_view, render_guest_page
from sessions_app.models import Guest, GuestRules

# The last part of the URL, and what it does with the chosen photos.
ACTIONS: dict[str, Callable[[Guest, Collection[UUID]], int]] = {
    "favourite": matched_photos.add_favourites,
    "unfavourite": matched_photos.remove_favourites,
    "refuse": matched_photos.refuse_photos,
    "restore": matched_photos.restore_photos,
    "confirm": possible_photos.confirm_photos,
    "deny": possible_photos.deny_photos,
}


# Those that answer "Are these you too?", which the page of all photos asks.
ANSWERS = ("confirm", "deny")


def results_context(guest: Guest, *, name: str = "", show: PhotoFilter = "all", section: str = "") -> dict[str, object]:
    """Return what `guest/results.html` needs; two queries. `name`: how the guest is called on this device."""
    rules = GuestRules.for_session(guest.session)
    parts = sections.load_sections(guest.session, chosen=section)
    results = photo_tiles.build_results(guest, show=show, section=parts.chosen)
    return {
        "guest": guest,
        "heading": build_heading(results, name=name),
        "tiles": results.tiles,
        "show": results.show,
        "counts": results.counts,
        "filters": results.filters,
        "found_any": bool(parts.chosen) or bool(results.counts["all"] + results.counts["refused"]),
        "sections": parts,
        "may_download": rules.download_variant is not None,
        "may_choose_size": rules.download_variant == "original",
        "may_send": not rules.challenge,
        "mail": mail.is_offered(),
    }


def find_my_photos(visit: Visit) -> dict[str, object] | None:
    """Return what the page of the guest's photos shows, as its address asks; None where nothing was found for them.

    Photos that the guest refused count as found: they can be had back.
    """
    if visit.guest is None or not visit.guest.notice:
        return None
    query = visit.request.GET
    show = matched_photos.parse_filter(query.get("show", ""))
    context = results_context(visit.guest, name=visit.name, show=show, section=query.get("section", ""))
    return context if context["found_any"] else None


def render_my_photos(visit: Visit, **context: object) -> HttpResponse:
    """Render the page of the guest's photos; the context is that of `results_context`, and what else it says."""
    return render_guest_page(visit, "guest/photos.html", **context)


@require_safe
@guest_view(needs="guest")
def photos(visit: Visit) -> HttpResponse:
    """Show the guest's photos through a filter. `/s/CODE/` shows them all."""
    if not visit.require_guest().notice:  # who only looks around was searched for nowhere
        return redirect("guest-browse", code=visit.door)
    found = find_my_photos(visit)
    if found is None:
        return redirect("guest-page", code=visit.door)
    return render_my_photos(visit, **found, choose="choose" in visit.request.GET)


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
    if action in ANSWERS:
        return redirect("guest-page", code=visit.door)
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
    return zip_response(wanted, visit.session, size=visit.request.POST.get("size", ""))


def chosen_photos(request: HttpRequest) -> list[UUID]:
    """Return the photo whose own button was pressed, else those that are ticked. What is no id is left out."""
    sent = request.POST.getlist("one") or request.POST.getlist("photo")
    return [UUID(text) for text in sent if UUID_TEXT.fullmatch(text)]


def redirect_to_photos(visit: Visit, *, show: str, choose: bool = False) -> HttpResponse:
    """`choose`: the page asks the guest to tick some photos first."""
    section = sections.parse_section(visit.request.POST.get("section", ""))
    asked = {"show": show, "section": str(section or ""), "choose": "1" if choose else ""}
    query = {name: value for name, value in asked.items() if value}
    return redirect(f"{reverse('guest-photos', args=[visit.door])}{'?' if query else ''}{urlencode(query)}")


def require_checkbox(request: HttpRequest) -> None:
    """Raise 400 `invalid_request` where the consent beside the picture is not ticked."""
    if "agreed" not in request.POST:
        raise FacePassError("invalid_request", _("Please agree first."), status=400)
