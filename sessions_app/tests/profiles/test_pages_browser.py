"""The pages of several people on one device in a real browser: axe finds nothing, and nothing is cut off."""

from dataclasses import replace

import pytest

from facepass.testing.factories import PhotoFactory
from facepass.testing.pages.guest_browser import AXE, axe
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, join, search
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.matching.search import Match
from galleries.models import PhotoFace
from sessions_app.guest.domain import guest_search
from sessions_app.models import GuestRules

PARTS = ("search", "new", "person", "notice", "link", "withdraw")
IN_INSTAGRAM = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Instagram 300.0"
LOOKS = [
    {"viewport": {"width": 360, "height": 640}, "locale": "ru", "color_scheme": "dark"},
    {"viewport": {"width": 820, "height": 1180}, "locale": "en", "color_scheme": "light"},
]


@pytest.fixture
def family(session, photos, party_gallery, monkeypatch, settings):
    """A device with two people, the first of whom is asked about photos of a third."""
    settings.ALLOWED_HOSTS = ["*"]
    with_rules(session, downloads=GuestRules.Downloads.STRIPPED)
    alike = [PhotoFactory(gallery=party_gallery, people=["carol"]) for _ in range(3)]
    PhotoFactory(gallery=party_gallery, people=["dan"])
    tasks.analyse_gallery(str(party_gallery.pk))
    found = guest_search.search_session

    def search_and_doubt(*arguments, **options):
        faces = PhotoFace.objects.select_related("photo").filter(photo__in=alike)
        return replace(
            found(*arguments, **options), possible=[Match(face, cosine=0.3, similarity=0.3) for face in faces]
        )

    monkeypatch.setattr(guest_search, "search_session", search_and_doubt)
    client = device(session)
    search(client, session, ["ann"])
    join(client, session, "Bob", ["bob"])
    return client


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci --prefix deploy/axe")
@pytest.mark.parametrize("look", LOOKS, ids=["phone-ru-dark", "tablet-en-light"])
def test_axe_finds_nothing_and_nothing_is_cut_off(family, server, new_page, look):
    page = new_page(**look)
    cookies = [{"name": name, "value": crumb.value} for name, crumb in family.cookies.items()]
    page.context.add_cookies([{**cookie, "domain": "localhost", "path": "/"} for cookie in cookies])
    complaints = {}

    def judge(name, page=page):
        page.wait_for_load_state("load")
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        complaints[name] = [*axe(page), *([f"{wider} pixels wider than the screen"] if wider > 0 else [])]

    entrance = f"{server.address}/s/{family.guest.session.code}/"
    page.goto(entrance)
    assert page.locator("[data-possible]").count() == 3
    page.locator(".grid input").first.check()
    judge("photos, possible ones, people and the bar")
    for part in PARTS:
        page.goto(f"{entrance}{part}/")
        judge(part)
    page.goto(f"{entrance}search/")
    picture = {"name": "dan.jpg", "mimeType": "image/jpeg", "buffer": picture_of(["dan"])}
    page.locator("#selfie").set_input_files(picture)
    page.locator("#whose").wait_for()
    judge("whose")
    page.goto(f"{entrance}withdraw/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/withdrawn/**")
    judge("withdrawn")
    inside = new_page(**look, user_agent=IN_INSTAGRAM)
    inside.goto(entrance)
    inside.get_by_text("Instagram").first.wait_for()
    judge("in-app", inside)
    assert {name: found for name, found in complaints.items() if found} == {}
