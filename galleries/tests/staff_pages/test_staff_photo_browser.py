"""The page of a photo in a real browser: a photo that lies on its side, and somebody who shows no face."""

import pytest

from facepass.testing.factories import PhotoFactory
from facepass.testing.pages.browser import in_thread, wait_until_true
from facepass.testing.pages.photo_pages import open_photo, shoot
from galleries.models import GalleryImage
from galleries.photos import analysis

pytestmark = pytest.mark.usefixtures("fake_engine")
WIDER = "(picture) => picture.complete && picture.naturalWidth > picture.naturalHeight"
TALLER = "(picture) => picture.complete && picture.naturalWidth < picture.naturalHeight"


def test_t_turns_it_right_and_shift_t_back(browser, server, user, gallery):
    photo = PhotoFactory(gallery=gallery, people=["ann"], size=(800, 600))
    in_thread(lambda: analysis.analyse_photo(GalleryImage.objects.all().claim_next()))
    page = browser(user, viewport={"width": 820, "height": 1100})
    open_photo(page, server, photo)
    wait_for(page, WIDER)
    page.keyboard.press("t")
    page.wait_for_selector("[data-notice]:has-text('The photo was turned')")
    wait_for(page, TALLER)
    shoot(page, "photo_turned")
    face = page.locator(".fp-face").bounding_box()
    stage = page.locator("[data-stage]").bounding_box()
    assert stage["width"] < stage["height"]
    assert face["x"] >= stage["x"]
    assert face["y"] + face["height"] <= stage["y"] + stage["height"]
    in_thread(lambda: analysis.analyse_photo(GalleryImage.objects.all().claim_next()))
    page.wait_for_selector("[data-trouble]", state="hidden")
    page.keyboard.press("Shift+T")
    wait_for(page, WIDER)


def wait_for(page, shape):
    """Wait until the picture is loaded and has that shape."""
    wait_until_true(page, f"({shape})(document.querySelector('[data-stage] img'))")


def test_b_names_somebody_who_shows_no_face_and_u_takes_it_back(browser, server, user, gallery):
    photo = PhotoFactory(gallery=gallery, people=["bob"], size=(800, 600))
    in_thread(lambda: analysis.analyse_photo(GalleryImage.objects.all().claim_next()))
    page = browser(user, viewport={"width": 820, "height": 1100}, color_scheme="dark")
    open_photo(page, server, photo)
    page.keyboard.press("b")
    page.keyboard.type("Ann Archer")
    page.wait_for_selector(".fp-options:visible")
    page.keyboard.press("Enter")
    page.wait_for_selector('.fp-row .fp-name:text-is("Ann Archer")')
    page.wait_for_selector('.fp-row .fp-note:text-is("no face is seen")')
    shoot(page, "photo_also")
    assert page.locator(".fp-face").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_selector('.fp-row .fp-name:text-is("Ann Archer")', state="detached")
