"""A real browser on a real server: `serve` and `browser`, for tests that are marked NEEDS."""

import shutil
import socket
import threading
import time

import pytest
import uvicorn
from django.db import connection
from django.test import Client

from facepass import asgi

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

NEEDS = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH"),
]


class Server:
    """Uvicorn in a thread."""

    def __init__(self, application, *, port=0):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.port = self.listener.getsockname()[1]
        self.address = f"http://localhost:{self.port}"

    def stop(self):
        self.server.should_exit = True
        self.thread.join()
        self.listener.close()


@pytest.fixture
def serve(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    running = []

    def start(application, **options):
        running.append(Server(application, **options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def server(serve):
    """FacePass as it is."""
    return serve(asgi.application)


@pytest.fixture
def browser(monkeypatch):
    """`browser(user)` is a page of Chromium in which that user is signed in; each with cookies of its own.

    Fails the test on any error of a script and on any complaint of the browser about our pages.
    """
    # Playwright keeps an event loop in the test's own thread; the test waits for its queries all the same.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    sync_api = pytest.importorskip("playwright.sync_api")
    complaints = []
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def sign_in(user, **options):
            client = Client()
            in_thread(client.force_login, user)
            context = chromium.new_context(**options)
            value = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": value, "domain": "localhost", "path": "/"}])
            page = context.new_page()
            page.on("console", lambda line: complaints.append(line.text) if "Policy" in line.text else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.set_default_timeout(60_000)
            return page

        yield sign_in
        chromium.close()
    assert not complaints, complaints


def in_thread(function, *args):
    """Playwright keeps an event loop in the test's own thread, where Django does not query. The function's result."""
    found = []

    def run():
        found.append(function(*args))
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]
