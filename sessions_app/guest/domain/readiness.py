"""How many of a session's photos can be searched yet, and the one e-mail that says when all of them can."""

import logging
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import for_each_row
from galleries.models import GalleryImage
from galleries.models.photo import FAILED, UNFINISHED
from sessions_app.guest.domain import mail
from sessions_app.models import PhotoSession, ReadyNotice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionReadiness:
    total: int
    """Photos that can be searched, or will be; those whose analysis failed are none."""
    waiting: int

    @property
    def ready(self) -> int:
        return self.total - self.waiting

    @property
    def is_complete(self) -> bool:
        return self.total > 0 and not self.waiting

    @property
    def title(self) -> str:
        """The heading of the page that has nothing to search yet."""
        return _("Your photos are being prepared") if self.total else _("The photos are not here yet")

    @property
    def number(self) -> str:
        """How many photos the session has, in words."""
        return ngettext("%(n)s photo", "%(n)s photos", self.total) % {"n": self.total}

    @property
    def text(self) -> str:
        """What the page says about it; empty where there is nothing to wait for."""
        if not self.total:
            return _("No photos have been added yet. Please come back later.")
        if not self.waiting:
            return ""
        numbers = {"ready": self.ready, "total": self.total}
        return _("Photos are still being prepared: %(ready)s of %(total)s are ready.") % numbers

    @classmethod
    def for_session(cls, session: PhotoSession) -> "SessionReadiness":
        """Count over all galleries of the session, by one query that an index answers without reading the rows."""
        photos = GalleryImage.objects.shown_to_guests()
        photos = photos.exclude(FAILED).filter(gallery__studio_id=session.studio_id, gallery__session_id=session.pk)
        waiting = Count("state", filter=UNFINISHED)
        return cls(**photos.aggregate(total=Count("state"), waiting=waiting))


def request_ready_notice(session: PhotoSession, email: str, *, address: str) -> None:
    """Keep the e-mail address until the session's photos are ready. Asked for again, nothing changes.

    `address`: the browser's network address. Raise 400 `email_invalid` and 429 `rate_limited`.
    """
    try:
        ReadyNotice._meta.get_field("address").clean(email, None)  # also checks its length
    except ValidationError:
        raise FacePassError("email_invalid", _("This is not an e-mail address.")) from None
    rate_limits.require_quota("guest_mail", f"mail:{address}")
    ReadyNotice.objects.get_or_create(session=session, address=email, defaults={"language": get_language()})


def send_ready_notices() -> None:
    """Send one e-mail to each address of every session that is ready, and delete the address. A chore."""
    ReadyNotice.objects.discard_old()
    due = ReadyNotice.objects.due().values("session")
    for_each_row(PhotoSession.objects.open_to_guests().filter(pk__in=due), _notify_if_ready, task="ready notices")


def _notify_if_ready(session: PhotoSession) -> None:
    if SessionReadiness.for_session(session).is_complete:
        for_each_row(session.ready_notices.due(), partial(_send_once, session), task="ready notices")


def _send_once(session: PhotoSession, notice: ReadyNotice) -> None:
    """Send the notice if no other worker does. One that did not go out keeps its row, and is tried again later."""
    if not ReadyNotice.objects.claim(notice):
        return
    try:
        _send(session, notice)
    except OSError as error:
        log.warning("notice %s was not sent: %s", notice.pk, type(error).__name__)
    else:
        notice.delete()


def _send(session: PhotoSession, notice: ReadyNotice) -> None:
    with override(notice.language):
        subject = _("Your photos are ready: %(session)s") % {"session": session.name}
        text = _(
            "The photos of “%(session)s” can be searched now:\n\n%(address)s\n\n"
            "You asked for this e-mail on that page. It is the only one: your address has been deleted.\n"
        ) % {"session": session.name, "address": session.guest_url}
        mail.send(notice.address, subject=subject, text=text)
