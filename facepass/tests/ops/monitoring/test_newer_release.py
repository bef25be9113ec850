"""The notice of a newer release: off by default, and where it is on, nothing is told but this version."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.cache import cache
from django.test import Client

import facepass
from facepass.core.work import chores
from facepass.env import Environment
from facepass.ops import newer_release
from facepass.testing.factories import MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ORDINARY = {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


@pytest.fixture
def releases(settings):
    """A server that answers with what is put into `answer`, and notes what it was told."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.told.append((self.path, dict(self.headers)))
            status, body = server.answer
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.told, server.answer = [], (200, b"{}")
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/latest"
    settings.ENV = settings.ENV.model_copy(update={"update_check_url": address})
    cache.delete(newer_release.CACHE_KEY)
    yield server
    cache.delete(newer_release.CACHE_KEY)
    server.shutdown()
    server.server_close()


def overview(user):
    client = Client()
    client.force_login(user)
    return client.get("/admin/").content.decode()


def test_it_is_off_unless_an_address_is_set():
    assert Environment.model_fields["update_check_url"].default == ""
    assert "facepass.ops.newer_release.ask" not in chores._chores
    assert newer_release.load_newer() is None


@pytest.mark.parametrize("name", ["version", "tag_name"])
def test_who_runs_facepass_is_told_and_nothing_but_the_version_is_sent(releases, name):
    releases.answer = 200, json.dumps({name: "v999.1"}).encode()
    newer_release.ask()
    ((path, headers),) = releases.told
    assert (path, headers["User-Agent"]) == ("/latest", f"FacePass/{facepass.__version__}")
    assert headers.keys() <= ORDINARY
    words = f"FacePass 999.1 is out; this is {facepass.__version__}."
    assert words in overview(UserFactory(is_superuser=True, is_staff=True))
    assert words not in overview(MembershipFactory(role="owner").user)


ANSWERS = [
    (200, json.dumps({"version": facepass.__version__}).encode()),
    (200, b'{"version": "0.0.1"}'),
    (200, b'{"version": "<b>9"}'),
    (200, b'{"version": 9}'),
    (200, b'{"version": "9%s"}' % (b"0" * 100)),
    (200, b'["9.9"]'),
    (200, b"no JSON \xff"),
    (200, b'{"version": "999"}' + b" " * 2_000_000 + b"x"),
    (302, b'{"version": "999"}'),
    (500, b'{"version": "999"}'),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
def test_what_is_no_newer_version_is_none(releases, answer):
    releases.answer = answer
    newer_release.ask()
    assert len(releases.told) == 1
    assert newer_release.load_newer() is None


def test_an_address_that_is_away_is_a_line_in_the_log(settings, caplog):
    settings.ENV = settings.ENV.model_copy(update={"update_check_url": "http://127.0.0.1:1/"})
    newer_release.ask()
    assert "UPDATE_CHECK_URL tells no version: ConnectionError" in caplog.text
