"""While photos are prepared: what the page says, and the one e-mail when it is done."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from facepass.testing.factories import SessionFactory
from facepass.testing.pages.guests import address, agree, text, with_rules
from facepass.testing.pictures.fake import picture_of
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from sessions_app.guest.domain import readiness
from sessions_app.models import Alert, ReadyNotice


@pytest.fixture
def post_office(settings):
    settings.EMAIL_HOST = "mail.example.com"
    settings.PUBLIC_URL = "https://photos.example.com"


@pytest.fixture
def unready(party):
    GalleryImage.objects.update(state=PhotoState.PENDING)
    return party


def done():
    GalleryImage.objects.update(state=PhotoState.PROCESSED)


def ask(client, session, email="ann@example.com"):
    return client.post(address(session, "ready/"), {"email": email})


def confirm(client):
    """Press the button of the page that the message leads to, and forget the message."""
    path = re.search(r"https://photos.example.com(/ready/\S+)", mail.outbox.pop().body)[1]
    page = client.get(path)
    assert not ReadyNotice.objects.filter(confirmed_at__isnull=False).exists(), "a link confirms nothing"
    assert page.status_code == 200
    return client.post(path)


def ask_and_confirm(client, session, email="ann@example.com"):
    ask(client, session, email)
    return confirm(client)


def test_a_session_that_is_not_ready_says_how_far_it_is(client, unready):
    page = text(client.get(address(unready)))
    assert "Your photos are being prepared" in page
    assert "<progress" in page
    assert 'name="agree"' not in page


def test_with_the_first_photos_the_page_opens(client, unready):
    GalleryImage.objects.filter(pk=GalleryImage.objects.first().pk).update(state=PhotoState.PROCESSED)
    page = text(client.get(address(unready)))
    assert 'name="agree"' in page
    agree(client, unready)
    assert "1 of 3 are ready" in text(client.get(address(unready)))


def test_photos_that_could_not_be_analysed_do_not_count(client, unready):
    first, *_others = GalleryImage.objects.all()
    GalleryImage.objects.filter(pk=first.pk).update(state=PhotoState.FAILED)
    progress = client.get(address(unready, "progress/")).json()
    assert (progress["total"], progress["ready"], progress["number"]) == (2, 0, "2 photos")
    assert 'name="agree"' not in text(client.get(address(unready)))


def test_before_the_first_photo_the_page_says_that_there_is_none(client, english, db):
    page = text(client.get(address(SessionFactory())))
    assert "The photos are not here yet" in page
    assert "0 photos" in page


def test_an_open_page_asks_for_the_progress(client, unready, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get(address(unready, "progress/"))
    told = response.json()
    assert (told["total"], told["ready"], told["waiting"]) == (3, 0, 3)
    assert told["text"] == "Photos are still being prepared: 0 of 3 are ready."
    assert "no-store" in response["Cache-Control"]
    done()
    assert client.get(address(unready, "progress/")).json()["text"] == ""


def test_the_progress_of_a_session_with_a_pin_is_for_who_knows_it(client, unready):
    with_rules(unready, pin="2468")
    assert client.get(address(unready, "progress/")).status_code == 403


def test_no_e_mail_is_offered_without_a_server_for_it(client, unready):
    assert 'type="email"' not in text(client.get(address(unready)))


@pytest.mark.parametrize(("page", "field"), [("ready/", "email"), ("alerts/", "address")])
def test_nor_is_an_address_taken_by_any_form(client, unready, page, field):
    done()
    agree(client, unready)
    form = {field: "ann@example.com", "agree": "on", "selfie": SimpleUploadedFile("s.jpg", picture_of(["ann"]))}
    assert client.post(address(unready, page), form).status_code == 404
    assert not ReadyNotice.objects.exists()
    assert not Alert.objects.exists()
    assert mail.outbox == []


def test_the_page_says_that_the_address_is_put_down(client, unready, post_office):
    assert 'type="email"' in text(client.get(address(unready)))
    response = ask(client, unready, " Ann@Example.com ")
    assert "We have sent a message to ann@example.com" in text(response)
    assert ReadyNotice.objects.get().address == "ann@example.com"
    ask(client, unready)
    assert ReadyNotice.objects.count() == 1


def test_no_table_tells_the_address(client, unready, post_office):
    ask(client, unready)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM ready_notices t")
        (row,) = cursor.fetchone()
    assert "ann@" not in row
    assert b"ann@".hex() not in row


def test_an_address_that_nobody_confirmed_gets_one_message_and_is_deleted(client, unready, post_office):
    ask(client, unready)
    done()
    readiness.send_ready_notices()
    assert len(mail.outbox) == 1, "the question, and no answer to it"
    ReadyNotice.objects.update(asked_at=timezone.now() - timedelta(days=3))
    readiness.send_ready_notices()
    assert not ReadyNotice.objects.exists()


def test_the_link_of_one_address_confirms_no_other(client, unready, post_office):
    ask(client, unready, "ann@example.com")
    ask(client, unready, "bob@example.com")
    confirm(client)  # bob's, the latest
    done()
    readiness.send_ready_notices()
    assert [message.to for message in mail.outbox[1:]] == [["bob@example.com"]]


def test_a_confirmed_address_gets_no_further_question(client, unready, post_office):
    ask_and_confirm(client, unready)
    ask(client, unready)
    assert mail.outbox == []


def test_a_link_that_is_none_or_has_ended_is_404(client, unready, post_office):
    ask(client, unready)
    path = re.search(r"https://photos.example.com(/ready/\S+)", mail.outbox[0].body)[1]
    ReadyNotice.objects.all().delete()
    assert client.post(path).status_code == 404
    assert client.get("/ready/1.forged/").status_code == 404


@pytest.mark.parametrize("wrong", ["", "ann", "ann@", "a@b\nBcc: c@d.example"])
def test_what_is_no_address_is_refused(client, unready, post_office, wrong):
    response = ask(client, unready, wrong)
    assert response.status_code == 400
    assert "This is not an e-mail address" in text(response)
    assert not ReadyNotice.objects.exists()


def test_addresses_can_be_put_down_a_few_times_only(client, unready, post_office, settings):
    settings.RATE_LIMITS = {"guest_mail": (2, 2)}
    assert [ask(client, unready, f"{n}@example.com").status_code for n in range(3)] == [200, 200, 429]


def test_when_all_photos_are_ready_one_e_mail_goes_out_and_the_address_is_gone(client, unready, post_office):
    ask_and_confirm(client, unready)
    readiness.send_ready_notices()
    assert mail.outbox == [], "not yet"
    done()
    readiness.send_ready_notices()
    readiness.send_ready_notices()
    assert [(m.to, m.subject) for m in mail.outbox] == [(["ann@example.com"], "Your photos are ready: Summer party")]
    assert f"https://photos.example.com/s/{unready.code}/" in mail.outbox[0].body
    assert not ReadyNotice.objects.exists()


def test_the_e_mail_is_in_the_guest_s_language(unready, post_office):
    ask_and_confirm(Client(headers={"Accept-Language": "ru"}), unready)
    done()
    readiness.send_ready_notices()
    assert mail.outbox[0].subject == "Ваши фотографии готовы: Summer party"
    assert "Фотографии с мероприятия «Summer party» готовы" in mail.outbox[0].body


def test_an_e_mail_that_did_not_go_out_is_tried_again_later(client, unready, post_office, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ConnectionRefusedError

    ask_and_confirm(client, unready)
    done()
    with monkeypatch.context() as patch:
        patch.setattr("sessions_app.guest.domain.mail.send", broken)
        readiness.send_ready_notices()
    readiness.send_ready_notices()
    assert mail.outbox == [], "somebody else may be at it"
    ReadyNotice.objects.update(tried_at=timezone.now() - timedelta(minutes=11))
    readiness.send_ready_notices()
    assert len(mail.outbox) == 1


def test_two_workers_send_one_e_mail(client, unready, post_office):
    ask_and_confirm(client, unready)
    notice = ReadyNotice.objects.get()
    assert [ReadyNotice.objects.claim(notice) for _worker in range(2)] == [True, False]


def test_an_address_is_not_kept_for_ever_and_not_used_for_a_session_that_is_closed(client, unready, post_office):
    ask_and_confirm(client, unready)
    done()
    unready.facepass_enabled = False
    unready.save()
    readiness.send_ready_notices()
    assert mail.outbox == []
    ReadyNotice.objects.update(asked_at=timezone.now() - timedelta(days=31))
    readiness.send_ready_notices()
    assert not ReadyNotice.objects.exists()


def test_a_session_without_photos_is_not_ready(client, post_office, db):
    session = SessionFactory()
    ask_and_confirm(client, session)
    readiness.send_ready_notices()
    assert mail.outbox == []
