"""Websockets that ask for an address that nothing has: they are refused at once, as a page would be."""

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
# What servers make of it that know no other answer than a refusal.
NOT_FOUND = 4404


async def answer_not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 404 instead of opening the socket; a server that cannot say so refuses it."""
    await receive()
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": NOT_FOUND})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]
    await send({"type": "websocket.http.response.start", "status": 404, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})
