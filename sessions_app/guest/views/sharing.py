"""Links that guests make: to some of their photos for others, and to all of them for themselves."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facepass.core.access.tenancy import UUID_TEXT
from facepass.core.errors import FacePassError
from sessions_app import analytics
from sessions_app.analytics import UsageKind
from sessions_app.guest.domain import links, matched_photos, photo_tiles
from sessions_app.guest.domain.outgoing_links import build_private_link, build_shared_link
from sessions_app.guest.domain.profiles.device_profiles import build_door
from sessions_app.guest.domain.profiles.people import load_guests
from sessions_app.guest.views import cookies
from sessions_app.guest.views.downloads import zip_response
from sessions_app.guest.views.guest_view import (
    Visit,
    guest_view,
    render_closed,
    render_ended_link,
    render_guest_page,
    render_page,
)
from sessions_app.guest.views.photos import chosen_photos, redirect_to_photos
from sessions_app.guest_data.copies import list_each_once
from sessions_app.models import FoundPhoto, GuestRules, ReturnLink


@require_POST
@guest_view(needs="guest")
def create_share(visit: Visit) -> HttpResponse:
    """Make a link to the chosen photos."""
    guest, form = visit.require_guest(), visit.request.POST
    show, chosen = matched_photos.parse_filter(form.get("show", "")), set(chosen_photos(visit.request))
    visible = matched_photos.filter_found(matched_photos.list_found(guest), show)
    rows = [row for row in visible if row.photo_id in chosen]
    if not rows:
        return redirect_to_photos(visit, show=show, choose=True)
    links.create_share_link(guest, rows, days=form.get("days", ""))
    return redirect("guest-shares", code=visit.door)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(needs="guest")
def shares(visit: Visit) -> HttpResponse:
    """List the guest's links, with a button on each to take it back."""
    guest, revoked = visit.require_guest(), visit.request.POST.get("revoke", "")
    if UUID_TEXT.fullmatch(revoked):
        guest.shares.filter(pk=revoked).delete()
        return redirect("guest-shares", code=visit.door)
    found = FoundPhoto.objects.kept().shown().select_related("photo")
    rows = [
        {
            "share": link,
            "number": len(list_each_once(link.photos.all())),
            "link": build_shared_link(links.build_share_url(link), visit.session),
        }
        for link in guest.shares.live().prefetch_related(Prefetch("photos", found))
    ]
    return render_guest_page(visit, "guest/shares.html", rows=rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the photos of one link to anyone who holds it. A POST fetches them as a ZIP."""
    link = links.find_share_link(token)
    if link is None:
        return render_ended_link(request)
    session = link.guest.session
    rules = GuestRules.for_session(session)
    found = FoundPhoto.objects.kept().shown().filter(shares=link)
    rows = list_each_once(found.in_order().for_tiles())
    if request.method == "POST":
        analytics.count_usage(session, UsageKind.DOWNLOAD, number=len(rows))
        return zip_response([row.photo for row in rows], session, size=request.POST.get("size", ""))
    tiles = photo_tiles.build_share_tiles(link, rows, rules)
    allowed = {
        "may_download": rules.download_variant is not None,
        "may_choose_size": rules.download_variant == "original",
    }
    return render_page(request, "guest/shared.html", session, share=link, tiles=tiles, **allowed)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(needs="guest")
def return_link(visit: Visit) -> HttpResponse:
    """Make the guest's private link, which is shown once."""
    link = None
    if visit.request.method == "POST":
        link = build_private_link(links.create_return_url(visit.require_guest()), visit.session)
    return render_guest_page(visit, "guest/link.html", link=link)


@never_cache
@require_safe
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """Make the browser that opens a private link that guest's too, beside those whose it is."""
    guest = ReturnLink.find_guest(token)
    if guest is None:
        return render_ended_link(request)
    known = cookies.read_profiles(request, guest.session)
    try:
        profiles = known.only(load_guests(known, guest.session)).with_guest(guest.pk)
    except FacePassError as refusal:
        return render_closed(request, refusal, guest.session)
    response = redirect("guest-photos", code=build_door(guest.session.code, profiles.key_of(guest.pk)))
    cookies.write_profiles(response, guest.session, profiles)
    return response
