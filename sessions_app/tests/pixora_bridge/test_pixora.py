"""Validation by a real second database: answered, refused, stopped, slow, silent, changed."""

import uuid
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connections, utils

from facepass.testing.factories import SessionFactory
from facepass.testing.stand_ins.pixora import PATIENCE
from facepass.testing.waiting import eventually
from sessions_app import session_access
from sessions_app.models import Origin, PhotoSession, PixoraLink, PixoraSession
from sessions_app.pixora import breaker, gateway
from sessions_app.pixora.router import ALIAS, ReadOnly

pytestmark = pytest.mark.django_db(transaction=True)

URL, GALLERIES = "/api/v1/sessions", "/api/v1/galleries/"
NOT_FOUND = {"valid": False, "session": None, "error": "Session not found"}
DISABLED = {"valid": False, "session": None, "error": "FacePass is not enabled"}


def validated(api, pk):
    return api.get(f"{URL}/validate/{pk}")


def refused(answer, code="pixora_unavailable"):
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, code)
    assert int(answer["Retry-After"]) >= 1


def test_a_session_is_validated_by_pixora(api, stranger, pixora):
    enabled, disabled = pixora.add(), pixora.add(enabled=False)
    answer = validated(api, enabled).json()
    assert answer.keys() == {"valid", "session", "error"}
    assert (answer["valid"], answer["session"]["id"], answer["error"]) == (True, str(enabled), None)
    assert validated(api, disabled).json() == DISABLED
    assert validated(api, uuid.uuid4()).json() == NOT_FOUND
    assert validated(stranger, enabled).json() == NOT_FOUND
    assert PhotoSession.objects.get(pk=enabled).origin == Origin.PIXORA


def test_studio_and_photographer_are_pixoras_and_every_column_is_in_the_copy(api, studio, pixora):
    pk, photographer, package = pixora.add(), uuid.uuid4(), uuid.uuid4()
    pixora.run(
        "UPDATE photo_sessions SET photographer_id = %s, service_package_id = %s, completed_at = '2026-06-01Z'",
        photographer, package,
    )  # fmt: skip
    for session in (api.get(f"{URL}/{pk}").json(), validated(api, pk).json()["session"]):
        assert (session["studio_id"], session["photographer_id"]) == (str(studio.main_app_id), str(photographer))
    copy = PhotoSession.objects.get(pk=pk)
    assert (copy.photographer_id, copy.service_package_id, copy.completed_at.year) == (photographer, package, 2026)
    columns = {field.column for field in PixoraSession._meta.concrete_fields}
    assert columns <= {field.column for field in PhotoSession._meta.concrete_fields}


def test_a_session_of_a_studio_that_is_unknown_here_is_nobodys(api, pixora):
    pk = pixora.add(studio_id=uuid.uuid4())
    assert validated(api, pk).json() == NOT_FOUND
    assert not PhotoSession.objects.exists()


@pytest.mark.parametrize("path", ["validate/{}", "{}", "{}/facepass-status"])
def test_what_is_no_id_is_400_on_every_path(api, path):
    answer = api.get(f"{URL}/{path.format('not-an-id')}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert "id" in answer.json()["error"]["details"]


def test_the_guest_page_of_what_is_no_id_is_400(client):
    assert client.get(f"{URL}/not-an-id/interface").status_code == 400


def test_what_was_switched_off_is_off_at_once_on_every_path(api, client, pixora, fake_engine):
    pk = pixora.add()
    assert client.get(f"{URL}/{pk}/interface").status_code == 200
    code = PhotoSession.objects.get(pk=pk).code
    pixora.switch(pk, enabled=False)
    assert validated(api, pk).json() == DISABLED
    assert api.get(f"{URL}/{pk}/facepass-status").json()["facepass_enabled"] is False
    assert api.get(f"{URL}/{pk}").json()["facepass_enabled"] is False
    for path in (f"{URL}/{pk}/interface", f"/s/{code}/"):
        assert client.get(path).status_code == 403


def test_what_was_deleted_is_gone_at_once_and_may_come_back(api, client, pixora):
    pk = pixora.add()
    code = api.get(f"{URL}/{pk}").json()["code"]
    pixora.delete(pk)
    assert client.get(f"/s/{code}/").status_code == 403
    assert validated(api, pk).json() == NOT_FOUND
    assert api.get(f"{URL}/{pk}").status_code == 404
    assert client.get(f"/s/{code}/").status_code == 404
    pixora.run("INSERT INTO photo_sessions (id, name, studio_id, facepass_enabled) VALUES (%s, 'Again', %s, true)",
               pk, pixora.studio.main_app_id)  # fmt: skip
    assert validated(api, pk).json()["session"]["code"] == code


def test_a_thousand_ids_are_one_query_to_pixora(api, pixora, monkeypatch):
    ids = [pixora.add() for _number in range(700)] + [uuid.uuid4() for _number in range(300)]
    asked = []
    monkeypatch.setattr(
        gateway, "_run_in_thread", lambda question, real=gateway._run_in_thread: asked.append(1) or real(question)
    )
    with ThreadPoolExecutor(1) as watcher:  # the statements as the server saw them
        answer = watcher.submit(lambda: api.post(f"{URL}/validate", {"ids": [str(pk) for pk in ids]}).json()).result()
        watcher.submit(connections.close_all).result()
    assert len(asked) == 1
    assert sum(found["valid"] for found in answer["results"].values()) == 700


def test_the_database_itself_refuses_to_be_written(pixora):
    pixora.add()

    def write():
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("UPDATE photo_sessions SET name = 'changed'")

    with pytest.raises(utils.InternalError, match="read-only transaction"):
        gateway._threads().submit(gateway._run_in_thread, write).result()
    assert pixora.run("SELECT name FROM photo_sessions").fetchone() == ("Wedding",)


def test_nothing_here_writes_to_pixora_or_migrates_it(pixora):
    with pytest.raises(ReadOnly):
        PixoraSession.objects.create(id=uuid.uuid4(), name="x", status="active")
    with pytest.raises(ReadOnly):
        PixoraSession.objects.all().delete()
    from django.db import router

    assert router.allow_migrate(ALIAS, "sessions_app") is False


def test_while_it_is_stopped_a_recent_answer_holds_and_is_marked(api, pixora):
    pk, other = pixora.add(), pixora.add(enabled=False)
    assert validated(api, pk).json()["valid"]
    validated(api, other)
    with pixora.stopped():
        answer = validated(api, pk).json()
        assert (answer["valid"], answer["stale"]) == (True, True)
        assert validated(api, other).json() == DISABLED | {"stale": True}
        assert api.get(f"{URL}/{pk}").json()["stale"] is True
        assert api.get(f"{URL}/{pk}/facepass-status").json()["stale"] is True
    pixora.cool_down()
    assert "stale" not in validated(api, pk).json()


def test_an_answer_of_more_than_five_minutes_ago_does_not_hold(api, client, pixora):
    pk = pixora.add()
    code = validated(api, pk).json()["session"]["code"]
    pixora.age(pk, seconds=301)
    with pixora.stopped():
        refused(validated(api, pk))
        refused(api.post(f"{URL}/validate", {"ids": [str(pk)]}))
        page = client.get(f"/s/{code}/")
        assert (page.status_code, page["Retry-After"]) == (503, "5")
        refused(validated(api, uuid.uuid4()))


@pytest.mark.parametrize("trouble", ["stopped", "slow", "silent"])
def test_whatever_is_wrong_with_it_nobody_waits_longer_than_two_seconds(api, pixora, trouble, monkeypatch):
    ids = [pixora.add() for _attempt in range(breaker.THRESHOLD + 2)]
    asked, ask = [], gateway._run_in_thread
    monkeypatch.setattr(gateway, "_run_in_thread", lambda question: asked.append(question) or ask(question))
    with getattr(pixora, trouble)():
        for pk in ids:
            refused(validated(api, pk))  # who waited for the answer would have it
    assert PATIENCE < 2
    assert len(asked) == breaker.THRESHOLD, "then the breaker is open, and nobody waits any more"


def put_into(api, session):
    return api.post(GALLERIES, {"title": "Party", "session_id": str(session)})


def test_a_gallery_is_put_into_a_session_that_only_pixora_knows_yet(api, stranger, pixora):
    pk = pixora.add()
    for client, session in [(stranger, pk), (api, uuid.uuid4()), (api, pixora.add(studio_id=uuid.uuid4()))]:
        answer = put_into(client, session)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "session_not_found")
    assert put_into(api, pk).status_code == 201


def test_a_gallery_is_saved_while_pixora_is_down_unless_its_new_session_is_unknown(api, pixora):
    known = pixora.add()
    gallery = put_into(api, known).json()
    pixora.age(known, seconds=301)
    with pixora.stopped():
        changed = api.patch(f"{GALLERIES}{gallery['id']}", {"title": "Dinner", "session_id": str(known)})
        assert (changed.status_code, changed.json()["title"]) == (200, "Dinner")
        assert put_into(api, known).status_code == 201
        refused(put_into(api, uuid.uuid4()))


def test_the_breaker_lets_one_try_after_its_time_and_closes_when_it_answers(api, pixora):
    pk = pixora.add()
    with pixora.stopped():
        for _attempt in range(breaker.THRESHOLD):
            refused(validated(api, pk))
    assert breaker.circuit_state(PixoraLink.load()) == "open"
    refused(validated(api, pk))
    pixora.cool_down()
    assert breaker.circuit_state(PixoraLink.load()) == "half_open"
    assert breaker.may_query(PixoraLink.load())
    assert not breaker.may_query(PixoraLink.load()), "a second one has to wait for the first"
    pixora.cool_down()
    assert validated(api, pk).json()["valid"]
    assert breaker.circuit_state(PixoraLink.load()) == "closed"


def test_a_restart_of_pixora_is_not_noticed(api, pixora):
    pk = pixora.add()
    assert validated(api, pk).json()["valid"]
    pixora.cut()
    assert validated(api, pk).json().get("stale") is None


def test_a_renamed_column_is_named_and_lets_nobody_in(api, client, pixora):
    pk = pixora.add()
    pixora.run("ALTER TABLE photo_sessions RENAME COLUMN facepass_enabled TO face_search")
    answer = validated(api, pk)
    refused(answer, "pixora_schema")
    assert answer.json()["error"]["details"] == {"problem": "missing columns: facepass_enabled"}
    health = client.get("/health/detailed").json()["checks"]["pixora"]
    assert (health["status"], health["problem"]) == ("warning", "missing columns: facepass_enabled")
    assert "facepass_pixora_schema_drift 1.0" in client.get("/metrics").content.decode()
    pixora.run("ALTER TABLE photo_sessions RENAME COLUMN face_search TO facepass_enabled")
    assert validated(api, pk).json()["valid"]
    assert client.get("/health/detailed").json()["checks"]["pixora"]["status"] == "ok"


def test_the_state_of_the_circuit_shows_in_health_and_metrics(client, api, pixora):
    validated(api, pixora.add())
    assert client.get("/health/detailed").json()["checks"]["pixora"]["circuit"] == "closed"
    with pixora.stopped():
        for _attempt in range(breaker.THRESHOLD):
            validated(api, uuid.uuid4())
        assert client.get("/health/detailed").json()["checks"]["pixora"]["circuit"] == "open"
        assert "facepass_pixora_circuit 2.0" in client.get("/metrics").content.decode()


def test_many_who_ask_the_same_at_once_ask_it_once(pixora, monkeypatch):
    pk = pixora.add()
    asked, waiting = [], []

    class Answer(Future):
        def result(self, timeout=None):
            waiting.append(1)
            return super().result(timeout)

    def slowly(question, real=gateway.query):
        asked.append(1)
        eventually(lambda: len(waiting) == 19)
        return real(question)

    monkeypatch.setattr(gateway, "Future", Answer)
    monkeypatch.setattr(gateway, "query", slowly)

    def one():
        try:
            return session_access.find_current([pk])[pk].session.facepass_enabled
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as crowd:
        assert all(answer.result() for answer in [crowd.submit(one) for _number in range(20)])
    assert len(asked) == 1


def test_sessions_of_pixora_are_not_made_or_changed_here(api, studio, pixora):
    pk = pixora.add()
    assert api.post(URL, {"name": "Party"}).json()["error"]["code"] == "session_in_pixora"
    assert api.patch(f"{URL}/{pk}", {"facepass_enabled": False}).json()["error"]["code"] == "session_in_pixora"
    own = SessionFactory(studio=studio)
    assert api.patch(f"{URL}/{own.pk}", {"name": "Party"}).status_code == 200


def test_sessions_of_our_own_need_no_pixora(api, studio, pixora):
    own = SessionFactory(studio=studio)
    with pixora.stopped():
        assert validated(api, own.pk).json()["valid"]
