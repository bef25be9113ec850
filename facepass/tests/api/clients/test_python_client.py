"""clients/python without a server: when it sends again, how it reads pages and pictures, and what it raises."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from facepass_client import (
    AsyncFacePass,
    ChangedMeanwhile,
    Conflict,
    FacePass,
    InvalidRequest,
    InvalidSignature,
    Named,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    RateLimited,
    Refused,
    Retries,
    ServerFailed,
    ServerUnreachable,
    StillRunning,
    TooLarge,
    errors,
    read_event,
    transport,
)

from facepass.tests.api.clients.examples import list_refusals

REFUSAL = {"error": {"code": "rate_limited", "message": "m", "details": {"a": "b"}}, "request_id": "r"}


def client_of(*answers, is_async=False, **settings):
    """A client whose server gives these answers, one after the other, and the requests that it got."""
    waiting, got = [*answers], []

    def answer(request):
        request.read()
        got.append(request)
        found = waiting.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def answer_later(request):
        await request.aread()
        got.append(request)
        return waiting.pop(0)

    kind = AsyncFacePass if is_async else FacePass
    mock = httpx.MockTransport(answer_later if is_async else answer)
    return kind("http://facepass.test", "fp_x", transport=mock, **settings), got


@pytest.fixture
def waited(monkeypatch):
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    monkeypatch.setattr(transport.time, "sleep", pauses.append)
    monkeypatch.setattr(transport.asyncio, "sleep", sleep)
    return pauses


def busy(status=429, **headers):
    return httpx.Response(status, headers={"Retry-After": "3", **headers}, json=REFUSAL)


def made():
    return httpx.Response(201, json={"challenge_id": "c", "steps": [], "expires_at": "t"})


@pytest.mark.parametrize("status", [409, 429, 503])
def test_a_busy_server_is_asked_again_when_it_says_and_under_the_same_key(status, waited):
    client, got = client_of(busy(status), made())
    assert client.verification.create_challenge()["challenge_id"] == "c"
    assert waited == [3.0]
    assert got[0].headers["Idempotency-Key"] == got[1].headers["Idempotency-Key"]


def test_the_same_without_blocking_the_event_loop(waited):
    client, got = client_of(busy(), made(), is_async=True)
    assert asyncio.run(client.verification.create_challenge())["challenge_id"] == "c"
    assert waited == [3.0]
    assert got[0].headers["Idempotency-Key"] == got[1].headers["Idempotency-Key"]


def test_a_moment_to_come_back_at_is_read_too(waited):
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    client, _got = client_of(busy(**{"Retry-After": moment}), made())
    client.verification.create_challenge()
    assert 0 < waited[0] <= 20


def test_who_is_to_wait_for_long_or_for_ever_is_told(waited):
    client, _got = client_of(busy(**{"Retry-After": "3600"}))
    with pytest.raises(RateLimited, match="rate_limited") as refusal:
        client.verification.create_challenge()
    assert refusal.value.retry_after == 3600
    page = [httpx.Response(503, headers={"Retry-After": "1"}, text="<html>") for _attempt in range(3)]
    client, got = client_of(*page)
    with pytest.raises(ServerFailed) as refusal:
        client.verification.create_challenge()
    assert (refusal.value.code, len(got)) == ("unknown", 3)
    client, got = client_of(busy(), retries=Retries(attempts=1))
    with pytest.raises(RateLimited):
        client.verification.create_challenge()
    assert len(got) == 1


def test_a_refusal_that_names_no_time_is_not_tried_again(waited):
    client, got = client_of(httpx.Response(503, json=REFUSAL))
    with pytest.raises(ServerFailed):
        client.tasks.get("t")
    assert (len(got), waited) == (1, [])


def test_after_a_broken_connection_only_what_cannot_be_done_twice_is_sent_again(waited):
    lost, away = httpx.ReadTimeout("late"), httpx.ConnectError("away")
    client, got = client_of(lost, made())
    client.verification.create_challenge()
    assert got[0].headers["Idempotency-Key"] == got[1].headers["Idempotency-Key"]
    client, got = client_of(lost)  # a webhook's POST takes no key
    with pytest.raises(ServerUnreachable) as error:
        client.webhooks.test("w")
    assert (len(got), error.value.__cause__) == (1, lost)
    client, got = client_of(away, httpx.Response(202, json={}))
    client.webhooks.test("w")
    assert len(got) == 2
    client, got = client_of(away, away, away)
    with pytest.raises(ServerUnreachable):
        client.tasks.get("t")
    assert len(got) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, NotAuthenticated),
        (403, NotPermitted),
        (404, NotFound),
        (405, Refused),
        (408, errors.TooSlow),
        (409, Conflict),
        (412, ChangedMeanwhile),
        (413, TooLarge),
        (415, errors.NotReadable),
        (422, errors.CannotBeUsed),
        (429, RateLimited),
        (500, ServerFailed),
        (503, ServerFailed),
    ],
)
def test_each_refusal_is_an_exception_of_its_own(status, kind):
    client, _got = client_of(httpx.Response(status, json=REFUSAL))
    with pytest.raises(Refused) as refusal:
        client.tasks.get("t")
    said = refusal.value
    assert (type(said), said.status, said.code, said.details, said.request_id) == (
        kind, status, "rate_limited", {"a": "b"}, "r",
    )  # fmt: skip


def test_every_refusal_of_the_document_has_a_class_of_its_own():
    statuses = {int(status) for status in list_refusals()}
    assert len(statuses) > 5
    assert {status for status in statuses if status < 500} - {*errors.BY_STATUS} == set()


def test_lists_go_through_all_pages_by_their_query_alone():
    def page(number, following):
        return httpx.Response(200, json={"count": 2, "next": following, "results": [{"id": str(number)}]})

    following = "https://elsewhere.example.com/api/v1/tasks?cursor=abc&state=done&state=failed"
    client, got = client_of(page(1, following), page(2, None), page(1, following))
    tasks = client.tasks.list(state=["done", "failed"])
    assert got == [], "nothing is asked before it is gone through"
    assert [task["id"] for task in tasks] == ["1", "2"]
    assert [str(request.url) for request in got] == [
        "http://facepass.test/api/v1/tasks?state=done&state=failed",
        "http://facepass.test/api/v1/tasks?cursor=abc&state=done&state=failed",
    ]
    assert tasks.count() == 2
    assert (got[2].url.params["page_size"], got[2].url.params.get_list("state")) == ("1", ["done", "failed"])


def test_null_is_sent_and_what_is_left_out_is_not():
    client, got = client_of(httpx.Response(200, json={}), studio="north")
    client.people.change("p", email=None)
    assert json.loads(got[0].content) == {"email": None}
    assert got[0].headers["X-Studio"] == "north"


def test_a_member_signs_in_without_a_key():
    client, got = client_of(httpx.Response(200, json={"access": "a", "refresh": "r"}))
    client._transport._client.headers.pop("Authorization")
    assert client.auth.token(username="u", password="p")["access"] == "a"
    assert json.loads(got[0].content) == {"username": "u", "password": "p"}
    plain = FacePass("http://facepass.test")
    assert "Authorization" not in plain._transport._client.headers


@pytest.mark.parametrize("wrong", ["", ".", ".."])
def test_an_id_that_would_lead_elsewhere_is_never_sent(wrong):
    client, got = client_of()
    with pytest.raises(ValueError, match="person_id"):
        client.people.delete(wrong)
    assert got == []


def test_an_id_is_one_segment_of_the_path():
    client, got = client_of(httpx.Response(404, json=REFUSAL))
    with pytest.raises(NotFound):
        client.people.get("a/b?c")
    assert got[0].url.raw_path == b"/api/v1/people/a%2Fb%3Fc"


class Stream:
    """Bytes that can be read once, as of a connection."""

    def __init__(self, content):
        self._file = io.BytesIO(content)

    def read(self, size=-1):
        return self._file.read(size)


REPORT = {"accepted": [], "duplicates": [], "rejected": []}


@pytest.mark.parametrize("is_async", [False, True])
def test_paths_bytes_and_streams_are_sent_with_their_names_and_progress(is_async, tmp_path):
    (tmp_path / "path.jpg").write_bytes(b"1" * 100_000)
    seen = []
    client, got = client_of(httpx.Response(202, json=REPORT), is_async=is_async)
    with (tmp_path / "path.jpg").open("rb") as file:
        file.seek(99_990)
        pictures = [tmp_path / "path.jpg", b"2" * 10, Named(io.BytesIO(b"3" * 10), "named.jpg"), file]
        sent = client.galleries.upload_images("g", files=iter(pictures), on_progress=lambda *count: seen.append(count))
        if is_async:
            asyncio.run(sent)
        assert not file.closed
    body = got[0].content
    assert [body.count(name) for name in (b'"path.jpg"', b'"picture"', b'"named.jpg"')] == [2, 1, 1]
    assert (body.count(b"1" * 10), b"2" * 10 in body, b"3" * 10 in body) == (10_001, True, True)
    assert seen[-1] == (100_030, 100_030)
    assert [count for count, _total in seen] == sorted(count for count, _total in seen)
    assert len(seen) > 4, "a large one is read in pieces"


@pytest.mark.parametrize("kind", [Stream, io.BytesIO])
def test_a_stream_is_sent_whole_at_each_attempt(kind, waited):
    seen = []
    client, got = client_of(busy(), httpx.Response(202, json=REPORT))
    client.galleries.upload_images("g", files=kind(b"abc"), on_progress=lambda *count: seen.append(count))
    assert [b"abc" in request.content for request in got] == [True, True]
    assert all("Content-Length" in request.headers for request in got), "the server takes no body without a length"
    assert seen == [(3, 3), (3, 3)]


def test_a_key_does_not_stand_in_traces():
    client, _got = client_of()
    assert "fp_x" not in repr(client._transport._settings)


def test_a_form_without_a_picture_is_json_where_the_server_takes_it_and_else_a_form():
    client, got = client_of(*[httpx.Response(200, json={}) for _call in range(3)])
    client.recognition.detect_faces(photo_id="p", save=True)
    client.recognition.detect_faces(file=b"abc", save=True)
    client.faces.search_session(session_id="s", person_id=["a", "b"], explain=False)
    assert json.loads(got[0].content) == {"photo_id": "p", "save": True}
    assert b"true" in got[1].content
    assert all(request.headers["Content-Type"].startswith("multipart/form-data") for request in got[1:])
    assert got[2].content.count(b'name="person_id"') == 2
    assert b"false" in got[2].content


def test_many_photos_go_in_several_requests():
    reports = [{**REPORT, "accepted": [{"id": str(number)}]} for number in range(3)]
    client, got = client_of(*[httpx.Response(202, json=report) for report in reports])
    report = client.upload_photos("g", (str(number).encode() for number in range(41)))
    assert [each["id"] for each in report["accepted"]] == ["0", "1", "2"]
    assert [request.content.count(b'name="files"') for request in got] == [20, 20, 1]


def test_work_that_does_not_end_is_said(monkeypatch):
    waiting = {"id": "t", "kind": "k", "state": "pending", "progress": {}, "result": None, "error": None}
    client, _got = client_of(*[httpx.Response(200, json=waiting) for _attempt in range(9)])
    with pytest.raises(StillRunning):
        client.wait_for_task("t", seconds=0.2)


def test_whole_answers_are_there_for_who_needs_a_header():
    answer = httpx.Response(200, headers={"ETag": '"1"'}, json={})
    client, got = client_of(answer, httpx.Response(200, json={}))
    etag = client.request("GET", "/api/v2/config", query={"level": "studio"}).headers["ETag"]
    client.config.change(recognition_settings={}, if_match=etag)
    assert got[1].headers["If-Match"] == '"1"'


BODY = b'{"id":"e","type":"face.enrolled","created_at":"t","studio_id":"s","data":{}}'


def signature_of(*secrets, moment):
    signed = [hmac.new(secret.encode(), f"{moment}.".encode() + BODY, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={each}" for each in signed)])


def test_a_webhook_is_read_with_any_of_its_secrets():
    now = int(time.time())
    assert read_event(BODY, signature_of("new", "old", moment=now), "old")["type"] == "face.enrolled"
    assert read_event(BODY, signature_of("old", moment=now), ["new", "old"])["id"] == "e"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (signature_of("other", moment=int(time.time())), "not that"),
        (signature_of("s", moment=int(time.time()) - 3600), "too old"),
        (signature_of("s", moment=int(time.time()) + 3600), "too old"),
        (f"t={int(time.time())}", "not that"),
        (f"t={int(time.time())},v1=é", "not that"),
        ("t=soon,v1=00", "no time"),
        ("t=²,v1=00", "no time"),
        ("", "no time"),
    ],
)
def test_a_forged_or_old_webhook_is_refused(header, said):
    with pytest.raises(InvalidSignature, match=said):
        read_event(BODY, header, "s")
