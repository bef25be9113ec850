"""Webhooks in the admin: secrets that are shown once, tests, replays, and who may do that."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.models import Role
from facepass.testing.factories import MembershipFactory
from facepass.testing.stand_ins.webhook_receiver import deliver, emit
from sessions_app.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from sessions_app.webhooks import outbox

pytestmark = pytest.mark.django_db(transaction=True)

ENDPOINTS = reverse("admin:sessions_app_webhookendpoint_changelist")
DELIVERIES = reverse("admin:sessions_app_webhookdelivery_changelist")
ADD = reverse("admin:sessions_app_webhookendpoint_add")
SECRET = re.compile(r"whsec_[\w-]{43}")


def member(studio, role=Role.OWNER):
    client = Client(headers={"accept-language": "en"})
    client.force_login(MembershipFactory(studio=studio, role=role).user)
    return client


@pytest.fixture
def owner(studio):
    return member(studio)


@pytest.fixture
def outsider(db):
    return member(MembershipFactory().studio)


def page_of(row):
    return reverse(f"admin:sessions_app_{row._meta.model_name}_change", args=[row.pk])


def act(client, path, action, row):
    return client.post(path, {"action": action, "_selected_action": [str(row.pk)]}, follow=True).content.decode()


def form(studio, **fields):
    return {"studio": studio.pk, "url": "https://app.example.com/", "events": ["face.enrolled"], **fields}


def test_the_secret_is_shown_when_it_is_made_and_never_again(studio, owner):
    page = owner.post(ADD, form(studio, enabled="on"), follow=True).content.decode()
    made = WebhookEndpoint.objects.get()
    assert set(SECRET.findall(page)) == {made.secret}
    assert (made.studio, made.events, made.enabled) == (studio, ["face.enrolled"], True)
    for path in (ENDPOINTS, page_of(made), DELIVERIES):
        assert not SECRET.search(owner.get(path).content.decode())


def test_a_changed_endpoint_shows_no_secret_and_keeps_it(studio, owner, endpoint):
    answer = owner.post(page_of(endpoint), form(studio, url="https://other.example.com/", enabled="on"), follow=True)
    assert not SECRET.search(answer.content.decode())
    changed = WebhookEndpoint.objects.get()
    assert (changed.url, changed.secret) == ("https://other.example.com/", endpoint.secret)


def test_a_rotated_secret_is_shown_once_and_for_a_day_both_sign(owner, endpoint):
    page = act(owner, ENDPOINTS, "rotate", endpoint)
    rotated = WebhookEndpoint.objects.get()
    assert set(SECRET.findall(page)) == {rotated.secret}
    assert rotated.secrets == [rotated.secret, endpoint.secret]
    assert not SECRET.search(owner.get(ENDPOINTS).content.decode())


def test_a_test_event_is_sent(owner, endpoint, receiver):
    assert "A test event is on its way" in act(owner, ENDPOINTS, "send_test", endpoint)
    deliver()
    assert [headers["FacePass-Event"] for headers, _body in receiver.got] == [outbox.TEST_EVENT]


def test_a_delivery_shows_its_attempts_and_is_sent_again(studio, owner, endpoint, receiver):
    receiver.status = 500
    emit(studio)
    deliver()
    delivery = WebhookDelivery.objects.get()
    page = owner.get(page_of(delivery)).content.decode()
    assert "500" in page
    assert "said" in page
    receiver.status = 200
    assert "1 delivery is sent again." in act(owner, DELIVERIES, "replay", delivery)
    deliver()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 1)
    assert len({body for _headers, body in receiver.got}) == 1
    assert list(delivery.log.values_list("status", flat=True)) == [500, 200]


def test_what_was_delivered_is_sent_again_under_the_same_id(studio, owner, endpoint, receiver):
    emit(studio)
    deliver()
    act(owner, DELIVERIES, "replay", WebhookDelivery.objects.get())
    deliver()
    assert len({headers["FacePass-Delivery"] for headers, _body in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_switched_on_by_hand_it_has_three_days_again(studio, owner, endpoint):
    WebhookEndpoint.objects.update(enabled=False, failing_since=timezone.now(), disabled_at=timezone.now())
    owner.post(page_of(endpoint), form(studio, url=endpoint.url, enabled="on"))
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.failing_since, endpoint.disabled_at) == (True, None, None)


@pytest.mark.parametrize("role", [Role.PHOTOGRAPHER, Role.VERIFIER, Role.VIEWER])
def test_who_is_no_manager_sees_nothing_and_changes_nothing(studio, endpoint, role):
    delivery = outbox.send_test_event(endpoint)
    WebhookDelivery.objects.update(state=DeliveryState.DELIVERED)
    client = member(studio, role)
    assert client.get(page_of(endpoint)).status_code == client.get(page_of(delivery)).status_code == 403
    assert client.get(ADD).status_code == 403
    assert client.post(page_of(endpoint), form(studio)).status_code == 403
    nothing_happens(client, endpoint, delivery)


def test_a_stranger_reads_nothing_and_changes_nothing(outsider, endpoint):
    delivery = outbox.send_test_event(endpoint)
    WebhookDelivery.objects.update(state=DeliveryState.DELIVERED)
    for row in (endpoint, delivery):
        assert outsider.get(page_of(row)).status_code == 302  # Django's way of saying 404 to staff
        assert outsider.post(page_of(row), form(endpoint.studio)).status_code in (302, 403)
    for path in (ENDPOINTS, DELIVERIES):
        assert endpoint.url not in outsider.get(path).content.decode()
    nothing_happens(outsider, endpoint, delivery)
    assert outsider.post(ADD, form(endpoint.studio)).status_code == 200  # the form again: no such studio to choose
    assert WebhookEndpoint.objects.count() == 1


def nothing_happens(client, endpoint, delivery):
    pages = [act(client, ENDPOINTS, action, endpoint) for action in ("rotate", "send_test")]
    pages.append(act(client, DELIVERIES, "replay", delivery))
    assert not any(SECRET.search(page) for page in pages)
    unchanged = WebhookEndpoint.objects.get()
    assert (unchanged.secret, unchanged.url) == (endpoint.secret, endpoint.url)
    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_deliveries_are_made_by_events_only(owner):
    assert owner.get(reverse("admin:sessions_app_webhookdelivery_add")).status_code == 403
