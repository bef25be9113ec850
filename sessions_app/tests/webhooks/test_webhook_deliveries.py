"""Deliveries to a real receiver that is up, down, slow or failing: nothing is lost, and every attempt is logged."""

import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from facepass.models import EventType, OutboxEvent, StaffNotice
from facepass.testing.factories import GalleryFactory
from facepass.testing.stand_ins.webhook_receiver import Receiver, deliver, due_again, emit
from sessions_app.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from sessions_app.webhooks import outbox, signing
from sessions_app.webhooks.courier import AT_ONE_ENDPOINT, THREADS, Courier

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_arrives_with_a_signature_that_can_be_checked(studio, endpoint, receiver):
    emit(studio, face_id="1")
    before = time.time()
    deliver()
    [(headers, body)] = receiver.got
    event = OutboxEvent.objects.get()
    assert json.loads(body) == {
        "id": str(event.pk),
        "type": "face.enrolled",
        "created_at": event.created_at.isoformat().replace("+00:00", "Z"),
        "studio_id": str(studio.pk),
        "data": {"face_id": "1"},
    }
    moment, signature = (part.partition("=")[2] for part in headers[signing.HEADER].split(","))
    expected = hmac.new(endpoint.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert signature == expected
    assert int(before) <= int(moment) <= time.time()
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
    for pause in (10, 30, 90):
        before = timezone.now()
        deliver()
        due = WebhookDelivery.objects.get().due_at
        assert due - before > timedelta(seconds=0.5 * pause)
        assert due - timezone.now() < timedelta(seconds=1.5 * pause)
        due_again()
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


def test_deliveries_to_an_endpoint_begin_in_the_order_of_their_events_and_are_logged_so(studio, endpoint, receiver):
    receiver.delay = 0.05
    for number in range(20):
        emit(studio, number=number)
    deliver()
    log = WebhookAttempt.objects.order_by("started_at").select_related("delivery__event")
    assert [attempt.delivery.event.data["number"] for attempt in log] == list(range(20))
    assert all(attempt.started_at < attempt.delivery.delivered_at for attempt in log)


def test_a_slow_receiver_does_not_hold_up_another(studio, endpoint, receiver, settings):
    receiver.free.clear()
    quick = Receiver()
    for number in range(THREADS):
        emit(studio, number=number)
    outbox.create_deliveries()
    WebhookEndpoint.objects.create(studio=studio, url=quick.url, events=EventType.values)
    emit(studio, number=99)
    courier = Courier()
    while not quick.got:
        courier.run_once(0.02)
    assert not WebhookAttempt.objects.filter(delivery__endpoint=endpoint).exists(), "none of those is over yet"
    assert len(receiver.got) <= AT_ONE_ENDPOINT
    receiver.free.set()
    courier.finish()
    quick.shutdown()
    quick.server_close()


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
    notice = StaffNotice.objects.get()
    assert (notice.studio, notice.kind, notice.subject) == (studio, "webhook.disabled", str(endpoint.pk))
    assert notice.data == {"host": "127.0.0.1"}


def test_a_courier_that_dies_is_replaced_and_one_that_was_overtaken_changes_nothing(studio, endpoint, receiver):
    emit(studio)
    outbox.create_deliveries()
    dead = WebhookDelivery.objects.claim_next(without=set())
    assert WebhookDelivery.objects.claim_next(without=set()) is None
    due_again()
    deliver()
    assert len(receiver.got) == 1
    assert not dead.record_attempt(delivered=False)
    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_old_events_are_forgotten_with_their_log_but_not_what_still_waits(studio, endpoint, receiver):
    emit(studio)
    deliver()
    outbox.send_test_event(endpoint)
    OutboxEvent.objects.update(spread_at=timezone.now() - outbox.KEPT_FOR - timedelta(minutes=1))
    outbox.delete_old_events()
    assert [event.type for event in OutboxEvent.objects.all()] == [outbox.TEST_EVENT]
    assert not WebhookAttempt.objects.exists()
