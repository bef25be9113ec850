"""An event in the browser, from an empty studio to guests' code on the screen, with its clicks counted."""

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import GalleryFactory, MembershipFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pages.browser import in_thread, until
from facepass.testing.pages.guest_browser import AXE, axe
from facepass.testing.pages.photo_pages import shoot, summary
from facepass.testing.pictures.fake import picture_of
from galleries.faces import grouping
from galleries.models import Gallery, GalleryImage, Occasion, PhotoFace
from galleries.models.photo import PhotoState
from galleries.photos import analysis
from sessions_app.models import PhotoSession

# Of the mouse or a finger; keys, and what is dropped, count nothing.
COUNT_CLICKS = """
    addEventListener("pointerdown", () => {
        sessionStorage.setItem("clicks", String(Number(sessionStorage.getItem("clicks")) + 1));
    }, true);
"""
MOST_CLICKS = 6


@pytest.fixture
def user(studio):
    return MembershipFactory(studio=studio, role=Role.MANAGER).user


@pytest.fixture
def folder(tmp_path):
    """An event as a camera's folder has it: sub-folders and a photo beside them, of three people."""
    photos = {
        "Ceremony/1.jpg": ["ann", "bob"],
        "Ceremony/2.jpg": ["ann", "bob#1"],
        "Party/3.jpg": ["ann#1", "cid"],
        "4.jpg": ["cid", "bob"],
    }
    for seed, (name, people) in enumerate(photos.items()):
        path = tmp_path / "Wedding" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture_of(people, seed=seed))
    return tmp_path / "Wedding"


@pytest.fixture
def late_photo(tmp_path):
    path = tmp_path / "late.jpg"
    path.write_bytes(picture_of(["ann", "bob", "cid"], seed=50))
    return path


def work_through():
    """What the workers do."""
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)
    grouping.group_faces(Occasion.for_gallery(Gallery.objects.first()))


def titles():
    return sorted(Gallery.objects.values_list("title", flat=True))


@pytest.mark.usefixtures("fake_engine")
def test_an_event_is_made_filled_named_confirmed_and_opened_in_six_clicks(browser, server, user, folder, late_photo):
    page = browser(user, viewport={"width": 1366, "height": 900})
    page.add_init_script(COUNT_CLICKS)
    page.goto(server.address + reverse("admin:index"))
    page.get_by_role("link", name="New event").click()
    page.get_by_label("Name").fill("Summer wedding")
    page.get_by_label("Open to guests").click()
    page.get_by_role("button", name="Create the event").click()

    page.set_input_files("[data-folder]", str(folder))
    summary(page, "Done: 4 added")
    until(titles, ["Ceremony", "Party", "Wedding"])
    in_thread(work_through)
    page.get_by_role("link", name="Name 3 people").click()
    for _group in range(3):
        page.wait_for_selector("[data-name]:focus")
        left = in_thread(PhotoFace.objects.unnamed().count)
        page.keyboard.type(f"Guest {left}")
        page.keyboard.press("Enter")
        until(lambda before=left: PhotoFace.objects.unnamed().count() < before, True)
    page.get_by_role("link", name="Summer wedding").click()

    page.set_input_files("[data-photos]", str(late_photo))
    summary(page, "Done: 1 added")
    in_thread(work_through)
    page.wait_for_selector('a:has-text("Confirm 3 names")')
    assert page.locator(".fp-qr").evaluate("image => image.naturalWidth") > 0
    assert in_thread(lambda: PhotoSession.objects.get().guest_url) == page.input_value("#fp-guest-link")
    shoot(page, "event")
    page.get_by_role("link", name="Confirm 3 names").click()
    page.wait_for_selector('[data-state="live"]')
    page.wait_for_selector('[data-all] [data-count]:text-is("3")')
    page.keyboard.press("a")
    until(PhotoFace.objects.filter(verified=False).count, 0)
    assert int(page.evaluate("sessionStorage.getItem('clicks')")) <= MOST_CLICKS
    assert in_thread(lambda: PhotoSession.objects.get().facepass_enabled)


def test_dropped_folders_may_stay_in_one_gallery(browser, server, user, folder, fake_engine):
    event = SessionFactory(studio=user.memberships.get().studio, name="Summer wedding")
    page = browser(user)
    page.goto(server.address + reverse("admin:sessions_app_photosession_event", args=[event.pk]))
    page.get_by_label("all in one gallery").check()
    page.set_input_files("[data-folder]", str(folder))
    summary(page, "Done: 4 added")
    until(titles, ["Summer wedding"])
    assert in_thread(lambda: GalleryImage.objects.filter(folder__endswith="Ceremony", tags="Ceremony").count()) == 2


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci --prefix deploy/axe")
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_about(browser, server, user, language, scheme):
    studio = user.memberships.get().studio
    event = SessionFactory(studio=studio, facepass_enabled=language == "en")
    gallery = GalleryFactory(studio=studio, session_id=event.pk)
    PersonFactory(studio=studio)
    for state in (PhotoState.PENDING, PhotoState.FAILED):
        PhotoFactory(gallery=gallery, state=state)
    page = browser(user, viewport={"width": 1366, "height": 900}, locale=language, color_scheme=scheme)
    complaints = {}
    for name, arguments in (("event", [event.pk]), ("new", [])):
        page.goto(server.address + reverse(f"admin:sessions_app_photosession_{name}", args=arguments))
        page.wait_for_load_state("load")
        complaints[name] = axe(page)
        shoot(page, f"{name}-{language}-{scheme}")
    assert complaints == {"event": [], "new": []}
