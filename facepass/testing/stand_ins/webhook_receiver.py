"""A receiver of webhooks: up, slow, failing, or one that sends us elsewhere; and what makes and delivers events."""

import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from django.utils import timezone

from facepass.core import events
from facepass.models import EventType
from sessions_app.models import WebhookDelivery, WebhookEndpoint
from sessions_app.webhooks import outbox
from sessions_app.webhooks.courier import Courier

HELD_SECONDS = 600


class Receiver(ThreadingHTTPServer):
    """Remembers what came; answers with `status` and `headers` after `delay`, and no sooner than it is `free`.

    One that is never free is so after HELD_SECONDS, so that whoever waits for it fails and does not hang.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answered, self.status, self.delay, self.headers = [], [], 200, 0.0, {}
        self.free = threading.Event()
        self.free.set()
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_):
        return


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.server.free.wait(HELD_SECONDS)
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"said")
        self.server.answered.append(self.server.status)

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
    outbox.create_deliveries()
    while courier._under_way or WebhookDelivery.objects.filter(state="pending", due_at__lte=timezone.now()).exists():
        courier.run_once(0.05)


def due_again():
    WebhookDelivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
