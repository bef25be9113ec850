"""How soon one member of staff sees what another does, and what scrolling through 5,000 photos costs the browser.

    python benchmarks/staff_live.py [PHOTOS] [ROUNDS]     5000 20

A real server (uvicorn, one process) and two Chromium pages on one photo: from the key that rejects a face, or takes it
back, in the one until the other shows it. And on the gallery's grid: milliseconds of our script in each frame in which
the page moves on by 700 pixels.
"""

import shutil
import sys
import time
from typing import Any

import own_home
import staff

HIDDEN = "document.querySelectorAll('.fp-row[data-kind=hidden]').length === {}"
FRAMES = """async () => {
    const spent = [];
    for (let step = 0; step < 60; step += 1) {
        await new Promise(requestAnimationFrame);
        const started = performance.now();
        document.scrollingElement.scrollTop += 700;
        document.dispatchEvent(new Event("scroll"));
        spent.push(performance.now() - started);
    }
    return spent;
}"""


def main() -> None:
    photos, rounds = [int(number) for number in sys.argv[1:]] + [5000, 20][len(sys.argv) - 1 :]
    with own_home.opened(None):
        ids = staff.filled(photos, 2 * photos)
        cookies = [staff.signed_in(), staff.signed_in()]
        with staff.served() as address:
            measured(address, ids, cookies, rounds)


def measured(address: str, ids: dict[str, Any], cookies: list[str], rounds: int) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        one, other = (page_of(browser, cookie) for cookie in cookies)
        for page in (one, other):
            page.goto(f"{address}/admin/galleries/galleryimage/{ids['photo']}/faces/")
            page.wait_for_selector('[data-status][data-state="live"]')
            page.wait_for_selector(".fp-row[data-face]")
        lags = []
        for _round in range(rounds):
            for key, hidden in (("r", 1), ("u", 0)):
                started = time.perf_counter()
                one.keyboard.press(key)
                other.wait_for_function(HIDDEN.format(hidden), polling=10)
                lags.append((time.perf_counter() - started) * 1000)
                one.wait_for_function(HIDDEN.format(hidden), polling=10)
        staff.told("seen in another browser", lags)
        one.goto(f"{address}/admin/galleries/gallery/{ids['gallery']}/photos/")
        one.wait_for_selector(".fp-cell")
        staff.told("our script in a frame", one.evaluate(FRAMES))
        browser.close()


def page_of(browser: Any, cookie: str) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "sessionid", "value": cookie, "domain": "localhost", "path": "/"}])
    return context.new_page()


if __name__ == "__main__":
    main()
