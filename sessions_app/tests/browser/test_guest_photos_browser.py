"""Found photos in a real browser: the grid, the viewer, what a guest marks, takes away, shares and has forgotten."""

import zipfile

import pytest

from facepass.testing.pages.guest_browser import AXE, DESKTOP, axe, button, jpeg, shoot_and_search
from sessions_app.models import FoundPhoto, Guest, GuestRules


@pytest.fixture
def found(visit):
    """`found(…)` opens the page as `visit` does, and searches."""

    def search(**options):
        page = visit(**options)
        shoot_and_search(page)
        page.get_by_role("heading", name="You are in 2 photos").wait_for()
        return page

    return search


def heart(page, n):
    return page.get_by_role("button", name=f"Favourite: photo {n}", exact=True)


def test_a_favourite_is_marked_in_the_grid_and_in_the_viewer(found):
    page = found()
    heart(page, 1).click()
    page.locator(".grid .heart[aria-pressed=true]").wait_for()
    page.get_by_role("link", name="Favourites 1").wait_for()
    page.get_by_role("link", name="Photo 2 of 2").click()
    viewer = page.get_by_role("dialog")
    viewer.get_by_role("button", name="Favourite").click()
    viewer.locator(".heart[aria-pressed=true]").wait_for()
    page.keyboard.press("Escape")
    page.locator(".grid li:nth-child(2) .heart[aria-pressed=true]").wait_for()
    page.get_by_role("link", name="Favourites 2").wait_for()
    page.locator(".failed").wait_for(state="hidden")
    page.goto(page.url.rstrip("/") + "/photos/?show=favourites")
    page.get_by_role("heading", name="Your favourites").wait_for()
    assert page.locator(".grid li").count() == 2


def test_not_me_in_the_viewer_goes_on_with_the_next_photo(found):
    page = found()
    page.get_by_role("link", name="Photo 1 of 2").click()
    viewer = page.get_by_role("dialog")
    viewer.get_by_role("button", name="Not me").click()
    viewer.get_by_text("1 of 1").wait_for()
    page.locator("#viewer[data-state=shown]").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="You are in 1 photo", exact=True).wait_for()
    assert FoundPhoto.objects.kept().count() == 1
    page.get_by_role("link", name="Not me").click()
    page.locator(".grid input").check()
    button(page, "It is me after all").click()
    page.locator(".grid li").wait_for(state="detached")
    assert FoundPhoto.objects.kept().count() == 2


def test_a_photo_is_enlarged_by_a_double_tap_the_wheel_and_keys(found):
    page = found(size=DESKTOP)
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.locator("#viewer[data-state=shown]").wait_for()
    photo = page.locator(".slide img")
    plain = photo.bounding_box()["width"]
    photo.dblclick()
    page.locator(".slide.enlarged").wait_for()
    assert photo.bounding_box()["width"] == pytest.approx(2.5 * plain, rel=0.05)
    page.mouse.down()
    page.mouse.move(700, 300)
    page.mouse.up()
    assert page.locator("#viewer").get_attribute("open") is not None, "a drag closed the photo"
    photo.dblclick()
    page.locator(".slide.enlarged").wait_for(state="detached")
    page.keyboard.press("+")
    page.locator(".slide.enlarged").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator(".slide.enlarged").wait_for(state="detached")
    page.mouse.wheel(0, -400)
    page.locator(".slide.enlarged").wait_for()


def test_two_fingers_enlarge_a_photo_and_do_not_swipe(found):
    page = found()
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.locator("#viewer[data-state=shown]").wait_for()
    page.evaluate(
        """() => {
        const stage = document.querySelector('.slide'), box = stage.getBoundingClientRect();
        const at = (type, pointerId, x) => stage.dispatchEvent(new PointerEvent(type, {
            pointerId, pointerType: 'touch', isPrimary: pointerId === 1, bubbles: true,
            clientX: box.x + box.width / 2 + x, clientY: box.y + box.height / 2}));
        at('pointerdown', 1, -20); at('pointerdown', 2, 20);
        at('pointermove', 1, -80); at('pointermove', 2, 80);
        at('pointerup', 1, -80); at('pointerup', 2, 80);
    }"""
    )
    page.locator(".slide.enlarged").wait_for()
    assert page.locator("#viewer .bar p").text_content() == "1 of 2"


def test_ticked_photos_come_as_a_zip(found):
    page = found()
    bar = page.get_by_role("group", name="With the ticked photos")
    assert bar.is_hidden(), "nothing is ticked yet"
    for n in (1, 2):
        page.get_by_role("checkbox", name=f"Choose photo {n}").check()
    bar.get_by_text("2 chosen").wait_for()
    with page.expect_download() as download:
        bar.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "launch-party.zip"
    archive = zipfile.ZipFile(download.value.path())
    assert archive.testzip() is None
    assert len(archive.namelist()) == 2
    with page.expect_download() as every:
        button(page, "Download all").click()
    assert len(zipfile.ZipFile(every.value.path()).namelist()) == 2


def test_a_shared_link_opens_in_another_browser_and_can_be_taken_back(found):
    page = found()
    page.get_by_role("checkbox", name="Choose photo 1").check()
    button(page, "Share").click()
    page.get_by_role("heading", name="Links I shared").wait_for()
    link = page.locator("input.address").input_value()
    local = page.url.partition("/s/")[0] + "/shared/" + link.partition("/shared/")[2]
    other = page.context.browser.new_page()
    other.goto(local)
    other.get_by_role("link", name="Photo 1 of 1").click()
    other.locator("#viewer[data-state=shown]").wait_for()
    assert other.get_by_role("button", name="Not me").count() == 0
    other.keyboard.press("Escape")
    button(page, "Take back").click()
    page.get_by_text("None yet").wait_for()
    assert other.goto(local).status == 404


def search_for_both(page):
    page.get_by_label("My friend is here and agrees").check()
    button(page, "Find our photos").click()
    page.get_by_role("heading", name="You and your friend").wait_for()
    assert page.locator(".grid li").count() == 2


def test_a_friend_is_added_by_a_second_selfie(found, portrait):
    page = found()
    page.get_by_role("link", name="Also my friend").click()
    picture = {"name": "friend.jpg", "mimeType": "image/jpeg", "buffer": jpeg(portrait)}
    page.get_by_label("Your friend's picture").set_input_files(picture)
    search_for_both(page)


def test_a_friend_is_added_by_the_camera(found):
    page = found()
    page.get_by_role("link", name="Also my friend").click()
    button(page, "Take a selfie").click()
    page.locator(".guide", has_text="Good, take the picture").wait_for()
    button(page, "Take the picture").click()
    button(page, "Retake").wait_for()
    assert page.get_by_label("Your friend's picture").evaluate("field => field.files[0].type") == "image/jpeg"
    search_for_both(page)


def test_a_picture_of_the_friend_that_is_retaken_is_not_sent(found):
    page = found()
    page.get_by_role("link", name="Also my friend").click()
    button(page, "Take a selfie").click()
    button(page, "Take the picture").click()
    button(page, "Retake").click()
    button(page, "Take the picture").wait_for()
    assert page.get_by_label("Your friend's picture").evaluate("field => field.files.length") == 0


def test_without_the_camera_the_friends_picture_is_a_file(visit, portrait):
    page = visit(allowed=False)
    picture = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg(portrait)}
    page.locator("#selfie").set_input_files(picture)
    page.get_by_role("link", name="Also my friend").click()
    page.get_by_label("Your friend's picture").set_input_files(picture)
    button(page, "Take a selfie").click()
    page.locator("#notice", has_text="The camera is switched off for this page").wait_for()
    assert button(page, "Take a selfie").is_visible(), "it opens the camera app now, and what was chosen stays"
    search_for_both(page)


def test_the_friends_picture_comes_from_the_library_or_the_camera_app(visit, portrait):
    page = visit(allowed=False)
    picture = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg(portrait)}
    page.locator("#selfie").set_input_files(picture)
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page.get_by_role("link", name="Also my friend").click()
    field = page.get_by_label("Your friend's picture")
    field.evaluate("""field => field.addEventListener("click", () => {
        field.dataset.opened = field.getAttribute("capture") ?? "library";
    })""")
    with page.expect_file_chooser() as library:
        field.click()
    library.value.set_files([])
    assert field.get_attribute("data-opened") == "library"
    with page.expect_file_chooser() as app:
        button(page, "Take a selfie").click()
    app.value.set_files(picture)
    assert field.get_attribute("data-opened") == "user", "the camera app"
    search_for_both(page)


def test_news_are_asked_for_with_a_selfie_by_the_camera(found, settings):
    settings.EMAIL_HOST = "mail.example.com"
    page = found()
    page.goto(f"{page.url}alerts/")
    page.get_by_label("Your e-mail address").fill("ann@example.com")
    button(page, "Take a selfie").click()
    button(page, "Take the picture").click()
    button(page, "Retake").wait_for()
    page.get_by_label("I agree to that").check()
    button(page, "Write to me").click()
    page.get_by_text("We have sent you a message").wait_for()


def test_forget_me_leaves_a_receipt_and_nothing_else(found):
    page = found()
    page.get_by_role("link", name="Forget me").click()
    page.get_by_text("the list of 2 photos").wait_for()
    button(page, "Forget me").click()
    page.get_by_role("heading", name="Your data has been deleted").wait_for()
    with page.expect_download() as receipt:
        page.get_by_role("link", name="Keep the receipt").click()
    assert "Photos found: 2" in receipt.value.path().read_text()
    assert not Guest.objects.exists()
    page.go_back()
    page.reload()
    page.locator("#consent").wait_for()


def test_two_devices_do_not_share_photos_or_addresses(found, launch_party):
    page = found()
    address_of_mine = page.locator(".grid a").first.get_attribute("href")
    other = page.context.browser.new_context().new_page()
    assert other.request.get(page.url.partition("/s/")[0] + address_of_mine).status == 404
    assert page.request.get(page.url.partition("/s/")[0] + address_of_mine).status == 200


def test_addresses_that_expired_are_renewed_by_the_viewer(found):
    page = found()
    page.route("**/found/**/preview?**", lambda route: route.fulfill(status=404), times=1)
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.locator("#viewer[data-state=shown]").wait_for()


def test_offline_a_favourite_is_not_lost_silently(found):
    page = found()
    page.context.set_offline(True)
    heart(page, 1).click()
    page.get_by_text("That did not work").wait_for()
    assert heart(page, 1).get_attribute("aria-pressed") == "false"


def test_a_picture_is_its_colours_until_it_is_there(found):
    page = found()
    page.route("**/found/**", lambda route: None)  # never answered
    page.goto(page.url.rstrip("/") + "/photos/", wait_until="commit")
    page.locator(".grid img[style*='data:image/png']").first.wait_for(state="attached")


def test_without_javascript_everything_is_a_form(visit, portrait):
    page = visit(javascript=False)
    picture = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg(portrait)}
    page.get_by_label("Your picture").set_input_files(picture)
    button(page, "Find my photos").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    heart(page, 1).click()
    page.get_by_role("link", name="Favourites 1").click()
    page.get_by_role("heading", name="Your favourites").wait_for()
    page.get_by_role("link", name="All photos").click()
    page.get_by_role("checkbox", name="Choose photo 2").check()
    with page.expect_download() as download:
        button(page, "Download").click()
    assert len(zipfile.ZipFile(download.value.path()).namelist()) == 1
    button(page, "Not me").click()
    page.get_by_role("heading", name="You are in 1 photo", exact=True).wait_for()


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci --prefix deploy/axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_about(found, launch_party, settings, scheme):
    settings.EMAIL_HOST = "mail.example.com"
    GuestRules.objects.create(session=launch_party, watermark="Proof")
    page = found()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    entrance = page.url.rstrip("/")
    heart(page, 1).click()
    page.get_by_role("checkbox", name="Choose photo 1").check()
    complaints = {"results": axe(page)}
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.locator("#viewer[data-state=shown]").wait_for()
    complaints["viewer"] = axe(page)
    page.keyboard.press("Escape")
    button(page, "Share").click()
    page.get_by_role("heading", name="Links I shared").wait_for()
    complaints["shares"] = axe(page)
    for part in ("photos", "friend", "alerts", "link", "forget"):
        page.goto(f"{entrance}/{part}/")
        complaints[part] = axe(page)
    button(page, "Hide me").click()
    page.get_by_text("You are hidden: anyone who searches").wait_for()
    complaints["hidden"] = axe(page)
    button(page, "Forget me").click()
    page.get_by_role("heading", name="Your data has been deleted").wait_for()
    complaints["receipt"] = axe(page)
    assert {name: found for name, found in complaints.items() if found} == {}
