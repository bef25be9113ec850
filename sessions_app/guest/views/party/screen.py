"""`/screen/TOKEN/`: guests' favourites, for the screen at the party. Whoever has the address sees them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from galleries.photos.media_files import Variant
from galleries.views import serve
from sessions_app.guest.domain import photo_tiles
from sessions_app.guest.domain.party import slideshow
from sessions_app.guest.views.guest_view import render_ended_link, render_page
from sessions_app.guest_data import files
from sessions_app.models import GuestRules

# Without scripts the page is loaded anew so often; with them it asks for what is new as often.
REFRESH_SECONDS = 60


@never_cache
@require_safe
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """Show the photos, one after the other where scripts run."""
    show = slideshow.find_slideshow(token)
    if show is None:
        return render_ended_link(request)
    context = {"token": token, "addresses": slideshow.list_addresses(show), "seconds": REFRESH_SECONDS}
    return render_page(request, "guest/screen.html", show.session, **context)


@never_cache
@require_safe
def screen_photos(request: HttpRequest, token: str) -> JsonResponse:
    """Answer the page's script, which asks for what was marked since."""
    show = slideshow.find_slideshow(token)
    if show is None:
        raise Http404
    return JsonResponse({"photos": slideshow.list_addresses(show)})


@require_safe
def screen_photo(request: HttpRequest, show_id: UUID, pk: UUID, variant: Variant) -> HttpResponseBase:
    """Answer with a picture of the slideshow, with the studio's watermark where there is one."""
    show = slideshow.find_open(show_id)
    photo = slideshow.find_photo(show, pk) if show and variant == "preview" else None
    if show is None or photo is None or not photo_tiles.has_valid_signature(request.path_info, request.GET):
        raise Http404
    rules = GuestRules.for_session(show.session)
    return serve(photo, files.prepare_file(photo, variant, rules), as_attachment=False)
