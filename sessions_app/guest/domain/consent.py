"""What guests agree to before a selfie is taken: `templates/guest/consent.html` says it, this records it.

A search takes a second, and a guest needs less to withdraw or to be forgotten. Whatever is written for a guest is
therefore written within `hold_consent`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.core.trash import forgetting
from sessions_app import analytics, session_access
from sessions_app.analytics import UsageKind
from sessions_app.guest.domain import entrance
from sessions_app.models import Alert, Guest, GuestRules, PhotoSession

# The version of the notice's text. With another one everybody is asked again.
NOTICE = "2026-11"


def record_consent(session: PhotoSession, *, guardian: bool) -> Guest:
    """Create a guest who agreed to the present notice; `guardian`: for a child."""
    analytics.count_usage(session, UsageKind.CONSENT)
    return Guest.objects.create(session=session, notice=NOTICE, language=_language(), guardian=guardian)


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


def lock_guest(guest: Guest) -> Guest:
    """Return the guest's row, locked until the transaction ends. Raise 403 `consent_withdrawn` where it is gone."""
    rows = Guest.objects.active().filter(pk=guest.pk, notice=guest.notice)
    locked = rows.select_for_update(no_key=True).first()
    if locked is None:
        message = _("The consent was withdrawn in the meantime. Nothing was kept.")
        raise FacePassError("consent_withdrawn", message, status=403)
    return locked


@transaction.atomic
def withdraw_consent(guest: Guest) -> None:
    """Delete what was found or kept for the guest. Their row stays as a record of what was agreed and for how long."""
    # Waits for what is being written for them at this moment, so that it is deleted below.
    Guest.objects.select_for_update().filter(pk=guest.pk).first()
    for rows in (guest.found, guest.shares, guest.return_links, Alert.objects.filter(guest=guest)):
        rows.all().delete()
    forgetting.forget_below(guest)
    Guest.objects.active().filter(pk=guest.pk).update(withdrawn_at=timezone.now())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
