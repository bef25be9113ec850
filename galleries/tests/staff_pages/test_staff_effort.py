"""From "indexed" to "everybody named and verified": how many clicks and keys, on an event whose truth is known.

The member of staff is simulated: who knows every guest by sight, does what the page offers, and types each name. Keys
and clicks are counted; the letters of names are counted apart.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from django.urls import reverse

from facepass import asgi
from facepass.testing.event import MAKE_EVENT, NEEDS_EVENT, PEOPLE, add, readable, who_is_who
from facepass.testing.factories import GalleryFactory, MembershipFactory
from facepass.testing.pages.browser import in_thread
from galleries.faces import grouping
from galleries.models import FaceCluster, GalleryImage, Occasion, Person, PhotoFace
from galleries.photos import analysis
from recognition.engines import registry

pytestmark = NEEDS_EVENT

# A folder for the figures and for pictures of the page; none by default.
PICTURES = Path(os.environ["STAFF_PICTURES"]) if "STAFF_PICTURES" in os.environ else None
# Keys and clicks for each person, names apart.
MOST_PER_PERSON = 3


@pytest.fixture
def event(tmp_path, insightface_engine):
    """The event of 120 photos and 40 guests, analysed and grouped by a real engine: its gallery and truth."""
    subprocess.run([sys.executable, MAKE_EVENT, PEOPLE, tmp_path], check=True, capture_output=True)
    truth = json.loads((tmp_path / "truth.json").read_text())["photos"]
    gallery = GalleryFactory(title="The event")
    with registry.use_engine(insightface_engine):
        for name in sorted(truth):
            add(gallery, tmp_path / "photos" / name)
        while photo := GalleryImage.objects.claim_next():
            analysis.analyse_photo(photo)
        grouping.group_faces(Occasion.for_gallery(gallery))
        yield gallery, truth


class Staff:
    """Somebody at the page, whose every key and click is counted."""

    def __init__(self, page, names, gallery):
        self.page, self.names, self.gallery = page, names, gallery
        self.counts = Counter()
        self.typing = True

    def press(self, key, *, as_what):
        self.page.keyboard.press(key)
        self.counts[as_what] += 1

    def click(self, face):
        self.page.locator(f'[data-face="{face}"]').click()
        self.typing = False
        self.counts["select"] += 1

    def at_letters(self):
        if self.typing:
            self.press("Escape", as_what="to the letters")
            self.typing = False

    def name(self, name):
        """By the first suggestion where it is right, else by typing."""
        first = self.page.locator(".fp-current [data-person]").first
        offered = first.inner_text().removesuffix("↵").strip() if first.count() else None
        if not self.typing:
            self.press("n", as_what="to the field")
            self.typing = True
        if offered != readable(name):
            self.page.keyboard.type(readable(name))
            self.counts["names typed"] += 1
            self.counts["letters"] += len(readable(name))
        self.press("Enter", as_what="accept" if offered == readable(name) else "enter")

    def faces_of_current(self):
        return self.page.eval_on_selector_all(".fp-current [data-face]", "faces => faces.map(f => f.dataset.face)")

    def settled(self):
        """The page is at rest: what was asked is answered, and what is shown is what there is."""
        self.page.wait_for_timeout(100)
        self.page.wait_for_selector("[data-groups]:not([aria-busy=true])")
        self.page.wait_for_function("!document.querySelector('.fp-current [data-likes][data-asked=yes]')")

    def work(self):
        for _turn in range(400):
            self.settled()
            if not self.page.locator(".fp-current").count():
                return
            if self.page.locator(".fp-current .fp-more").count():
                self.at_letters()
                self.press("a", as_what="show all")
                self.settled()
            if not self.page.locator(".fp-current").get_attribute("data-id"):
                if not self.single():
                    return
            else:
                self.group()

    def group(self):
        faces = self.faces_of_current()
        of_guest = defaultdict(list)
        for face in faces:
            of_guest[self.names[face]].append(face)
        main = max(of_guest, key=lambda guest: len(of_guest[guest]))
        strays = [face for guest, theirs in of_guest.items() if guest != main for face in theirs]
        for face in strays:
            self.click(face)
        if strays:
            self.press("s", as_what="split")
        elif main is None:
            self.at_letters()
            self.press("r", as_what="hide")
        else:
            self.name(main)

    def single(self):
        """Faces of no group: all of one guest, or, where no guest is left, all that are shown."""
        of_guest = defaultdict(list)
        for face in self.faces_of_current():
            of_guest[self.names[face]].append(face)
        guests = [guest for guest in of_guest if guest]
        if not guests:
            return False
        for face in of_guest[guests[0]]:
            self.click(face)
        self.name(guests[0])
        return True


def test_an_event_of_forty_guests_is_named_with_less_than_three_keys_for_each(event, browser, serve):
    gallery, truth = event
    names = in_thread(lambda: who_is_who(gallery, truth))
    user = in_thread(lambda: MembershipFactory(studio=gallery.studio).user)
    page = browser(user, viewport={"width": 1280, "height": 900})
    server = serve(asgi.application)
    page.goto(server.address + reverse("admin:galleries_facecluster_of", args=[gallery.pk]))
    page.wait_for_selector('[data-state="live"]')
    groups = in_thread(lambda: FaceCluster.objects.filter(gallery=gallery).shown().count())
    singles = in_thread(lambda: PhotoFace.objects.filter(gallery=gallery, cluster=None).count())
    staff = Staff(page, names, gallery)
    pictured(page, staff)
    staff.work()

    guests = {name for name in names.values() if name}
    verified = in_thread(lambda: dict(PhotoFace.objects.filter(verified=True).values_list("pk", "person__real_name")))
    right = sum(readable(names[str(pk)] or "") == name for pk, name in verified.items())
    actions = sum(number for what, number in staff.counts.items() if what not in ("names typed", "letters"))
    of_guests = sum(name is not None for name in names.values())
    found = (
        f"{groups} groups, {singles} faces in none, {len(guests)} guests: {actions} keys and clicks,"
        f" {actions / len(guests):.2f} for each; {dict(staff.counts)}\n{right} of {of_guests} faces verified,"
        f" {len(verified) - right} wrong"
    )
    noted(found)
    assert in_thread(lambda: set(Person.objects.values_list("real_name", flat=True))) == set(map(readable, guests)), (
        found
    )
    assert (right, len(verified)) == (of_guests, of_guests), found
    assert actions < MOST_PER_PERSON * len(guests), found


def pictured(page, staff):
    """For who wants to look: what it looks like at the start, in both themes."""
    if PICTURES:
        staff.settled()
        page.screenshot(path=PICTURES / "groups-light.png")
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=PICTURES / "groups-dark.png")
        page.emulate_media(color_scheme="light")


def noted(figures):
    if PICTURES:
        (PICTURES / "effort.txt").write_text(figures)
