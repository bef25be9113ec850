"""Records of consents: kept as proof after the guest and everything else of the visit are gone, and then deleted."""

import math
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from facepass.core.work.each_row import for_each_row
from sessions_app.models import ConsentRecord, Guest

DAYS_OF_YEAR = 365.25


def describe_period() -> str:
    """Return how long a record is kept after the consent ended, in days or years; empty where it is not kept."""
    days = settings.CONSENT_RECORD_DAYS
    if days < 2 * DAYS_OF_YEAR:
        return ngettext("%(number)d day", "%(number)d days", days) % {"number": days} if days else ""
    years = math.ceil(days / DAYS_OF_YEAR)
    return ngettext("%(number)d year", "%(number)d years", years) % {"number": years}


def open_record(guest: Guest) -> ConsentRecord:
    """Create the record of what the guest agreed to. To be called in the transaction that writes the guest."""
    text = guest.notice_text
    return ConsentRecord.objects.create(
        studio_id=guest.session.studio_id, session_id=guest.session_id, notice_digest=text.digest if text else "",
        version=guest.notice, language=guest.language, guardian=guest.guardian, agreed_at=guest.consented_at,
        withdrawn_at=guest.withdrawn_at, ended_at=guest.withdrawn_at,
    )  # fmt: skip


def record_withdrawal(guest: Guest, moment: datetime | None) -> None:
    """Note in the record that the consent was withdrawn at that moment; None where it holds again."""
    if pk := _find_or_open(guest):
        ConsentRecord.objects.filter(pk=pk).update(withdrawn_at=moment, ended_at=moment)


def _find_or_open(guest: Guest) -> UUID | None:
    """Return the id of the guest's record, as the row names it now; None for who has agreed to nothing."""
    row = Guest.objects.filter(pk=guest.pk)
    guest.consent_record_id = row.values_list("consent_record", flat=True).first()
    if guest.consent_record_id is None and guest.notice:
        guest.consent_record = open_record(guest)
        row.update(consent_record=guest.consent_record)
    return guest.consent_record_id


def keep_records() -> None:
    """Give each consent its record, end those whose guest is gone, and delete those that were kept long enough.

    A chore. Guests go in many ways, such as with their event, and some came before there were records.
    """
    for_each_row((_open_missing, _end_of_nobody, _delete_overdue), lambda step: step(), task="records of consents")


def _open_missing() -> None:
    for_each_row(Guest.objects.without_record().values_list("pk", flat=True), _complete, task="records of consents")


def _end_of_nobody() -> None:
    ConsentRecord.objects.of_nobody().update(ended_at=timezone.now())


def _delete_overdue() -> None:
    ConsentRecord.objects.overdue().delete()


@transaction.atomic
def _complete(pk: UUID) -> None:
    rows = Guest.objects.without_record().select_related("session", "notice_text")
    guest = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if guest is not None:
        _find_or_open(guest)
