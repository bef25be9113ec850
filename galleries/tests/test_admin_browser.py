"""The gallery's page in a real browser: live while it can be, by asking where it cannot."""

import shutil
import socket
import threading
import time

import pytest
import uvicorn
from django.core.asgi import get_asgi_application
from django.db import connection
from django.test import Client
from django.urls import reverse

from facepass import asgi
from galleries import progress
from galleries.models import GalleryImage
from galleries.models.photo import State
from galleries.tests.factories import FaceFactory, GalleryFactory, MembershipFactory, PhotoFactory

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH"),
]


class Server:
    """Uvicorn in a thread."""

    def __init__(self, application):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.address = f"http://localhost:{self.listener.getsockname()[1]}"

    def stop(self):
        self.server.should_exit = True
        self.thread.join()
        self.listener.close()


@pytest.fixture
def serve(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    running = []

    def start(application):
        running.append(Server(application))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture(autouse=True)
def photo(gallery):
    """One that is done, with a face in it; another waits."""
    PhotoFactory(gallery=gallery)
    photo = PhotoFactory(gallery=gallery, people=["ann"], state=State.PROCESSED)
    FaceFactory(photo=photo)
    return photo


@pytest.fixture
def page(gallery):
    """A signed-in page that fails the test on any complaint of the browser about our pages."""
    complaints = []
    client = Client()
    client.force_login(MembershipFactory(studio=gallery.studio).user)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context()
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "domain": "localhost", "path": "/"}
        context.add_cookies([cookie])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        page.set_default_timeout(15_000)
        yield page
        browser.close()
    assert complaints == []


def open_gallery(page, server, gallery):
    page.goto(server.address + reverse("admin:galleries_gallery_change", args=[gallery.pk]))


def in_thread(function, *args):
    """Playwright keeps an event loop in the test's own thread, where Django does not query."""

    def run():
        function(*args)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def finish(gallery):
    GalleryImage.objects.filter(gallery=gallery).update(state=State.PROCESSED)


def value(page, name, text):
    page.wait_for_selector(f'[data-value="{name}"]:text-is("{text}")')


def test_changes_show_at_once_while_the_socket_is_open(page, serve, gallery):
    open_gallery(page, serve(asgi.application), gallery)
    page.wait_for_selector('[data-state="live"]')
    value(page, "waiting", "1")
    assert page.evaluate("document.querySelector('[data-bar]').value") == 1
    in_thread(finish, gallery)
    in_thread(progress.publish, gallery.pk)
    value(page, "waiting", "0")
    assert page.evaluate("document.querySelector('[data-bar]').value") == 2


def test_without_a_socket_the_page_asks_and_says_so(page, serve, gallery):
    open_gallery(page, serve(get_asgi_application()), gallery)
    page.wait_for_selector('[data-state="polling"]')
    value(page, "waiting", "1")
    in_thread(finish, gallery)
    value(page, "waiting", "0")


def test_a_server_that_is_gone_shows(page, serve, gallery):
    server = serve(asgi.application)
    open_gallery(page, server, gallery)
    page.wait_for_selector('[data-state="live"]')
    server.stop()
    page.wait_for_selector('[data-state="lost"]')


def test_the_boxes_lie_over_the_faces(page, serve, photo):
    """The overlay scales with the picture: a box of the 320-pixel photo keeps its place at any size of the page."""
    server = serve(asgi.application)
    page.goto(server.address + reverse("admin:galleries_galleryimage_change", args=[photo.pk]))
    picture, box = page.locator(".fp-picture").bounding_box(), page.locator(".fp-box").bounding_box()
    scale = picture["width"] / photo.width
    assert box["x"] - picture["x"] == pytest.approx(40 * scale, abs=4)
    assert box["y"] - picture["y"] == pytest.approx(30 * scale, abs=4)
    assert box["width"] == pytest.approx(80 * scale, abs=8)
