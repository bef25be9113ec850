"""While photos are still prepared: how far that is, and the e-mail that says when it is done."""

import logging
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import each
from sessions_app.guest.domain import mail
from sessions_app.guest.domain.readiness import Readiness
from sessions_app.guest.views import guest_view
from sessions_app.guest.views.visit import Visit
from sessions_app.models import PhotoSession, ReadyNotice

log = logging.getLogger(__name__)


@require_safe
@guest_view.entered
def progress(request: HttpRequest, here: Visit) -> HttpResponse:
    """What an open page asks for every few seconds."""
    found = Readiness.of(here.session)
    told = {"total": found.total, "ready": found.ready, "waiting": found.waiting, "text": found.text}
    return JsonResponse(told)


@require_POST
@guest_view.entered
def ask(request: HttpRequest, here: Visit) -> HttpResponse:
    """Puts down an address. It says the same to one that is there already."""
    address = request.POST.get("email", "").strip().lower()
    try:
        ReadyNotice._meta.get_field("address").clean(address, None)  # also in its length
    except ValidationError:
        raise FacePassError("email_invalid", _("This is not an e-mail address.")) from None
    rate_limits.require("guest_mail", f"mail:{rate_limits.address_of(request)}")
    ReadyNotice.objects.get_or_create(session=here.session, address=address, defaults={"language": get_language()})
    return guest_view.guest_page(request, here, asked=address)


def tell_ready() -> None:
    """A chore: one e-mail to each address of every session that is ready, and the address is gone."""
    ReadyNotice.objects.discard_old()
    due = ReadyNotice.objects.due().values("session")
    each(PhotoSession.objects.open_to_guests().filter(pk__in=due), _tell_if_ready, task="ready notices")


def _tell_if_ready(session: PhotoSession) -> None:
    found = Readiness.of(session)
    if found.total and not found.waiting:
        each(session.ready_notices.due(), partial(_tell_once, session), task="ready notices")


def _tell_once(session: PhotoSession, notice: ReadyNotice) -> None:
    if not ReadyNotice.objects.claim(notice):
        return
    try:
        _tell(session, notice)
    except OSError as error:
        log.warning("notice %s was not sent: %s", notice.pk, type(error).__name__)
    else:
        notice.delete()


def _tell(session: PhotoSession, notice: ReadyNotice) -> None:
    address = f"{settings.PUBLIC_URL}{reverse('guest-page', args=[session.code])}"
    with override(notice.language):
        subject = _("Your photos are ready: %(session)s") % {"session": session.name}
        text = _(
            "The photos of “%(session)s” can be searched now:\n\n%(address)s\n\n"
            "You asked for this e-mail on that page. It is the only one: your address has been deleted.\n"
        ) % {"session": session.name, "address": address}
        mail.send(notice.address, subject=subject, text=text)
