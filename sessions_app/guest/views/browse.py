"""Looking around without a face: all photos of a session, page by page, where the studio allows it."""

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from facepass.core.access import rate_limits
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from sessions_app.guest.domain import branding, consent, guest_cookie, photo_tiles
from sessions_app.guest.views import guest_view
from sessions_app.guest.views.visit import Visit
from sessions_app.models import FoundPhoto, Guest, PhotoSession

PER_PAGE = 60


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view.entered
def browse(request: HttpRequest, here: Visit) -> HttpResponse:
    """A POST begins it: the guest gets an identity, and agrees to nothing."""
    if not here.rules.browsing:
        raise Http404
    if request.method != "POST":
        return _page(request, here, here.guest) if here.guest else redirect("guest-page", code=here.session.code)
    response = redirect("guest-browse", code=here.session.code)
    if here.guest is None:
        rate_limits.require("guest_consent", f"consents:{rate_limits.address_of(request)}")
        guest_cookie.remember(response, consent.look_around(here.session))
    return response


def _page(request: HttpRequest, here: Visit, guest: Guest) -> HttpResponse:
    page = Paginator(photos(here.session), PER_PAGE).get_page(request.GET.get("page"))
    if not here.agreed:
        _remember(guest, page)
    context = {
        "visit": here,
        "session": here.session,
        "brand": branding.of(here.session),
        "page": page,
        "tiles": photo_tiles.of_photos(guest, page, here.rules),
    }
    return render(request, "guest/browse.html", context)


def photos(session: PhotoSession) -> QuerySet[GalleryImage]:
    """As they were taken."""
    ready = GalleryImage.objects.filter(state=PhotoState.PROCESSED)
    found = ready.filter(gallery__studio_id=session.studio_id, gallery__session_id=session.pk)
    return found.order_by("taken_at", "original_name", "pk")


def _remember(guest: Guest, page: "Page[GalleryImage]") -> None:
    """Who only looks around may open what was shown; what somebody's face found is kept apart from that."""
    with transaction.atomic():
        consent.hold(guest)
        there = GalleryImage.objects.filter(pk__in=[photo.pk for photo in page]).hold_rows()
        ranked = enumerate(page, start=page.start_index())
        shown = [FoundPhoto(guest=guest, photo=photo, rank=rank) for rank, photo in ranked if photo.pk in there]
        FoundPhoto.objects.bulk_create(shown, ignore_conflicts=True)
