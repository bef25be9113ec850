"""`/s/CODE/photos/`: the photos that were found, and what a guest may do with them. Every button is part of a form."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from facepass.core import events
from facepass.core.access.tenancy import UUID_TEXT
from facepass.core.errors import FacePassError
from facepass.models import EventType
from galleries.matching.search import MAX_LIMIT, Match
from galleries.models import GalleryImage
from sessions_app import analytics, selfie_upload
from sessions_app.analytics import What
from sessions_app.guest.domain import consent, guest_search, mail, matched_photos, photo_tiles
from sessions_app.guest.domain.matched_photos import Show
from sessions_app.guest.domain.selfie_advice import Advice
from sessions_app.guest.views import downloads
from sessions_app.guest.views.photo_pages import of_guest, page, with_selfie
from sessions_app.models import FoundPhoto, Guest, GuestRules
from sessions_app.session_search import SessionSearch, count, search_session


def take(guest: Guest, searched: SessionSearch) -> list[Match]:
    """What a guest's own search may give them, which is theirs from now on. Raises as `consent.still_given`."""
    with consent.still_given(guest):
        matches = matched_photos.keep(guest, matched_photos.allowed(guest, searched.matches))
        _note(guest, searched, photos=len(matches))
    return matches


def context(guest: Guest, *, show: Show = "all") -> dict[str, Any]:
    """What `guest/results.html` needs; one query."""
    rules = GuestRules.of(guest.session)
    rows = matched_photos.of_guest(guest)
    counts = matched_photos.counts(rows)
    filters = [name for name in matched_photos.SHOWS if counts[name] and (name != "me" or counts["me"] < counts["all"])]
    return {
        "guest": guest,
        "session": guest.session,
        "tiles": photo_tiles.of_guest(guest, matched_photos.filtered(rows, show), rules),
        "may_download": rules.download_variant is not None,
        "may_send": not rules.challenge,
        "mail": mail.offered(),
        "show": show,
        "counts": counts,
        "filters": filters if len(filters) > 1 else [],
    }


def nothing(guest: Guest) -> dict[str, Any]:
    """What `guest/nothing.html` needs."""
    return {"guest": guest, "tiles": [], "may_send": not GuestRules.of(guest.session).challenge}


@require_safe
@of_guest
def photos(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Who only looks around was found nowhere."""
    if not guest.notice:
        return redirect("guest-browse", code=guest.session.code)
    show = shown(request.GET.get("show", ""))
    return page(request, "guest/photos.html", **context(guest, show=show), choose="choose" in request.GET)


def shown(text: str) -> Show:
    return text if text in matched_photos.SHOWS else "all"


@require_POST
@of_guest
def act(request: HttpRequest, guest: Guest, action: str) -> HttpResponseBase:
    """Something for the chosen photos; a script is answered without a page."""
    chosen = chosen_photos(request)
    if action == "favourite":
        matched_photos.mark(guest, chosen, favourite=True)
    elif action == "unfavourite":
        matched_photos.mark(guest, chosen, favourite=False)
    elif action == "refuse":
        matched_photos.refuse(guest, chosen)
    elif action == "restore":
        matched_photos.take_back(guest, chosen)
    else:
        raise Http404
    if "X-Script" in request.headers:
        return HttpResponse(status=204)
    return back(guest, show=request.POST.get("show", ""), choose=not chosen)


@require_POST
@of_guest
def download(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """The chosen photos, or all that the page shows, as one ZIP."""
    show = shown(request.POST.get("show", ""))
    rows = matched_photos.filtered(matched_photos.of_guest(guest), show)
    chosen = wanted(request, rows)
    if not chosen:
        return back(guest, show=show, choose=True)
    analytics.count(guest.session, What.DOWNLOAD, number=len(chosen))
    return downloads.as_zip(chosen, guest.session)


def wanted(request: HttpRequest, rows: list[FoundPhoto]) -> list[GalleryImage]:
    chosen = set(chosen_photos(request))
    return [row.photo for row in rows if "all" in request.POST or row.photo_id in chosen]


def chosen_photos(request: HttpRequest) -> list[UUID]:
    """The photo whose own button was pressed, else those that are ticked; what is no id is not one."""
    sent = request.POST.getlist("one") or request.POST.getlist("photo")
    return [UUID(text) for text in sent if UUID_TEXT.fullmatch(text)]


def back(guest: Guest, *, show: str, choose: bool = False) -> HttpResponse:
    query = {name: value for name, value in (("show", show), ("choose", "1" if choose else "")) if value}
    return redirect(f"{reverse('guest-photos', args=[guest.session.code])}{'?' if query else ''}{urlencode(query)}")


def _friend_page(request: HttpRequest, guest: Guest, advice: Advice | None) -> HttpResponse:
    return page(request, "guest/friend.html", guest.session, advice=advice)


@with_selfie(_friend_page)
def friend(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """A second selfie: photos that show both, or those of the friend as well. It is searched with and forgotten."""
    require_agreed(request)
    add = request.POST.get("combine") == "any"
    searched = search_session(guest.session, [selfie_upload.of(request)], limit=MAX_LIMIT)
    with consent.still_given(guest):
        matches = matched_photos.keep_friends(guest, matched_photos.without_hidden(guest, searched.matches), add=add)
        _note(guest, searched, photos=len(matches))
    return back(guest, show="all" if add else "both")


def require_agreed(request: HttpRequest) -> None:
    """Raises 400 `invalid_request` where the box beside the picture is not ticked."""
    if "agreed" not in request.POST:
        raise FacePassError("invalid_request", _("Please agree first."), status=400)


def _note(guest: Guest, searched: SessionSearch, *, photos: int) -> None:
    """A search that came to its end: it is counted, partners hear of it, and one that gave nothing is a miss."""
    count(searched)
    if not photos:
        guest_search.note_miss(guest)
    data = {"session_id": str(guest.session_id), "photos": photos}
    events.emit(EventType.GUEST_SEARCH_COMPLETED, studio_id=guest.session.studio_id, data=data)
