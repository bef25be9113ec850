"""How a request's body is received. Django spools bodies of more than 2.5 MB to a file before any view runs."""

import hashlib
import io
import json
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import IO, Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest

from facepass.core.errors import build_envelope
from facepass.core.requests.middleware import choose_request_id

# Whoever searches with a selfie is promised that it is not stored, so it may not lie in a temporary file either.
SELFIE_PATHS = re.compile(
    r"/s/|/api/v1/(sessions/[^/]+/interface|faces/search|reference|verify|liveness)"
    r"|/(detect-faces|recognize-face|batch-recognize|api/v2/recognize)"
)
# A guest who chose too large a picture gets a page that says so, and that is made by the view.
GUEST_PAGE_PATHS = re.compile(r"/s/|/api/v1/sessions/[^/]+/interface")
# At most this much is kept of a page's form; the rest is read and dropped.
MAX_SELFIE_BODY_BYTES = 26_000_000
# What a form adds to its file: boundaries, headers, other fields.
SELFIE_FORM_OVERHEAD = 100_000
# An upload may carry many photos, each of which is limited on its own as it is read.
PHOTOS_PER_REQUEST = 40
CHUNK_BYTES = 1_000_000

Receive = Callable[[], Awaitable[dict[str, Any]]]
_path: ContextVar[str] = ContextVar("path")


class BodyTooLarge(Exception):
    """The body has more bytes than its path may take; the rest is not read."""


class LimitingASGIHandler(ASGIHandler):
    """Django's handler, with a limit on bodies while they arrive, and with bodies that hold a selfie in memory only."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Load the middleware as synchronous: a request then changes to a thread once, and not for each of them."""
        super().load_middleware(is_async=False)
        self._middleware_chain = sync_to_async(self._middleware_chain, thread_sensitive=True)  # type: ignore[has-type]

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        _path.set(scope["path"])
        limit = body_limit(scope["path"], content_type=_header(scope, b"content-type"))
        try:
            if _content_length(scope) > limit:
                raise BodyTooLarge  # noqa: TRY301 - the same refusal as for a body that does not say its length
            await super().handle(scope, _limit_receive(receive, limit), send)
        except BodyTooLarge:
            await _refuse(scope, send, limit=limit)

    async def read_body(self, receive: Any) -> IO[bytes]:
        if SELFIE_PATHS.match(_path.get()):
            return await read_in_memory(receive)
        return await super().read_body(receive)


def body_limit(path: str, *, content_type: str) -> int:
    """Return how many bytes a request to this path may have."""
    photos = PHOTOS_PER_REQUEST * int(settings.MAX_UPLOAD_BYTES)
    if GUEST_PAGE_PATHS.match(path):
        return photos
    if SELFIE_PATHS.match(path):
        return min(MAX_SELFIE_BODY_BYTES, settings.MAX_UPLOAD_BYTES + SELFIE_FORM_OVERHEAD)
    return photos if content_type.startswith("multipart/") else int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _header(scope: Any, name: bytes) -> str:
    return str(dict(scope["headers"]).get(name, b"").decode("latin-1"))


def _content_length(scope: Any) -> int:
    said = _header(scope, b"content-length")
    return int(said) if said.isdecimal() and said.isascii() else 0


def _limit_receive(receive: Receive, limit: int) -> Receive:
    came = 0

    async def receive_limited() -> dict[str, Any]:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > limit:
            raise BodyTooLarge
        return message

    return receive_limited


async def _refuse(scope: Any, send: Any, *, limit: int) -> None:
    """Send 413 in the usual envelope. The connection ends with it, because the body is still on its way."""
    request = HttpRequest()
    request.request_id = choose_request_id(_header(scope, b"x-request-id"))  # type: ignore[attr-defined]
    details = {"limit_bytes": limit}
    body = json.dumps(
        build_envelope("too_large", "The request is too large.", details=details, request=request)
    ).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"x-request-id", request.request_id.encode()),  # type: ignore[attr-defined]
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def read_in_memory(receive: Receive) -> io.BytesIO:
    """Return the body as a file in memory. What exceeds MAX_SELFIE_BODY_BYTES is read and dropped."""
    body = io.BytesIO()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestAborted
        body.write(message.get("body", b"")[: max(0, MAX_SELFIE_BODY_BYTES - body.tell())])
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


def get_asgi_application() -> LimitingASGIHandler:
    """Return what Django's function of that name does, with our handler."""
    django.setup(set_prefix=False)
    return LimitingASGIHandler()
