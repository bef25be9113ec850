"""`/s/CODE/notice/`, `/s/CODE/data/`, `/s/CODE/withdraw/` and the page after it: what guests agree to, what is kept of
them, and how they take it back.

All of them answer whether the session is open or not, and without its PIN: a notice can be read, one's data be had, and
a consent taken back, at any time.
"""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facepass.core.errors import FacePassError
from galleries.photos import archives
from sessions_app.guest.domain import entrance, links
from sessions_app.guest.domain.privacy import privacy_notice, withdrawal
from sessions_app.guest.domain.profiles.device_profiles import build_door
from sessions_app.guest.views import cookies
from sessions_app.guest.views.guest_view import Visit, guest_view, render_guest_page
from sessions_app.guest_data.erasure import Receipt
from sessions_app.guest_data.export import build_export
from sessions_app.models import Guest


@require_safe
@guest_view(even_closed=True)
def notice(visit: Visit) -> HttpResponse:
    """Show the whole notice, and to who agreed to another text that one as well."""
    present = privacy_notice.build_notice(visit.session)
    agreed = visit.guest.notice_text if visit.guest else None
    former = agreed if agreed and agreed.text != present.text else None
    context = {"notice": present, "guest": visit.guest, "former": former}
    return render_guest_page(visit, "guest/notice_page.html", **context)


@require_POST
@guest_view(needs="guest", even_closed=True)
def download_data(visit: Visit) -> HttpResponseBase:
    """Answer with all that is kept of the guest, as a ZIP; with the photos while the page gives them."""
    archive = build_export(visit.require_guest(), with_pictures=_gives_photos(visit))
    return archives.archive_response(archive, f"{visit.session.name} data")


def _gives_photos(visit: Visit) -> bool:
    """Return whether the session is open, and to this browser."""
    try:
        rules = entrance.require_open(visit.session)
    except FacePassError:
        return False
    return cookies.knows_pin(visit.request, rules)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(needs="guest", even_closed=True)
def withdraw(visit: Visit) -> HttpResponse:
    """Say what ends and what will be deleted; a POST does it, and leads to the page where it can be undone."""
    guest = visit.require_guest()
    if not guest.notice:  # who only looks around has agreed to nothing
        return redirect("guest-page", code=visit.door)
    if visit.request.method != "POST":
        counts = Receipt.for_guest(guest).counts
        return render_guest_page(visit, "guest/withdraw.html", guest=guest, counts=counts)
    withdrawal.withdraw_consent(guest)
    # The device keeps the guest's place, so that an undo leads back to it; nobody is let in by it meanwhile.
    return redirect("guest-withdrawn", code=visit.session.code, token=links.sign_id("withdrawal", guest.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@guest_view(even_closed=True)
def withdrawn(visit: Visit, token: str) -> HttpResponse:
    """Say that it is done, and undo it within a minute. The token names the guest."""
    guest_id = links.read_id("withdrawal", token)
    if visit.request.method != "POST":
        is_undoable = Guest.objects.undoable().filter(pk=guest_id, session=visit.session).exists()
        return render_guest_page(visit, "guest/withdrawn.html", is_undoable=is_undoable)
    guest = withdrawal.undo_withdrawal(guest_id)
    if guest is None:
        return redirect("guest-withdrawn", code=visit.session.code, token=token)  # which says that it is too late
    known = cookies.read_profiles(visit.request, visit.session)
    profiles = known.only({*visit.guests, guest.pk}).with_guest(guest.pk)
    response = redirect("guest-photos", code=build_door(visit.session.code, profiles.key_of(guest.pk)))
    cookies.write_profiles(response, visit.session, profiles)
    return response
