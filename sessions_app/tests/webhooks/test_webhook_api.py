"""/api/v1/webhooks: endpoints, their deliveries, and once more please."""

from ipaddress import ip_network

import pytest
from django.utils import timezone

from facepass.testing.stand_ins.webhook_receiver import deliver, emit
from sessions_app.models import WebhookEndpoint
from sessions_app.webhooks import outbox

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/webhooks"


def test_an_endpoint_is_made_with_a_secret_that_is_shown_once(api, studio):
    answer = api.post(URL, {"url": "https://app.example.com/", "events": ["face.enrolled"]})
    assert answer.status_code == 201
    made = WebhookEndpoint.objects.get()
    assert (made.studio, answer.json()["secret"]) == (studio, made.secret)
    assert made.secret not in api.get(f"{URL}/{made.pk}").content.decode()
    assert api.post(f"{URL}/{made.pk}/rotate-secret").json()["secret"] != made.secret


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"url": "ftp://app.example.com/", "events": ["face.enrolled"]}, "url"),
        ({"url": "https://user:secret@app.example.com/", "events": ["face.enrolled"]}, "url"),
        ({"url": "https://app.example.com/", "events": ["made.up"]}, "events"),
        ({"url": "https://app.example.com/", "events": []}, "events"),
    ],
)
def test_wrong_fields_are_named(api, fields, wrong):
    answer = api.post(URL, fields)
    assert answer.status_code == 400
    assert wrong in answer.json()["error"]["details"]


def test_a_test_event_is_delivered_logged_and_replayed(api, stranger, endpoint, receiver):
    made = api.post(f"{URL}/{endpoint.pk}/test")
    assert made.status_code == 202
    deliver()
    path = f"{URL}/deliveries/{made.json()['id']}"
    told = api.get(path).json()
    assert (told["state"], told["event"], told["log"][0]["status"]) == ("delivered", "webhook.test", 200)
    assert stranger.get(path).status_code == stranger.post(f"{path}/replay").status_code == 404
    assert api.post(f"{path}/replay").json()["state"] == "pending"
    deliver()
    assert [headers["FacePass-Delivery"] for headers, _body in receiver.got] == [made.json()["id"]] * 2
    assert len({body for _headers, body in receiver.got}) == 1


def test_the_list_of_deliveries_asks_the_same_number_of_queries_however_long(
    api, studio, endpoint, django_assert_num_queries
):
    for _number in range(5):
        emit(studio)
    outbox.create_deliveries()
    api.get(URL)
    with django_assert_num_queries(4):  # the key, the endpoint, the count, the page
        assert api.get(f"{URL}/{endpoint.pk}/deliveries").json()["count"] == 5


def test_switching_on_again_gives_three_more_days(api, endpoint):
    WebhookEndpoint.objects.update(enabled=False, failing_since=timezone.now(), disabled_at=timezone.now())
    answer = api.patch(f"{URL}/{endpoint.pk}", {"enabled": True}).json()
    assert (answer["enabled"], answer["failing_since"], answer["disabled_at"]) == (True, None, None)


UNREACHABLE = [
    "https://127.0.0.1/hook",
    "http://127.0.0.1/hook",
    "https://localhost:8000/",
    "https://app.localhost/",
    "https://10.1.2.3/",
    "https://192.168.0.7:8443/",
    "https://169.254.169.254/latest/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fe80::1]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://printer.local/",
    "https://intranet/",
    "https://hooks.invalid/",
    "https://app.example.com:99999/",
    "http://app.example.com/",
]


def test_an_address_that_can_never_be_reached_is_refused_when_it_is_made_or_changed(api, endpoint, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    for url in UNREACHABLE:
        for answer in (
            api.post(URL, {"url": url, "events": ["face.enrolled"]}),
            api.patch(f"{URL}/{endpoint.pk}", {"url": url}),
        ):
            assert answer.status_code == 400, url
            assert list(answer.json()["error"]["details"]) == ["url"]


def test_an_address_of_an_allowed_network_is_taken(api, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("10.0.0.0/8")]
    for url in ("http://10.1.2.3:8080/hook", "http://hooks.lan/"):
        assert api.post(URL, {"url": url, "events": ["face.enrolled"]}).status_code == 201
    assert api.post(URL, {"url": "https://127.0.0.1/", "events": ["face.enrolled"]}).status_code == 400
