"""Requests and answers: the key, the error envelope, waiting where the server asks for it, pages."""

import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from facepass_client.errors import Refused

Picture = Path | bytes
RETRIES = 2
# Who is asked to wait longer is told so instead.
LONGEST_WAIT_SECONDS = 30.0


def as_file(picture: Picture) -> tuple[str, bytes]:
    """Name and content; read at once, so that an attempt can be repeated."""
    return (picture.name, picture.read_bytes()) if isinstance(picture, Path) else ("picture", picture)


class Transport:
    def __init__(self, base_url: str, api_key: str, *, timeout: float) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        self._client = httpx.Client(base_url=base_url, headers=headers, timeout=timeout)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str) -> dict[str, Any]:
        return self.send("GET", path)

    def post(self, path: str, **request: Any) -> dict[str, Any]:
        """The same key for every attempt, so that the server does it once."""
        return self.send("POST", path, headers={"Idempotency-Key": str(uuid.uuid4())}, **request)

    def send(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        answer = self.answer(method, path, **request)
        body: dict[str, Any] = answer.json() if answer.content else {}
        return body

    def answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Raises Refused. 429 and 503 with a Retry-After are tried again after that time."""
        for attempt in range(RETRIES + 1):
            answer = self._client.request(method, path, **request)
            if answer.is_success:
                break
            wait = _wait(answer)
            if attempt == RETRIES or wait is None:
                raise Refused.from_answer(answer)
            time.sleep(wait)
        return answer

    def pages(self, path: str, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Every row. The next page is fetched by its query alone: the server may have another name from outside."""
        query = httpx.QueryParams(dict(filters))
        while True:
            page = self.answer("GET", path, params=query).json()
            yield from page["results"]
            if not page["next"]:
                return
            query = httpx.URL(page["next"]).params


def _wait(answer: httpx.Response) -> float | None:
    said = answer.headers.get("Retry-After", "")
    if answer.status_code not in (429, 503) or not said.isdigit() or int(said) > LONGEST_WAIT_SECONDS:
        return None
    return float(said)
