"""Links that guests make: to some of their photos for others, and to all of them for themselves."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facepass.core.access.tenancy import UUID_TEXT
from sessions_app import analytics
from sessions_app.analytics import What
from sessions_app.guest.domain import consent, guest_cookie, links, matched_photos, photo_tiles
from sessions_app.guest.domain.absolute_urls import address
from sessions_app.guest.views import downloads, photos
from sessions_app.guest.views.photo_pages import of_guest, page
from sessions_app.models import FoundPhoto, Guest, GuestRules, ReturnLink, ShareLink

DAYS = (1, 7, 30)


@require_POST
@of_guest
def share(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Makes a link to the chosen photos."""
    show = photos.shown(request.POST.get("show", ""))
    chosen = set(photos.chosen_photos(request))
    rows = [row for row in matched_photos.filtered(matched_photos.of_guest(guest), show) if row.photo_id in chosen]
    if not rows:
        return photos.back(guest, show=show, choose=True)
    asked = request.POST.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else DAYS[1]
    ends = timezone.now() + timedelta(days=days)
    session_ends = GuestRules.of(guest.session).expires_at
    with consent.still_given(guest):
        made = ShareLink.objects.create(guest=guest, expires_at=min(ends, session_ends or ends))
        made.photos.set(FoundPhoto.objects.filter(pk__in=[row.pk for row in rows]).select_for_update(no_key=True))
    return redirect("guest-shares", code=guest.session.code)


@require_http_methods(["GET", "HEAD", "POST"])
@of_guest
def shares(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The guest's links, and a button on each to take it back."""
    revoked = request.POST.get("revoke", "")
    if UUID_TEXT.fullmatch(revoked):
        guest.shares.filter(pk=revoked).delete()
        return redirect("guest-shares", code=guest.session.code)
    live = guest.shares.live().prefetch_related("photos")
    rows = [{"share": row, "address": address("shared", links.made("share", row.pk))} for row in live]
    return page(request, "guest/shares.html", guest.session, rows=rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """The photos of one link, for anyone who holds it. A POST fetches them as a ZIP."""
    link = _live(token)
    if link is None:
        return gone(request)
    rules = GuestRules.of(link.guest.session)
    rows = list(FoundPhoto.objects.kept().filter(shares=link).in_order().for_tiles())
    if request.method == "POST":
        analytics.count(link.guest.session, What.DOWNLOAD, number=len(rows))
        return downloads.as_zip([row.photo for row in rows], link.guest.session)
    shown = photo_tiles.of_share(link, rows, rules)
    may_download = rules.download_variant is not None
    return page(request, "guest/shared.html", link.guest.session, share=link, tiles=shown, may_download=may_download)


def _live(token: str) -> ShareLink | None:
    try:
        pk = links.read("share", token)
    except Http404:
        return None
    link = (
        ShareLink.objects.live()
        .select_related("guest__session__guest_rules", "guest__session__studio")
        .filter(pk=pk)
        .first()
    )
    usable = link and link.guest.session.facepass_enabled and not GuestRules.of(link.guest.session).expired
    return link if usable else None


def gone(request: HttpRequest) -> HttpResponse:
    words = {"title": _("This link is no longer valid"), "message": _("Ask whoever sent it to you for a new one.")}
    return render(request, "error.html", {"status": 404, **words}, status=404)


@require_http_methods(["GET", "HEAD", "POST"])
@of_guest
def return_link(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Makes the guest's private link, which is shown once."""
    token = _issued(guest) if request.method == "POST" else None
    made = token and address("guest-return", token)
    return page(request, "guest/link.html", guest.session, address=made)


def _issued(guest: Guest) -> str:
    with consent.still_given(guest):
        return ReturnLink.issue(guest)


@never_cache
@require_safe
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever opens a private link is that guest on this device too."""
    guest = ReturnLink.guest_of(token)
    if guest is None:
        return gone(request)
    response = redirect("guest-photos", code=guest.session.code)
    guest_cookie.remember(response, guest)
    return response
