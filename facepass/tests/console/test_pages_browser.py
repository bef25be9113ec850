"""Every page of the admin in a real browser, as several roles see it: axe has nothing to say, nothing is wider than the
screen, what the browser draws is as dark as the page, and the keyboard begins at the skip link, gets everywhere and
shows where it is.
"""

import re

import pytest
from django.urls import get_resolver, reverse

from facepass.core.trash import entries
from facepass.models import Role
from facepass.testing.factories import ClusterFactory, FaceFactory, MembershipFactory, PersonFactory, PhotoFactory
from facepass.testing.pages.browser import wait_until_true
from facepass.testing.pages.guest_browser import AXE, axe
from facepass.testing.pages.photo_pages import shoot
from facepass.testing.trainings import crowd, trained, unknown_face
from facepass.tests.console.test_admin import World, member_of, new_world
from facepass.tests.console.test_admin_walk import filled, patterns
from galleries.models.photo import PhotoState
from sessions_app import hubs, slideshows

pytestmark = [
    pytest.mark.usefixtures("fake_engine"),
    pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci --prefix deploy/axe"),
]
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1366, "height": 900}}
LOOKS = {
    "tablet, Russian, dark": TABLET | {"locale": "ru-RU", "color_scheme": "dark"},
    "desktop, English, light": DESKTOP | {"locale": "en-GB", "color_scheme": "light"},
    "desktop, Russian, dark": DESKTOP | {"locale": "ru-RU", "color_scheme": "dark"},
}
# The owner sees all there is, a verifier the least of what is worked on.
WALKS = list(zip(LOOKS, (Role.OWNER, Role.OWNER, Role.VERIFIER), strict=True))
# Notes each element on which the keyboard stops, and whether one sees that it does.
WATCH_STOPS = """() => {
    const stops = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const reachable = [...document.querySelectorAll(stops)].filter((each) =>
        each.checkVisibility({checkVisibilityCSS: true}) && !each.disabled && each.tabIndex >= 0
        && !each.closest("[inert]") && each.type !== "hidden"
        && !(each.type === "radio" && each.name && !each.checked));
    window.keyboard = {reachable, stops: new Set(), unseen: new Set()};
    addEventListener("focusin", ({target}) => {
        const {outlineStyle, boxShadow, clipPath} = getComputedStyle(target);
        keyboard.stops.add(target);
        if (outlineStyle === "none" && boxShadow === "none" && clipPath === "none") keyboard.unseen.add(target);
    });
    document.activeElement.blur();
    const dates = reachable.filter((each) => ["date", "time", "datetime-local"].includes(each.type));
    return reachable.length + 6 * dates.length;  // day, month, year and more are stops of their own
}"""
SKIPPED_STOPS = """() => {
    const text = (each) => each.textContent.trim().slice(0, 30);
    const name = (each) => `${each.localName}.${each.className} ${each.name ?? ""} ${text(each)}`;
    const {reachable, stops, unseen} = keyboard;
    const skipped = reachable.filter((each) => !stops.has(each) && each.isConnected);
    return [...skipped.map((each) => `the keyboard skips ${name(each)}`),
            ...[...unseen].map((each) => `nobody sees the keyboard on ${name(each)}`)];
}"""
# Answers to scripts, and pages for who has not signed in, are pages of their own.
NO_PAGES = re.compile(r"/(history|list|state|window|part)/$")


def write_world() -> World:
    """Return a studio with a row of everything that a page can show, some of it at work."""
    world = new_world()
    studio, session = world.studio, world.rows["sessions_app_photosession"]
    gallery, photo = world.rows["galleries_gallery"], world.rows["galleries_galleryimage"]
    for state in PhotoState:
        PhotoFactory(gallery=gallery, state=state)
    for person in (None, world.rows["galleries_person"]):
        group = ClusterFactory(studio=studio, session_id=session.pk, person=person)
        for verified in (False, person is not None):
            FaceFactory(
                photo__gallery=gallery, cluster=group, person=person, verified=verified, photo__state="processed"
            )
    FaceFactory(photo=photo)
    crowd(studio, people=3)
    unknown_face(studio, 1)
    world.rows["training_facetrainingsession"] = trained(studio)
    (world.rows["facepass_trashentry"],) = entries.move_to_trash("photo", [PhotoFactory(gallery=gallery)], by=None)
    hubs.start_hub(session, name="Weekend")
    slideshows.open_slideshow(session)
    return world


def pages_of(world: World, role: Role) -> list[str]:
    """Return the address of every page of the admin that the role may open, and of one that refuses."""
    member, found = member_of(world.studio, role), ["/admin/"]
    person, other = world.rows["galleries_person"], PersonFactory(studio=world.studio)
    for path in patterns(get_resolver().url_patterns):
        if not path.startswith("/admin/") or path == "/admin/" or "(?P" in path or NO_PAGES.search(path):
            continue
        answer = member.get(filled(path, world), headers={"host": "localhost"})
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
            found.append(filled(path, world))
    return [
        *found,
        f"{reverse('admin:galleries_person_merge', args=[person.pk])}?other={other.pk}",
        reverse("admin:facepass_user_changelist"),
    ]


def judge(page, *, dark: bool, has_keys: bool) -> list[str]:
    """Return what is wrong with the page that is open."""
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    first = page.evaluate("document.querySelector('a, button, input, select, textarea').className")
    return [
        *axe(page),
        *([f"{wider} pixels wider than the screen"] if wider > 0 else []),
        *([f"scrollbars are {scheme}"] if dark != (scheme == "dark") else []),
        *([f"the first stop is {first}"] if first != "fp-skip" else []),
        *(walk_by_keyboard(page) if has_keys else []),
    ]


def walk_by_keyboard(page) -> list[str]:
    """Return where Tab does not get to, and where one does not see it."""
    for _stop in range(page.evaluate(WATCH_STOPS) + 1):
        page.keyboard.press("Tab")
    return page.evaluate(SKIPPED_STOPS)


@pytest.mark.parametrize(("look", "role"), WALKS)
def test_no_page_has_anything_to_complain_about(browser, server, look, role):
    world = write_world()
    pages = pages_of(world, role)
    assert len(pages) > (60 if role == Role.OWNER else 15)
    page = browser(MembershipFactory(studio=world.studio, role=role).user, **LOOKS[look])
    complaints = {}
    for number, path in enumerate(pages):
        page.goto(server.address + path)
        page.wait_for_load_state("load")
        wait_until_true(page, "!document.querySelector('[data-status]:not([data-state])')")
        shoot(page, f"{look}-{number}")
        complaints[path] = judge(page, dark="dark" in look, has_keys="desktop" in look)
    found = [f"{path}: {each}" for path, these in complaints.items() for each in these]
    assert not found, "\n".join(found)
