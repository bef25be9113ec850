"""From the code on the table to the first photos, in a real browser: both languages, phone and desktop, and what may go
wrong on the way. The results themselves: test_guest_browser.py.
"""

import re
from datetime import timedelta

import brotli
import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from facepass.models import RateBucket
from facepass.testing.pages.browser import wait_until_true
from facepass.testing.pages.guest_browser import AXE, DESKTOP, PHONE, axe, button, jpeg, shoot_and_search
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.photo_pages import shoot
from galleries.matching import liveness
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from sessions_app.models import Guest, PhotoSession

WORDS = {
    "en-GB": ("Agree and take a selfie", "Take the picture", "Find my photos", "You are in 2 photos"),
    "ru-RU": ("Дать согласие и сделать селфи", "Снять", "Найти мои фотографии", "Вы на 2 фотографиях"),
}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", WORDS)
def test_from_the_code_to_the_first_photos(visit, locale, size):
    agree, shoot, search, found = WORDS[locale]
    page = visit(agreed=False, locale=locale, size=size)
    assert page.locator("input[type=file]").count() == 0, "no picture before the consent"
    page.locator("#agree").check()
    button(page, agree).click()
    page.locator("#search[data-hint=good]").wait_for()
    button(page, shoot).click()
    page.locator(".countdown").get_by_text("3").wait_for()
    button(page, search).click()
    page.get_by_role("heading", name=found).wait_for()
    first = page.locator(".grid img").first
    wait_until_true(page, "image => image.complete && image.naturalWidth > 0", first.element_handle())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"


IN_WHATSAPP = "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Chrome/126.0 Mobile WhatsApp/2.24.11"


@pytest.mark.parametrize("inside", [False, True], ids=["browser", "in-app"])
@pytest.mark.parametrize("locale", WORDS)
def test_the_consent_is_given_within_the_first_screen_of_a_small_phone(visit, launch_party, locale, inside):
    launch_party.name = "Anna-Maria and Konstantin's wedding, second day"
    launch_party.save()
    agent = {"user_agent": IN_WHATSAPP} if inside else {}
    page = visit(agreed=False, locale=locale, size=(360, 640), **agent)
    assert page.locator("[data-code=in-app]").count() == inside
    shoot(page, f"consent-{locale}-{inside}")
    agree = button(page, WORDS[locale][0])
    for part in (agree, page.locator("#agree"), page.locator("[data-code=in-app] h2" if inside else "#consent h3")):
        box = part.bounding_box()
        assert box["y"] + box["height"] <= 640
    page.locator("footer a").focus()
    foot = page.locator("footer a").bounding_box()
    assert foot["y"] + foot["height"] <= page.locator(".agree").bounding_box()["y"], "the foot of the page is covered"
    page.locator("#guardian").focus()
    covered = page.locator(".agree").bounding_box()["y"]
    box = page.locator("#guardian").bounding_box()
    assert box["y"] + box["height"] <= covered, "what has the focus is covered"
    page.locator("#agree").check()
    agree.click()
    page.locator("#search").wait_for()


def test_the_consent_must_be_ticked(visit):
    page = visit(agreed=False)
    button(page, "Agree and take a selfie").click()
    assert page.evaluate("document.querySelector('#agree:invalid') !== null")
    assert not Guest.objects.exists()


def test_hints_come_live_and_the_frames_go_nowhere(visit):
    page = visit()
    with page.expect_request("**/look/") as asked:
        page.locator("#search[data-hint=good]").wait_for()
    assert asked.value.sizes()["requestBodySize"] < 60_000
    page.locator(".guide").get_by_text("Good, take the picture").wait_for()


@pytest.mark.parametrize(
    ("answer", "words"),
    [("far", "Come closer"), ("several", "More than one face"), ("no-face", "We cannot see a face")],
)
def test_what_the_server_sees_is_said_to_the_guest(visit, answer, words):
    page = visit(agreed=False)
    page.route("**/look/", lambda route: route.fulfill(json={"hint": answer}))
    page.locator("#agree").check()
    button(page, "Agree and take a selfie").click()
    page.locator(".guide").get_by_text(words).wait_for()


def test_light_and_sharpness_are_measured_in_the_browser(visit):
    page = visit()
    measured = """async ([level, noise]) => {
        const { measured } = await import(document.querySelector("link[href*='/hints.']").href);
        const pixels = new Uint8ClampedArray(64 * 64 * 4).map((_, at) => level + ((at >> 2) % 2 ? noise : 0));
        return measured(pixels, 64);
    }"""
    dark, sharp = page.evaluate(measured, [10, 0]), page.evaluate(measured, [100, 80])
    assert dark["mean"] == pytest.approx(10, abs=0.1)
    assert dark["sharpness"] == pytest.approx(0, abs=0.1)
    assert sharp["mean"] == pytest.approx(140, abs=1)
    assert sharp["sharpness"] > 1000


def test_without_a_connection_the_picture_is_kept_and_can_be_sent_again(visit):
    page = visit()
    button(page, "Take the picture").click()
    button(page, "Find my photos").wait_for()
    page.context.set_offline(True)
    button(page, "Find my photos").click()
    page.get_by_role("alert").get_by_text("There is no connection").wait_for()
    page.context.set_offline(False)
    button(page, "Find my photos").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()


def test_a_session_that_closes_in_the_middle_says_so(visit, launch_party):
    page = visit()
    button(page, "Take the picture").click()
    with_rules(launch_party, expires_at=timezone.now())
    button(page, "Find my photos").click()
    page.get_by_text("ask the photographer for your photos").wait_for()
    assert page.locator("input[type=file]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_a_consent_that_is_gone_in_the_middle_is_asked_for_again(visit):
    page = visit()
    button(page, "Take the picture").click()
    Guest.objects.update(withdrawn_at=timezone.now())
    button(page, "Find my photos").click()
    page.get_by_role("alert").get_by_text("Please agree first").wait_for()
    page.locator("#agree").check()
    button(page, "Agree and take a selfie").click()
    shoot_and_search(page)
    page.get_by_role("heading", name="You are in 2 photos").wait_for()


def test_a_rush_is_waited_for_by_the_page_itself(visit, settings):
    page = visit()
    button(page, "Take the picture").click()
    settings.RATE_LIMITS = {"guest_session": (30, 1)}
    button(page, "Find my photos").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    page.get_by_role("link", name="Search again").first.click()
    shoot_and_search(page)
    page.get_by_role("heading", name="You are in 2 photos").wait_for()


def test_where_too_many_have_searched_the_page_turns_to_the_challenge(visit, settings):
    page = visit()
    button(page, "Take the picture").click()
    settings.RATE_LIMITS = {"guest_address_searches": (0.01, 1)}
    full, tomorrow = f"searches:{PhotoSession.objects.get().pk}:127.0.0.1", timezone.now() + timedelta(days=1)
    RateBucket.objects.create(name=full, due=tomorrow)
    button(page, "Find my photos").click()
    page.locator("#search[data-challenge]").wait_for()
    page.get_by_text("Show that it is really you").wait_for()


def test_the_pin_is_asked_for_first(visit, launch_party):
    with_rules(launch_party, pin="2468")
    page = visit(agreed=False)
    page.get_by_label("PIN").fill("1111")
    button(page, "Open").click()
    page.get_by_role("alert").get_by_text("That is not the PIN").wait_for()
    page.get_by_label("PIN").fill("2468")
    button(page, "Open").click()
    page.get_by_role("heading", name="What happens to your selfie").wait_for()


def test_a_page_that_waits_for_photos_opens_when_the_first_is_ready(visit, launch_party):
    GalleryImage.objects.update(state=PhotoState.PENDING, hidden_from_guests=True)
    page = visit(agreed=False)
    page.get_by_role("heading", name="The photos are not here yet").wait_for()
    page.get_by_text("0 photos").wait_for()
    GalleryImage.objects.update(hidden_from_guests=False)
    page.get_by_role("heading", name="Your photos are being prepared").wait_for()
    page.get_by_text("3 photos").wait_for()
    page.get_by_text("0 of 3 are ready").wait_for()
    GalleryImage.objects.update(state=PhotoState.PROCESSED)
    page.get_by_role("heading", name="What happens to your selfie").wait_for()


def test_looking_around_needs_no_face_and_no_consent(visit, launch_party):
    with_rules(launch_party, browsing=True)
    page = visit(agreed=False)
    button(page, "Look through all photos without a selfie").click()
    page.get_by_role("link", name="Photo 1 of 3").click()
    page.get_by_role("dialog").get_by_text("1 of 3").wait_for()


def test_inside_a_messenger_the_page_says_how_to_leave_it(visit, launch_party):
    page = visit(agreed=True, allowed=False)
    page.get_by_role("alert").get_by_text("choose “Open in browser”").wait_for()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button(page, "Copy the address").click()
    page.get_by_text("Copied").wait_for()
    assert launch_party.code in page.evaluate("navigator.clipboard.readText()")


def test_a_challenge_is_shown_step_by_step_and_a_still_picture_does_not_pass(visit, launch_party, monkeypatch):
    judged = []
    judge = liveness.judge_frames
    monkeypatch.setattr(liveness, "judge_frames", lambda asked, files: judged.append(len(files)) or judge(asked, files))
    with_rules(launch_party, challenge=True)
    page = visit()
    assert button(page, "Choose a picture").count() == 0
    button(page, "Begin").click()
    page.locator("#search[data-state=prove]").wait_for()
    page.get_by_role("alert").get_by_text("We could not confirm that it is you").wait_for(timeout=120_000)
    page.get_by_role("alert").get_by_text("What the camera saw looks flat").wait_for()
    assert judged == [8], "one at rest, two of each step, and the selfie"
    assert page.locator("[data-searched]").count() == 0


def test_a_challenge_without_a_camera_is_done_with_pictures(visit, launch_party):
    with_rules(launch_party, challenge=True)
    page = visit(allowed=False)
    page.get_by_role("alert").get_by_text("The camera is switched off").wait_for()
    button(page, "Begin").click()
    page.get_by_text("Take one picture for each step").wait_for()
    assert page.locator("input[name=frames]").count() == 4


def test_without_javascript_the_whole_way_is_forms(visit, portrait):
    page = visit(javascript=False)
    page.get_by_label("Your picture").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg(portrait)}
    )
    button(page, "Find my photos").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    page.get_by_role("link", name="Withdraw my consent").click()
    button(page, "Withdraw my consent").click()
    page.get_by_role("heading", name="Your consent is withdrawn").wait_for()
    button(page, "Undo, and keep everything").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()


def test_on_plain_http_the_page_explains_itself_and_takes_a_picture_all_the_same(visit, portrait):
    page = visit(agreed=False)
    page.add_init_script(
        "delete Navigator.prototype.mediaDevices; Object.defineProperty(window, 'isSecureContext', {value: false})"
    )
    page.locator("#agree").check()
    button(page, "Agree and take a selfie").click()
    page.get_by_role("alert").get_by_text("begins with https").wait_for()
    with page.expect_file_chooser() as chooser:
        button(page, "Take a selfie").click()
    assert page.locator("#selfie").get_attribute("capture") == "user"
    chooser.value.set_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg(portrait)})
    page.get_by_role("heading", name="You are in 2 photos").wait_for()


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci --prefix deploy/axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_about(visit, launch_party, scheme):
    launch_party.studio.colour = "#ffd600"
    launch_party.studio.save()
    with_rules(launch_party, browsing=True)
    page = visit(agreed=False)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    complaints = {"consent": axe(page)}
    page.locator("#agree").check()
    button(page, "Agree and take a selfie").click()
    page.locator("#search[data-hint=good]").wait_for()
    complaints["camera"] = axe(page)
    button(page, "Take the picture").click()
    button(page, "Find my photos").wait_for()
    complaints["picture"] = axe(page)
    button(page, "Find my photos").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    complaints["results"] = axe(page)
    with_rules(launch_party, pin="2468")
    page.reload()
    complaints["pin"] = axe(page)
    with_rules(launch_party, expires_at=timezone.now())
    page.reload()
    complaints["closed"] = axe(page)
    assert {name: found for name, found in complaints.items() if found} == {}


def test_scripts_and_styles_of_the_page_are_small(visit):
    page = visit(agreed=False)
    own = set()
    page.on("response", lambda response: own.add(response.url) if response.url.endswith((".js", ".css")) else None)
    page.locator("#agree").check()
    button(page, "Agree and take a selfie").click()
    page.locator("#search[data-hint=good]").wait_for()
    static = [re.sub(r"\.[0-9a-f]{12}\.", ".", url.partition("/static/")[2]) for url in own]
    assert {"facepass/guest.js", "facepass/camera.js", "facepass/guest.css"} <= set(static)
    sizes = {name: len(brotli.compress((django_settings.BASE_DIR / "static" / name).read_bytes())) for name in static}
    assert sum(sizes.values()) < 100_000, sizes
