"""The guest's page in a real browser, with a camera that shows a real face and the real engine."""

import numpy as np

from facepass.testing.pages.guest_browser import button, jpeg


def test_a_guest_takes_a_selfie_and_downloads_a_photo(visit):
    page = visit()  # who has agreed sees the camera at once
    button(page, "Take the picture").click()
    button(page, "Retake").click()
    button(page, "Take the picture").click()
    button(page, "Find my photos").wait_for()
    assert page.evaluate("document.querySelector('video').srcObject") is None, "the camera is still on"
    button(page, "Find my photos").click()

    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    page.get_by_role("link", name="Photo 1 of 2").click()
    viewer = page.get_by_role("dialog")
    viewer.get_by_text("1 of 2").wait_for()
    page.locator("#viewer[data-state=shown]").wait_for()
    page.keyboard.press("ArrowRight")
    viewer.get_by_text("2 of 2").wait_for()
    assert button(page, "Next photo").is_disabled()

    with page.expect_download() as download:
        viewer.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes().startswith(b"\xff\xd8")

    page.keyboard.press("Escape")
    viewer.wait_for(state="hidden")
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.go_back()
    viewer.wait_for(state="hidden")
    assert page.get_by_role("heading", name="You are in 2 photos").is_visible(), "back left the results"


def test_without_the_camera_a_file_will_do(visit, portrait):
    page = visit(allowed=False)
    page.get_by_role("alert").get_by_text("The camera is switched off for this page").wait_for()

    with page.expect_file_chooser() as chooser:
        button(page, "Choose a picture").click()
    chooser.value.set_files({"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": jpeg(np.full_like(portrait, 90))})
    page.get_by_role("alert").get_by_text("We could not see a face").wait_for()

    with page.expect_file_chooser() as chooser:
        button(page, "Choose a picture").click()
    chooser.value.set_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg(portrait)})
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    assert page.get_by_role("alert").is_hidden()


def test_without_javascript_the_form_and_the_links_do(visit, portrait):
    page = visit(javascript=False)
    # The bytes after the picture's end make the body large enough for Django to put it into a file, if it were let.
    large = jpeg(portrait) + bytes(3_000_000)
    page.get_by_label("Your picture").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": large})
    button(page, "Find my photos").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.wait_for_url("**/preview?**")
