"""How bodies are received: a selfie in memory only, and never more than the request may have."""

import asyncio
import json

import pytest
from asgiref.sync import AsyncToSync
from django.core.exceptions import RequestAborted

from facepass.core.requests import request_bodies

SEARCH = "/api/v1/faces/search-session"


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


def test_of_a_page_s_form_memory_is_bounded_and_the_rest_is_read_and_dropped(monkeypatch):
    monkeypatch.setattr(request_bodies, "MAX_SELFIE_BODY_BYTES", 10)
    assert received("/s/abcd2345/", b"12345678", b"9abcdef", b"more").read() == b"123456789a"


def test_a_visitor_who_leaves_ends_the_request():
    with pytest.raises(RequestAborted):
        received("/s/abcd2345/", b"half", end=False)


def test_what_says_that_it_is_too_large_is_refused_before_a_byte_is_taken():
    status, headers, body, waiting = asked(SEARCH, b"x" * 10, content_length="99000000", x_request_id="mine")
    assert status == 413
    error = json.loads(body)
    assert error["error"]["code"] == "too_large"
    assert error["error"]["details"] == {"limit_bytes": 25_100_000}
    assert error["request_id"] == "mine"
    assert headers[b"x-request-id"] == b"mine"
    assert headers[b"connection"] == b"close"
    assert len(waiting) == 2


def test_what_does_not_say_so_is_cut_off_when_it_becomes_too_large(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    status, _headers, _body, waiting = asked("/api/v1/galleries/", b"x" * 900, b"x" * 900, b"x" * 900)
    assert status == 413
    assert len(waiting) == 2


@pytest.mark.parametrize("length", ["many", "-1", "1e3", "²"])
def test_a_length_that_is_none_counts_as_none(length):
    assert request_bodies._content_length({"headers": [(b"content-length", length.encode())]}) == 0


@pytest.mark.parametrize(
    ("path", "kind", "limit"),
    [
        ("/api/v1/galleries/", "application/json", 5_000_000),
        ("/api/v1/galleries/1/images", "multipart/form-data; boundary=x", 400_000_000),
        (SEARCH, "multipart/form-data; boundary=x", 10_100_000),
        ("/api/v1/verify", "", 10_100_000),
        ("/s/abcd2345/", "multipart/form-data; boundary=x", 400_000_000),
    ],
)
def test_the_limit_follows_what_a_path_takes(settings, path, kind, limit):
    settings.MAX_UPLOAD_BYTES = 10_000_000
    assert request_bodies.body_limit(path, content_type=kind) == limit


def test_a_request_goes_to_its_thread_and_does_not_come_back_to_the_loop_on_its_way(monkeypatch):
    back, call = [], AsyncToSync.__call__
    monkeypatch.setattr(AsyncToSync, "__call__", lambda self, *given: back.append(self) or call(self, *given))
    assert asked("/static/nothing.css", method="GET", host="localhost")[0] == 404
    assert back == []
