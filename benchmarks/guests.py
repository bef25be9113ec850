"""How long guests wait: from the shutter (the POST of a selfie) to the first thumbnail, and how heavy their page is.

    python benchmarks/guests.py GUEST_URL SELFIES [--guests 20] [--rounds 3] [--alone 20] [--chromium]

GUEST_URL is a session's page on a running server, such as http://localhost:8000/s/abcd2345/; SELFIES a folder of
pictures of people who are in its photos. Each guest agrees first, with a cookie of their own; then all of a round
search at once. Between rounds is a pause, so that the address stays within the server's limits for one; more than
three rounds of 20 are more searches than one address may make without the challenge. `--chromium`
measures pages in Chromium, the one before the consent and the one with the photos found: LCP, the time to
the first thumbnail, and bytes, heads of the answers included; on this machine's line, at fast 3G as Chromium's tools
have it (1.44 Mbit/s, 562 ms), and as on a slow phone (4 times slower processor, 1.6 Mbit/s, 150 ms).
"""

import argparse
import io
import re
import shutil
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urljoin

import brotli
import httpx
from PIL import Image, ImageOps

# As the page sends them (static/facepass/camera.js).
SIDE, QUALITY = 1280, 90
# Seconds that give an address as many searches as a round of 20 takes.
PAUSE = 11
# Bytes a second, and milliseconds.
LINES: dict[str, dict[str, float]] = {
    "this machine": {},
    "fast 3G": {"latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375},
    "slow phone": {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000},
}
SLOWER_PROCESSOR = {"slow phone": 4}
FIRST_THUMBNAIL = """() => Math.min(...performance.getEntriesByType("resource")
    .filter(({ name }) => /\\/found\\/.*\\/(thumbnail|preview)/.test(name)).map(({ responseEnd }) => responseEnd))"""
LCP = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
        .observe({type: "largest-contentful-paint", buffered: true});
})"""


class Guest:
    """One phone."""

    def __init__(self, address: str, selfie: bytes) -> None:
        self.address, self.selfie = address, selfie
        self.client = httpx.Client(follow_redirects=True, timeout=60, headers={"Accept-Encoding": "br"})
        self.client.post(urljoin(address, "consent/"), data={"agree": "on", **self.token()}).raise_for_status()

    def token(self) -> dict[str, str]:
        page = self.client.get(self.address)
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert found, f"no form on the page: {page.status_code}"
        return {"csrfmiddlewaretoken": found[1]}

    def search(self, ready: Barrier | None = None) -> float | None:
        """Seconds; None where nobody was found, whose page has no thumbnail."""
        files = {"selfie": ("selfie.jpg", self.selfie, "image/jpeg")}
        request = self.client.build_request("POST", self.address, data=self.token(), files=files)
        body, headers = request.read(), dict(request.headers)  # a phone does this by itself, beside the server
        with closing(connected(request.url)) as server:
            if ready:
                ready.wait()
            started = time.perf_counter()
            page = answer(server, "POST", request.url.raw_path, body=body, headers=headers).decode()
            thumbnail = re.search(r'<img src="(/found/[^"]+)"', page)
            if not thumbnail:
                return None
            address = thumbnail[1].replace("&amp;", "&")
            answer(server, "GET", address.encode(), headers={"Host": headers["host"], "Cookie": headers["cookie"]})
            return time.perf_counter() - started


def connected(url: httpx.URL) -> HTTPConnection:
    """Python's plain client: the time of a richer one, on the same cores, would count as the server's."""
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = kind(url.host, url.port, timeout=60)
    connection.connect()
    return connection


def answer(server: HTTPConnection, method: str, path: bytes, **more: Any) -> bytes:
    server.request(method, path.decode("ascii"), **more)
    found = server.getresponse()
    body = found.read()
    if found.status != 200:
        raise RuntimeError(f"{method} was answered with {found.status}")
    return brotli.decompress(body) if found.getheader("Content-Encoding") == "br" else body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("selfies", type=Path)
    parser.add_argument("--guests", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", type=int, default=20)
    parser.add_argument("--chromium", action="store_true")
    options = parser.parse_args()
    files = [path for path in sorted(options.selfies.rglob("*")) if path.suffix.lower() in {".jpg", ".jpeg", ".png"}]
    selfies = [as_sent(path) for path in files[: options.guests]]
    guests = [Guest(options.address, selfies[number % len(selfies)]) for number in range(options.guests)]
    guests[0].search()  # warms the models up
    alone = [guests[number % len(guests)].search() for number in range(options.alone)]
    show("alone", alone)
    share_what_finds(guests, alone)
    together: list[float | None] = []
    for _round in range(options.rounds):
        time.sleep(PAUSE)
        together += at_once(guests)
    show(f"{options.guests} at once", together)
    if options.chromium:
        finder = next(guest for guest, seconds in zip(guests, alone, strict=False) if seconds is not None)
        for line in LINES:
            show_page(options.address, line=line)
            show_page(urljoin(options.address, "photos/"), line=line, guest=finder)


def as_sent(path: Path) -> bytes:
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def share_what_finds(guests: list[Guest], alone: list[float | None]) -> None:
    """Who found nobody goes on with another's selfie: after five misses the server would have them pause."""
    missed = {number % len(guests) for number, seconds in enumerate(alone) if seconds is None}
    found = [guest for number, guest in enumerate(guests) if number not in missed]
    for number in missed:
        guests[number].selfie = found[number % len(found)].selfie


def at_once(guests: list[Guest]) -> list[float | None]:
    ready = Barrier(len(guests))
    with ThreadPoolExecutor(len(guests)) as pool:
        return list(pool.map(lambda guest: guest.search(ready), guests))


def show(name: str, seconds: list[float | None]) -> None:
    found = sorted(1000 * each for each in seconds if each is not None)
    if len(found) < 2:
        print(f"{name:12} {len(seconds)} searches found nobody")
        return
    p95 = statistics.quantiles(found, n=20, method="inclusive")[-1]
    print(
        f"{name:12} p50 {statistics.median(found):6.0f} ms   p95 {p95:6.0f} ms   most {found[-1]:6.0f} ms   "
        f"{len(found)} searches, {len(seconds) - len(found)} without photos",
        flush=True,
    )


def show_page(address: str, *, line: str, guest: Guest | None = None) -> None:
    """Open the page with an empty cache, as that guest where one is given."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740}, service_workers="block")
        if guest:
            cookies = guest.client.cookies.jar
            site = urljoin(address, "/")
            page.context.add_cookies([{"name": c.name, "value": c.value or "", "url": site} for c in cookies])
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR.get(line, 1)})
        if LINES[line]:
            tools.send("Network.emulateNetworkConditions", {"offline": False, **LINES[line]})
        sizes: list[float] = []
        tools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(address, wait_until="networkidle")
        thumbnail = f"   first thumbnail {page.evaluate(FIRST_THUMBNAIL):6.0f} ms" if guest else ""
        print(
            f"{line:12} {'photos' if guest else 'first page':10} LCP {page.evaluate(LCP):6.0f} ms{thumbnail}   "
            f"{len(sizes)} answers, {sum(sizes) / 1000:.1f} kB",
            flush=True,
        )
        browser.close()


if __name__ == "__main__":
    main()
