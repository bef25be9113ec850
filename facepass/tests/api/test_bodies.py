"""How bodies are received: a selfie in memory only, and never more than the request may have."""

import asyncio
import json

import pytest
from asgiref.sync import AsyncToSync
from django.core.exceptions import RequestAborted

from facepass.core.errors import FacePassError
from facepass.core.requests import body_reception, request_bodies
from facepass.core.requests.body_gate import Allowance
from facepass.core.requests.body_reception import BodyReception


def messages(*chunks, end=True):
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append({"type": "http.request", "body": b""} if end else {"type": "http.disconnect"})

    async def receive():
        return waiting.pop(0) if waiting else await asyncio.Event().wait()  # who asked stays

    return receive, waiting


def received(path, *chunks, end=True):
    """What `Handler` makes of a body that arrives in these chunks."""

    async def read():
        request_bodies._path.set(path)
        return await request_bodies.LimitingASGIHandler().read_body(messages(*chunks, end=end)[0])

    return asyncio.run(read())


def asked(path, *chunks, method="POST", **headers):
    """The answer to a whole request, and what of its body was not taken."""
    receive, waiting = messages(*chunks)
    sent = []

    async def send(message):
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": named}
    asyncio.run(request_bodies.LimitingASGIHandler()(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"], waiting


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


def test_a_visitor_who_leaves_ends_the_request():
    with pytest.raises(RequestAborted):
        received("/s/abcd2345/", b"half", end=False)


def test_what_says_that_it_is_too_large_is_refused_before_a_byte_is_taken():
    status, headers, body, waiting = asked("/nowhere", b"x" * 10, content_length="99000000", x_request_id="mine")
    assert status == 413
    error = json.loads(body)
    assert error["error"]["code"] == "too_large"
    assert error["error"]["details"] == {"limit_bytes": 262_144}
    assert error["request_id"] == "mine"
    assert headers[b"x-request-id"] == b"mine"
    assert headers[b"connection"] == b"close"
    assert len(waiting) == 2


def test_what_does_not_say_so_is_cut_off_when_it_becomes_too_large():
    parts = [b"x" * 200_000] * 3
    status, _headers, _body, waiting = asked("/nowhere", *parts, transfer_encoding="chunked")
    assert status == 413
    assert len(waiting) == 2


@pytest.mark.parametrize("length", ["many", "-1", "1e3", "²"])
def test_a_length_that_is_none_counts_as_none(length):
    assert request_bodies._content_length({"headers": [(b"content-length", length.encode())]}) == 0


def reception(*chunks, kept=10, dropped=0, in_memory=False, end=True):
    return BodyReception(messages(*chunks, end=end)[0], Allowance(kept, dropped), in_memory=in_memory)


def test_what_is_dropped_is_read_and_not_kept():
    body = reception(b"12345678", b"9abcdef", b"more", dropped=100)
    assert asyncio.run(request_bodies.read_in_memory(body.receive)).read() == b"123456789a"


def refusal_of(body):
    with pytest.raises(FacePassError) as refused:
        asyncio.run(request_bodies.read_in_memory(body.receive))
    return refused.value.code, refused.value.status


def test_more_than_is_kept_and_dropped_is_refused():
    assert refusal_of(reception(b"x" * 8, b"x" * 8, kept=10, dropped=5)) == ("too_large", 413)


def test_a_body_that_comes_too_slowly_ends_the_request(monkeypatch):
    monkeypatch.setattr(body_reception, "GRACE_SECONDS", 0.01)
    waits = BodyReception(lambda: asyncio.Event().wait(), Allowance(), in_memory=False)
    assert refusal_of(waits) == ("request_timeout", 408)


def test_a_body_is_given_the_time_that_its_bytes_take(monkeypatch):
    monkeypatch.setattr(body_reception, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(body_reception, "LEAST_BYTES_A_SECOND", 0.001)
    body = reception(b"123", b"456")
    body._came = 1
    assert asyncio.run(request_bodies.read_in_memory(body.receive)).read() == b"123456"


def test_who_is_gone_after_the_body_may_be_waited_for(monkeypatch):
    body = reception(b"123")
    asyncio.run(request_bodies.read_in_memory(body.receive))
    monkeypatch.setattr(body_reception, "GRACE_SECONDS", -1000.0)

    async def gone():
        return {"type": "http.disconnect"}

    body._receive = gone
    assert asyncio.run(body.receive()) == {"type": "http.disconnect"}


def test_bodies_in_memory_have_a_bound_together_and_give_it_back(monkeypatch):
    monkeypatch.setattr(body_reception, "MOST_MEMORY", 10)
    first = reception(b"123456", in_memory=True)
    asyncio.run(request_bodies.read_in_memory(first.receive))
    assert refusal_of(reception(b"123456", in_memory=True)) == ("uploads_busy", 503)
    asyncio.run(request_bodies.read_in_memory(reception(b"123456").receive))  # on the disk
    first.release()
    asyncio.run(request_bodies.read_in_memory(reception(b"123456", in_memory=True).receive))
    body_reception._in_memory = 0


def test_a_request_goes_to_its_thread_and_does_not_come_back_to_the_loop_on_its_way(monkeypatch):
    back, call = [], AsyncToSync.__call__
    monkeypatch.setattr(AsyncToSync, "__call__", lambda self, *given: back.append(self) or call(self, *given))
    assert asked("/static/nothing.css", method="GET", host="localhost")[0] == 404
    assert back == []
