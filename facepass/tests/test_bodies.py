"""Bodies that hold a selfie are received in memory, whatever their size; others as Django does."""

import asyncio

import pytest
from django.core.exceptions import RequestAborted

from facepass import bodies


def received(path, *chunks, end=True):
    """What `Handler` makes of a body that arrives in these chunks."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "body": b""} if end else {"type": "http.disconnect"})

    async def receive():
        return messages.pop(0)

    async def read():
        bodies._path.set(path)
        return await bodies.Handler().read_body(receive)

    return asyncio.run(read())


@pytest.mark.parametrize(
    "path",
    [
        "/s/abcd2345/",
        "/api/v1/faces/search-session",
        "/api/v1/sessions/1/interface",
        "/api/v1/reference",
        "/api/v1/verify/",
        "/api/v1/liveness",
        "/detect-faces",
    ],
)
def test_a_selfie_is_received_in_memory(path, monkeypatch):
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda *_args, **_kwargs: pytest.fail("a file was made"))
    assert received(path, b"a" * 2_000_000, b"b" * 2_000_000).read() == b"a" * 2_000_000 + b"b" * 2_000_000


def test_an_upload_of_photos_may_go_to_the_disk():
    with received("/api/v1/galleries/1/images/", b"a" * 3_000_000) as body:
        assert body._rolled


def test_memory_is_bounded_and_the_rest_is_read_and_dropped(monkeypatch):
    monkeypatch.setattr(bodies, "MAX_BYTES", 10)
    assert received("/s/abcd2345/", b"12345678", b"9abcdef", b"more").read() == b"123456789a"


def test_a_visitor_who_leaves_ends_the_request():
    with pytest.raises(RequestAborted):
        received("/s/abcd2345/", b"half", end=False)
