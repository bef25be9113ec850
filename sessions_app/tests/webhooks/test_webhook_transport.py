"""Where webhooks go, and where they do not: into our own network by whatever way."""

import socket

import pytest

from facepass.testing.stand_ins.webhook_receiver import Receiver, deliver, emit
from sessions_app.models import DeliveryState, WebhookAttempt, WebhookDelivery
from sessions_app.webhooks import transport

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_can_not_be_reached_is_told_apart(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    for url in ("https://127.0.0.1/", "https://[::1]/", "https://localhost/", "ftp://example.com/", "https://u@e.com/"):
        assert transport.post(url, body=b"{}", headers={}).error == "address_refused"
    assert transport.post("https://nobody.invalid/", body=b"{}", headers={}).error == "name_unknown"


def test_one_that_never_answers_is_given_up_in_time(studio, endpoint, receiver, monkeypatch):
    monkeypatch.setattr(transport, "TOTAL_SECONDS", 0.5)
    receiver.free.clear()
    emit(studio)
    deliver()
    assert receiver.answered == []
    assert WebhookAttempt.objects.get().error == "timeout"
    receiver.free.set()


def test_a_redirect_is_followed_to_where_webhooks_may_go(studio, endpoint, receiver):
    other = Receiver()
    receiver.status, receiver.headers = 307, {"Location": other.url}
    emit(studio)
    deliver()
    other.shutdown()
    other.server_close()
    assert len(other.got) == 1
    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_redirects_are_followed_three_times(studio, endpoint, receiver):
    receiver.status, receiver.headers = 307, {"Location": receiver.url}
    emit(studio)
    deliver()
    assert len(receiver.got) == 1 + transport.MAX_REDIRECTS
    assert (WebhookAttempt.objects.get().status, WebhookDelivery.objects.get().state) == (307, DeliveryState.PENDING)


def test_a_redirect_into_our_own_network_is_not(studio, endpoint, receiver):
    inside = socket.create_server(("127.0.0.2", 0))
    inside.setblocking(False)
    receiver.status, receiver.headers = 308, {"Location": f"http://127.0.0.2:{inside.getsockname()[1]}/admin"}
    emit(studio)
    deliver()
    assert WebhookAttempt.objects.get().error == "address_refused"
    with pytest.raises(BlockingIOError):
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
        *("192.0.0.8", "192.0.0.170", "192.0.0.255", "192.88.99.1", "198.18.0.1", "203.0.113.1", "240.0.0.1"),
        *("255.255.255.255", "239.1.1.1", "100.127.255.254", "0.1.2.3", "192.31.196.1", "192.175.48.1"),
        *("fec0::1", "feff::1", "fe80::1", "fc00::1", "64:ff9b:1::1", "64:ff9b:1:ffff::a00:1", "64:ff9b::a00:1"),
        *("64:ff9b::c000:a", "::10.0.0.1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.0.0.8", "::ffff:0:7f00:1"),
        *("2002:a00:1::1", "2002:c0a8:101::", "2002:c000:8::", "2001:0:a00:1::", "2001:10::1", "2001:20::1"),
        *("2001:db8::1", "100::1", "100:0:0:1::1", "3fff::1", "5f00::1", "ff0e::1", "::2"),
    ],
)
def test_addresses_that_are_not_public_are_refused(address, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    assert not transport.is_allowed(address, plain=False)


def test_public_addresses_are_reached_with_tls_only(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    for address in ("93.184.215.14", "2606:4700::1111"):
        assert transport.is_allowed(address, plain=False)
        assert not transport.is_allowed(address, plain=True)
