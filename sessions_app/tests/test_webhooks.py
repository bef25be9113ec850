"""Webhooks against a real receiver: up, down, slow, failing, and one that sends us into our own network."""

import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from django.db import transaction
from django.utils import timezone

from facepass import events
from facepass.models import EventType, OutboxEvent
from galleries import analysis, decisions, tasks
from galleries.models import GalleryImage
from galleries.tests.factories import ClusterFactory, FaceFactory, GalleryFactory, PhotoFactory, SessionFactory
from sessions_app.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from sessions_app.webhooks import outbox, signing, transport
from sessions_app.webhooks.courier import AT_ONE_ENDPOINT, THREADS, Courier

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/v1/webhooks"


class Receiver(ThreadingHTTPServer):
    """Remembers what came; answers with `status`, after `delay`, with `headers`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.status, self.delay, self.headers = [], 200, 0.0, {}
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_):
        return


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"said")

    def log_message(self, *_):
        return


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.1/32")]
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def endpoint(studio, receiver):
    return WebhookEndpoint.objects.create(studio=studio, url=receiver.url, events=EventType.values)


def emit(studio, **data):
    events.emit(EventType.FACE_ENROLLED, studio_id=studio.pk, data=data)


def deliver(courier=None):
    """Everything that is due now, to its end."""
    courier = courier or Courier()
    outbox.spread()
    while courier._under_way or WebhookDelivery.objects.filter(state="pending", due_at__lte=timezone.now()).exists():
        courier.round(0.05)


def due_again():
    WebhookDelivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_an_event_arrives_with_a_signature_that_can_be_checked(studio, endpoint, receiver):
    emit(studio, face_id="1")
    deliver()
    [(headers, body)] = receiver.got
    event = OutboxEvent.objects.get()
    assert json.loads(body) == {
        "id": str(event.pk),
        "type": "face.enrolled",
        "created_at": event.created_at.isoformat(),
        "studio_id": str(studio.pk),
        "data": {"face_id": "1"},
    }
    moment, signature = (part.partition("=")[2] for part in headers[signing.HEADER].split(","))
    expected = hmac.new(endpoint.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert signature == expected
    assert abs(int(moment) - time.time()) < 5
    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_during_a_rotation_both_secrets_sign_and_afterwards_the_new_one(studio, endpoint, receiver):
    old = endpoint.secret
    endpoint.rotate()
    emit(studio)
    deliver()
    headers, body = receiver.got[0]
    moment = headers[signing.HEADER].split(",")[0][2:]
    both = signing.sign(body, secrets=[endpoint.secret, old], timestamp=int(moment))
    assert headers[signing.HEADER] == both
    WebhookEndpoint.objects.update(previous_secret_until=timezone.now())
    endpoint.refresh_from_db()
    assert endpoint.secrets == [endpoint.secret] != [old]


def test_there_is_no_event_without_its_change(studio, endpoint, receiver):
    with transaction.atomic():
        emit(studio)
        transaction.set_rollback(True)
    deliver()
    assert receiver.got == []


def test_only_chosen_events_of_the_own_studio_are_delivered(studio, endpoint, receiver):
    WebhookEndpoint.objects.update(events=[EventType.PERSON_MERGED])
    emit(studio)
    emit(GalleryFactory().studio)
    deliver()
    assert receiver.got == []
    assert not OutboxEvent.objects.filter(spread_at=None).exists()


def test_what_fails_is_tried_again_with_growing_pauses_and_everything_is_logged(studio, endpoint, receiver):
    receiver.status = 500
    emit(studio)
    waits = []
    for _attempt in range(3):
        deliver()
        waits.append((WebhookDelivery.objects.get().due_at - timezone.now()).total_seconds())
        due_again()
    assert [round(wait / 10) for wait in waits] == pytest.approx([1, 3, 9], abs=1)
    receiver.status = 204
    deliver()
    log = list(WebhookAttempt.objects.values_list("number", "status", "answer"))
    assert log[:3] == [(number, 500, "said") for number in (1, 2, 3)]
    assert log[3][:2] == (4, 204)
    assert len({body for _headers, body in receiver.got}) == 1
    assert all(attempt.duration_ms > 0 for attempt in WebhookAttempt.objects.all())
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_while_the_receiver_is_down_nothing_is_lost_and_all_comes_in_the_end_in_order(studio, endpoint, receiver):
    port = receiver.server_port
    receiver.shutdown()
    receiver.server_close()
    for number in range(20):
        emit(studio, number=number)
    deliver()
    assert set(WebhookAttempt.objects.values_list("error", flat=True)) == {"connection_failed"}
    assert WebhookDelivery.objects.filter(state=DeliveryState.PENDING).count() == 20
    again = Receiver()
    WebhookEndpoint.objects.update(url=again.url.replace(str(port), str(again.server_port)))
    due_again()
    deliver()
    numbers = [json.loads(body)["data"]["number"] for _headers, body in again.got]
    again.shutdown()
    again.server_close()
    assert sorted(numbers) == list(range(20))
    assert all(abs(number - place) < AT_ONE_ENDPOINT * 2 for place, number in enumerate(numbers))
    assert WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED).count() == 20


def test_a_slow_receiver_does_not_hold_up_another(studio, endpoint, receiver, settings):
    receiver.delay = 2
    quick = Receiver()
    for number in range(THREADS):
        emit(studio, number=number)
    outbox.spread()
    WebhookEndpoint.objects.create(studio=studio, url=quick.url, events=EventType.values)
    emit(studio, number=99)
    courier, started = Courier(), time.perf_counter()
    while not quick.got:
        courier.round(0.02)
        assert time.perf_counter() - started < 1.5
    assert len(receiver.got) <= AT_ONE_ENDPOINT
    receiver.delay = 0
    courier.finish()
    quick.shutdown()
    quick.server_close()


def test_what_can_not_be_reached_is_told_apart(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    for url in ("https://127.0.0.1/", "https://[::1]/", "https://localhost/", "ftp://example.com/", "https://u@e.com/"):
        assert transport.post(url, body=b"{}", headers={}).error == "address_refused"
    assert transport.post("https://nobody.invalid/", body=b"{}", headers={}).error == "name_unknown"


def test_one_that_never_answers_is_given_up_in_time(studio, endpoint, receiver, monkeypatch):
    monkeypatch.setattr(transport, "TOTAL_SECONDS", 0.5)
    receiver.delay = 5
    emit(studio)
    started = time.perf_counter()
    deliver()
    assert time.perf_counter() - started < 3
    assert WebhookAttempt.objects.get().error == "timeout"


def test_a_redirect_is_followed_to_where_webhooks_may_go(studio, endpoint, receiver):
    other = Receiver()
    receiver.status, receiver.headers = 307, {"Location": other.url}
    emit(studio)
    deliver()
    other.shutdown()
    other.server_close()
    assert len(other.got) == 1
    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_a_redirect_into_our_own_network_is_not(studio, endpoint, receiver):
    inside = socket.create_server(("127.0.0.2", 0))
    inside.settimeout(0.3)
    receiver.status, receiver.headers = 308, {"Location": f"http://127.0.0.2:{inside.getsockname()[1]}/admin"}
    emit(studio)
    deliver()
    assert WebhookAttempt.objects.get().error == "address_refused"
    with pytest.raises(TimeoutError):
        inside.accept()
    inside.close()


def test_a_name_that_resolves_otherwise_the_second_time_is_refused(studio, endpoint, receiver, monkeypatch):
    """The address that is connected to is the one that was looked at: the name is asked once for each connection."""
    answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])
    asked = []

    def rebinding(host, port, **_options):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(transport.socket, "getaddrinfo", rebinding)
    url = f"http://rebind.example:{receiver.server_port}/"
    receiver.status, receiver.headers = 307, {"Location": url}
    outcome = transport.post(url, body=b"{}", headers={})
    assert (outcome.error, asked, len(receiver.got)) == ("address_refused", ["rebind.example"] * 2, 1)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
    ],
)
def test_addresses_that_are_not_public_are_refused(address, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    assert not transport.may_reach(address, plain=False)


def test_public_addresses_are_reached_with_tls_only(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    for address in ("93.184.215.14", "2606:4700::1111"):
        assert transport.may_reach(address, plain=False)
        assert not transport.may_reach(address, plain=True)


def test_after_three_days_a_delivery_is_given_up_and_the_endpoint_switched_off(studio, endpoint, receiver, caplog):
    receiver.status = 500
    emit(studio)
    deliver()
    past = timezone.now() - timedelta(days=3, minutes=1)
    WebhookDelivery.objects.update(expires_at=timezone.now())
    WebhookEndpoint.objects.update(failing_since=past)
    due_again()
    deliver()
    endpoint.refresh_from_db()
    assert WebhookDelivery.objects.get().state == DeliveryState.FAILED
    assert not endpoint.enabled
    assert endpoint.disabled_at
    assert "switched off" in caplog.text


def test_a_courier_that_dies_is_replaced_and_one_that_was_overtaken_changes_nothing(studio, endpoint, receiver):
    emit(studio)
    outbox.spread()
    dead = WebhookDelivery.objects.claim_next(without=set())
    assert WebhookDelivery.objects.claim_next(without=set()) is None
    due_again()
    deliver()
    assert len(receiver.got) == 1
    assert not dead.settle(delivered=False)
    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_old_events_are_forgotten_with_their_log_but_not_what_still_waits(studio, endpoint, receiver):
    emit(studio)
    deliver()
    outbox.test(endpoint)
    OutboxEvent.objects.update(spread_at=timezone.now() - outbox.KEPT_FOR - timedelta(minutes=1))
    outbox.forget_old()
    assert [event.type for event in OutboxEvent.objects.all()] == [outbox.TEST]
    assert not WebhookAttempt.objects.exists()


# over the API


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
    outbox.spread()
    api.get(URL)
    with django_assert_num_queries(4):  # the key, the endpoint, the count, the page
        assert api.get(f"{URL}/{endpoint.pk}/deliveries").json()["count"] == 5


def test_switching_on_again_gives_three_more_days(api, endpoint):
    WebhookEndpoint.objects.update(enabled=False, failing_since=timezone.now(), disabled_at=timezone.now())
    answer = api.patch(f"{URL}/{endpoint.pk}", {"enabled": True}).json()
    assert (answer["enabled"], answer["failing_since"], answer["disabled_at"]) == (True, None, None)


# what emits


def kinds():
    return [(event.type, event.data) for event in OutboxEvent.objects.order_by("created_at")]


def test_a_switched_session_is_told_once_whoever_switched_it(api, studio):
    session = SessionFactory(studio=studio, facepass_enabled=True)
    api.patch(f"/api/v1/sessions/{session.pk}", {"facepass_enabled": False})
    api.patch(f"/api/v1/sessions/{session.pk}", {"facepass_enabled": False, "name": "Party"})
    told = {"session_id": str(session.pk), "facepass_enabled": False}
    assert kinds() == [("session.facepass_changed", told)]


def test_a_switch_and_a_deletion_in_pixora_are_told(api, pixora):
    pk, gone = pixora.add(), pixora.add()
    api.post("/api/v1/sessions/validate", {"ids": [str(pk), str(gone)]})
    pixora.switch(pk, enabled=False)
    pixora.delete(gone)
    for _time in range(2):
        api.post("/api/v1/sessions/validate", {"ids": [str(pk), str(gone)]})
    assert {data["session_id"] for _kind, data in kinds()} == {str(pk), str(gone)}
    assert len(kinds()) == 2


def test_a_gallery_is_told_when_nothing_of_it_waits_any_more(studio, fake_engine):
    gallery = GalleryFactory(studio=studio)
    for _number in range(2):
        PhotoFactory(gallery=gallery, people=["ann"])
    analysis.analyse(GalleryImage.objects.claim_next())
    tasks.group_faces(str(gallery.pk))
    assert kinds() == []
    analysis.analyse(GalleryImage.objects.claim_next())
    tasks.group_faces(str(gallery.pk))
    tasks.group_faces(str(gallery.pk))
    assert kinds() == [("gallery.processed", {"gallery_id": str(gallery.pk), "session_id": None, "photos": 2})]


def test_merged_groups_are_told(studio, fake_engine):
    gallery = GalleryFactory(studio=studio)
    groups = [ClusterFactory(studio=studio, gallery=gallery) for _number in range(2)]
    for group in groups:
        FaceFactory(photo=PhotoFactory(gallery=gallery), cluster=group)
    decisions.merge(groups, by=None)
    [(kind, data)] = kinds()
    assert kind == "person.merged"
    assert {data["group_id"], *data["merged_group_ids"]} == {str(group.pk) for group in groups}
