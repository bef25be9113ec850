"""The clients: every operation of the API by its group, and what takes several of them."""

import asyncio
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

import httpx

from facepass_client import models
from facepass_client.calls import Call
from facepass_client.operations import AsyncOperations, Operations
from facepass_client.pictures import OnProgress, Picture
from facepass_client.retries import Retries
from facepass_client.transport import AsyncTransport, Settings, Transport
from facepass_client.waiting import is_analysed, is_over, join_reports, list_parts, list_pauses


class FacePass(Operations):
    """`facepass.people.create(…)`, `facepass.galleries.list()`: a group for each part of the API.

    Raises `Refused` for what the server refuses and `ServerUnreachable` where there is no answer.
    Safe to be shared by threads. `transport` is httpx's, for proxies and tests.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        studio: str | None = None,
        timeout: float = 30.0,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`api_key` may be a member's token too; `studio` says which one a member of several acts in."""
        self._transport = Transport(Settings(base_url, api_key, studio, timeout, retries or Retries()), transport)
        super().__init__(self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def request(
        self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None
    ) -> httpx.Response:
        """Return the whole answer, with its headers; `body` is sent as JSON. Waits and raises as all methods do."""
        return self._transport.send(Call(method, path, query=query or {}, body=body))

    def upload_photos(
        self, gallery_id: str, pictures: Picture | Iterable[Picture], *, on_progress: OnProgress | None = None
    ) -> models.UploadReport:
        """Send any number of photos to a gallery, 20 in a request; the analysis goes on afterwards.

        Each photo is kept or refused on its own. `on_progress` counts anew for each request.
        """
        return join_reports(
            [
                self.galleries.upload_images(gallery_id, files=part, on_progress=on_progress)
                for part in list_parts(pictures)
            ]
        )

    def wait_for_task(self, task_id: str, *, seconds: float = 60.0) -> models.Task:
        """Return the task when it is over, well or not. Raise StillRunning after `seconds`."""
        for pause in list_pauses(seconds):
            if is_over(task := self.tasks.get(task_id)):
                return task
            time.sleep(pause)
        raise AssertionError("the pauses end with an exception")

    def wait_for_gallery(self, gallery_id: str, *, seconds: float = 600.0) -> models.Progress:
        """Return the progress when every photo is processed or has failed. Raise StillRunning after `seconds`."""
        for pause in list_pauses(seconds):
            if is_analysed(progress := self.galleries.get_progress(gallery_id)):
                return progress
            time.sleep(pause)
        raise AssertionError("the pauses end with an exception")


class AsyncFacePass(AsyncOperations):
    """`FacePass` for asyncio: `await facepass.people.create(…)`, `async for person in facepass.people.list()`.

    Belongs to one event loop.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        studio: str | None = None,
        timeout: float = 30.0,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`api_key` may be a member's token too; `studio` says which one a member of several acts in."""
        self._transport = AsyncTransport(Settings(base_url, api_key, studio, timeout, retries or Retries()), transport)
        super().__init__(self._transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._transport.close()

    async def request(
        self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None
    ) -> httpx.Response:
        """Return the whole answer, with its headers; `body` is sent as JSON. Waits and raises as all methods do."""
        return await self._transport.send(Call(method, path, query=query or {}, body=body))

    async def upload_photos(
        self, gallery_id: str, pictures: Picture | Iterable[Picture], *, on_progress: OnProgress | None = None
    ) -> models.UploadReport:
        """Send any number of photos to a gallery, 20 in a request; the analysis goes on afterwards.

        Each photo is kept or refused on its own. `on_progress` counts anew for each request.
        """
        return join_reports(
            [
                await self.galleries.upload_images(gallery_id, files=part, on_progress=on_progress)
                for part in list_parts(pictures)
            ]
        )

    async def wait_for_task(self, task_id: str, *, seconds: float = 60.0) -> models.Task:
        """Return the task when it is over, well or not. Raise StillRunning after `seconds`."""
        for pause in list_pauses(seconds):
            if is_over(task := await self.tasks.get(task_id)):
                return task
            await asyncio.sleep(pause)
        raise AssertionError("the pauses end with an exception")

    async def wait_for_gallery(self, gallery_id: str, *, seconds: float = 600.0) -> models.Progress:
        """Return the progress when every photo is processed or has failed. Raise StillRunning after `seconds`."""
        for pause in list_pauses(seconds):
            if is_analysed(progress := await self.galleries.get_progress(gallery_id)):
                return progress
            await asyncio.sleep(pause)
        raise AssertionError("the pauses end with an exception")
