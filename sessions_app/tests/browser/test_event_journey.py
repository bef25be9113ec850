"""An event in the browser, from an empty studio to guests' code on the screen, with its clicks counted."""

import json
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from facepass.console import password_reset
from facepass.models import Role
from facepass.testing.event import MAKE_EVENT, NEEDS_EVENT, PEOPLE, readable, who_is_who
from facepass.testing.factories import GalleryFactory, MembershipFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pages.browser import in_thread, until
from facepass.testing.pages.guest_browser import AXE, axe
from facepass.testing.pages.naming import Staff, at_rest
from facepass.testing.pages.photo_pages import shoot, summary
from facepass.testing.pictures.fake import picture_of
from galleries.faces import grouping
from galleries.models import Gallery, GalleryImage, Occasion, PhotoFace
from galleries.models.photo import PhotoState
from galleries.photos import analysis
from recognition.engines import registry
from sessions_app.cameras import accounts
from sessions_app.models import CameraFile, FoldersBecome, PhotoSession

# Of the mouse or a finger; keys, and what is dropped, count nothing.
COUNT_CLICKS = """
    addEventListener("pointerdown", () => {
        sessionStorage.setItem("clicks", String(Number(sessionStorage.getItem("clicks")) + 1));
    }, true);
"""
MOST_CLICKS = 6
# For each person, names and the clicks that select faces while naming among them; letters of names are apart.
MOST_KEYS = 1.5
LATE = 20


@pytest.fixture
def user(studio):
    return MembershipFactory(studio=studio, role=Role.MANAGER).user


@pytest.fixture
def ftp(settings):
    settings.FTP_PORT = 2121


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


@pytest.fixture
def real_event(tmp_path, opencv_zoo_engine):
    """Paths of 120 photos of 40 guests, and who is in each; the default engine is in use."""
    made = [sys.executable, MAKE_EVENT, PEOPLE, tmp_path, "--size", "900x600"]
    subprocess.run(made, check=True, capture_output=True)
    truth = json.loads((tmp_path / "truth.json").read_text())["photos"]
    with registry.use_engine(opencv_zoo_engine):
        yield [str(tmp_path / "photos" / name) for name in sorted(truth)], truth


def work_through():
    """What the workers do."""
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)
    grouping.group_faces(Occasion.for_gallery(Gallery.objects.first()))


def titles():
    return sorted(Gallery.objects.values_list("title", flat=True))


def start_event(page, server):
    """From the first page to the page of a new event that is open to guests: three clicks."""
    page.add_init_script(COUNT_CLICKS)
    page.goto(server.address + reverse("admin:index"))
    page.get_by_role("link", name="New event").click()
    page.get_by_label("Name").fill("Summer wedding")
    page.get_by_label("Open to guests").click()
    page.get_by_role("button", name="Create the event").click()


def drop(page, files, *, number, to="[data-photos]"):
    page.set_input_files(to, files)
    summary(page, f"Done: {number} added")
    in_thread(work_through)


def confirm_all(page):
    """Confirm by keys the names that are on the screen, until none is left."""
    page.wait_for_selector('[data-state="live"]')
    while not page.locator(".fp-empty").count():
        at_rest(page)
        page.keyboard.press("a")
        page.wait_for_selector("[data-contact-sheet][aria-busy=false]")


def count_clicks(page):
    return int(page.evaluate("sessionStorage.getItem('clicks')"))


def assert_open_to_guests(page):
    """The code on the screen is that of the event, which guests may open."""
    session = in_thread(PhotoSession.objects.get)
    assert session.facepass_enabled
    assert page.input_value("#fp-guest-link") == session.guest_url
    assert page.locator(".fp-qr").evaluate("image => image.naturalWidth") > 0


@pytest.mark.usefixtures("fake_engine")
def test_an_event_is_made_filled_named_confirmed_and_opened_in_six_clicks(browser, server, user, folder, late_photo):
    page = browser(user, viewport={"width": 1366, "height": 900})
    start_event(page, server)
    drop(page, str(folder), number=4, to="[data-folder]")
    assert in_thread(titles) == ["Ceremony", "Party", "Wedding"]
    page.get_by_role("link", name="Name 3 people").click()
    for _group in range(3):
        page.wait_for_selector("[data-name]:focus")
        left = in_thread(PhotoFace.objects.unnamed().count)
        page.keyboard.type(f"Guest {left}")
        page.keyboard.press("Enter")
        until(lambda before=left: PhotoFace.objects.unnamed().count() < before, True)
    page.get_by_role("link", name="Summer wedding").click()

    drop(page, str(late_photo), number=1)
    page.wait_for_selector('a:has-text("Confirm 3 names")')
    assert_open_to_guests(page)
    shoot(page, "event")
    page.get_by_role("link", name="Confirm 3 names").click()
    confirm_all(page)
    until(PhotoFace.objects.filter(verified=False).count, 0)
    assert count_clicks(page) <= MOST_CLICKS


@NEEDS_EVENT
def test_an_event_of_real_faces_takes_six_clicks_and_three_keys_for_two_people(browser, server, user, real_event):
    """The same with 120 photos of 40 guests and the default engine; the last 20 photos come when people have names."""
    photos, truth = real_event
    page = browser(user, viewport={"width": 1366, "height": 900})
    start_event(page, server)
    drop(page, photos[:-LATE], number=len(photos) - LATE)
    page.get_by_role("link", name=re.compile(r"Name \d+ people")).click()
    page.wait_for_selector('[data-state="live"]')
    staff = Staff(page, in_thread(lambda: who_is_who(Gallery.objects.get(), truth)))
    staff.work()
    page.get_by_role("link", name="Summer wedding").click()

    drop(page, photos[-LATE:], number=LATE)
    page.get_by_role("link", name=re.compile(r"Confirm \d+ names")).wait_for()
    assert_open_to_guests(page)
    page.get_by_role("link", name=re.compile(r"Confirm \d+ names")).click()
    confirm_all(page)
    names = in_thread(lambda: who_is_who(Gallery.objects.get(), truth))
    confirmed = in_thread(lambda: list(PhotoFace.objects.filter(verified=True).values_list("pk", "person__real_name")))
    people = {name for _pk, name in confirmed}
    assert [name for pk, name in confirmed if readable(names[str(pk)] or "") != name] == []
    assert people == {readable(name) for there in truth.values() for name in there}
    assert staff.actions <= MOST_KEYS * len(people), staff.counts
    assert count_clicks(page) - staff.counts["select"] <= MOST_CLICKS


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
@pytest.mark.usefixtures("ftp")
def test_axe_finds_nothing_to_complain_about(browser, server, user, language, scheme):
    studio = user.memberships.get().studio
    event = SessionFactory(studio=studio, facepass_enabled=language == "en")
    gallery = GalleryFactory(studio=studio, session_id=event.pk)
    PersonFactory(studio=studio)
    for state in (PhotoState.PENDING, PhotoState.FAILED):
        PhotoFactory(gallery=gallery, state=state)
    accounts.open_account(event, folders_become=FoldersBecome.TAGS)
    CameraFile.objects.create(session=event, folder="DCIM", name="MVI_0001.MOV", byte_size=5, message="A video.")
    page = browser(user, viewport={"width": 1366, "height": 900}, locale=language, color_scheme=scheme)
    complaints = {}
    for name, arguments in (("event", [event.pk]), ("cameras", [event.pk]), ("new", [])):
        page.goto(server.address + reverse(f"admin:sessions_app_photosession_{name}", args=arguments))
        page.wait_for_load_state("load")
        complaints[name] = axe(page)
        shoot(page, f"{name}-{language}-{scheme}")
    assert complaints == {"event": [], "cameras": [], "new": []}


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci --prefix deploy/axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say_of_the_pages_for_a_forgotten_password(browser, server, user, scheme, settings):
    settings.EMAIL_HOST = "mail.example.com"
    page = browser(user, viewport={"width": 820, "height": 1180}, color_scheme=scheme, locale="ru")
    page.context.clear_cookies()
    link = urlsplit(in_thread(lambda: password_reset.build_url(user))).path
    ended = reverse("admin:password_reset_confirm", args=["x", "x-y"])
    complaints = {}
    outside = {
        "sign in": reverse("admin:login"),
        "ask": reverse("admin:password_reset"),
        "choose": link,
        "ended": ended,
    }
    for name, path in outside.items():
        page.goto(server.address + path)
        shoot(page, f"password-{name}-{scheme}")
        complaints[name] = axe(page)
    assert complaints == {name: [] for name in complaints}
