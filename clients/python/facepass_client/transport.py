"""Sends calls, again where that is right, and turns refusals into exceptions: one class that waits, one for asyncio."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from facepass_client.calls import Call
from facepass_client.errors import ServerUnreachable, build_refusal
from facepass_client.retries import Retries, read_retry_after


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the server is and who asks. `token` is an API key or a member's token, None for what anybody may ask."""

    base_url: str
    token: str | None = field(repr=False)
    studio: str | None = None
    timeout: float = 30.0
    retries: Retries = field(default_factory=Retries)

    def build_client_arguments(self) -> dict[str, Any]:
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        if self.studio is not None:
            headers["X-Studio"] = self.studio
        return {"base_url": self.base_url, "headers": headers, "timeout": self.timeout}


def judge(settings: Settings, answer: httpx.Response, attempt: int) -> float:
    """Return the seconds to wait before the next attempt. Raise Refused where there is none."""
    pause = settings.retries.wait_after_refusal(answer, attempt)
    if pause is None:
        raise build_refusal(answer, retry_after=read_retry_after(answer))
    return pause


def judge_failure(settings: Settings, call: Call, error: httpx.TransportError, attempt: int) -> float:
    """Return the seconds to wait before the next attempt. Raise ServerUnreachable where there is none."""
    pause = settings.retries.wait_after_failure(call, error, attempt)
    if pause is None:
        raise ServerUnreachable(f"{call.method} {call.address}: {error}") from error
    return pause


class Transport:
    """Safe to be shared by threads, as httpx's client is."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._client = httpx.Client(transport=transport, **settings.build_client_arguments())

    def close(self) -> None:
        self._client.close()

    def send(self, call: Call) -> httpx.Response:
        call, attempt = call.begin(), 1
        while True:
            try:
                with call.prepare() as request:
                    answer = self._client.request(**request)
            except httpx.TransportError as error:
                pause = judge_failure(self._settings, call, error, attempt)
            else:
                if answer.is_success:
                    return answer
                pause = judge(self._settings, answer, attempt)
            time.sleep(pause)
            attempt += 1


class AsyncTransport:
    """Belongs to one event loop."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._client = httpx.AsyncClient(transport=transport, **settings.build_client_arguments())

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, call: Call) -> httpx.Response:
        call, attempt = call.begin(), 1
        while True:
            try:
                with call.prepare() as request:
                    answer = await self._client.request(**request)
            except httpx.TransportError as error:
                pause = judge_failure(self._settings, call, error, attempt)
            else:
                if answer.is_success:
                    return answer
                pause = judge(self._settings, answer, attempt)
            await asyncio.sleep(pause)
            attempt += 1
