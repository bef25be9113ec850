"""Guests, staff and a partner's program, who ask without end, and what they were answered."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from facepass.testing.pictures.fake import picture_of

PAUSE = 0.15
# As a phone or a partner's program waits.
PATIENCE = 60
KINDS = 5
PEOPLE = ("ann", "bob", "cid", "dee", "eve")


@dataclass(frozen=True)
class Answer:
    """`status`: 0 where the connection failed."""

    kind: str
    begun: float
    ended: float
    status: int
    has_retry_after: bool

    @property
    def seconds(self) -> float:
        return self.ended - self.begun

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 400 or self.status == 429

    @property
    def is_told(self) -> bool:
        """Whether it says that one should come again."""
        return self.status == 503 and self.has_retry_after


@dataclass(frozen=True)
class Site:
    """What is asked for, and by which key."""

    url: str
    certificate: Path
    token: str
    gallery: str
    session: str
    code: str


class Traffic:
    """One thread for each kind of request: one after the other, with a pause."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._is_over = threading.Event()
        self._answers: list[Answer] = []
        self._numbers = itertools.count(time.time_ns() % 10**9 * 1000)
        self.uploaded: list[str] = []

    def since(self, moment: float) -> list[Answer]:
        """Return the answers to what was asked since then."""
        return [answer for answer in list(self._answers) if answer.begun >= moment]

    @contextmanager
    def running(self) -> Iterator[None]:
        asks = (self._page, self._list, self._search, self._upload, self._sign_in_page)
        threads = [threading.Thread(target=self._repeat, args=(ask,), daemon=True) for ask in asks]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join(2 * PATIENCE)

    def wait_until_well(self, *, since: float, after: float, limit: float = 150.0) -> float:
        """Wait until each kind of request, begun after that moment, goes well, and none has gone badly for two seconds.

        Return when the last bad one since `since` had ended; `since` where there was none. Raise AssertionError where
        that takes longer than `limit`.
        """
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            time.sleep(0.2)
            answers = self.since(since)
            last = max((answer.ended for answer in answers if not answer.is_good), default=since)
            fine = {answer.kind for answer in answers if answer.is_good and answer.begun > max(last, after)}
            if time.monotonic() - last > 2 and len(fine) == KINDS:
                return last
        recent = [answer for answer in self.since(deadline - 10) if not answer.is_good]
        raise AssertionError(f"not well within {limit:g} s; lately: {Counter((a.kind, a.status) for a in recent)}")

    def _repeat(self, ask: Callable[[requests.Session], requests.Response]) -> None:
        with requests.Session() as client:
            client.trust_env = False  # another list of certificates may be set there
            client.verify = str(self._site.certificate)
            while not self._is_over.is_set():
                begun = time.monotonic()
                status, has_retry_after = 0, False
                try:
                    answer = ask(client)
                    status, has_retry_after = answer.status_code, "Retry-After" in answer.headers
                except requests.RequestException:
                    pass
                name = ask.__name__.strip("_")
                self._answers.append(Answer(name, begun, time.monotonic(), status, has_retry_after))
                time.sleep(PAUSE)

    def _page(self, client: requests.Session) -> requests.Response:
        return client.get(f"{self._site.url}/s/{self._site.code}/", timeout=PATIENCE)

    def _sign_in_page(self, client: requests.Session) -> requests.Response:
        return client.get(f"{self._site.url}/admin/login/", timeout=PATIENCE)

    def _list(self, client: requests.Session) -> requests.Response:
        return client.get(f"{self._site.url}/api/v1/people/", headers=self._key, timeout=PATIENCE)

    def _search(self, client: requests.Session) -> requests.Response:
        person = PEOPLE[next(self._numbers) % len(PEOPLE)]
        path = f"{self._site.url}/api/v1/faces/search-session"
        fields = {"session_id": self._site.session}
        files = {"file": ("me.jpg", picture_of([f"{person}#1"], size=(320, 240)))}
        return client.post(path, headers=self._key, data=fields, files=files, timeout=PATIENCE)

    def _upload(self, client: requests.Session) -> requests.Response:
        answer = upload(client, self._site, number=next(self._numbers))
        if answer.status_code == 202:
            self.uploaded += [photo["id"] for photo in answer.json()["accepted"]]
        return answer

    @property
    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._site.token}"}


def upload(client: requests.Session, site: Site, *, number: int, people: Sequence[str] = ()) -> requests.Response:
    """Upload a photo that no other is like."""
    shown = people or [PEOPLE[number % len(PEOPLE)], PEOPLE[(number // 7) % len(PEOPLE)]]
    files = {"files": (f"{number}.jpg", picture_of(list(dict.fromkeys(shown)), size=(480, 360), seed=number))}
    path = f"{site.url}/api/v1/galleries/{site.gallery}/images/"
    return client.post(path, headers={"Authorization": f"Bearer {site.token}"}, files=files, timeout=PATIENCE)
