"""How a request's body is received. Django spools bodies of more than 2.5 MB to a file before any view runs."""

import hashlib
import io
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch

from facepass.core.errors import FacePassError, refusal_response
from facepass.core.requests import body_gate
from facepass.core.requests.body_gate import Allowance
from facepass.core.requests.body_reception import BodyReception, Receive, too_large
from facepass.core.requests.middleware import choose_request_id, find_view
from facepass.core.requests.security_headers import security_headers

CHUNK_BYTES = 1_000_000

_path: ContextVar[str] = ContextVar("path")


class RequestThreads:
    """Threads in which requests are answered, each one request at a time. Django's own handler begins two for each."""

    # More than these are ended once they are idle.
    MOST_IDLE = 32

    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[None]:
        """Have what is inside, and asks for a thread, use one that nobody else has. In one event loop only."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            if len(self._idle) < self.MOST_IDLE:
                self._idle.append(thread)
            else:
                thread.shutdown(wait=False)


class LimitingASGIHandler(ASGIHandler):
    """Django's handler, with limits on bodies while they arrive, and with bodies that hold a selfie in memory only."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = RequestThreads()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with self._threads.borrow():
            await self.handle(scope, receive, send)

    def load_middleware(self, is_async: bool = False) -> None:
        """Load the middleware as synchronous: a request then changes to a thread once, and not for each of them."""
        super().load_middleware(is_async=False)
        self._middleware_chain = sync_to_async(self._middleware_chain, thread_sensitive=True)  # type: ignore[has-type]

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return the view, as the middleware for optional slashes has found it."""
        match = find_view(request)
        if match is None:
            return super().resolve_request(request)
        request.resolver_match = match
        return match

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the request. What refuses its body before a view is reached is answered here."""
        _path.set(scope["path"])
        reception = None
        try:
            allowance = await _allow(scope)
            in_memory = bool(body_gate.SELFIE_PATHS.match(scope["path"]))
            reception = BodyReception(receive, allowance, in_memory=in_memory)
            await super().handle(scope, reception.receive, send)
        except FacePassError as refusal:
            await _refuse(scope, send, refusal)
        finally:
            if reception is not None:
                reception.release()

    async def read_body(self, receive: Any) -> IO[bytes]:
        if body_gate.SELFIE_PATHS.match(_path.get()):
            return await read_in_memory(receive)
        return await super().read_body(receive)


async def _allow(scope: Any) -> Allowance:
    """Return what may be received; who asks is looked up only for a body that may be large."""
    length = _content_length(scope)
    if length <= body_gate.SMALL_BYTES and not _header(scope, b"transfer-encoding"):
        return Allowance()
    allowance = await sync_to_async(body_gate.decide_allowance, thread_sensitive=True)(scope)
    if length > allowance.kept + allowance.dropped:
        raise too_large(allowance.kept)
    return allowance


def _header(scope: Any, name: bytes) -> str:
    return str(dict(scope["headers"]).get(name, b"").decode("latin-1"))


def _content_length(scope: Any) -> int:
    said = _header(scope, b"content-length")
    return int(said) if said.isdecimal() and said.isascii() else 0


async def _refuse(scope: Any, send: Any, refusal: FacePassError) -> None:
    """Send the refusal in the usual envelope. The connection ends with it, because the body is still on its way."""
    request = HttpRequest()
    request.request_id = choose_request_id(_header(scope, b"x-request-id"))  # type: ignore[attr-defined]
    answer = refusal_response(refusal, request=request)
    headers = {
        **answer.headers,
        **security_headers(scope["path"]),
        "Content-Length": str(len(answer.content)),
        "Connection": "close",
        "X-Request-Id": request.request_id,  # type: ignore[attr-defined]
    }
    pairs = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refusal.status, "headers": pairs})
    await send({"type": "http.response.body", "body": answer.content})


async def read_in_memory(receive: Receive) -> io.BytesIO:
    """Return the body as a file in memory."""
    body = io.BytesIO()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    body.seek(0)
    return body


def fingerprint_request(request: HttpRequest, *more: str) -> str:
    """Return a SHA-256 of the request that is the same for each attempt: a form's random boundary is left out.

    The body is read from where it was spooled and can be read again.
    """
    kind = request.content_type or ""
    about = (request.method or "", request.path_info, request.META.get("QUERY_STRING", ""), kind, *more)
    digest = hashlib.sha256("\0".join(about).encode())
    stream = _rewindable(request)
    boundary = (request.content_params or {}).get("boundary", "").encode("latin-1", "replace")
    for part in _remove_mark(boundary, stream):
        digest.update(part)
    stream.seek(0)
    return digest.hexdigest()


def _rewindable(request: Any) -> IO[bytes]:
    """Return the body as a stream at its start.

    Under ASGI it is a file already; the test client's is read into memory.
    """
    if hasattr(request, "_body"):
        return io.BytesIO(request._body)
    if not (hasattr(request._stream, "seekable") and request._stream.seekable()):
        request._stream = io.BytesIO(request._stream.read())
    request._stream.seek(0)
    found: IO[bytes] = request._stream
    return found


def _remove_mark(mark: bytes, stream: IO[bytes]) -> Any:
    """Yield the stream's content in pieces, without any occurrence of `mark`, also where one spans two chunks."""
    kept = b""
    while chunk := stream.read(CHUNK_BYTES):
        *whole, kept = (kept + chunk).split(mark) if mark else (chunk, b"")
        yield from whole
        cut = max(0, len(kept) - len(mark) + 1)
        yield kept[:cut]
        kept = kept[cut:]
    yield kept
