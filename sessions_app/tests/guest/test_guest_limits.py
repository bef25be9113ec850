"""How often a guest may search, that five misses make a pause, and that a script gets no further with new cookies."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from facepass.testing.pages.guests import address, agree, search, text, with_rules
from facepass.testing.pictures.fake import picture_of
from sessions_app.guest.domain import guest_search
from sessions_app.models import Alert, Guest


def wind_back(minutes):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rate_buckets SET due = due - make_interval(mins => %s)", [minutes])


def test_after_five_misses_a_device_pauses_and_may_try_again_later(client, party, settings):
    settings.RATE_LIMITS = {"guest_miss": (0.5, 5)}
    agree(client, party)
    assert [search(client, party, ["carol"]).status_code for _ in range(5)] == [200] * 5
    refused = search(client, party, ["ann"])
    assert refused.status_code == 429
    assert "Take a short break" in text(refused)
    assert int(refused["Retry-After"]) > 60
    wind_back(2)
    assert search(client, party, ["ann"]).status_code == 200


def test_a_guest_who_finds_photos_never_pauses(client, party, settings):
    settings.RATE_LIMITS = {"guest_miss": (0.5, 5)}
    agree(client, party)
    assert [search(client, party, ["ann"]).status_code for _ in range(8)] == [200] * 8


def test_the_misses_of_one_are_not_those_of_another(client, party, settings):
    settings.RATE_LIMITS = {"guest_miss": (0.5, 1)}
    other = Client()
    for one in (client, other):
        agree(one, party)
    search(client, party, ["carol"])
    assert search(client, party, ["ann"]).status_code == 429
    assert search(other, party, ["ann"]).status_code == 200


@pytest.mark.parametrize("kind", ["guest_device", "guest_session", "guest_address"])
def test_device_session_and_address_have_a_pace_each(client, party, settings, kind):
    settings.RATE_LIMITS = {kind: (1, 2)}
    agree(client, party)
    assert [search(client, party, ["ann"]).status_code for _ in range(3)] == [200, 200, 429]
    newcomer = Client()
    agree(newcomer, party)
    assert search(newcomer, party, ["ann"]).status_code == (200 if kind == "guest_device" else 429)


def test_twenty_guests_of_one_wi_fi_are_not_too_many(party, settings):
    from facepass import settings as ours

    settings.RATE_LIMITS = ours.RATE_LIMITS
    for _guest in range(20):
        client = Client()
        assert agree(client, party).status_code == 302
        assert client.post(address(party)).status_code == 400, "no picture, but no refusal either"


def test_new_devices_cannot_be_made_without_end(party, settings):
    settings.RATE_LIMITS = {"guest_consent": (1, 2)}
    assert [agree(Client(), party).status_code for _ in range(3)] == [302, 302, 429]


@pytest.mark.slow
def test_sixty_guests_behind_one_address_are_all_served_without_more_ado(party, settings):
    """Every third finds nobody at first, as with a bad picture, and tries again."""
    settings.RATE_LIMITS = {**own_limits(), "guest_address": (6000, 200), "guest_consent": (6000, 200)}
    for number in range(60):
        guest = Client()
        assert agree(guest, party).status_code == 302
        if number % 3 == 0:
            assert search(guest, party, ["carol"]).status_code == 200
        answer = search(guest, party, ["ann"])
        assert (answer.status_code, len(answer.context["tiles"])) == (200, 2), number


def test_a_script_that_is_a_new_device_each_time_is_asked_for_the_challenge(party, settings):
    settings.RATE_LIMITS = {"guest_address_misses": (0.5, 4)}
    answers = []
    for _face in range(6):
        script = Client()
        agree(script, party)
        answers.append(search(script, party, ["carol"]))
    assert [one.status_code for one in answers] == [200] * 4 + [403] * 2
    assert "data-challenge" in text(answers[-1]), "the page now leads through it"
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    agree(elsewhere, party)
    assert search(elsewhere, party, ["ann"]).status_code == 200


@pytest.mark.parametrize(
    ("kind", "same_device", "people"),
    [
        ("guest_device_searches", True, ["ann"]),
        ("guest_address_searches", False, ["ann"]),
        ("guest_address_misses", False, ["carol"]),
        ("guest_session_misses", False, ["carol"]),
    ],
)
def test_each_bar_is_raised_by_what_it_counts_and_refuses_nobody(party, settings, kind, same_device, people):
    settings.RATE_LIMITS = {kind: (1, 2)}
    device = Client()
    for number in range(3):
        device = device if same_device and number else Client()
        agree(device, party)
        answer = search(device, party, people)
        assert answer.status_code == (200 if number < 2 else 403)
    assert "data-challenge" in text(answer), "the page now leads through it"
    wind_back(2)
    assert search(device, party, people).status_code == 200


def test_a_picture_without_a_face_and_a_search_that_finds_are_no_misses(party, settings):
    settings.RATE_LIMITS = {"guest_address_misses": (0.5, 1), "guest_session_misses": (0.5, 1)}
    for people, status in [([], 422), (["ann"], 200), ([], 422), (["carol"], 200), (["ann"], 403)]:
        guest = Client()
        agree(guest, party)
        assert search(guest, party, people).status_code == status, people


def test_where_the_bar_is_raised_a_friend_s_selfie_and_a_wish_for_news_are_no_way_around_it(client, party, settings):
    settings.EMAIL_HOST = "mail.example.com"
    settings.RATE_LIMITS = {"guest_address_misses": (0.5, 1)}
    agree(client, party)
    search(client, party, ["carol"])
    for part in ("friend/", "alerts/"):
        picture = SimpleUploadedFile("me.jpg", picture_of(["ann"]))
        sent = {"selfie": picture, "agreed": "on", "address": "a@example.com"}
        answer = client.post(address(party, part), sent)
        assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True), part
    assert not Alert.objects.exists()


def trawl_for_an_hour(session, *, finds, addresses):
    """How many faces a script tries in an hour that takes a new cookie, and the next address, for each.

    The clock is that of the buckets, which are wound back by a minute sixty times.
    """
    tried = 0
    for _minute in range(60):
        for number in range(addresses):
            while tries(session, address=f"198.51.100.{number}", finds=finds):
                tried += 1
        wind_back(1)
    return tried


def tries(session, *, address, finds):
    guest = Guest.objects.create(session=session, notice="n")
    with guest_search._count_search(guest, address) as search:
        if finds or search.is_raised:  # who is asked for the challenge has searched nothing
            guest_search._return(search.misses)
    return not search.is_raised


@pytest.mark.parametrize(
    ("finds", "addresses", "most"),
    [(False, 1, 60), (True, 1, 180), (False, 20, 450)],
    ids=["strangers", "faces of guests", "strangers, from twenty addresses"],
)
def test_what_a_script_gets_in_an_hour_is_what_the_security_page_says(party, settings, finds, addresses, most):
    settings.RATE_LIMITS = own_limits()
    assert most - 3 * addresses <= trawl_for_an_hour(party, finds=finds, addresses=addresses) <= most
    page = (Path(settings.BASE_DIR) / "docs" / "security.md").read_text()
    assert f"| {most} |" in page


def test_a_right_pin_takes_nothing_away_and_wrong_ones_are_few(party, settings):
    settings.RATE_LIMITS = own_limits()
    with_rules(party, pin="2468")
    for _guest in range(60):
        assert Client().post(address(party, "pin/"), {"pin": "2468"}).status_code == 302
    guessed = [Client().post(address(party, "pin/"), {"pin": str(pin)}).status_code for pin in range(1000, 1025)]
    assert guessed.count(403) == 20
    assert set(guessed[20:]) == {429}


def test_codes_are_guessed_a_few_times_only_and_guests_who_are_in_stay_in(client, party, settings):
    settings.RATE_LIMITS = {"guest_code": (1, 3)}
    agree(client, party)
    guessed = [Client().get(f"/s/nosuch{number}/").status_code for number in range(5)]
    assert guessed == [404, 404, 404, 429, 429]
    assert Client().get(address(party)).status_code == 429, "or the right one would be told from the wrong ones"
    assert client.get(address(party)).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").get(address(party)).status_code == 200


def own_limits():
    from facepass import settings as ours

    return ours.RATE_LIMITS
