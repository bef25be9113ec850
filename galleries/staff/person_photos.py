"""All photos of a person: to look at, as a ZIP, by a link that ends, by e-mail; and all that is kept of them."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from facepass.console.base import EDITORS, MANAGERS, has_role
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import UUID_TEXT
from galleries.exports.person_data import build_person_data
from galleries.models import Person, PersonLink
from galleries.people import appearances, private_links
from galleries.photos import archives
from galleries.staff_kit import markup
from galleries.staff_kit.json_views import Context, find_visible, log_change, render_page, require_role
from galleries.staff_kit.occasions import find_chosen_occasion
from galleries.staff_kit.person_overview import list_appearances

PHOTOS_SHOWN = 96


def show_photos(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """GET: the photos, of all events or of the occasion `of`. POST: make, send or end a private link, as `do` says."""
    person = find_visible(request, Person.objects.all(), pk)
    if request.method == "POST":
        require_role(request, person.studio_id, EDITORS)
        DEEDS.get(request.POST.get("do", ""), _create)(request, person)
        return HttpResponseRedirect(reverse("admin:galleries_person_photos", args=[person.pk]))
    return render_page(request, "admin/galleries/person/photos.html", _build_context(request, person))


def _build_context(request: HttpRequest, person: Person) -> Context:
    occasion = find_chosen_occasion(request)
    photos = appearances.find_photos(person, occasion=occasion)
    page = Paginator(photos, PHOTOS_SHOWN).get_page(request.GET.get("page"))
    return {
        "title": _("Photos of %(name)s") % {"name": person},
        "person": person,
        "occasion": occasion,
        "page": page,
        "photos": [(photo, markup.photo_thumbnail(photo)) for photo in page.object_list],
        "appearances": list_appearances(person),
        "links": [(link, private_links.build_url(link)) for link in person.links.live()],
        "sendable": appearances.find_sendable_photos(person).count(),
        "days": private_links.DAYS,
        "default_days": private_links.DEFAULT_DAYS,
        "may_send": has_role(request, person.studio_id, EDITORS),
        "has_mail": private_links.is_mail_offered(),
    }


def download_photos(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The photos as they were uploaded, of all events or of the occasion `of`, as a ZIP."""
    person = find_visible(request, Person.objects.all(), pk)
    photos = appearances.find_photos(person, occasion=find_chosen_occasion(request)).exclude(file="")
    return archives.archive_response(archives.build_originals_archive(list(photos)), person.real_name)


def download_data(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Everything that is kept of the person, as a ZIP, for who asked the studio for it."""
    person = find_visible(request, Person.objects.select_related("studio"), pk)
    require_role(request, person.studio_id, MANAGERS)
    log_change(request, person, [{"changed": {"name": "export", "object": str(person.pk), "fields": ["data.json"]}}])
    return archives.archive_response(build_person_data(person), person.real_name)


def _create(request: HttpRequest, person: Person) -> PersonLink:
    link = private_links.create_link(person, days=request.POST.get("days", ""), by=user_of(request))
    log_change(request, person, [{"added": {"name": "private link", "object": str(link.pk)}}])
    messages.success(request, _("The link was made."))
    return link


def _send(request: HttpRequest, person: Person) -> None:
    """Make a link and send it to the address of the form."""
    address = request.POST.get("email", "").strip()
    try:
        validate_email(address)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return
    link = _create(request, person)
    try:
        private_links.send_link(link, address)
    except OSError:
        messages.error(request, _("The e-mail could not be sent. The link stands below; send it by yourself."))
    else:
        messages.success(request, _("The link was sent to %(address)s.") % {"address": address})


def _end(request: HttpRequest, person: Person) -> None:
    pk = request.POST.get("link", "")
    if UUID_TEXT.fullmatch(pk) and person.links.filter(pk=pk).delete()[0]:
        log_change(request, person, [{"deleted": {"name": "private link", "object": pk}}])
        messages.success(request, _("The link is closed."))


DEEDS = {"create": _create, "send": _send, "end": _end}
