"""What guests agree to before a selfie is taken: `privacy_notice` says it, this records it.

A search takes a second, and a guest needs less to withdraw or to be forgotten. Whatever is written for a guest is
therefore written within `hold_consent`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from sessions_app import analytics, session_access
from sessions_app.analytics import UsageKind
from sessions_app.guest.domain import entrance
from sessions_app.guest.domain.privacy import privacy_notice
from sessions_app.guest_data import consent_records
from sessions_app.guest_data.erasure import lock_guest
from sessions_app.models import Guest, GuestRules, NoticeText, PhotoSession
from sessions_app.models.notice_text import digest_text

# The version of the notice's text. With another one everybody is asked again.
NOTICE = "2026-12"


@transaction.atomic
def record_consent(session: PhotoSession, *, guardian: bool, digest: str = "") -> Guest:
    """Create a guest who agreed to the present notice; `guardian`: for a child.

    The text is kept with it, and a record that outlives the guest. `digest`: of the text that the form showed. Raise
    409 `notice_changed` where the notice reads otherwise by now, or in the language of this request.
    """
    text = privacy_notice.build_notice(session).text
    if digest and digest != digest_text(text):
        raise FacePassError("notice_changed", _("The notice has changed while you read it."), status=409)
    analytics.count_usage(session, UsageKind.CONSENT)
    agreed = {"notice": NOTICE, "language": _language(), "guardian": guardian, "notice_text": _keep_text(session, text)}
    guest = Guest(session=session, **agreed)
    guest.consent_record = consent_records.open_record(guest)
    guest.save()
    return guest


def _keep_text(session: PhotoSession, text: str) -> NoticeText:
    found = {"version": NOTICE, "language": _language(), "text": text}
    row, _made = NoticeText.objects.get_or_create(studio=session.studio, digest=digest_text(text), defaults=found)
    return row


def create_browsing_guest(session: PhotoSession) -> Guest:
    """Create a guest who only looks at photos: they show no face, and so agree to nothing."""
    return Guest.objects.create(session=session, language=_language())


@contextmanager
def hold_consent(guest: Guest) -> Iterator[None]:
    """Open a transaction in which something may be written for the guest.

    What was checked when the guest came in is checked again, and holds until the transaction ends: the guest is still
    there and agreed to the same notice, and the session is open, with the same PIN. Whoever withdraws, forgets or
    closes it meanwhile waits, then finds what was written and deletes it. Rows are locked from the session down, as
    everywhere, so that two of these transactions cannot wait for each other.

    Raise 403 `consent_withdrawn`, `facepass_disabled` or `pin_required`, 410 `session_expired`, and as
    `session_access.require_enabled`.
    """
    session_access.require_enabled(guest.session)  # may ask Pixora, which nobody does while rows are locked
    known = GuestRules.for_session(guest.session)
    with transaction.atomic():
        session_access.lock_enabled(guest.session)
        rules = GuestRules.objects.select_for_update(no_key=True).filter(pk=guest.session_id).first()
        if rules is not None:
            rules.require_unexpired()
        if rules is not None and rules.pin != known.pin:
            raise entrance.pin_required()
        lock_guest(guest)
        yield


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
