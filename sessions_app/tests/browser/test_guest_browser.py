"""The guest's page in a real browser, with a camera that shows a real face and the real engine."""

import shutil
import socket
import threading
import time
from importlib.resources import files

import cv2
import numpy as np
import pytest
import uvicorn

from facepass import asgi
from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory
from galleries import tasks
from recognition.engines import registry

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH"),
]


@pytest.fixture(scope="module")
def astronaut():
    """A portrait, BGR 480x480."""
    picture = cv2.imread(str(files("skimage") / "data/astronaut.png"))
    return cv2.resize(picture[0:300, 80:380], (480, 480), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="module")
def camera(astronaut, tmp_path_factory):
    """A film for Chromium's fake camera: the portrait, 640x480, a little darker than in the photos."""
    frame = cv2.copyMakeBorder(astronaut, 0, 0, 80, 80, cv2.BORDER_REPLICATE)
    planes = cv2.cvtColor(np.uint8(frame * 0.9), cv2.COLOR_BGR2YUV_I420).tobytes()
    film = tmp_path_factory.mktemp("camera") / "camera.y4m"
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + planes) * 3)
    return film


@pytest.fixture
def session(astronaut, opencv_zoo_engine):
    """Two photos of the astronaut and one of nobody, analysed by the real engine."""
    session = SessionFactory(name="Launch party")
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
    pictures = [cv2.resize(astronaut, (side, side)) for side in (480, 360)] + [np.full((360, 480, 3), 90, np.uint8)]
    for picture in pictures:
        PhotoFactory(gallery=gallery, data=jpeg(picture), size=picture.shape[1::-1])
    with registry.use(opencv_zoo_engine):
        tasks.analyse_gallery(str(gallery.pk))
        yield session


def jpeg(picture):
    return cv2.imencode(".jpg", picture)[1].tobytes()


@pytest.fixture
def address(session, settings):
    """The session's page on an ASGI server in a thread."""
    settings.ALLOWED_HOSTS = ["localhost"]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(asgi.application, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://localhost:{listener.getsockname()[1]}/s/{session.code}/"
        server.should_exit = True
        thread.join()


@pytest.fixture
def visit(address, camera):
    """`visit(…)` opens the page on a phone, with the camera allowed, and fails the test on any error of a script."""
    errors = []
    with sync_api.sync_playwright() as playwright:

        def open_page(*, allowed=True, javascript=True, agreed=True, locale="en-GB", size=(360, 740)):
            flags = [
                "--no-sandbox",
                f"--use-fake-ui-for-media-stream{'' if allowed else '=deny'}",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={camera}",
            ]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            page = browser.new_page(
                viewport=dict(zip(("width", "height"), size, strict=True)),
                java_script_enabled=javascript,
                locale=locale,
            )
            page.on("pageerror", lambda error: errors.append(str(error)))
            # A photo that is opened by itself has a policy of its own, which Chromium's viewer breaks.
            page.on("console", lambda line: "-src 'self'" in line.text and errors.append(line.text))
            page.set_default_timeout(60_000)
            page.goto(address)
            if agreed:
                page.locator("#agree").check()
                page.locator("#consent button.primary").click()
                page.locator("#search").wait_for()
            return page

        yield open_page
    assert errors == []


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


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


def test_without_the_camera_a_file_will_do(visit, astronaut):
    page = visit(allowed=False)
    page.get_by_role("alert").get_by_text("The camera is switched off for this page").wait_for()

    with page.expect_file_chooser() as chooser:
        button(page, "Choose a picture").click()
    chooser.value.set_files({"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": jpeg(np.full_like(astronaut, 90))})
    page.get_by_role("alert").get_by_text("We could not see a face").wait_for()

    with page.expect_file_chooser() as chooser:
        button(page, "Choose a picture").click()
    chooser.value.set_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": jpeg(astronaut)})
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    assert page.get_by_role("alert").is_hidden()


def test_without_javascript_the_form_and_the_links_do(visit, astronaut):
    page = visit(javascript=False)
    # The bytes after the picture's end make the body large enough for Django to put it into a file, if it were let.
    large = jpeg(astronaut) + bytes(3_000_000)
    page.get_by_label("Your picture").set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": large})
    button(page, "Find my photos").click()
    page.get_by_role("heading", name="You are in 2 photos").wait_for()
    page.get_by_role("link", name="Photo 1 of 2").click()
    page.wait_for_url("**/preview?**")
