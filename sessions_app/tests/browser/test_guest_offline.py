"""A bad line and none: the viewer shows what it has at once, and what a guest has seen stays there."""

import pytest
from playwright.sync_api import Error as PlaywrightError

from facepass.testing.pages.browser import wait_until_true
from facepass.testing.pages.guest_browser import DESKTOP, KEPT, button, shoot_and_search, wait_until_kept


@pytest.fixture
def found(visit):
    def search(**options):
        page = visit(**options)
        shoot_and_search(page)
        page.get_by_role("heading", name="You are in 2 photos").wait_for()
        page.locator("#chosen.scripted").wait_for()
        return page

    return search


def pictures(page):
    """Return how many tiles show their picture."""
    return page.evaluate("[...document.querySelectorAll('.grid img')].filter((image) => image.naturalWidth > 0).length")


def test_what_was_seen_is_there_without_a_connection_until_forgotten(found, launch_party):
    page = found()
    home = f"/s/{launch_party.code}/"
    page.get_by_role("link", name="Photo 2 of 2").scroll_into_view_if_needed()
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.locator("#viewer[data-state=shown]").wait_for()
    wait_until_kept(page, home, "/thumbnail", "/preview", ".css", ".js")
    page.context.set_offline(True)
    page.reload()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    page.get_by_text("You are offline. What you have seen here before").wait_for()
    page.locator("#chosen.scripted").wait_for()
    assert pictures(page) == 2
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.locator("#viewer[data-state=shown]").wait_for()
    page.keyboard.press("Escape")
    page.context.set_offline(False)
    page.get_by_text("You are offline. What you have seen here before").wait_for(state="hidden")
    page.get_by_role("link", name="Forget me").click()
    button(page, "Forget me").click()
    page.get_by_role("heading", name="Your data has been deleted").wait_for()
    wait_until_true(page, f"async () => (await ({KEPT})()).length === 0")


def test_i_am_done_here_leaves_nothing_of_the_guest_on_the_device(found, launch_party):
    page = found()
    home = f"/s/{launch_party.code}/"
    wait_until_kept(page, home, "/thumbnail", ".css", ".js")
    page.get_by_text("Not you?").click()
    page.get_by_role("link", name="I am done here").click()
    page.locator("form[action$='/done/'] button").click()
    page.get_by_text("This device has forgotten you.").wait_for()
    wait_until_true(page, f"async () => (await ({KEPT})()).length === 0")
    page.context.set_offline(True)
    with pytest.raises(PlaywrightError, match="net::ERR_"):
        page.goto(page.url.partition("?")[0])


def test_the_viewer_has_the_thumbnail_at_once_and_neighbours_last(found):
    page, asked, held = found(size=DESKTOP), [], []
    page.route("**/preview?**", lambda route: (asked.append(route.request.url), held.append(route)))
    page.get_by_role("link", name="Photo 1 of 2").click()
    photo = page.locator(".slide img")
    wait_until_true(page, "() => document.querySelector('.slide img').naturalWidth > 0")
    assert "/thumbnail?" in photo.get_attribute("src")
    small = photo.bounding_box()
    assert len(asked) == 1, "the neighbour waits"
    held.pop().continue_()
    page.locator("#viewer[data-state=shown]").wait_for()
    assert "/preview?" in photo.get_attribute("src")
    assert photo.bounding_box() == pytest.approx(small), "nothing moves when it comes"
    held.extend([page.wait_for_event("request", lambda request: "/preview?" in request.url)] if len(asked) < 2 else [])
    assert len(set(asked)) == 2


def test_without_a_connection_the_viewer_keeps_the_thumbnail_and_says_why(visit):
    page = visit()
    shoot_and_search(page)
    page.locator("#chosen.scripted").wait_for()
    page.get_by_role("link", name="Photo 2 of 2").scroll_into_view_if_needed()
    wait_until_true(page, "() => document.querySelector('.grid li:nth-child(2) img').naturalWidth > 0")
    page.context.set_offline(True)
    page.get_by_role("link", name="Photo 2 of 2").click()
    page.get_by_text("You are offline. The large picture comes when you are back.").wait_for()
    assert page.locator(".slide img").evaluate("image => image.naturalWidth") > 0
    page.context.set_offline(False)
    page.locator("#viewer[data-state=shown]").wait_for()
