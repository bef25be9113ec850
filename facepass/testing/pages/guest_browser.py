"""Guests in a real browser, with a camera that shows a real face and the real engine.

`visit(…)` opens the page of `launch_party` on a telephone.
"""

from importlib.resources import files

import cv2
import numpy as np
import pytest
from django.conf import settings

from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory
from galleries import tasks
from recognition.engines import registry

AXE = settings.BASE_DIR / "deploy/axe/node_modules/axe-core/axe.min.js"
PHONE, DESKTOP = (360, 740), (1366, 768)
# Paths of what the service worker keeps.
KEPT = """async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("facepass /s/"));
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map(({ url }) => new URL(url).pathname);
}"""


@pytest.fixture(scope="session")
def portrait():
    """Return a portrait, BGR 480x480."""
    picture = cv2.imread(str(files("skimage") / "data/astronaut.png"))
    return cv2.resize(picture[0:300, 80:380], (480, 480), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="session")
def camera(portrait, tmp_path_factory):
    """A film for Chromium's fake camera: the portrait, 640x480, a little darker than in the photos."""
    frame = cv2.copyMakeBorder(portrait, 0, 0, 80, 80, cv2.BORDER_REPLICATE)
    planes = cv2.cvtColor(np.uint8(frame * 0.9), cv2.COLOR_BGR2YUV_I420).tobytes()
    film = tmp_path_factory.mktemp("camera") / "camera.y4m"
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + planes) * 3)
    return film


@pytest.fixture
def launch_party(portrait, remembering_engine):
    """A session with two photos of the portrait and one of nobody, analysed by the real engine."""
    session = SessionFactory(name="Launch party")
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
    pictures = [cv2.resize(portrait, (side, side)) for side in (480, 360)] + [np.full((360, 480, 3), 90, np.uint8)]
    for picture in pictures:
        # They are alike in every bit that bursts are found by, and the pages' tests count photos.
        PhotoFactory(gallery=gallery, data=jpeg(picture), size=picture.shape[1::-1], kept_apart=True)
    with registry.use_engine(remembering_engine):
        tasks.analyse_gallery(str(gallery.pk))
        yield session


def jpeg(picture):
    return cv2.imencode(".jpg", picture)[1].tobytes()


@pytest.fixture
def visit(launch_party, server, camera, new_page):
    """`visit(…)` opens the party's page on a telephone, with the camera allowed and the consent given."""

    def visit(*, allowed=True, javascript=True, agreed=True, locale="en-GB", size=PHONE, **options):
        page = new_page(
            f"--use-fake-ui-for-media-stream{'' if allowed else '=deny'}",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
            viewport=dict(zip(("width", "height"), size, strict=True)),
            java_script_enabled=javascript,
            locale=locale,
            **options,
        )
        page.goto(f"{server.address}/s/{launch_party.code}/")
        if agreed:
            page.locator("#agree").check()
            page.locator("#consent button.primary").click()
            page.locator("#search").wait_for()
        return page

    return visit


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def shoot_and_search(page):
    """Search with what the camera shows, in any language."""
    page.locator("[data-action=shoot]").click()
    page.locator("[data-action=send]").click()


def wait_until_kept(page, *endings):
    """Wait for the worker to have kept something for each of these endings of addresses."""
    page.evaluate(
        """async (endings) => {
            const kept = KEPT;
            for (let all = []; !endings.every((end) => all.some((path) => path.endsWith(end))); all = await kept()) {
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        }""".replace("KEPT", KEPT),
        list(endings),
    )


def axe(page):
    """Return what axe has to complain about: WCAG 2.2 A and AA, and its best practices."""
    page.evaluate(AXE.read_text())
    # What axe has nothing against is not described, which takes a fifth of its time.
    found = page.evaluate(
        """axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'], selectors: false,
        })"""
    )
    return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found["violations"]]
