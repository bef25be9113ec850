"""Alerts: the e-mail about new photos that a guest asked for. Requested, confirmed, searched for, sent, stopped.

A guest's descriptor is kept for this alone, sealed, from the request until the alert ends. After the photos of a
session are grouped it is searched with; photos that were not found before become the guest's, and a message says how
many.
"""

import hashlib
import hmac
import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files import File
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import for_each_row
from galleries.jobs import gallery_completion
from galleries.matching import probe, search
from galleries.models import Gallery, GalleryImage, Occasion
from recognition.model_versions import current_model_version
from recognition.types import FloatArray
from sessions_app import sealing, session_access
from sessions_app.guest.domain import links, mail, matched_photos
from sessions_app.guest.domain.privacy import consent
from sessions_app.guest.domain.profiles import same_person
from sessions_app.models import Alert, Guest, PhotoSession, ReturnLink, ShareLink

log = logging.getLogger(__name__)

# One guest gets a message at most this often, however many galleries are finished.
PAUSE = timedelta(hours=1)


def request_alert(guest: Guest, *, address: str, selfie: File[bytes]) -> None:
    """Keep the guest's wish until they confirm it, and send the link that does so. An earlier alert of theirs ends.

    Raise FacePassError 400 `invalid_request`, 429 `rate_limited`, and as `probe.read_subject`,
    `same_person.require_same_person` and `consent.hold_consent`.
    """
    mail.require_offered()
    if not mail.is_address(address):
        raise FacePassError("invalid_request", _("Enter an e-mail address."), status=400)
    descriptor = probe.read_subject(selfie).faces[0].descriptor
    same_person.require_same_person(guest, _search(guest.session, descriptor))
    # By guest, and by address, so that nobody is sent messages by many guests. A bucket's name holds no address.
    for name in (guest.pk.hex, hashlib.sha256(address.lower().encode()).hexdigest()):
        rate_limits.require_quota("guest_alert", f"alert:{name}")
    with consent.hold_consent(guest):
        Alert.objects.filter(guest=guest).delete()
        alert = Alert.objects.create(
            guest=guest,
            address=address,
            descriptor=sealing.pack_descriptor(descriptor),
            model_version=current_model_version(),
        )
    confirm_url = links.build_url("guest-alert-confirm", links.sign_alert(alert))
    _send(alert, "confirm", _("Photos of you: %(session)s"), {"confirm": confirm_url})


def find_alert(guest_id: UUID, *, mark: str) -> Alert | None:
    """Return the guest's wish where it is the one of that mark; None where it has ended, or another took its place."""
    found = Alert.objects.of_consenting().select_related("guest__session__studio").filter(pk=guest_id).first()
    return found if found and hmac.compare_digest(found.mark, mark) else None


def confirm_alert(guest_id: UUID, *, asked_at: datetime | None = None) -> Alert | None:
    """Return the alert, confirmed; None where it has ended. A second time does nothing.

    `asked_at`: when the wish was asked that the link is of. Where another took its place, that is not confirmed.
    """
    rows = Alert.objects.of_consenting().exclude(pk__in=Alert.objects.expired()).filter(pk=guest_id)
    if asked_at is not None:
        rows = rows.filter(asked_at=asked_at)
    rows.filter(confirmed_at=None).update(confirmed_at=timezone.now())
    return rows.first()


def stop_alert(guest_id: UUID) -> None:
    Alert.objects.filter(pk=guest_id).delete()


def delete_expired() -> None:
    """Delete alerts and links whose time is up."""
    Alert.objects.expired().delete()
    ReturnLink.objects.expired().delete()
    ShareLink.objects.filter(expires_at__lte=timezone.now()).delete()


def run_alerts() -> None:
    """Search for new photos of whoever asked for alerts, and send the messages. A chore."""
    for_each_row((delete_expired, _process_due), lambda step: step(), task="alerts")


def _process_due() -> None:
    for_each_row(Alert.objects.due(pause=PAUSE).select_related("guest__session"), _process, task="alerts")


def _process(alert: Alert) -> None:
    """What can be expected to fail now and then is logged, and tried again the next time."""
    try:
        session_access.require_enabled(alert.guest.session)
        find_new_photos(alert)
        send_news(alert)
    except FacePassError as refusal:
        log.warning("guest %s gets no alert of new photos: %s", alert.pk, refusal.code)
    except OSError as error:  # also smtplib.SMTPException
        log.warning("guest %s gets no alert of new photos: %s", alert.pk, type(error).__name__)


def find_new_photos(alert: Alert) -> None:
    """Make photos the guest's that came since the last search and show them."""
    session, now = alert.guest.session, timezone.now()
    version = current_model_version()
    # A descriptor of another model version cannot be compared: the guest hears nothing until they ask anew.
    if version.pk != alert.model_version_id or not _is_worth_searching(session, alert):
        return
    matches = _search(session, sealing.unpack_descriptor(alert.descriptor))
    with consent.hold_consent(alert.guest):
        claimed = Alert.objects.filter(pk=alert.pk, looked_at=alert.looked_at).update(looked_at=now)
        if not claimed:
            return  # stopped or requested anew meanwhile, or another worker was faster
        known = dict(alert.guest.found.values_list("photo_id", "photo__sha256"))
        allowed = matched_photos.allowed_matches(alert.guest, matches)
        new = matched_photos.record_found(alert.guest, [match for match in allowed if match.face.photo_id not in known])
        untold = {match.face.photo.sha256 for match in new}.difference(known.values())
        Alert.objects.filter(pk=alert.pk).update(untold=F("untold") + len(untold))


def _search(session: PhotoSession, descriptor: FloatArray) -> list[search.Match]:
    within = Occasion(session.studio_id, session_id=session.pk)
    return search.find_matches(descriptor, within=within, limit=search.MAX_LIMIT)


def _is_worth_searching(session: PhotoSession, alert: Alert) -> bool:
    """Return whether photos were analysed, or began to be shown, since the last search.

    While more of them are on their way, a search is worth it only after the pause, so that one message is about all.
    """
    galleries = Gallery.objects.in_session(session.pk).filter(studio_id=session.studio_id).shown_to_guests()
    photos = GalleryImage.objects.processed().filter(gallery__in=galleries)
    news = Q(processed_at__gt=alert.looked_at) | Q(gallery__shown_from__gt=alert.looked_at)
    if not photos.filter(news).exists():
        return False
    return gallery_completion.are_done(galleries) or alert.looked_at <= timezone.now() - PAUSE


def send_news(alert: Alert) -> None:
    """Send one message about all photos found since the last one.

    `told_at` is set before it is sent and `untold` lowered after, so a message that was cut off is sent again after
    the pause, and one that was sent is not.
    """
    pending = Alert.objects.filter(pk=alert.pk, told_at=alert.told_at, untold__gt=0)
    if not pending.exists():
        return
    with consent.hold_consent(alert.guest):
        photos = pending.values_list("untold", flat=True).first()
        if photos is None or not pending.update(told_at=timezone.now()):
            return
        token = ReturnLink.issue(alert.guest)
    way = links.build_url("guest-return", token)
    _send(alert, "news", _("New photos of you: %(session)s"), {"photos": photos, "way": way})
    Alert.objects.filter(pk=alert.pk).update(untold=F("untold") - photos)


def _send(alert: Alert, template: str, subject: str, context: dict[str, object]) -> None:
    """Send a message in the guest's language. Mail programs offer to stop further ones by one click (RFC 8058)."""
    session = alert.guest.session
    stop_url = links.build_url("guest-alert-stop", links.sign_alert(alert))
    with translation.override(alert.guest.language):
        text = render_to_string(f"guest/mail/{template}.txt", {**context, "session": session, "stop": stop_url})
        mail.send(
            alert.address,
            subject=_(subject) % {"session": session.name},
            text=text,
            headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        )
