"""A body while it arrives: no more of it than is allowed, none that comes too slowly, and a bound on all together."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.core.requests.body_gate import Allowance

Receive = Callable[[], Awaitable[dict[str, Any]]]

# A telephone at the edge of its network sends more than this each second; the first moments are not counted.
LEAST_BYTES_A_SECOND = 2_000
GRACE_SECONDS = 20.0
# Of all bodies with selfies together, in this process: some forty selfies at once.
MOST_MEMORY = 200_000_000
RETRY_AFTER_SECONDS = 5

_in_memory = 0


class BodyReception:
    """One request's body. `receive` is what the handler gets; `release` is called when the request is over."""

    def __init__(self, receive: Receive, allowance: Allowance, *, in_memory: bool) -> None:
        self._receive = receive
        self._allowance = allowance
        self._counted = in_memory
        self._came = self._held = 0
        self._begun = time.monotonic()
        self._more = True

    async def receive(self) -> dict[str, Any]:
        """Return the next message, without what exceeds the allowance.

        Raise FacePassError 413 `too_large`, 408 `request_timeout`, 503 `uploads_busy`. Once the body is whole, a
        message may take as long as it likes: it tells that the client has gone.
        """
        if not self._more:
            return await self._receive()
        message = await self._receive_in_time()
        self._more = message["type"] == "http.request" and message.get("more_body", False)
        chunk = message.get("body", b"")
        room = max(0, self._allowance.kept - self._came)
        self._came += len(chunk)
        if self._came > self._allowance.kept + self._allowance.dropped:
            raise too_large(self._allowance.kept)
        if len(chunk) > room:
            message = {**message, "body": chunk[:room]}
        self._hold(len(message.get("body", b"")))
        return message

    def release(self) -> None:
        """Give back the memory that the body took."""
        global _in_memory  # noqa: PLW0603 - of this process
        _in_memory -= self._held
        self._held = 0

    async def _receive_in_time(self) -> dict[str, Any]:
        due = self._begun + GRACE_SECONDS + self._came / LEAST_BYTES_A_SECOND
        try:
            async with asyncio.timeout(due - time.monotonic()):
                return await self._receive()
        except TimeoutError:
            raise FacePassError("request_timeout", _("The request took too long to arrive."), status=408) from None

    def _hold(self, count: int) -> None:
        global _in_memory  # noqa: PLW0603 - of this process, in its one event loop
        if not self._counted:
            return
        if _in_memory + count > MOST_MEMORY:
            message = _("Many pictures are arriving right now. Try again in a moment.")
            raise FacePassError("uploads_busy", message, status=503, retry_after=RETRY_AFTER_SECONDS)
        _in_memory += count
        self._held += count


def too_large(limit: int) -> FacePassError:
    """Return the refusal of a body of more bytes than its path takes."""
    message = _("The request is too large.")
    return FacePassError("too_large", message, status=413, details={"limit_bytes": limit})
