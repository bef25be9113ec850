"""Photos that guests gave: staff look at each, and approve or refuse it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facepass.console.base import EDITORS
from facepass.core.access.authentication import user_of
from facepass.core.errors import FacePassError
from galleries.photos.media_files import SIDES
from galleries.staff_kit.json_views import log_addition, log_change, parse_page_uuid, render_page, require_role
from recognition.pictures.decoding import decode_picture
from recognition.pictures.thumbnails import encode_thumbnail
from sessions_app import guest_uploads
from sessions_app.models import GuestUpload, PhotoSession
from sessions_app.session_galleries import get_or_create_gallery
from sessions_app.staff.event_page import event_path, find_event

# Shown and decided about at once: each approval reads a file.
PER_PAGE = 48


def show_given(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The page with those that wait; a POST approves or refuses the ticked ones, or all that it shows."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, EDITORS)
    if request.method == "POST":
        _decide(request, session)
        has_more = GuestUpload.objects.waiting(session).exists()
        return HttpResponseRedirect(given_path(session) if has_more else event_path(session))
    waiting = GuestUpload.objects.waiting(session)
    context = {
        "title": _("Photos from guests"),
        "session": session,
        "uploads": list(waiting[:PER_PAGE]),
        "total": waiting.count(),
        "event_path": event_path(session),
    }
    return render_page(request, "admin/sessions_app/event/given.html", context)


def given_path(session: PhotoSession) -> str:
    return reverse("admin:sessions_app_photosession_given", args=[session.pk])


def show_picture(request: HttpRequest, pk: UUID, upload_id: UUID) -> HttpResponse:
    """A picture of one that waits, small for the page or as large as a preview."""
    session = find_event(request, pk)
    require_role(request, session.studio_id, EDITORS)
    upload = GuestUpload.objects.waiting(session).filter(pk=upload_id).first()
    if upload is None:
        raise Http404
    side = SIDES["preview" if "large" in request.GET else "thumbnail"]
    try:
        with upload.file.open("rb") as file:
            picture = decode_picture(file.file, longest_side=side)
    except (FileNotFoundError, FacePassError):
        raise Http404 from None
    response = HttpResponse(encode_thumbnail(picture, longest_side=side), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=600"
    return response


def _decide(request: HttpRequest, session: PhotoSession) -> None:
    name = "shown" if "all" in request.POST else "upload"
    keys = [parse_page_uuid(key) for key in request.POST.getlist(name)[:PER_PAGE]]
    if not keys:
        messages.warning(request, _("Tick some photos first."))
    elif request.POST.get("do") == "refuse":
        _refuse(request, session, keys)
    else:
        _approve(request, session, keys)


def _approve(request: HttpRequest, session: PhotoSession, keys: list[UUID]) -> None:
    languages = [code for code, _name in settings.LANGUAGES]
    title = guest_uploads.find_gallery_title(session, languages=languages)
    gallery, is_new = get_or_create_gallery(session, folder=title)
    if is_new:
        log_addition(request, gallery, "made for photos from guests")
    report = guest_uploads.approve_uploads(gallery, keys, session=session, by=user_of(request))
    number = len(report.accepted) + len(report.duplicates)
    for refused in report.rejected:
        messages.error(request, f"{refused.filename}: {refused.message}")
    if number:
        log_change(request, session, f"approved photos from guests: {number}")
        done = ngettext("%(number)d photo was approved.", "%(number)d photos were approved.", number)
        messages.success(request, done % {"number": number})


def _refuse(request: HttpRequest, session: PhotoSession, keys: list[UUID]) -> None:
    if number := guest_uploads.refuse_uploads(keys, session=session, by=user_of(request)):
        log_change(request, session, f"refused photos from guests: {number}")
        done = ngettext("%(number)d photo is in the trash.", "%(number)d photos are in the trash.", number)
        messages.success(request, done % {"number": number})
