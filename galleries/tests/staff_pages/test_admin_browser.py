"""The gallery's page in a real browser: live while it can be, by asking where it cannot."""

import pytest
from django.core.asgi import get_asgi_application
from django.urls import reverse

from facepass import asgi
from facepass.testing.factories import FaceFactory, GalleryFactory, MembershipFactory, PhotoFactory
from facepass.testing.pages.browser import in_thread
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from galleries.photos import progress


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture(autouse=True)
def photo(gallery):
    """One that is done, with a face in it; another waits."""
    PhotoFactory(gallery=gallery)
    photo = PhotoFactory(gallery=gallery, people=["ann"], state=PhotoState.PROCESSED)
    FaceFactory(photo=photo)
    return photo


@pytest.fixture
def page(browser, gallery):
    return browser(MembershipFactory(studio=gallery.studio).user)


def open_gallery(page, server, gallery):
    page.goto(server.address + reverse("admin:galleries_gallery_change", args=[gallery.pk]))


def finish(gallery):
    GalleryImage.objects.filter(gallery=gallery).update(state=PhotoState.PROCESSED)


def value(page, name, text):
    page.wait_for_selector(f'[data-value="{name}"]:text-is("{text}")')


def test_changes_show_at_once_while_the_socket_is_open(page, serve, gallery):
    open_gallery(page, serve(asgi.application), gallery)
    page.wait_for_selector('[data-state="live"]')
    value(page, "waiting", "1")
    assert page.evaluate("document.querySelector('[data-bar]').value") == 1
    finish(gallery)
    in_thread(progress.publish_progress, gallery.pk)
    value(page, "waiting", "0")
    assert page.evaluate("document.querySelector('[data-bar]').value") == 2


def test_without_a_socket_the_page_asks_and_says_so(page, serve, gallery):
    open_gallery(page, serve(get_asgi_application()), gallery)
    page.wait_for_selector('[data-state="polling"]')
    value(page, "waiting", "1")
    finish(gallery)
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
