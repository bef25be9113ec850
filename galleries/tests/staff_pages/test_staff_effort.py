"""From "indexed" to "everybody named and verified": how many clicks and keys, on an event whose truth is known.

The member of staff is simulated: who knows every guest by sight, does what the page offers, and types each name. Keys
and clicks are counted; the letters of names are counted apart.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

from facepass import asgi
from facepass.testing.event import MAKE_EVENT, NEEDS_EVENT, PEOPLE, add, readable, who_is_who
from facepass.testing.factories import GalleryFactory, MembershipFactory
from facepass.testing.pages.browser import in_thread
from facepass.testing.pages.naming import Staff
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
    staff = Staff(page, names)
    pictured(page, staff)
    staff.work()

    guests = {name for name in names.values() if name}
    verified = in_thread(lambda: dict(PhotoFace.objects.filter(verified=True).values_list("pk", "person__real_name")))
    right = sum(readable(names[str(pk)] or "") == name for pk, name in verified.items())
    of_guests = sum(name is not None for name in names.values())
    found = (
        f"{groups} groups, {singles} faces in none, {len(guests)} guests: {staff.actions} keys and clicks,"
        f" {staff.actions / len(guests):.2f} for each; {dict(staff.counts)}\n{right} of {of_guests} faces verified,"
        f" {len(verified) - right} wrong"
    )
    noted(found)
    assert in_thread(lambda: set(Person.objects.values_list("real_name", flat=True))) == set(map(readable, guests)), (
        found
    )
    assert (right, len(verified)) == (of_guests, of_guests), found
    assert staff.actions < MOST_PER_PERSON * len(guests), found


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
