"""How many requests may come: exact, whoever counts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import RequestFactory

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.work import chores
from facepass.models import KeptAnswer, RateBucket
from facepass.testing.factories import SessionFactory

pytestmark = pytest.mark.django_db

GALLERIES = "/api/v1/galleries/"


@pytest.fixture
def few(settings):
    settings.RATE_LIMITS = {"guest": (60, 2), "key": (60, 3)}


def wind_back(seconds):
    """As if that long had passed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rate_buckets SET due = due - make_interval(secs => %s)", [seconds])


def test_a_burst_then_the_rate(few):
    assert [rate_limits.consume_quota("guest", "a") for _ in range(4)] == [None, None, 1, 1]
    wind_back(1)
    assert [rate_limits.consume_quota("guest", "a") for _ in range(2)] == [None, 1]
    wind_back(3600)  # an idle bucket holds a burst, however long it was idle
    assert [rate_limits.consume_quota("guest", "a") for _ in range(3)] == [None, None, 1]


def test_buckets_do_not_know_each_other(few):
    for name in ("a", "b"):
        assert [rate_limits.consume_quota("guest", name) for _ in range(3)] == [None, None, 1]


def test_the_wait_is_as_long_as_it_takes(settings):
    settings.RATE_LIMITS = {"guest": (2, 1)}
    assert rate_limits.consume_quota("guest", "a") is None
    assert rate_limits.consume_quota("guest", "a") == 30
    wind_back(20)
    assert rate_limits.consume_quota("guest", "a") == 10


def test_what_the_settings_do_not_name_is_unlimited(settings):
    settings.RATE_LIMITS = {}
    assert [rate_limits.consume_quota("guest", "a") for _ in range(3)] == [None] * 3
    assert not RateBucket.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_request_slips_through_between_two_connections(settings):
    settings.RATE_LIMITS = {"key": (1, 20)}

    def take(_number):
        try:
            return rate_limits.consume_quota("key", "shared")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(take, range(60)))
    assert answers.count(None) == 20


def test_a_key_that_asks_too_often_is_429_with_the_time_to_wait(api, stranger, few):
    assert [api.get(GALLERIES).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = api.get(GALLERIES)
    assert refused.json()["error"]["code"] == "rate_limited"
    assert refused["Retry-After"] == "1"
    assert refused["X-Request-ID"] == refused.json()["request_id"]
    assert stranger.get(GALLERIES).status_code == 200


def test_who_has_no_key_or_tries_keys_is_limited_by_address(client, few):
    assert client.get(GALLERIES).status_code == 401
    guess = {"authorization": "Bearer fp_00000000_" + "x" * 43}
    assert client.get(GALLERIES, headers=guess).status_code == 401
    assert client.get(GALLERIES, headers=guess).status_code == 429
    assert client.get(GALLERIES, REMOTE_ADDR="192.0.2.1").status_code == 401


def test_a_guests_searches_are_limited_and_the_page_is_not(client, few):
    address = f"/s/{SessionFactory().code}/"
    assert [client.post(address).status_code for _ in range(3)] == [400, 400, 429]
    refused = client.post(address)
    assert refused["Retry-After"] == "1"
    assert "Many people are searching" in refused.content.decode()
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "198.51.100.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "198.51.100.1"),
        (1, "", "unknown"),
        (1, "<script>", "unknown"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
    ],
)
def test_only_as_many_proxies_are_believed_as_there_are(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert rate_limits.client_address(request) == address


def test_the_refusal_names_the_seconds(few):
    rate_limits.require_quota("guest", "a")
    rate_limits.require_quota("guest", "a")
    with pytest.raises(FacePassError) as refused:
        rate_limits.require_quota("guest", "a")
    assert (refused.value.status, refused.value.retry_after) == (429, 1)


def test_what_is_over_is_thrown_away(few):
    rate_limits.consume_quota("guest", "old")
    wind_back(3600)
    rate_limits.consume_quota("guest", "new")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kept_answers (principal, key, fingerprint, created_at, headers, body)"
            " VALUES ('key:1', 'old', '', now() - interval '25 hours', '{}', ''), ('key:1', 'new', '', now(), '{}', '')"
        )
    chores.enqueue_due_chores()
    assert [row.name for row in RateBucket.objects.all()] == ["new"]
    assert [row.key for row in KeptAnswer.objects.all()] == ["new"]


def test_the_table_is_not_logged():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence::text FROM pg_class WHERE relname = 'rate_buckets'")
        assert cursor.fetchone() == ("u",)
