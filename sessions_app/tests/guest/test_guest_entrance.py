"""Who may come in to `/s/CODE/`: the PIN, the day it closes, the consent, and looking around without a face."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.test import Client
from django.utils import timezone

from facepass.testing.factories import PhotoFactory, SessionFactory
from facepass.testing.pages.guests import address, agree, search, text, with_rules
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from sessions_app.guest.domain.privacy import consent
from sessions_app.models import Guest
from sessions_app.models.guest import normalise_pin

PATHS = ["", "browse/", "progress/"]


# the PIN


@pytest.mark.parametrize("path", PATHS)
def test_a_session_with_a_pin_shows_its_name_and_nothing_else(client, party, path):
    with_rules(party, pin="2468", browsing=True)
    response = client.get(address(party, path))
    assert response.status_code == 403
    assert "Summer party" in text(response)
    assert 'name="pin"' in text(response)
    assert "photos" not in text(response).partition("<main")[2]


def test_whoever_tells_the_pin_is_remembered_until_another_is_set(client, party):
    rules = with_rules(party, pin="2468")
    assert client.post(address(party, "pin/"), {"pin": " 2468 "})["Location"] == address(party)
    assert client.get(address(party)).status_code == 200
    assert Client().get(address(party)).status_code == 403
    rules.set_pin("1357")
    rules.save()
    assert client.get(address(party)).status_code == 403


@pytest.mark.parametrize("typed", ["KATE 2024", "kate2024", " Kate-2024 ", "КАТЕ 2024", "ｋａｔｅ２０２４"])
def test_a_pin_of_letters_is_typed_on_any_keyboard(client, party, typed):
    with_rules(party, pin="Kate-2024")
    assert client.post(address(party, "pin/"), {"pin": typed}).status_code == 302


@pytest.mark.parametrize("typed", ["kate2025", "kat2024", "2024", "", "---"])
def test_another_pin_is_not_forgiven(client, party, typed):
    with_rules(party, pin="Kate-2024")
    assert client.post(address(party, "pin/"), {"pin": typed}).status_code == 403


def test_a_pin_that_was_stored_as_it_was_written_still_opens(client, party):
    rules = with_rules(party)
    rules.pin = make_password("Red Carpet!")
    rules.save()
    assert client.post(address(party, "pin/"), {"pin": "red carpet"}).status_code == 403
    assert client.post(address(party, "pin/"), {"pin": " Red Carpet! "}).status_code == 302


def test_the_pin_can_be_typed_on_a_keyboard_with_letters(client, party):
    with_rules(party, pin="2468")
    assert "inputmode" not in text(client.get(address(party)))


def test_no_two_letters_of_one_alphabet_are_the_same_in_a_pin():
    for alphabet in ("abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя", "0123456789"):
        assert len({normalise_pin(letter) for letter in alphabet}) == len(alphabet)


def test_a_wrong_pin_is_told_so(client, party):
    with_rules(party, pin="2468")
    response = client.post(address(party, "pin/"), {"pin": "0000"})
    assert response.status_code == 403
    assert "That is not the PIN" in text(response)
    assert client.get(address(party)).status_code == 403


def test_a_pin_can_be_guessed_a_few_times_only(client, party, settings):
    settings.RATE_LIMITS = {"guest_pin": (2, 2), "guest_pin_session": (1, 3)}
    with_rules(party, pin="2468")
    assert [client.post(address(party, "pin/"), {"pin": "1"}).status_code for _ in range(3)] == [403, 403, 429]
    refused = client.post(address(party, "pin/"), {"pin": "2468"})
    assert refused.status_code == 429
    assert "Wait" in text(refused)
    others = [client.post(address(party, "pin/"), {"pin": "1"}, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in (1, 2)]
    assert others == [403, 429], "other addresses share the session's own limit"


def test_a_cookie_of_another_session_opens_nothing(client, party):
    rules = with_rules(party, pin="2468")
    client.cookies[f"pin-{rules.session_id.hex}"] = signing.get_cookie_signer(salt="other").sign("x")
    assert client.get(address(party)).status_code == 403


def test_a_selfie_without_the_pin_is_refused(client, party):
    with_rules(party, pin="2468")
    response = search(client, party, ["ann"])
    assert response.status_code == 403
    assert 'name="pin"' in text(response)


def test_a_pin_for_no_session_leads_to_the_page_that_says_so(client, db):
    assert client.post("/s/nosuchco/pin/", {"pin": "1"}, follow=True).status_code == 404


# the day it closes


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_that_is_over_says_until_when_it_was_open(client, party, method):
    with_rules(party, expires_at=timezone.now() - timedelta(days=1))
    response = getattr(client, method)(address(party))
    assert response.status_code == 410
    assert "ask the photographer" in text(response)
    assert 'type="file"' not in text(response)


def test_in_russian_too_it_says_so_with_one_full_stop(party):
    with_rules(party, expires_at=timezone.now() - timedelta(days=1))
    page = text(Client(headers={"Accept-Language": "ru"}).get(address(party)))
    assert "эта страница была открыта." in page
    assert "г.." not in page


def test_the_pin_of_a_session_that_is_over_is_not_looked_at(client, party):
    with_rules(party, pin="2468", expires_at=timezone.now())
    assert client.post(address(party, "pin/"), {"pin": "2468"}, follow=True).status_code == 410


def test_a_session_is_open_until_its_moment(client, party):
    with_rules(party, expires_at=timezone.now() + timedelta(minutes=1))
    assert client.get(address(party)).status_code == 200


# the consent


def test_the_consent_comes_before_any_picture(client, party):
    page = text(client.get(address(party)))
    assert "What happens to your selfie" in page
    assert party.studio.name in page
    assert 'type="file"' not in page
    assert 'type="checkbox" name="agree" required' in page


def test_a_selfie_without_consent_is_refused_and_the_consent_asked_for(client, party):
    response = search(client, party, ["ann"])
    assert response.status_code == 403
    assert "Please agree first" in text(response)
    assert 'name="agree"' in text(response)
    assert "You are in" not in text(response)


def test_what_was_agreed_to_is_written_down(party):
    before, russian = timezone.now(), Client(headers={"Accept-Language": "ru"})
    response = agree(russian, party, guardian="on")
    assert response["Location"] == f"{address(party)}#camera"
    guest = Guest.objects.get()
    assert (guest.session, guest.notice, guest.language, guest.guardian) == (party, consent.NOTICE, "ru", True)
    assert before <= guest.consented_at <= timezone.now()
    assert 'name="selfie"' in text(russian.get(address(party)))


def test_the_guest_is_in_a_cookie_that_scripts_cannot_read_and_nobody_can_make_up(client, party):
    agree(client, party)
    cookie = client.cookies[f"guest-{party.pk.hex}"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    forger = Client()
    forger.cookies[f"guest-{party.pk.hex}"] = cookie.value.replace(
        cookie.value[-1], "A" if cookie.value[-1] != "A" else "B"
    )
    assert search(forger, party, ["ann"]).status_code == 403


def test_without_the_tick_nothing_is_agreed(client, party):
    response = client.post(address(party, "consent/"), {"guardian": "on"})
    assert response.status_code == 403
    assert not Guest.objects.exists()


def test_agreeing_twice_is_agreeing_once(client, party):
    agree(client, party)
    agree(client, party)
    assert Guest.objects.count() == 1


def test_a_new_notice_asks_everybody_again(client, party, monkeypatch):
    agree(client, party)
    monkeypatch.setattr(consent, "NOTICE", "2027-01")
    assert search(client, party, ["ann"]).status_code == 403
    agree(client, party)
    assert search(client, party, ["ann"]).status_code == 200
    assert Guest.objects.count() == 2


def test_the_consent_for_one_session_is_not_that_for_another(client, party):
    agree(client, party)
    assert search(client, SessionFactory(studio=party.studio), ["ann"]).status_code == 403


def test_who_has_not_agreed_can_withdraw_nothing(client, party):
    assert client.post(address(party, "withdraw/")).status_code == 302
    assert not Guest.objects.exists()


# without a face


@pytest.mark.parametrize("method", ["get", "post"])
def test_looking_around_is_for_sessions_that_allow_it(client, party, method):
    assert getattr(client, method)(address(party, "browse/")).status_code == 404
    assert "Look through all photos" not in text(client.get(address(party)))


def test_who_looks_around_sees_all_photos_that_are_ready_and_agrees_to_nothing(client, party):
    with_rules(party, browsing=True)
    waiting = PhotoFactory(gallery=GalleryImage.objects.first().gallery)
    assert "Look through all photos" in text(client.get(address(party)))
    assert client.get(address(party, "browse/")).status_code == 302, "the form comes first"
    page = text(client.post(address(party, "browse/"), follow=True))
    assert page.count("<li data-photo=") == 3
    assert str(waiting.pk) not in page
    guest = Guest.objects.get()
    assert guest.notice == ""
    assert guest.found.count() == 3
    assert set(guest.found.values_list("face", flat=True)) == {None}
    assert search(client, party, ["ann"]).status_code == 403


def test_who_looked_around_and_then_agrees_begins_anew(client, party):
    with_rules(party, browsing=True)
    client.post(address(party, "browse/"), follow=True)
    agree(client, party)
    guest = Guest.objects.get(notice=consent.NOTICE)
    assert not guest.found.exists()
    client.get(address(party, "browse/"))
    assert not guest.found.exists(), "what is looked at is not what was found"


def test_photos_come_by_the_page_with_few_queries(client, party, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("sessions_app.guest.views.entrance.PHOTOS_PER_PAGE", 2)
    with_rules(party, browsing=True)
    client.post(address(party, "browse/"))
    # session, guest, count, photos, and what was shown, if guest and photos are still there (and a savepoint for it)
    with django_assert_num_queries(10):
        first = text(client.get(address(party, "browse/")))
    assert "1 of 2" in first
    assert text(client.get(address(party, "browse/?page=2"))).count("<li data-photo=") == 1
    assert text(client.get(address(party, "browse/?page=nine"))) is not None
    assert Guest.objects.get().found.count() == 3


def test_photos_of_others_are_not_looked_through(client, party):
    with_rules(party, browsing=True)
    other = PhotoFactory(gallery__session_id=party.pk, state=PhotoState.PROCESSED)  # of another studio
    page = text(client.post(address(party, "browse/"), follow=True))
    assert str(other.pk) not in page
