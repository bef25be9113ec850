"""What guests agree to before a selfie is taken: `templates/guest/consent.html` says it, this writes it down.

A search takes a second, and a guest needs less to withdraw or to be forgotten. So whatever is written for a guest is
written within `still_given`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from sessions_app import analytics, session_access
from sessions_app.analytics import What
from sessions_app.guest.domain import pin
from sessions_app.models import Alert, Guest, GuestRules, PhotoSession

# Of the notice's text. With another one everybody is asked again.
NOTICE = "2026-11"


def agree(session: PhotoSession, *, guardian: bool) -> Guest:
    analytics.count(session, What.CONSENT)
    return Guest.objects.create(session=session, notice=NOTICE, language=_language(), guardian=guardian)


def look_around(session: PhotoSession) -> Guest:
    """A guest who shows no face, and so agrees to nothing."""
    return Guest.objects.create(session=session, language=_language())


@contextmanager
def still_given(guest: Guest) -> Iterator[None]:
    """A transaction in which something may be written for the guest.

    What was checked at the door is checked again, and holds until the end: the guest is here and agreed to the same
    notice, and the session is open, with the same PIN. Whoever withdraws, forgets or closes it meanwhile waits; then
    finds what was written, and deletes it. Rows are locked from the session down, as everywhere.

    Raises 403 `consent_withdrawn`, `facepass_disabled` or `pin_required`, 410 `session_expired`, and as
    `session_access.require_enabled`.
    """
    session_access.require_enabled(guest.session)  # may ask Pixora, which nobody does while rows are locked
    known = GuestRules.of(guest.session)
    with transaction.atomic():
        session_access.hold_open(guest.session)
        rules = GuestRules.objects.select_for_update(no_key=True).filter(pk=guest.session_id).first()
        if rules is not None:
            rules.require_unexpired()
        if rules is not None and rules.pin != known.pin:
            raise pin.required()
        hold(guest)
        yield


def hold(guest: Guest) -> Guest:
    """The guest's row, which nobody else changes until the transaction ends. Raises 403 `consent_withdrawn`."""
    rows = Guest.objects.here().filter(pk=guest.pk, notice=guest.notice)
    found = rows.select_for_update(no_key=True).first()
    if found is None:
        message = _("The consent was taken back meanwhile. Nothing was kept.")
        raise FacePassError("consent_withdrawn", message, status=403)
    return found


@transaction.atomic
def withdraw(guest: Guest) -> None:
    """The row stays as a record of what was agreed and for how long; what was found for the guest, or kept, goes."""
    Guest.objects.select_for_update().filter(pk=guest.pk).first()  # what is just being written for them is seen below
    for kept in (guest.found, guest.shares, guest.return_links, Alert.objects.filter(guest=guest)):
        kept.all().delete()
    Guest.objects.here().filter(pk=guest.pk).update(withdrawn_at=timezone.now())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
