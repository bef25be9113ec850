"""The staff pages in a real browser: the grid of a gallery, and one photo."""

import re

import pytest

from facepass.testing.factories import FaceFactory, MembershipFactory, PersonFactory, PhotoFactory
from facepass.testing.pages.browser import in_thread, wait_until_true
from facepass.testing.pages.photo_pages import open_grid, open_photo, row, shoot
from facepass.testing.pictures.fake import picture_of
from galleries.models import FaceDecision, GalleryImage, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.photo import PhotoState
from galleries.photos import analysis

pytestmark = pytest.mark.usefixtures("fake_engine")


def analysed(gallery, *people, seed=0):
    """A photo of these people, with the faces that the analysis finds."""
    photo = PhotoFactory(gallery=gallery, people=list(people), size=(800, 600), seed=seed)
    in_thread(lambda: analysis.analyse_photo(GalleryImage.objects.filter(pk=photo.pk).claim_next()))
    photo.refresh_from_db()
    return photo


def many(gallery, number):
    """That many rows of photos without files."""
    start = GalleryImage.objects.count()
    GalleryImage.objects.bulk_create(
        GalleryImage(
            gallery=gallery, original_name=f"IMG_{n:04}.jpg", sha256=f"{n:064}", byte_size=1, width=3, height=2
        )
        for n in range(start, start + number)
    )


def cells(page):
    return page.locator(".fp-cell .fp-name").all_inner_texts()


class TestGrid:
    def test_five_thousand_photos_scroll_with_a_screen_full_of_cells(self, browser, server, user, gallery):
        many(gallery, 5000)
        page = browser(user, viewport={"width": 1280, "height": 800})
        open_grid(page, server, gallery)
        page.wait_for_selector('.fp-name:text-is("IMG_0000.jpg")')
        assert page.locator(".fp-cell").count() < 100
        page.evaluate("document.scrollingElement.scrollTo(0, document.scrollingElement.scrollHeight)")
        page.wait_for_selector('.fp-name:text-is("IMG_4999.jpg")')
        assert page.locator(".fp-cell").count() < 100
        assert page.locator('.fp-name:text-is("IMG_0000.jpg")').count() == 0

    def test_filters_by_click_and_by_key(self, browser, server, user, gallery):
        analysed(gallery, "ann", seed=1)
        analysed(gallery, seed=2)
        PhotoFactory(
            gallery=gallery, state=PhotoState.FAILED, error="not_an_image", stored=False, original_name="bad.jpg"
        )
        page = browser(user)
        open_grid(page, server, gallery)
        page.wait_for_selector('[data-filter="all"] [data-count]:text-is("3")')
        page.click('[data-filter="failed"]')
        page.wait_for_selector('.fp-name:text-is("bad.jpg")')
        assert cells(page) == ["bad.jpg"]
        assert "filter=failed" in page.url
        page.keyboard.press("5")
        page.wait_for_selector('[data-filter="unnamed"][aria-pressed="true"]')
        page.wait_for_selector('.fp-note:text-is("1 face, 1 without a name")')
        page.select_option("[data-person]", "")
        page.click('[data-filter="failed"]')
        page.click("[data-retry]")
        page.wait_for_selector("[data-notice]:has-text('1 photo waits')")
        page.wait_for_selector("[data-empty]:not([hidden])")

    def test_many_are_chosen_hidden_from_guests_and_shown_again(self, browser, server, user, gallery):
        many(gallery, 150)
        page = browser(user, viewport={"width": 1366, "height": 900})
        open_grid(page, server, gallery)
        page.check('.fp-tile[data-index="1"] [data-choose]')
        page.click('.fp-tile[data-index="4"] [data-choose]', modifiers=["Shift"])
        page.wait_for_selector("[data-chosen-number]:text-is('Chosen: 4')")
        shoot(page, "grid_chosen")
        page.click('[data-chosen-do="hide"]')
        page.wait_for_selector("[data-notice]:has-text('4 photos are hidden from guests.')")
        page.wait_for_selector('[data-filter="hidden"] [data-count]:text-is("4")')
        page.wait_for_selector('.fp-tile.fp-hidden[data-index="4"] .fp-note:text-is("hidden from guests · pending")')
        page.click("[data-notice] button")
        page.wait_for_selector("[data-notice]:has-text('4 photos are shown to guests.')")
        page.wait_for_selector('[data-filter="hidden"] [data-count]:text-is("0")')
        assert page.is_hidden("[data-chosen]")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("x")
        page.fill("[data-tagging] input", "first dance")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-notice]:has-text('1 photo has a new tag.')")
        page.wait_for_selector('.fp-note:text-is("#first dance")')
        page.check('.fp-tile[data-index="0"] [data-choose]')
        page.fill("[data-tagging] input", "first dance")
        page.click('[data-tagging] [value="untag"]')
        page.wait_for_selector("[data-notice]:has-text('1 photo has lost the tag.')")
        page.check('.fp-tile[data-index="0"] [data-choose]')
        page.click('[data-chosen-do="all"]')
        page.wait_for_selector("[data-chosen-number]:text-is('Chosen: 150')")
        page.click('[data-chosen-do="delete"]')
        page.click('[data-chosen-do="delete"]:has-text("Delete 150: sure?")')
        page.wait_for_selector("[data-notice]:has-text('150 photos were deleted.')")
        page.wait_for_selector("[data-empty]:not([hidden])")
        page.click("[data-notice] button")
        page.wait_for_selector("[data-notice]:has-text('The photos are back.')")
        page.wait_for_selector('[data-filter="all"] [data-count]:text-is("150")')

    def test_arrows_go_from_photo_to_photo_and_enter_opens(self, browser, server, user, gallery):
        photos = [analysed(gallery, seed=seed) for seed in range(3)]
        page = browser(user)
        open_grid(page, server, gallery)
        page.wait_for_selector(f'.fp-cell[data-photo="{photos[2].pk}"]')
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(str(photos[1].pk)))

    def test_a_photo_that_comes_in_shows_without_a_reload(self, browser, server, user, gallery):
        many(gallery, 1)
        page = browser(user)
        open_grid(page, server, gallery)
        page.wait_for_selector('.fp-name:text-is("IMG_0000.jpg")')
        analysed(gallery, "ann")
        page.wait_for_selector('[data-filter="all"] [data-count]:text-is("2")')
        page.wait_for_selector('.fp-note:text-is("1 face, 1 without a name")')

    def test_the_keys_are_shown(self, browser, server, user, gallery):
        page = browser(user)
        open_grid(page, server, gallery)
        page.keyboard.press("?")
        page.wait_for_selector("dialog[open] kbd")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")


def selected(page):
    return page.locator(".fp-row[aria-current]").get_attribute("data-face")


def left_to_right(photo):
    return sorted(photo.faces.all(), key=lambda face: face.box["x"])


class TestPhoto:
    def test_naming_by_keys_alone(self, browser, server, user, gallery):
        """Two people in six keys beyond their names: Enter opens the field, Enter takes the name and goes on."""
        photo = analysed(gallery, "ann", "bob")
        first, second = left_to_right(photo)
        known = PersonFactory(studio=gallery.studio, real_name="Bob Baker")
        page = browser(user, viewport={"width": 1280, "height": 800})
        open_photo(page, server, photo)
        assert selected(page) == str(first.pk)
        page.keyboard.press("Enter")
        page.keyboard.type("Ann Archer")
        page.wait_for_selector('[role=option]:has-text("New person: Ann Archer")')
        shoot(page, "photo-naming")
        page.keyboard.press("Enter")
        row(page, first, "verified")
        page.wait_for_selector(f'.fp-row[data-face="{second.pk}"] input')
        page.keyboard.type("bob")
        page.wait_for_selector('[role=option]:has-text("Bob Baker")')
        page.keyboard.press("Enter")
        row(page, second, "verified")
        assert sorted(photo.faces.values_list("person__real_name", flat=True)) == [
            "Ann Archer",
            "Bob Baker",
        ]
        assert PhotoFace.objects.filter(person=known).count() == 1

    def test_the_picture_is_looked_at_in_full_size(self, browser, server, user, gallery):
        photo = analysed(gallery, "ann")
        page = browser(user, viewport={"width": 820, "height": 700})
        open_photo(page, server, photo)
        page.keyboard.press("z")
        page.wait_for_selector(f'.fp-full img[src$="/{photo.pk}/original"]')
        assert page.locator(".fp-stage").evaluate("stage => stage.offsetWidth") == photo.width
        middle = "([frame, face]) => { const [a, b] = [frame, face].map(e => e.getBoundingClientRect()); "
        middle += "return Math.abs(a.x + a.width / 2 - b.x - b.width / 2) }"
        handles = [page.query_selector(".fp-full"), page.query_selector(".fp-face")]
        assert page.evaluate(middle, handles) < photo.width / 4
        shoot(page, "photo-full")
        page.keyboard.press("Escape")
        page.wait_for_selector(".fp-full", state="detached")
        page.dblclick("[data-stage]", position={"x": 5, "y": 5})
        page.wait_for_selector(".fp-full")

    def test_a_name_typed_faster_than_answered_is_the_one_typed(self, browser, server, user, gallery):
        photo = analysed(gallery, "ann")
        PersonFactory(studio=gallery.studio, real_name="Anna")
        page = browser(user)
        open_photo(page, server, photo)
        page.keyboard.press("Enter")
        page.get_by_role("combobox", name="Name", exact=True).press_sequentially("Ann", delay=0)
        page.keyboard.press("Enter")
        page.wait_for_selector('.fp-row[data-kind="verified"]')
        assert photo.faces.get().person.real_name == "Anna"

    def test_people_like_the_face_are_offered_at_once(self, browser, server, user, gallery):
        ann = PersonFactory(studio=gallery.studio, real_name="Ann")
        known = analysed(gallery, "ann", seed=1)
        known.faces.update(person=ann, verified=True, face_category=FaceCategory.KNOWN)
        photo = analysed(gallery, "ann#1", seed=2)
        page = browser(user)
        open_photo(page, server, photo)
        page.keyboard.press("Enter")
        page.wait_for_selector('[role=option]:has-text("Ann")')
        page.keyboard.press("Enter")
        page.wait_for_selector('.fp-row[data-kind="verified"]')
        assert photo.faces.get().person_id == ann.pk

    def test_reject_ignore_the_rest_and_undo_by_keys(self, browser, server, user, gallery):
        photo = analysed(gallery, "ann", "bob", "cid")
        page = browser(user)
        open_photo(page, server, photo)
        page.keyboard.press("r")
        page.wait_for_selector('.fp-row[data-kind="hidden"]')
        page.keyboard.press("i")
        wait_until_true(page, "document.querySelectorAll('.fp-row[data-kind=hidden]').length === 3")
        page.wait_for_selector('[data-trouble]:has-text("rejected or ignored")')
        page.keyboard.press("u")
        wait_until_true(page, "document.querySelectorAll('.fp-row[data-kind=hidden]').length === 1")
        page.keyboard.press("u")
        page.wait_for_selector('.fp-row[data-kind="hidden"]', state="detached")
        page.keyboard.press("u")
        page.wait_for_selector("[data-notice]:has-text('nothing to undo')")
        page.keyboard.press("h")
        page.wait_for_selector(".fp-undone")
        assert page.locator("[data-history] li").count() == 2

    def test_a_missing_face_is_drawn_with_the_mouse(self, browser, server, user, gallery):
        photo = analysed(gallery, "ann", "bob")
        lost = left_to_right(photo)[0]
        box = lost.box
        lost.delete()
        page = browser(user, viewport={"width": 1280, "height": 800})
        open_photo(page, server, photo)
        page.keyboard.press("d")
        frame = page.locator("[data-stage]").bounding_box()
        scale = frame["width"] / photo.width
        page.mouse.move(frame["x"] + (box["x"] + 20) * scale, frame["y"] + (box["y"] + 20) * scale)
        page.mouse.down()
        page.mouse.move(
            frame["x"] + (box["x"] + box["width"] - 10) * scale, frame["y"] + (box["y"] + box["height"] - 10) * scale
        )
        page.mouse.up()
        page.wait_for_selector("[data-notice]:has-text('The face was added.')")
        drawn = PhotoFace.objects.get(drawn=True)
        assert drawn.box == pytest.approx(box, abs=3)
        page.click("[data-notice] button")
        page.wait_for_selector(f'.fp-row[data-face="{drawn.pk}"]', state="detached")

    def test_a_face_that_no_engine_sees_says_so(self, browser, server, user, gallery):
        photo = analysed(gallery)
        page = browser(user)
        open_photo(page, server, photo)
        assert "No face was found." in page.inner_text("[data-trouble]")
        page.click("[data-do=draw]")
        frame = page.locator("[data-stage]").bounding_box()
        page.mouse.move(frame["x"] + 50, frame["y"] + 50)
        page.mouse.down()
        page.mouse.move(frame["x"] + 150, frame["y"] + 170)
        page.mouse.up()
        page.wait_for_selector(".fp-notice.fp-bad:has-text('without a descriptor')")
        page.wait_for_selector(".fp-row:has-text('drawn by hand')")

    def test_arrows_go_through_the_filter_and_back_again(self, browser, server, user, gallery):
        photos = [analysed(gallery, *people, seed=seed) for seed, people in enumerate([["ann"], [], ["bob"]])]
        page = browser(user)
        open_photo(page, server, photos[0], "?filter=unnamed")
        page.wait_for_selector("[data-place]:text-is('1 of 2')")
        page.keyboard.press("ArrowRight")
        page.wait_for_selector("[data-place]:text-is('2 of 2')")
        assert str(photos[2].pk) in page.url
        page.go_back()
        page.wait_for_selector("[data-place]:text-is('1 of 2')")
        page.keyboard.press("g")
        page.wait_for_url(re.compile("photos/.filter=unnamed"))

    def test_why_a_photo_failed_and_again(self, browser, server, user, gallery):
        photo = PhotoFactory(gallery=gallery, state=PhotoState.FAILED, error="image_too_large")
        page = browser(user)
        open_photo(page, server, photo)
        page.wait_for_selector("[data-trouble]:text-is('The picture is too large.')")
        page.keyboard.press("a")
        page.wait_for_selector("[data-notice]:has-text('waits for analysis')")
        page.wait_for_selector("[data-trouble]:has-text('not been analysed yet')")
        assert page.is_hidden("[data-failed]")

    def test_a_failed_photo_is_replaced_and_another_deleted(self, browser, server, user, gallery):
        failed = [PhotoFactory(gallery=gallery, state=PhotoState.FAILED, error="not_an_image") for _n in range(2)]
        page = browser(user)
        open_photo(page, server, failed[0])
        file = {"name": "again.jpg", "mimeType": "image/jpeg", "buffer": picture_of([], size=(200, 150), seed=99)}
        page.set_input_files("[data-replace]", file)
        page.wait_for_selector("[data-notice]:has-text('The photo was replaced')")
        page.wait_for_selector("h2[data-name]:text-is('again.jpg')")
        open_photo(page, server, failed[1])
        shoot(page, "photo-failed")
        page.click("[data-delete]")
        page.wait_for_selector("[data-notice]:has-text('1 photo was deleted.')")
        page.wait_for_selector("h2[data-name]:text-is('again.jpg')")
        page.click("[data-notice] button")
        page.wait_for_selector(f"h2[data-name]:text-is('{failed[1].original_name}')")

    def test_what_one_does_another_sees(self, browser, server, user, gallery):
        photo = analysed(gallery, "ann", "bob")
        one, other = browser(user), browser(MembershipFactory(studio=gallery.studio).user)
        open_photo(one, server, photo)
        open_photo(other, server, photo)
        one.keyboard.press("r")
        other.wait_for_selector('.fp-row[data-kind="hidden"]')
        assert other.locator('[data-status][data-state="live"]').count() == 1, "told by the socket"

    def test_what_is_being_typed_survives_the_doings_of_others(self, browser, server, user, gallery):
        photo = analysed(gallery, "ann", "bob")
        one, other = browser(user), browser(MembershipFactory(studio=gallery.studio).user)
        open_photo(one, server, photo)
        open_photo(other, server, photo)
        one.keyboard.press("Enter")
        one.keyboard.type("Ann Arch")
        other.keyboard.press("ArrowDown")
        other.keyboard.press("r")
        one.wait_for_selector('.fp-row[data-kind="hidden"]')
        one.keyboard.type("er")
        assert one.input_value(".fp-field") == "Ann Archer"

    def test_a_viewer_looks_only(self, browser, server, gallery):
        viewer = MembershipFactory(studio=gallery.studio, role="viewer").user
        photo = analysed(gallery, "ann")
        page = browser(viewer)
        open_photo(page, server, photo)
        for key in ("r", "i", "Enter", "d"):
            page.keyboard.press(key)
        assert page.locator(".fp-field, .fp-drawing, [data-do=rest], .fp-buttons").count() == 0
        assert not FaceDecision.objects.exists()


def test_the_pages_in_light_and_dark_on_a_screen_and_a_tablet(browser, server, user, gallery):
    """Nothing is wider than the page. With FACEPASS_SCREENSHOTS set, pictures for whoever wants to look."""
    ann = PersonFactory(studio=gallery.studio, real_name="Ann Archer")
    photo = analysed(gallery, "ann", "bob", "cid")
    faces = left_to_right(photo)
    PhotoFace.objects.filter(pk=faces[0].pk).update(person=ann, verified=True, face_category="known")
    PhotoFace.objects.filter(pk=faces[1].pk).update(person=ann, recognition_confidence=0.62, face_category="known")
    for seed in range(1, 30):
        analysed(gallery, *["ann", "dan", "eve"][: seed % 4], seed=seed)
    FaceFactory(photo=photo, face_category="ignored", insightface_bbox={"x": 5, "y": 5, "width": 60, "height": 60})
    for scheme in ("light", "dark"):
        for name, (width, height) in {"screen": (1280, 800), "tablet": (820, 1180)}.items():
            page = browser(user, viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(server.address + "/admin/")
            page.wait_for_selector("[data-now] [data-part] a")
            shoot(page, f"first-{name}-{scheme}")
            for where, (opened, what) in {"grid": (open_grid, gallery), "photo": (open_photo, photo)}.items():
                opened(page, server, what)
                wait_until_true(page, "[...document.images].every((image) => image.complete)")
                shoot(page, f"{where}-{name}-{scheme}")
                assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
                drawn_by_browser = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
                assert (drawn_by_browser == "dark") == (scheme == "dark")
