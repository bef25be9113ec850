"""How a request's body is received. Django spools bodies of more than 2.5 MB to a file before any view runs."""

import io
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import IO, Any

import django
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler

# Whoever searches with a selfie is promised that it is not stored, so it may not lie in a temporary file either.
SELFIES = re.compile(r"/s/|/api/v1/(sessions/[^/]+/interface|faces/search|reference|verify|liveness)|/detect-faces")
# At most this much is kept; the rest is read and dropped, and the view refuses the request by its Content-Length.
MAX_BYTES = 26_000_000

_path: ContextVar[str] = ContextVar("path")


class Handler(ASGIHandler):
    """Django's handler, with bodies that hold a selfie in memory only."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        _path.set(scope["path"])
        await super().handle(scope, receive, send)

    async def read_body(self, receive: Any) -> IO[bytes]:
        if SELFIES.match(_path.get()):
            return await read_in_memory(receive)
        return await super().read_body(receive)


async def read_in_memory(receive: Callable[[], Awaitable[dict[str, Any]]]) -> io.BytesIO:
    body = io.BytesIO()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        body.write(message.get("body", b"")[: max(0, MAX_BYTES - body.tell())])
        more = message.get("more_body", False)
    body.seek(0)
    return body


def application() -> Handler:
    """What `django.core.asgi.get_asgi_application` does, with our handler."""
    django.setup(set_prefix=False)
    return Handler()
