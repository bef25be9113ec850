"""The pages on which staff leave somebody out who asked for it, and take that back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facepass.console.base import MANAGERS
from facepass.core.access.authentication import user_of
from galleries.faces.privacy import left_out_requests
from galleries.faces.privacy.left_out_requests import Reach, studio_of
from galleries.models import LeftOutRequest, Occasion, Person, PhotoFace
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import Context, find_visible, log_change, render_page, require_role
from galleries.staff_kit.occasions import occasion_title
from galleries.staff_kit.photo_sessions import find_sessions


def leave_out_person(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET: say what would happen. POST: do it, as far as `reach` says."""
    person = find_visible(request, Person.objects.all(), pk)
    return _answer(request, person, back=markup.change_page_path("person", person.pk))


def leave_out_face(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The same for whoever a face shows, with a name or without."""
    faces = PhotoFace.objects.filter(photo__subject=None).select_related("photo__gallery", "person")
    face = find_visible(request, faces, pk)
    return _answer(request, face, back=markup.change_page_path("photoface", face.pk))


def take_back(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET: say what would happen. POST: forget the request, and have the photos analysed again."""
    entered = find_visible(request, LeftOutRequest.objects.select_related("person"), pk)
    require_role(request, entered.studio_id, MANAGERS)
    if request.method != "POST":
        context = {"title": _("Take it back?"), "entered": entered, "back": _requests_path()}
        return render_page(request, "admin/galleries/privacy/take_back.html", context)
    log_change(request, entered, "taken back")
    number = left_out_requests.take_back(entered)
    text = ngettext(
        "It is taken back; %(number)d photo is analysed again.",
        "It is taken back; %(number)d photos are analysed again.",
        number,
    )
    messages.success(request, text % {"number": number})
    return HttpResponseRedirect(_requests_path())


def _answer(request: HttpRequest, whom: Person | PhotoFace, *, back: str) -> HttpResponseBase:
    require_role(request, studio_of(whom), MANAGERS)
    reaches = {str(reach.within.key): reach for reach in left_out_requests.list_reaches(whom)}
    if request.method == "POST":
        chosen = reaches.get(request.POST.get("reach", ""))
        if chosen is None:
            raise Http404
        return _leave_out(request, whom, chosen)
    person = whom if isinstance(whom, Person) else whom.person
    context: Context = {
        "title": _("Leave %(person)s out?") % {"person": person} if person else _("Leave this person out?"),
        "person": person,
        "crop": None if isinstance(whom, Person) else markup.face_crop(whom),
        "choices": _describe_choices(request, list(reaches.values())),
        "back": back,
    }
    return render_page(request, "admin/galleries/privacy/leave_out.html", context)


def _leave_out(request: HttpRequest, whom: Person | PhotoFace, chosen: Reach) -> HttpResponseBase:
    """Do it; the face is gone then, so the page that lists requests comes next."""
    person = whom if isinstance(whom, Person) else whom.person
    later = "later" in request.POST
    entered = left_out_requests.leave_out(person or whom, within=chosen.within, later=later, by=user_of(request))
    log_change(request, entered, "left out")
    text = ngettext("%(number)d face was deleted.", "%(number)d faces were deleted.", entered.faces)
    messages.success(request, text % {"number": entered.faces})
    return HttpResponseRedirect(markup.change_page_path("person", person.pk) if person else _requests_path())


def _describe_choices(request: HttpRequest, reaches: list[Reach]) -> list[dict[str, Any]]:
    """Return what the form lets choose among: name, count and value of each."""
    events = find_sessions(request, [one.within.session_id for one in reaches if one.within.session_id])
    return [
        {"key": one.within.key, "title": _title(one.within, events), "faces": one.faces, "photos": one.photos}
        for one in reaches
    ]


def _title(within: Occasion, events: dict[UUID, Any]) -> str:
    if within.is_studio_wide:
        return _("all events of the studio")
    event = events.get(within.session_id) if within.session_id else None
    return event.name if event else occasion_title(within)


def _requests_path() -> str:
    return reverse("admin:galleries_leftoutrequest_changelist")
