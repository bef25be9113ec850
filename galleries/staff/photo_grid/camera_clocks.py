"""The page that puts the clocks of a gallery's cameras right."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facepass.console.base import EDITORS
from galleries.models import Gallery
from galleries.photos.cameras import camera_clocks
from galleries.photos.cameras.camera_clocks import CameraClock
from galleries.staff.grid import find_gallery
from galleries.staff_kit import photo_sessions
from galleries.staff_kit.json_views import log_change, render_page, require_role


def edit_clocks(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Show the gallery's cameras, and put their clocks right where the form says so."""
    gallery = find_gallery(request, pk)
    require_role(request, gallery.studio_id, EDITORS)
    clocks = camera_clocks.list_clocks(gallery)
    texts = [camera_clocks.format_shift(clock.shift) for clock in clocks]
    wrong: set[int] = set()
    if request.method == "POST":
        texts = [request.POST.get(f"shift-{index}", text)[:20] for index, text in enumerate(texts)]
        shifts = [camera_clocks.parse_shift(text) for text in texts]
        wrong = {index for index, shift in enumerate(shifts) if shift is None}
        if not wrong:
            return _save(request, gallery, clocks, [shift or timedelta() for shift in shifts])
    context = {
        "title": _("Clocks of the cameras"),
        "gallery": gallery,
        "event": photo_sessions.find_session(request, gallery.session_id),
        "rows": [
            (f"shift-{index}", clock, text, index in wrong)
            for index, (clock, text) in enumerate(zip(clocks, texts, strict=True))
        ],
        "gallery_path": reverse("admin:galleries_gallery_photos", args=[pk]),
    }
    return render_page(request, "admin/galleries/gallery/clocks.html", context)


def _save(
    request: HttpRequest, gallery: Gallery, clocks: list[CameraClock], shifts: list[timedelta]
) -> HttpResponseBase:
    cameras = (clock.camera for clock in clocks)
    number = camera_clocks.set_shifts(gallery, dict(zip(cameras, shifts, strict=True)))
    if number:
        log_change(request, gallery, f"clocks of cameras: {number} photos")
    text = ngettext("The time of %(number)d photo changed.", "The time of %(number)d photos changed.", number)
    messages.success(request, text % {"number": number})
    return HttpResponseRedirect(reverse("admin:galleries_gallery_photos", args=[gallery.pk]))
