"""How often a guest may search, and that five misses make a pause."""

import pytest
from django.db import connection
from django.test import Client

from facepass.testing.pages.guests import address, agree, search, text


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
