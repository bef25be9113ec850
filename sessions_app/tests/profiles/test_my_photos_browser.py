"""In a real browser, with a real face: the guest's photos are there again, whatever is done in between."""

import pytest
from django.utils import timezone

from facepass.testing.pages.guest_browser import DESKTOP, PHONE, button, shoot_and_search, wait_until_kept
from facepass.testing.pages.guests import with_rules

FOUND = {"en": "You are in 2 photos", "ru": "Вы на 2 фотографиях"}
LOCALES = {"en": "en-GB", "ru": "ru-RU"}


def see_photos(page, language):
    """Return which photos the page shows, once it shows the guest's."""
    page.get_by_role("heading", name=FOUND[language]).wait_for()
    return page.eval_on_selector_all(".grid [data-photo]", "tiles => tiles.map((tile) => tile.dataset.photo).sort()")


def assert_menu_fits(page):
    page.locator(".menu summary").click()
    place = page.locator(".menu ul").bounding_box()
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= page.viewport_size["width"]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_photos_are_there_again_after_everything(visit, launch_party, size, language):
    page, other = visit(size=size, locale=LOCALES[language]), "en" if language == "ru" else "ru"
    shoot_and_search(page)
    mine = see_photos(page, language)
    assert len(mine) == 2
    home = page.url
    assert home.endswith(f"/s/{launch_party.code}/")
    assert_menu_fits(page)
    page.reload()
    assert see_photos(page, language) == mine
    page.locator(".found a[href$='/search/#camera']").click()
    shoot_and_search(page)
    assert see_photos(page, language) == mine
    assert page.url == home, "the address is that of the photos"
    page.locator(".more a[href$='/link/']").click()
    page.wait_for_url("**/link/")
    page.go_back()
    assert see_photos(page, language) == mine
    scanned = page.context.new_page()
    scanned.goto(home.replace(launch_party.code, launch_party.code.upper()))
    assert see_photos(scanned, language) == mine
    button(scanned, other.upper()).click()
    assert see_photos(scanned, other) == mine
    button(scanned, language.upper()).click()
    assert see_photos(scanned, language) == mine
    wait_until_kept(scanned, f"/s/{launch_party.code}/", "/thumbnail", ".css", ".js")
    page.context.set_offline(True)
    for tab in (page, scanned):
        tab.goto(home)
        assert see_photos(tab, language) == mine
    page.context.set_offline(False)
    with_rules(launch_party, expires_at=timezone.now())
    page.reload()
    assert page.locator(".grid li").count() == 0
    with_rules(launch_party, expires_at=None)
    for tab in (page, scanned):
        tab.goto(home)
        assert see_photos(tab, language) == mine
