"""A consent has a record of its own, which outlives whoever gave it and says nothing else of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from facepass.core.trash import entries
from facepass.models import TrashEntry
from facepass.testing.pages.guests import address, agree, search, text
from sessions_app.guest.domain.privacy import consent, erasure
from sessions_app.guest_data import erasure as receipts
from sessions_app.guest_data.consent_records import keep_records
from sessions_app.models import ConsentRecord, Guest, NoticeText, PhotoSession
from sessions_app.models.guest import GUEST_LIFETIME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def guest(client, party):
    agree(client, party, guardian="on")
    return Guest.objects.select_related("session").get()


@pytest.fixture
def record(guest):
    return ConsentRecord.objects.get()


def test_who_agrees_has_a_record_with_the_text_s_digest_and_language(record, guest, party):
    written = NoticeText.objects.get()
    assert (record.studio, record.session_id, record.version) == (party.studio, party.pk, consent.NOTICE)
    assert (record.notice_digest, record.language, record.notice_text) == (written.digest, "en", written)
    assert (record.guardian, record.agreed_at, record.withdrawn_at) == (True, guest.consented_at, None)
    assert record.pk != guest.pk


def test_who_only_looks_around_has_none(party):
    consent.create_browsing_guest(party)
    keep_records()
    assert not ConsentRecord.objects.exists()


def test_a_withdrawal_is_recorded_and_taken_back(client, guest, record, party):
    url = client.post(address(party, "withdraw/"))["Location"]
    record.refresh_from_db()
    assert record.withdrawn_at == record.ended_at == Guest.objects.get().withdrawn_at
    client.post(url)
    record.refresh_from_db()
    assert (record.withdrawn_at, record.ended_at) == (None, None)


def test_the_record_stays_when_the_guest_is_forgotten_and_names_nobody(client, guest, record, party):
    search(client, party, ["ann#1"])
    page = text(client.post(address(party, "forget/"), follow=True))
    assert not Guest.objects.exists()
    record.refresh_from_db()
    assert record.withdrawn_at is not None
    assert str(record.pk) in page, "the receipt names it, and nothing else does"
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM consent_records t")
        assert str(guest.pk) not in str(cursor.fetchall())


def test_a_receipt_of_before_there_were_records_still_opens(client, guest):
    now = timezone.now().replace(microsecond=0)
    old = receipts.signing.dumps([guest.pk.hex, now.isoformat(), {"photos": 1, "favourites": 0, "shares": 0, "links": 0,
                                 "alerts": 0}, None], salt=receipts.SALT, compress=True)  # fmt: skip
    assert client.get(f"/forgotten/{old}/").status_code == 200


def _absent(guest):
    Guest.objects.update(last_seen_at=timezone.now() - GUEST_LIFETIME)
    erasure.forget_absent_guests()


def _restored(guest):
    erasure.erase_guests([str(guest.pk)])


def _with_event(guest):
    entries.erase_at_once("event", [str(guest.session_id)])


@pytest.mark.parametrize("go", [_absent, _restored, _with_event])
def test_however_a_guest_goes_the_record_ends_and_is_deleted_after_its_days(go, guest, record):
    go(guest)
    assert not Guest.objects.exists()
    keep_records()
    record.refresh_from_db()
    assert (record.ended_at is not None, record.withdrawn_at) == (True, None)
    ConsentRecord.objects.update(ended_at=timezone.now() - timedelta(days=1460))
    keep_records()
    assert ConsentRecord.objects.exists()
    ConsentRecord.objects.update(ended_at=timezone.now() - timedelta(days=1461))
    keep_records()
    assert not ConsentRecord.objects.exists()


def test_a_guest_in_the_trash_keeps_the_record_and_comes_back_to_it(guest, record, party):
    entry, *_more = entries.move_to_trash("event", [party], by=None)
    keep_records()
    record.refresh_from_db()
    assert record.ended_at is None
    entries.restore(TrashEntry.objects.get(pk=entry.pk).pk)
    assert Guest.objects.get().consent_record == record
    assert PhotoSession.objects.exists()


@override_settings(CONSENT_RECORD_DAYS=0)
def test_without_days_a_record_goes_with_its_consent_and_an_undo_makes_it_anew(client, guest, party):
    url = client.post(address(party, "withdraw/"))["Location"]
    keep_records()
    assert not ConsentRecord.objects.exists()
    client.post(url)
    assert ConsentRecord.objects.get().guest == guest


def test_guests_of_before_there_were_records_get_theirs(guest, record):
    ConsentRecord.objects.all().delete()
    keep_records()
    made = ConsentRecord.objects.get()
    assert (made.guest, made.agreed_at) == (guest, guest.consented_at)
