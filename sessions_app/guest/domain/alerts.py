"""New photos of a guest, told by e-mail: asked for, confirmed, looked for, told, stopped.

A guest's descriptor is kept for this alone, sealed, from the asking until the wish ends. After the photos of a session
are grouped it is searched with; what was not found before becomes the guest's, and a message says how many.
"""

import hashlib
import logging
import smtplib
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import each
from galleries.matching import probe, search
from galleries.models import Gallery, GalleryImage, Occasion
from galleries.models.photo import PhotoState
from recognition.models import ModelVersion
from sessions_app import sealing, session_access
from sessions_app.guest.domain import consent, links, matched_photos
from sessions_app.guest.domain.absolute_urls import address as link
from sessions_app.models import Alert, Guest, PhotoSession, ReturnLink, ShareLink

log = logging.getLogger(__name__)

# One guest hears of new photos at most this often, however many galleries are finished.
PAUSE = timedelta(hours=1)


def ask(guest: Guest, *, address: str, picture: File[bytes]) -> None:
    """Keeps the wish until it is confirmed, and sends the link that does so. Asked again, the old wish goes.

    Raises FacePassError 400 `invalid_request`, 429 `rate_limited`, and as `probe.read_picture`,
    `probe.describe_subject` and `consent.still_given`.
    """
    try:
        validate_email(address)
    except ValidationError:
        raise FacePassError("invalid_request", _("Enter an e-mail address."), status=400) from None
    descriptor = probe.describe_subject(probe.read_picture(picture)).descriptor
    for name in (guest.pk.hex, hashlib.sha256(address.lower().encode()).hexdigest()):
        rate_limits.require("guest_alert", f"alert:{name}")
    with consent.still_given(guest):
        Alert.objects.filter(guest=guest).delete()
        alert = Alert.objects.create(
            guest=guest,
            address=sealing.seal(address.encode()),
            descriptor=sealing.seal_descriptor(descriptor),
            model_version=ModelVersion.objects.current(),
        )
    confirm_at = link("guest-alert-confirm", links.made("alert", guest.pk))
    _send(alert, "confirm", _("Photos of you: %(session)s"), {"confirm": confirm_at})


def confirm(guest_id: UUID) -> Alert | None:
    """None where it has ended. A second time does nothing."""
    rows = Alert.objects.exclude(pk__in=Alert.objects.over()).filter(pk=guest_id)
    rows.filter(confirmed_at=None).update(confirmed_at=timezone.now())
    return rows.first()


def stop(guest_id: UUID) -> None:
    Alert.objects.filter(pk=guest_id).delete()


def tidy() -> None:
    """Wishes and links whose time is up."""
    Alert.objects.over().delete()
    ReturnLink.objects.over().delete()
    ShareLink.objects.filter(expires_at__lte=timezone.now()).delete()


def periodically() -> None:
    """Looks for new photos of whoever asked, and tells them."""
    each((tidy, _look_for_all), lambda step: step(), task="alerts")


def _look_for_all() -> None:
    each(Alert.objects.due(pause=PAUSE).select_related("guest__session"), _look_and_tell, task="alerts")


def _look_and_tell(alert: Alert) -> None:
    """What can be expected to fail now and then is tried again the next time."""
    try:
        session_access.require_enabled(alert.guest.session)
        look(alert)
        tell(alert)
    except FacePassError as refusal:
        log.warning("guest %s is not told of new photos: %s", alert.pk, refusal.code)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("guest %s is not told of new photos: %s", alert.pk, type(error).__name__)


def look(alert: Alert) -> None:
    """Photos that came since the last look, and show the guest, become theirs."""
    session, now = alert.guest.session, timezone.now()
    version = ModelVersion.objects.current()
    if version.pk != alert.model_version_id or not _has_news(session, alert):
        return
    within = Occasion(session.studio_id, session_id=session.pk)
    descriptor = sealing.unseal_descriptor(alert.descriptor)
    matches = search.find_matches(descriptor, within=within, limit=search.MAX_LIMIT)
    with consent.still_given(alert.guest):
        mine = Alert.objects.filter(pk=alert.pk, looked_at=alert.looked_at)
        if not mine.update(looked_at=now):
            return  # stopped, or asked anew, or another worker was here
        known = set(alert.guest.found.values_list("photo_id", flat=True))
        new = [match for match in matched_photos.allowed(alert.guest, matches) if match.face.photo_id not in known]
        kept = matched_photos.keep(alert.guest, new)
        Alert.objects.filter(pk=alert.pk).update(untold=F("untold") + len(kept))


def _has_news(session: PhotoSession, alert: Alert) -> bool:
    """While photos still come in, only so often: so that one message tells of them all."""
    photos = GalleryImage.objects.filter(gallery__studio_id=session.studio_id, gallery__session_id=session.pk)
    if not photos.filter(state=PhotoState.PROCESSED, processed_at__gt=alert.looked_at).exists():
        return False
    waiting = photos.filter(state__in=[PhotoState.PENDING, PhotoState.PROCESSING]).exists()
    ungrouped = Gallery.objects.awaiting_grouping().filter(studio_id=session.studio_id, session_id=session.pk).exists()
    return not (waiting or ungrouped) or alert.looked_at <= timezone.now() - PAUSE


def tell(alert: Alert) -> None:
    """One message for all that was found since the last one. Cut off, it is sent again after the pause."""
    mine = Alert.objects.filter(pk=alert.pk, told_at=alert.told_at, untold__gt=0)
    if not mine.exists():
        return
    with consent.still_given(alert.guest):
        photos = mine.values_list("untold", flat=True).first()
        if photos is None or not mine.update(told_at=timezone.now()):
            return
        way = link("guest-return", ReturnLink.issue(alert.guest))
    _send(alert, "news", _("New photos of you: %(session)s"), {"photos": photos, "way": way})
    Alert.objects.filter(pk=alert.pk).update(untold=F("untold") - photos)


def _send(alert: Alert, name: str, subject: str, words: dict[str, object]) -> None:
    """In the guest's language. Mail programs offer to stop it by one click (RFC 8058)."""
    session = alert.guest.session
    stop_at = link("guest-alert-stop", links.made("alert", alert.pk))
    with translation.override(alert.guest.language):
        text = render_to_string(f"guest/mail/{name}.txt", {**words, "session": session, "stop": stop_at})
        message = EmailMessage(
            subject=" ".join((_(subject) % {"session": session.name}).split()),
            body=text,
            to=[sealing.unseal(alert.address).decode()],
            headers={"List-Unsubscribe": f"<{stop_at}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        )
    message.send()
