"""New photos by e-mail: asked for, confirmed, found, told at most once an hour, stopped; and what is kept for it."""

import smtplib
from datetime import timedelta
from unittest import mock

import numpy as np
import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from facepass.testing.factories import ModelVersionFactory, PhotoFactory
from facepass.testing.keys import rotate_to_new_key
from facepass.testing.pages.visitors import device, selfie, shown, text
from galleries import tasks
from galleries.models import GalleryImage
from sessions_app import sealing
from sessions_app.guest.domain import alerts
from sessions_app.models import Alert, FoundPhoto, GuestRules
from sessions_app.models.alert import UNCONFIRMED_LIFETIME
from sessions_app.models.guest import GUEST_LIFETIME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ADDRESS = "ann@example.org"


def ask(client, session, people=("ann",), **fields):
    data = {"address": ADDRESS, "agreed": "on", "selfie": selfie(people), **fields}
    return client.post(f"/s/{session.code}/alerts/", data)


def link_in(message, *, stop=False):
    links = [line for line in message.body.splitlines() if "/news/" in line and line.endswith("/stop/") == stop]
    return links[0].partition("/news/")[2].join(["/news/", ""])


@pytest.fixture
def alert(ann, session):
    """Ann has asked and confirmed."""
    ask(ann, session)
    Client().post(link_in(mail.outbox.pop()))
    return Alert.objects.get()


def arrive(gallery, *people):
    photo = PhotoFactory(gallery=gallery, people=people)
    tasks.analyse_gallery(str(gallery.pk))
    return photo


def rest(hours=1):
    """As if that long had passed since the last message."""
    earlier = timezone.now() - timedelta(hours=hours, seconds=1)
    Alert.objects.update(told_at=earlier)


def test_asking_sends_one_message_that_must_be_confirmed(ann, session):
    assert ask(ann, session).status_code == 302
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert "Summer party" in message.subject
    assert Alert.objects.get().confirmed_at is None
    page = Client().get(link_in(message))
    assert "Shall we write to this address" in text(page)
    assert Alert.objects.get().confirmed_at is None, "a mail scanner that follows links has confirmed"
    assert "It is on" in text(Client().post(link_in(message)))
    assert Alert.objects.get().confirmed_at


def test_a_link_that_was_sent_to_one_address_confirms_and_stops_no_other(ann, session):
    """Whoever can read the first mailbox does not speak for the second."""
    ask(ann, session, address="first@example.org")
    first = mail.outbox.pop()
    ask(ann, session, address="second@example.org")
    second = mail.outbox.pop()
    for act in (Client().get, Client().post):
        assert act(link_in(first)).status_code == 404
    Client().post(link_in(first, stop=True))
    assert Alert.objects.get().confirmed_at is None
    assert Client().post(link_in(second)).status_code == 200
    assert Alert.objects.get().confirmed_at
    Client().post(link_in(second, stop=True))
    assert not Alert.objects.exists()


def test_asked_for_again_with_the_same_address_the_new_link_counts(ann, session):
    ask(ann, session)
    old = mail.outbox.pop()
    ask(ann, session)
    assert Client().post(link_in(old)).status_code == 404
    assert Client().post(link_in(mail.outbox.pop())).status_code == 200


def test_confirming_needs_the_token_of_its_page(ann, session):
    ask(ann, session)
    assert Client(enforce_csrf_checks=True).post(link_in(mail.outbox[0])).status_code == 403


def test_address_and_descriptor_are_sealed(ann, session, alert):
    with connection.cursor() as cursor:
        cursor.execute("SELECT guest_alerts::text FROM guest_alerts")
        (dump,) = cursor.fetchone()
    descriptor = sealing.unpack_descriptor(alert.descriptor)
    for secret in (ADDRESS.encode(), descriptor.astype(np.float16).tobytes()[:16], descriptor.tobytes()[:16]):
        assert secret.hex() not in dump
    assert abs(float(np.linalg.norm(descriptor)) - 1) < 1e-3


def test_a_link_works_also_after_the_address_was_sealed_anew(ann, session, settings, tmp_path):
    ask(ann, session)
    rotate_to_new_key(settings, tmp_path)
    Client().post(link_in(mail.outbox.pop()))
    assert Alert.objects.get().confirmed_at


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"address": "nobody"}, 400, "Enter an e-mail address"),
        ({"address": "a@b.example\nBcc: c@d.example"}, 400, "Enter an e-mail address"),
        ({"agreed": []}, 400, "Please agree first"),
        ({"selfie": ""}, 400, "Choose a picture first"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(ann, session, fields, status, words):
    response = ask(ann, session, **fields)
    assert response.status_code == status
    assert words in text(response)
    assert not Alert.objects.exists()
    assert not mail.outbox


def test_a_picture_without_a_face_is_refused_and_the_address_is_still_there(ann, session):
    response = ask(ann, session, people=[])
    assert response.status_code == 422
    assert f'value="{ADDRESS}"' in text(response)


def test_nobody_is_flooded_with_requests_to_confirm(ann, session, settings):
    settings.RATE_LIMITS = {"guest_alert": (0.05, 3)}
    assert [ask(ann, session).status_code for _ in range(4)] == [302, 302, 302, 429]
    assert ask(device(session), session).status_code == 429, "another guest, the same address"
    assert len(mail.outbox) == 3
    assert Alert.objects.count() == 1


def test_later_photos_are_found_and_told_in_one_message(ann, session, party_gallery, alert):
    new = [arrive(party_gallery, "ann#2"), arrive(party_gallery, "ann#1", "carol")]
    arrive(party_gallery, "bob")
    alerts.run_alerts()
    (message,) = mail.outbox
    assert "2 new photos" in message.body
    assert set(shown(ann, session)) >= {str(photo.pk) for photo in new}
    assert len(shown(ann, session)) == 4
    way = next(line for line in message.body.splitlines() if "/my/" in line).partition("/my/")
    phone = Client()
    phone.get(f"/my/{way[2]}")
    assert len(shown(phone, session)) == 4


def test_a_message_can_be_stopped_by_one_click(ann, party_gallery, alert):
    arrive(party_gallery, "ann#2")
    alerts.run_alerts()
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = headers["List-Unsubscribe"].strip("<>")
    path = "/news/" + stop.partition("/news/")[2]
    mail_program = Client(enforce_csrf_checks=True)
    assert "Shall we stop" in text(mail_program.get(path))
    assert Alert.objects.exists()
    response = mail_program.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert "deleted" in text(response)
    assert not Alert.objects.exists()
    assert mail_program.post(path).status_code == 200, "a second time"


def test_nothing_new_is_no_message(party_gallery, alert):
    alerts.run_alerts()
    arrive(party_gallery, "bob")
    alerts.run_alerts()
    assert not mail.outbox


def test_at_most_one_message_an_hour(party_gallery, alert):
    arrive(party_gallery, "ann#1")
    alerts.run_alerts()
    arrive(party_gallery, "ann#2")
    arrive(party_gallery, "ann#3")
    alerts.run_alerts()
    assert len(mail.outbox) == 1
    rest()
    alerts.run_alerts()
    assert len(mail.outbox) == 2
    assert "2 new photos" in mail.outbox[1].body


def test_while_photos_come_in_the_message_waits_for_the_others(party_gallery, alert):
    arrive(party_gallery, "ann#1")
    PhotoFactory(gallery=party_gallery, people=["ann#2"])
    alerts.run_alerts()
    assert not mail.outbox
    Alert.objects.update(looked_at=timezone.now() - timedelta(hours=2))
    alerts.run_alerts()
    assert len(mail.outbox) == 1, "a gallery that is never finished kept the guest waiting"


def test_a_photo_is_told_once_also_when_two_workers_look_at_the_same_time(party_gallery, alert):
    arrive(party_gallery, "ann#1")
    twice = [Alert.objects.select_related("guest__session").get() for _ in range(2)]
    for row in twice:
        alerts.find_new_photos(row)
    for row in twice:
        alerts.send_news(row)
    assert len(mail.outbox) == 1
    assert Alert.objects.get().untold == 0


def test_a_mail_server_that_is_down_is_tried_again_later(party_gallery, alert):
    arrive(party_gallery, "ann#1")
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=smtplib.SMTPServerDisconnected("gone")):
        alerts.run_alerts()
    assert Alert.objects.get().untold == 1
    alerts.run_alerts()
    assert not mail.outbox, "not before the pause is over"
    rest()
    alerts.run_alerts()
    assert len(mail.outbox) == 1
    assert Alert.objects.get().untold == 0


def test_one_alert_that_fails_stops_none_of_the_others(session, party_gallery, alert, photos):
    other = device(session)
    ask(other, session, people=["bob"], address="bob@example.org")
    Alert.objects.update(confirmed_at=timezone.now())
    mail.outbox.clear()
    arrive(party_gallery, "ann#1", "bob")
    broken = mock.Mock(side_effect=[OSError("down"), None])
    with mock.patch("django.core.mail.EmailMessage.send", broken):
        alerts.run_alerts()
    assert broken.call_count == 2


def test_what_the_guest_refused_and_who_hides_is_not_told(ann, session, party_gallery, alert, photos):
    FoundPhoto.objects.filter(guest=ann.guest).update(refused_at=timezone.now())
    arrive(party_gallery, "ann#1")
    alerts.run_alerts()
    assert not mail.outbox


@pytest.mark.parametrize("case", ["session ended", "too old", "unconfirmed"])
def test_it_ends_by_itself_and_nothing_is_kept(session, alert, case):
    if case == "session ended":
        GuestRules.objects.create(session=session, expires_at=timezone.now())
    elif case == "too old":
        Alert.objects.update(asked_at=timezone.now() - GUEST_LIFETIME)
    else:
        Alert.objects.update(confirmed_at=None, asked_at=timezone.now() - UNCONFIRMED_LIFETIME)
    alerts.run_alerts()
    assert not Alert.objects.exists()


def test_a_session_that_is_closed_is_not_told_of(session, party_gallery, alert):
    arrive(party_gallery, "ann#1")
    session.facepass_enabled = False
    session.save()
    alerts.run_alerts()
    assert not mail.outbox
    assert Alert.objects.exists(), "it may be opened again"


def test_a_descriptor_of_another_model_is_not_compared(party_gallery, alert):
    arrive(party_gallery, "ann#1")
    Alert.objects.update(model_version=ModelVersionFactory(contract_id="another"))
    alerts.run_alerts()
    assert not mail.outbox


def test_a_confirmation_that_came_too_late_says_so(ann, session):
    ask(ann, session)
    link = link_in(mail.outbox[0])
    Alert.objects.update(asked_at=timezone.now() - UNCONFIRMED_LIFETIME)
    assert "no longer valid" in text(Client().post(link))


def test_the_guest_stops_it_on_the_page_too(ann, session, alert):
    assert "We write to you" in text(ann.get(f"/s/{session.code}/alerts/"))
    ann.post(f"/s/{session.code}/alerts/stop/")
    assert not Alert.objects.exists()


def test_messages_speak_the_guests_language(session, photos, party_gallery):
    client = device(session)
    client.guest.language = "ru"
    client.guest.save()
    ask(client, session)
    assert "Ваши фотографии" in mail.outbox[0].subject


def test_looking_costs_nothing_while_nothing_came(alert, django_assert_max_num_queries):
    GalleryImage.objects.update(processed_at=timezone.now() - timedelta(days=1))
    with django_assert_max_num_queries(9):
        alerts.run_alerts()
