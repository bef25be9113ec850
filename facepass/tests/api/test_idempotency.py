"""`Idempotency-Key`: sent twice, done once."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from rest_framework.test import APIClient

from facepass.core.errors import FacePassError
from facepass.core.requests import idempotency, request_bodies
from facepass.models import ApiKey, KeptAnswer
from facepass.testing.factories import PASSWORD, GalleryFactory, MembershipFactory, PhotoFactory
from facepass.testing.pictures.fake import picture_of
from galleries.models import Gallery, GalleryImage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

URL = "/api/v1/galleries/"


def post(client, body, key="once", url=URL, **more):
    return client.post(url, body, headers={"Idempotency-Key": key}, **more)


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_the_second_time_the_first_answer_comes_again(api):
    first, second = post(api, {"title": "Party"}), post(api, {"title": "Party"})
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert second["Content-Type"] == first["Content-Type"]
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert Gallery.objects.count() == 1


def test_with_and_without_a_slash_it_is_the_same_request(api):
    first, second = post(api, {"title": "Party"}), post(api, {"title": "Party"}, url=URL.rstrip("/"))
    assert first.json() == second.json()


def test_a_refusal_of_the_request_is_replayed_too(api):
    first, second = post(api, {}), post(api, {})
    assert code(first) == code(second) == (400, "invalid_request")
    assert second["Idempotent-Replayed"] == "true"


def test_another_body_or_path_is_422(api, studio):
    post(api, {"title": "Party"})
    assert code(post(api, {"title": "Wedding"})) == (422, "idempotency_key_reused")
    other = f"{URL}{GalleryFactory(studio=studio).pk}/images"
    assert code(post(api, {"title": "Party"}, url=other)) == (422, "idempotency_key_reused")


def test_each_principal_has_its_own_keys(api, stranger):
    mine, theirs = post(api, {"title": "Party"}), post(stranger, {"title": "Party"})
    assert mine.json()["id"] != theirs.json()["id"]


def test_a_member_has_keys_whatever_the_token():
    user = MembershipFactory().user

    def signed_in():
        tokens = APIClient().post("/api/v1/auth/token", {"username": user.username, "password": PASSWORD}).json()
        return APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")

    assert post(signed_in(), {"title": "Party"}).json() == post(signed_in(), {"title": "Party"}).json()


def test_a_form_is_the_same_whatever_its_boundary(api, studio):
    url = f"{URL}{GalleryFactory(studio=studio).pk}/images"
    picture = picture_of(["ann"])

    def form(boundary):
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        data = head.encode() + picture + f"\r\n--{boundary}--\r\n".encode()
        return post(api, data, url=url, content_type=f"multipart/form-data; boundary={boundary}")

    first, second = form("one"), form("another-one")
    assert len(first.json()["accepted"]) == 1
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"


def test_while_the_first_is_not_done_the_second_is_409(api):
    post(api, {"title": "Party"})
    KeptAnswer.objects.update(status=None)
    refused = post(api, {"title": "Party"})
    assert code(refused) == (409, "idempotency_in_flight")
    assert refused["Retry-After"] == "1"


def test_a_request_whose_process_died_is_done_again(api):
    post(api, {"title": "Party"})
    KeptAnswer.objects.update(status=None)
    age("11 minutes")
    assert "Idempotent-Replayed" not in post(api, {"title": "Party"})
    assert post(api, {"title": "Party"})["Idempotent-Replayed"] == "true"


def test_after_a_day_the_key_is_free_again(api):
    post(api, {"title": "Party"})
    age("23 hours")
    assert post(api, {"title": "Party"})["Idempotent-Replayed"] == "true"
    age("2 hours")
    assert post(api, {"title": "Wedding"}).status_code == 201


def age(by):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kept_answers SET created_at = created_at - %s::interval", [by])


def test_a_crash_is_not_kept(api, monkeypatch):
    api.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("galleries.api.galleries.require_single_studio", lambda _principal: 1 / 0)
        assert code(post(api, {"title": "Party"})) == (500, "internal_error")
    assert not KeptAnswer.objects.exists()
    assert post(api, {"title": "Party"}).status_code == 201


def test_what_the_principal_may_not_do_is_not_kept(client_of, studio):
    reader = client_of(studio, scopes=["read"])
    assert post(reader, {"title": "Party"}).status_code == 403
    assert not KeptAnswer.objects.exists()


def test_a_revoked_key_is_not_answered_from_memory(api):
    post(api, {"title": "Party"})
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert code(post(api, {"title": "Party"})) == (401, "not_authenticated")


def test_replays_are_limited_as_requests_are(api, settings):
    settings.RATE_LIMITS = {"key": (1, 2)}
    assert post(api, {"title": "Party"}).status_code == 201
    assert post(api, {"title": "Party"})["Idempotent-Replayed"] == "true"
    assert code(post(api, {"title": "Party"})) == (429, "rate_limited")


# --- one token, and never without a claim


@pytest.mark.parametrize("burst", [1, 2, 5])
def test_a_request_takes_one_token_with_the_header_as_without_it(api, settings, burst):
    settings.RATE_LIMITS = {"key": (1, burst)}
    answers = [post(api, {"title": "Party"}, key=f"key-{number}") for number in range(burst + 2)]
    assert [answer.status_code for answer in answers] == [201] * burst + [429] * 2
    assert Gallery.objects.count() == KeptAnswer.objects.count() == burst, "a POST ran whose answer is not kept"


def test_every_post_that_ran_near_the_limit_has_its_answer_kept(api, settings):
    """The bucket is filled again while requests come in: at no point may one get past it without its claim."""
    settings.RATE_LIMITS = {"key": (60_000, 1)}
    answers = [post(api, {"title": "Party"}, key=f"key-{number}") for number in range(60)]
    assert {answer.status_code for answer in answers} <= {201, 429}
    assert Gallery.objects.count() == KeptAnswer.objects.filter(status=201).count()


def test_the_refusal_at_the_first_gate_is_the_answer_and_the_view_is_not_asked(api, settings, monkeypatch):
    settings.RATE_LIMITS = {"key": (1, 1)}
    post(api, {"title": "Party"})
    settings.RATE_LIMITS = {"key": (1, 1), "unused": (1, 1)}
    monkeypatch.setattr(
        "facepass.core.access.authentication.PrincipalThrottle.allow_request",
        lambda *_: pytest.fail("the view was run"),
    )
    refused = post(api, {"title": "Wedding"}, key="another")
    assert code(refused) == (429, "rate_limited")
    assert int(refused["Retry-After"]) > 0
    assert refused["X-Request-ID"]


def test_unknown_credentials_are_refused_once(settings):
    """And pay once: of the address's two tokens one is left for whoever comes next."""
    settings.RATE_LIMITS = {"guest": (1, 2)}
    unknown = APIClient(HTTP_AUTHORIZATION=f"Bearer fp_{'0' * 8}_{'x' * 43}")
    answers = [post(unknown, {"title": "Party"}) for _ in range(3)]
    assert [code(answer)[0] for answer in answers] == [401, 401, 429]
    assert answers[0]["WWW-Authenticate"] == "Bearer"


def test_a_studio_that_is_not_theirs_is_refused_as_the_view_would():
    user = MembershipFactory().user
    tokens = APIClient().post("/api/v1/auth/token", {"username": user.username, "password": PASSWORD}).json()
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}", HTTP_X_STUDIO="elsewhere")
    assert code(post(client, {"title": "Party"})) == (404, "studio_not_found")


def test_while_the_database_does_not_keep_claims_nothing_is_run(api, monkeypatch):
    def broken(**_values):
        raise OperationalError("gone")

    monkeypatch.setattr(idempotency, "_claim", broken)
    refused = post(api, {"title": "Party"})
    assert code(refused) == (503, "unavailable")
    assert not Gallery.objects.exists()


def test_who_was_taken_for_dead_does_not_write_over_the_next_ones_answer(api):
    first = idempotency._claim(who="key:1", key="once", fingerprint="f")
    age("11 minutes")
    second = idempotency._claim(who="key:1", key="once", fingerprint="f")
    idempotency._store_answer(second, HttpResponse("the second", status=201))
    idempotency._store_answer(first, HttpResponse("the first", status=201))
    assert bytes(KeptAnswer.objects.get().body) == b"the second"


# --- what says "try again"


@pytest.mark.parametrize("status", [409, 429, 503, 400])
def test_an_answer_that_says_when_to_try_again_is_not_replayed(api, monkeypatch, status):
    def busy(_principal):
        raise FacePassError("photo_busy", "Wait.", status=status, retry_after=5)

    with monkeypatch.context() as patch:
        patch.setattr("galleries.api.galleries.require_single_studio", busy)
        assert post(api, {"title": "Party"})["Retry-After"] == "5"
    assert post(api, {"title": "Party"}).status_code == 201


def test_a_conflict_with_what_is_there_is_replayed(api):
    person = {"real_name": "Ann", "email": "ann@example.org"}
    api.post("/api/v1/people/", person)
    answers = [post(api, person, url="/api/v1/people/") for _ in range(2)]
    assert [code(answer) for answer in answers] == [(409, "email_taken")] * 2
    assert answers[1]["Idempotent-Replayed"] == "true"


def test_a_photo_that_was_busy_is_analysed_when_it_is_asked_for_again(api, studio):
    photo = PhotoFactory(gallery__studio=studio, people=["ann"], state="processing")
    GalleryImage.objects.filter(pk=photo.pk).update(lease_expires_at="2999-01-01T00:00:00Z")
    form = {"photo_id": str(photo.pk), "save": True}
    assert code(post(api, form, url="/detect-faces")) == (409, "photo_busy")
    GalleryImage.objects.update(state="pending", lease_expires_at=None)
    assert post(api, form, url="/detect-faces").json()["saved"] is True


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "é"])
def test_a_key_that_is_none_is_400(api, key):
    assert code(post(api, {"title": "Party"}, key=key)) == (400, "idempotency_key_invalid")


def test_secrets_are_not_kept(api):
    first, second = (post(api, {"name": "app"}, url="/api/v1/admin/keys") for _ in range(2))
    assert first.json()["token"] != second.json()["token"]
    assert not KeptAnswer.objects.exists()


def test_only_posts_are_kept(api):
    assert api.get(URL, headers={"Idempotency-Key": "once"}).status_code == 200
    assert not KeptAnswer.objects.exists()


def test_of_a_selfie_nothing_is_kept_but_a_digest(api, studio):
    from facepass.testing.factories import SessionFactory

    session, selfie = SessionFactory(studio=studio), picture_of(["ann"])
    form = {"session_id": str(session.pk), "file": SimpleUploadedFile("me.jpg", selfie)}
    answer = post(api, form, url="/api/v1/faces/search-session", format="multipart")
    kept = KeptAnswer.objects.get()
    assert bytes(kept.body) == answer.content
    assert len(kept.fingerprint) == 64
    assert selfie[:200] not in json.dumps(kept.headers).encode() + bytes(kept.body)


def test_a_body_of_many_pieces_has_one_fingerprint(monkeypatch):
    """A boundary that lies across two pieces is left out too."""
    body = b"--mark\r\nabc--mark\r\ndef--mark--"
    monkeypatch.setattr(request_bodies, "CHUNK_BYTES", 1_000_000)
    whole = b"".join(request_bodies._remove_mark(b"mark", io.BytesIO(body)))
    assert whole == body.replace(b"mark", b"")
    for size in range(1, len(body)):
        monkeypatch.setattr(request_bodies, "CHUNK_BYTES", size)
        assert b"".join(request_bodies._remove_mark(b"mark", io.BytesIO(body))) == whole
    monkeypatch.setattr(request_bodies, "CHUNK_BYTES", 4)
    assert b"".join(request_bodies._remove_mark(b"", io.BytesIO(body))) == body


def test_a_body_can_be_read_after_its_fingerprint_was_taken():
    request = RequestFactory().post("/x", b'{"a": 1}', content_type="application/json")
    assert request_bodies.fingerprint_request(request) == request_bodies.fingerprint_request(request)
    assert request.body == b'{"a": 1}'


def test_pages_that_are_no_api_know_nothing_of_it(client):
    answer = client.post("/language/", {"language": "en"}, headers={"Idempotency-Key": "once"})
    assert answer.status_code == 302
    assert not KeptAnswer.objects.exists()


def test_streams_are_not_kept():
    claim = idempotency._claim(who="key:1", key="once", fingerprint="f")
    idempotency._store_answer(claim, StreamingHttpResponse([b"a"]))
    assert not KeptAnswer.objects.exists()
