"""What one network address gets of an event: a party of guests, and a script that tries faces for an hour.

    python benchmarks/one_address.py EVENT_FOLDER [--guests 60] [--at-once 8]

EVENT_FOLDER is that of events.py: photos/, selfies/ and truth.json. The pages are asked as a browser asks, with the
limits of an installation, and the real engine. First as many guests as are named, each with a new cookie: half of them
try a picture that finds nobody, then all search with a selfie. Then a script, from another address: with a new cookie
for each face it tries strangers, then the guests' own pictures; after each minute's worth of tries the clock of the
limits is put forward by a minute, sixty times.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import own_home

PARTY, SCRIPT = "198.51.100.1", "203.0.113.1"
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """`outcome`: photos, nothing, challenge, or the status of a refusal."""

    outcome: str
    photos: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("event", type=Path)
    parser.add_argument("--guests", type=int, default=60)
    parser.add_argument("--at-once", type=int, default=8)
    options = parser.parse_args()
    truth = json.loads((options.event / "truth.json").read_text())
    own = [(options.event / path).read_bytes() for path in truth["selfies"].values()]
    strangers = [(options.event / path).read_bytes() for path in truth["strangers"]]
    with own_home.opened(None):
        code = open_session(options.event, list(truth["photos"]))
        print("party:", describe(serve_party(code, own, strangers, options)), flush=True)
        for name, pictures in (("strangers", strangers), ("guests' pictures", own)):
            forget_limits()
            print(f"script, {name}:", describe(trawl(code, pictures)), flush=True)


def open_session(event: Path, photos: list[str]) -> str:
    """Return the code of a session with these photos, analysed and grouped, open to guests."""
    from whole_guests import opened_session

    return str(opened_session(event, photos).code)


def serve_party(code: str, own: list[bytes], strangers: list[bytes], options: argparse.Namespace) -> list[Answer]:
    """Return what each guest got: of the picture that finds nobody and of the selfie, from one address."""
    pictures = list(islice(cycle(own), options.guests))

    def visit(number: int) -> list[Answer]:
        device = enter(code, PARTY)
        before = [search(device, code, strangers[number % len(strangers)])] if number % 2 else []
        return [*before, search(device, code, pictures[number])]

    with ThreadPoolExecutor(options.at_once) as threads:
        return [answer for answers in threads.map(visit, range(options.guests)) for answer in answers]


def trawl(code: str, pictures: list[bytes]) -> list[Answer]:
    """Return what a script got in an hour of the limits' clock, until each minute's challenge."""
    answers: list[Answer] = []
    faces = cycle(pictures)
    for _minute in range(MINUTES):
        answers.extend(try_faces(code, faces))
        put_forward()
    return answers


def try_faces(code: str, faces: Iterator[bytes]) -> Iterator[Answer]:
    """Yield what each face gave, up to the one that was asked for the challenge, or refused."""
    while True:
        answer = search(enter(code, SCRIPT), code, next(faces))
        yield answer
        if answer.outcome not in ("photos", "nothing", "422"):
            return


def enter(code: str, address: str) -> Any:
    """Return the browser of a new guest of that address, who has agreed."""
    from django.http import HttpResponse
    from django.test import Client

    from sessions_app.guest.domain.privacy import consent
    from sessions_app.guest.views import cookies
    from sessions_app.models import Guest, PhotoSession

    device, response = Client(REMOTE_ADDR=address), HttpResponse()
    session = PhotoSession.objects.get(code=code)
    cookies.remember_guest(response, Guest.objects.create(session=session, notice=consent.NOTICE, language="en"))
    device.cookies.update(response.cookies)
    return device


def search(device: Any, code: str, picture: bytes) -> Answer:
    from django.core.files.uploadedfile import SimpleUploadedFile

    started = time.perf_counter()
    sent = {"selfie": SimpleUploadedFile("me.jpg", picture, "image/jpeg")}
    response = device.post(f"/s/{code}/", sent, headers={"host": "localhost"})
    seconds, page = time.perf_counter() - started, response.content.decode()
    photos = page.count("/thumbnail?") if response.status_code == 200 else 0
    if response.status_code == 403 and "data-challenge" in page:
        return Answer("challenge", 0, seconds)
    outcome = ("photos" if photos else "nothing") if response.status_code == 200 else str(response.status_code)
    return Answer(outcome, photos, seconds)


def put_forward() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE rate_buckets SET due = due - make_interval(mins => 1)")


def forget_limits() -> None:
    from facepass.models import RateBucket

    RateBucket.objects.all().delete()


def describe(answers: list[Answer]) -> str:
    outcomes = "  ".join(f"{name} {number}" for name, number in sorted(Counter(one.outcome for one in answers).items()))
    median = statistics.median(one.seconds for one in answers)
    longest = max(one.seconds for one in answers)
    photos = sum(one.photos for one in answers)
    return f"{len(answers)} searches  {outcomes}  photos shown {photos}  median {median:.2f} s  longest {longest:.2f} s"


if __name__ == "__main__":
    main()
