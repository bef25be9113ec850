"""A real browser on a real server: `browser` and `server` or `serve`.

Chromium is started once for all the browser tests that a process runs; each page has cookies of its own.
"""

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest
import uvicorn
from django.db import connection
from django.test import Client

from facepass import asgi
from facepass.testing.waiting import PATIENCE_SECONDS, eventually

# The first one has no windows, menus and start page of its own, and takes less of the processor.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
# No test fails because a machine is slow: it fails when what it waits for does not come at all.
PATIENCE_MS = 1000 * PATIENCE_SECONDS
# What a test does to a page, and what it must not do before the page's scripts have run.
ACTIONS = {
    "Locator": "check clear click dblclick dispatch_event drag_to fill focus hover press press_sequentially "
    "select_option set_checked set_input_files tap type uncheck",
    "Page": "check click dblclick drag_and_drop fill focus hover press select_option set_input_files type uncheck",
}


class Chromium:
    """The browsers of this process, one for each set of flags, and the event loop by which Playwright talks to them.

    Playwright leaves its loop running in the tests' own thread; in between browser tests it is put aside, since other
    tests have loops of their own.
    """

    def __init__(self) -> None:
        self._playwright: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._browsers: dict[tuple[str, ...], Any] = {}

    def with_flags(self, *flags: str) -> Any:
        """Return a browser that was started with those flags."""
        if self._playwright is None:
            sync_api = pytest.importorskip("playwright.sync_api")
            _act_on_loaded_pages(sync_api)
            self._playwright = sync_api.sync_playwright().start()
            self._loop = asyncio.get_running_loop()
        self.pick_up()
        if flags not in self._browsers:
            arguments = ["--no-sandbox", *flags]
            self._browsers[flags] = self._playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        return self._browsers[flags]

    def pick_up(self) -> None:
        """Let Playwright's loop run in this thread. Django would refuse to query beside it, and the tests do."""
        asyncio._set_running_loop(self._loop)
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

    def put_aside(self) -> None:
        asyncio._set_running_loop(None)
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)

    def close(self) -> None:
        if self._playwright is not None:
            self.pick_up()
            for browser in self._browsers.values():
                browser.close()
            self._playwright.stop()
            self.put_aside()


_chromium = Chromium()


def pytest_sessionfinish() -> None:
    _chromium.close()


def _act_on_loaded_pages(sync_api: Any) -> None:
    """Have every action wait for the page's `load`, which comes when its modules have run.

    Playwright acts as soon as there is an element: a link that a script turns into a dialog would still be a link.
    """
    for kind, names in ACTIONS.items():
        for name in names.split():
            setattr(getattr(sync_api, kind), name, _when_loaded(getattr(getattr(sync_api, kind), name)))


def _when_loaded(act: Callable[..., Any]) -> Callable[..., Any]:
    if hasattr(act, "__wrapped__"):
        return act

    @wraps(act)
    def wait_and_act(target: Any, *arguments: Any, **options: Any) -> Any:
        element = target if hasattr(target, "page") else target.locator(arguments[0]).first
        element.wait_for(state="attached")
        element.page.wait_for_load_state("load")
        return act(target, *arguments, **options)

    return wait_and_act


class Server:
    """Uvicorn in a thread."""

    def __init__(self, application: Any, *, port: int = 0) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        self.port = self.listener.getsockname()[1]
        self.address = f"http://localhost:{self.port}"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.listener.close()


@pytest.fixture
def serve(settings: Any) -> Iterator[Callable[..., Server]]:
    settings.ALLOWED_HOSTS = ["localhost"]
    running = []

    def start(application: Any, **options: Any) -> Server:
        running.append(Server(application, **options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """FacePass as it is."""
    return serve(asgi.application)


@pytest.fixture
def new_page() -> Iterator[Callable[..., Any]]:
    """`new_page(*flags, **options)` is a page of Chromium with cookies of its own.

    Fails the test on any error of a script and on any complaint of the browser about our pages.
    """
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the PATH")
    contexts, complaints = [], []

    def new_page(*flags: str, **options: Any) -> Any:
        contexts.append(_chromium.with_flags(*flags).new_context(**options))
        page = contexts[-1].new_page()
        page.on("console", lambda line: complaints.append(line.text) if _breaks_policy(line.text) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(PATIENCE_MS)
        return page

    yield new_page
    for context in contexts:
        context.close()
    _chromium.put_aside()
    assert not complaints, complaints


def _breaks_policy(text: str) -> bool:
    # A photo that is opened by itself has a policy of its own, which Chromium's viewer breaks.
    return "Policy" in text and "default-src 'none'" not in text


@pytest.fixture
def browser(new_page: Callable[..., Any]) -> Callable[..., Any]:
    """`browser(user)` is a page in which that user is signed in."""

    def sign_in(user: Any, **options: Any) -> Any:
        page = new_page(**options)
        client = Client()
        in_thread(client.force_login, user)
        value = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": value, "domain": "localhost", "path": "/"}])
        return page

    return sign_in


def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Return the function's result. It runs in a thread with a connection of its own, as requests do."""
    found = []

    def run() -> None:
        found.append(function(*args))
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def until(read: Callable[[], Any], wanted: Any) -> None:
    """Wait for the rows to be so: a page goes on before the server has answered."""
    eventually(lambda: in_thread(read) == wanted, or_say=lambda: f"{in_thread(read)} is not {wanted}")


def wait_until_true(page: Any, expression: str, argument: Any = None) -> None:
    """Wait for the expression, or the function of `argument`, to be true in the page.

    Playwright's `wait_for_function` evaluates text within the page, which our content security policy forbids as soon
    as its first answer is false; it does not wait for promises either.
    """
    errors = [""]

    def is_true() -> bool:
        try:
            return bool(page.evaluate(expression, argument))
        except _playwright_error() as error:  # the page is about to be another, or the element is not there yet
            errors.append(str(error))
            return False

    eventually(is_true, or_say=lambda: f"not true in the page: {expression} {errors[-1]}")


def _playwright_error() -> type[Exception]:
    return pytest.importorskip("playwright.sync_api").Error
