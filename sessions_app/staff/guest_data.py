"""What is kept of a guest, to download and to delete, for staff whom the guest told the number of the record."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from facepass.console.base import MANAGERS
from galleries.photos.archives import archive_response
from galleries.staff_kit.json_views import find_visible, render_page, require_role
from sessions_app.guest_data.erasure import Receipt, erase_guest
from sessions_app.guest_data.export import build_export
from sessions_app.models import ConsentRecord, Guest


def download_data(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The ZIP. Raise Http404 where the guest is gone."""
    guest = _find_guest(request, pk)
    return archive_response(build_export(guest), f"{guest.session.name} guest")


def forget_guest(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET: say what would be deleted. POST: delete it for good, and say how much it was."""
    guest = _find_guest(request, pk)
    if request.method != "POST":
        context = {"title": _("Forget this guest"), "guest": guest, "counts": Receipt.for_guest(guest).counts}
        return render_page(request, "admin/sessions_app/forget_guest.html", context)
    receipt = erase_guest(guest, even_withdrawn=True)
    messages.success(request, _("The guest is forgotten. Number of the receipt: %(number)s") % {"number": receipt.id})
    return HttpResponseRedirect(reverse("admin:sessions_app_consentrecord_change", args=[pk]))


def _find_guest(request: HttpRequest, pk: UUID) -> Guest:
    """Return the guest of the record, for owners and managers. Raise Http404 where the guest is gone."""
    record = find_visible(request, ConsentRecord.objects.all(), pk)
    require_role(request, record.studio_id, MANAGERS)
    rows = Guest.objects.select_related("session__studio", "session__guest_rules", "notice_text")
    guest = rows.filter(consent_record=record).first()
    if guest is None:
        raise Http404
    return guest
