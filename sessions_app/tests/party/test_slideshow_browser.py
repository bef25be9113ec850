"""The slideshow in a real browser: one photo at a time, and what guests mark comes by itself."""

from urllib.parse import urlsplit

from facepass.testing.pages.guest_browser import DESKTOP, axe
from galleries.models import GalleryImage
from sessions_app import slideshows
from sessions_app.guest.views.party import screen
from sessions_app.models import FoundPhoto, Guest


def mark(guest, photo):
    FoundPhoto.objects.update_or_create(guest=guest, photo=photo, defaults={"rank": 0, "favourite": True})


def test_photos_follow_one_another_and_new_favourites_come_by_themselves(launch_party, server, new_page, monkeypatch):
    monkeypatch.setattr(screen, "REFRESH_SECONDS", 2)
    guest = Guest.objects.create(session=launch_party, notice="x", language="en")
    first, second, *_others = GalleryImage.objects.order_by("pk")
    page = new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, locale="en-GB")
    show = slideshows.open_slideshow(launch_party)
    page.goto(server.address + urlsplit(slideshows.build_url(show)).path)
    page.get_by_text("Mark photos as favourites, and they appear here.").wait_for()
    assert axe(page) == []
    mark(guest, first)
    page.locator(f"#slides li.shown img[src*='{first.pk}']").wait_for()
    mark(guest, second)
    page.locator(f"#slides li.shown img[src*='{second.pk}']").wait_for()
    assert axe(page) == []
    assert page.locator("#slides li").count() <= 2
    FoundPhoto.objects.all().delete()
    page.get_by_text("Mark photos as favourites, and they appear here.").wait_for()
