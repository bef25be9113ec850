"""Photos leave the page as phones do it: by the share sheet, as downloads, by links; and how they are chosen for it."""

import pytest

from facepass.testing.pages.browser import wait_until_true
from facepass.testing.pages.guest_browser import DESKTOP, button, shoot_and_search

# A share sheet that notes what it was given: names, types and sizes of files, or a link.
SHEET = """
    window.sheets = [];
    navigator.canShare = ({ files }) => files.every((file) => file.type.startsWith("image/"));
    navigator.share = async ({ files = [], ...more }) => {
        window.sheets.push({ files: files.map(({ name, type, size }) => ({ name, type, size })), ...more });
    };
"""
NO_SHEET = "delete Navigator.prototype.share; delete Navigator.prototype.canShare;"
IPHONE = """
    Object.defineProperty(navigator, "userAgent", { value: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)" });
"""


@pytest.fixture
def found(visit):
    """`found(…)` opens the page as `visit` does, with these scripts before its own, and searches."""

    def search(*scripts, **options):
        page = visit(**options)
        for script in scripts:
            page.add_init_script(script)
        wait_until_true(page, "!location.hash")  # or the page that comes again would open the camera by itself
        page.reload()
        button(page, "Take a selfie").click()
        page.locator("#search[data-state=live]").wait_for()
        shoot_and_search(page)
        page.get_by_role("heading", name="You are in 2 photos").wait_for()
        page.locator("#chosen.scripted").wait_for()
        return page

    return search


def bar(page):
    return page.get_by_role("group", name="With the ticked photos")


def sheets(page, number=1):
    wait_until_true(page, "number => window.sheets.length === number", number)
    return page.evaluate("window.sheets")


def originals(page):
    """Return what the server gives for the photos on show: name, type, size."""
    return page.evaluate("""async () => Promise.all([...document.querySelectorAll(".grid a")].map(async (link) => {
        const answer = await fetch(link.dataset.download), content = await answer.blob();
        const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
        return { name, type: content.type, size: content.size };
    }))""")


def test_the_share_sheet_gets_the_ticked_photos(found):
    page = found(SHEET)
    expected = originals(page)
    page.get_by_role("checkbox", name="Choose photo 2").check()
    bar(page).get_by_role("button", name="Share").click()
    assert sheets(page) == [{"files": expected[1:]}]
    bar(page).get_by_role("button", name="Choose all").click()
    bar(page).get_by_text("2 chosen").wait_for()
    bar(page).get_by_role("button", name="Share").click()
    assert sheets(page, 2)[1] == {"files": expected}
    page.get_by_role("combobox", name="Size").select_option("small")
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.get_by_role("dialog", name="Photo").get_by_role("button", name="Share").click()
    (picture,) = sheets(page, 3)[2]["files"]
    assert (picture["name"], picture["type"]) == (expected[0]["name"], "image/jpeg")
    page.keyboard.press("Escape")
    bar(page).get_by_role("button", name="Make a link").click()
    page.get_by_role("heading", name="Links I shared").wait_for()
    button(page, "Send").click()
    (link,) = sheets(page)
    assert link == {
        "files": [],
        "text": "Photos from “Launch party”:",
        "url": page.locator("input.address").input_value(),
    }


def test_without_a_share_sheet_there_are_links_to_copy_and_single_downloads(found):
    page = found(NO_SHEET)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("checkbox", name="Choose photo 1").check()
    with page.expect_download() as download:
        bar(page).get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.startswith("photo-"), "the photo itself, and no ZIP"
    bar(page).get_by_role("button", name="Share").click()
    page.get_by_role("heading", name="Links I shared").wait_for()
    assert button(page, "Send").is_hidden()
    button(page, "Copy").click()
    button(page, "Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("input.address").input_value()
    page.goto(page.url.replace("/shares/", "/link/"))
    button(page, "Make my link").click()
    page.get_by_role("img", name="QR code of your link").wait_for()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    button(page, "Copy").click()
    button(page, "Copied").wait_for()
    assert page.evaluate("document.activeElement.selectionEnd") == len(page.locator("input.address").input_value())


def test_an_iphone_saves_to_its_photos_by_the_share_sheet(found):
    page = found(SHEET, IPHONE)
    expected = originals(page)
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.get_by_role("dialog", name="Photo").get_by_role("link", name="Download").click()
    assert sheets(page) == [{"files": expected[:1]}]
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Choose photo 1").check()
    page.get_by_role("checkbox", name="Choose photo 2").check()
    bar(page).get_by_role("button", name="Download").click()
    assert sheets(page, 2)[1] == {"files": expected}


def test_pictures_that_take_long_are_shared_by_a_second_press(found):
    page = found(SHEET)
    page.evaluate("""() => {
        const share = navigator.share;
        navigator.share = async () => { navigator.share = share; throw new DOMException("late", "NotAllowedError"); };
    }""")
    page.get_by_role("checkbox", name="Choose photo 1").check()
    bar(page).get_by_role("button", name="Share").click()
    note = page.get_by_role("dialog", name="Share")
    note.get_by_text("The pictures are ready: 1.").wait_for()
    note.get_by_role("button", name="Share").click()
    assert len(sheets(page)[0]["files"]) == 1
    note.wait_for(state="hidden")


def ticked(page):
    return page.evaluate("[...document.querySelectorAll('#chosen [name=photo]')].map((box) => box.checked)")


def middle(page, n):
    box = page.locator(f".grid li:nth-child({n})").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def finger(page):
    """Return what moves a finger, as Chromium's own input: scrolling, long presses and clicks follow from it."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *at):
        points = [{"x": x, "y": y} for x, y in at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


def test_photos_are_chosen_by_a_long_press_and_a_drag(found):
    page = found()
    page.locator(".grid").scroll_into_view_if_needed()
    first, second, touch = middle(page, 1), middle(page, 2), finger(page)
    touch("touchStart", first)
    wait_until_true(page, "() => document.querySelector('#chosen [name=photo]').checked")
    touch("touchMove", (first[0] + 12, first[1]))
    touch("touchMove", second)
    wait_until_true(page, "() => document.querySelectorAll('#chosen :checked:not(option)').length === 2")
    touch("touchMove", first)
    wait_until_true(page, "() => document.querySelectorAll('#chosen :checked:not(option)').length === 1")
    touch("touchEnd")
    assert page.locator("#viewer").get_attribute("open") is None
    page.get_by_role("link", name="Photo 2 of 2").click()  # taps tick now
    assert ticked(page) == [True, True]
    button(page, "Choose none").click()
    bar(page).wait_for(state="hidden")
    page.get_by_role("link", name="Photo 2 of 2").click()
    page.locator("#viewer[data-state=shown]").wait_for()


def test_photos_are_chosen_by_the_mouse_and_the_keyboard(found):
    page = found(size=DESKTOP)
    page.locator(".grid").scroll_into_view_if_needed()
    page.mouse.move(*middle(page, 1))
    page.mouse.down()
    page.mouse.move(*middle(page, 2), steps=5)
    page.mouse.up()
    assert ticked(page) == [True, True]
    assert page.locator("#viewer").get_attribute("open") is None, "a drag opens no photo"
    page.get_by_role("checkbox", name="Choose photo 2").focus()
    page.keyboard.press("Escape")
    assert ticked(page) == [False, False]
    page.keyboard.press("Control+a")
    assert ticked(page) == [True, True]
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Choose photo 1").press("Space")
    page.get_by_role("checkbox", name="Choose photo 2").click(modifiers=["Shift"])
    assert ticked(page) == [True, True]


@pytest.mark.parametrize(("size", "locale"), [((360, 640), "ru-RU"), ((820, 1180), "en-GB"), (DESKTOP, "ru-RU")])
def test_the_bar_is_one_row(visit, size, locale):
    page = visit(size=size, locale=locale)
    page.locator("#search[data-state=live]").wait_for()
    page.locator("[data-action=shoot]").click()
    page.locator("[data-action=send]").click()
    page.locator(".grid [name=photo]").first.check()
    row = page.locator(".chosen > .bar")
    row.wait_for()
    parts = row.locator("> *:visible")
    middles = [box["y"] + box["height"] / 2 for box in (parts.nth(n).bounding_box() for n in range(parts.count()))]
    assert max(middles) - min(middles) < 4
    assert row.bounding_box()["height"] < 72
    assert row.bounding_box()["width"] <= size[0]
