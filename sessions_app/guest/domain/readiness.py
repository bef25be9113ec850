"""How many of a session's photos can be searched yet, and the one e-mail that says when all of them can."""

import logging
from dataclasses import dataclass
from functools import partial

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import for_each_row
from galleries.models import GalleryImage
from galleries.models.photo import FAILED, UNFINISHED, GalleryImageQuerySet
from sessions_app import sealing
from sessions_app.guest.domain import links, mail
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
    def while_waiting(cls, session: PhotoSession) -> "SessionReadiness | None":
        """Return the same as `for_session` while photos wait; None, without counting all, where none does."""
        return cls.for_session(session) if _list_photos(session).unfinished().exists() else None

    @classmethod
    def for_session(cls, session: PhotoSession) -> "SessionReadiness":
        """Count over all galleries of the session, each photo once; one query."""
        waiting = Count("sha256", distinct=True, filter=UNFINISHED)
        return cls(**_list_photos(session).aggregate(total=Count("sha256", distinct=True), waiting=waiting))


def _list_photos(session: PhotoSession) -> GalleryImageQuerySet:
    """Return the photos that guests can search, or will be able to."""
    photos = GalleryImage.objects.shown_to_guests().exclude(FAILED)
    return photos.filter(gallery__studio_id=session.studio_id, gallery__session_id=session.pk)


def request_ready_notice(session: PhotoSession, email: str, *, address: str) -> None:
    """Keep the e-mail address, sealed, and send the link that confirms it. One that is confirmed gets no further mail.

    `address`: the browser's network address. Raise 404 `not_found` without a server for e-mail, 400 `email_invalid`
    and 429 `rate_limited`.
    """
    mail.require_offered()
    if not mail.is_address(email):
        raise FacePassError("email_invalid", _("This is not an e-mail address."), status=400)
    rate_limits.require_quota("guest_mail", f"mail:{address}")
    notice = put_down(session, email)
    if notice.confirmed_at is None:
        rate_limits.require_quota("guest_alert", f"ready:{notice.address_digest}")  # nobody is flooded
        _ask_to_confirm(session, notice)


def put_down(session: PhotoSession, email: str) -> ReadyNotice:
    """Return the notice of that address, which is new or was asked for before."""
    defaults = {"language": get_language(), "address": email}
    digest = sealing.digest(email)
    return ReadyNotice.objects.get_or_create(session=session, address_digest=digest, defaults=defaults)[0]


def _ask_to_confirm(session: PhotoSession, notice: ReadyNotice) -> None:
    link = links.build_url("guest-ready-confirm", links.sign_text("ready", str(notice.pk)))
    subject = _("Tell you when the photos are ready? %(session)s") % {"session": session.name}
    text = _(
        "Somebody, probably you, asked us to write to this address when the photos of “%(session)s” are ready.\n\n"
        "If it was you, open this page and press the button:\n%(address)s\n\n"
        "If it was not you, do nothing: in two days your address is deleted.\n"
    ) % {"session": session.name, "address": link}
    mail.send(notice.address, subject=subject, text=text)


def confirm_ready_notice(pk: str) -> ReadyNotice | None:
    """Return the notice, whose address is now confirmed; None where it has been sent or deleted."""
    rows = ReadyNotice.objects.filter(pk=pk)
    rows.filter(confirmed_at=None).update(confirmed_at=timezone.now())
    return rows.first()


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
