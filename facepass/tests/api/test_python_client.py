"""clients/python against the running server: web process, worker and database, with the fake engine."""

import sys
import uuid

import httpx
import pytest
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "clients" / "python"))

from facepass_client import FacePass, Refused, transport

from facepass.testing.live import manage, start
from facepass.testing.pictures.fake import picture_of
from facepass.testing.waiting import PATIENCE_SECONDS

FAKE = {"DJANGO_SETTINGS_MODULE": "facepass.testing.engines.fake_settings"}
NEW_KEY = """
from facepass.models import ApiKey, Scope, Studio
print("key:" + ApiKey.issue(Studio.objects.create(name="S", slug="s"), name="client", scopes=Scope.values)[1])
"""


@pytest.fixture
def facepass(live_home):
    running = start(live_home, **FAKE)
    key = manage(live_home, "shell", "-c", NEW_KEY, **FAKE).stdout.rpartition("key:")[2].strip()
    with FacePass(running.url, api_key=key, timeout=PATIENCE_SECONDS) as client:
        yield client
    running.stop()


def test_what_a_partner_does_from_end_to_end(facepass, tmp_path):
    people(facepass)
    photos(facepass, tmp_path)
    pictures(facepass)
    settings_change(facepass)


def people(facepass):
    ann = facepass.create_user("ann@example.org", "Ann", external_id="a1", metadata={"vip": True})
    assert facepass.user(ann.id) == ann
    with pytest.raises(Refused) as refusal:
        facepass.create_user("ANN@example.org", "Ann again")
    assert (refusal.value.status, refusal.value.code) == (409, "email_taken")
    assert refusal.value.request_id
    assert facepass.change_user(ann.id, full_name="Ann B.").full_name == "Ann B."
    report = facepass.upsert_people([{"external_id": str(number), "real_name": f"P{number}"} for number in range(60)])
    assert report["created"] == 60
    assert len(list(facepass.users())) == 61  # two pages

    task = facepass.wait(facepass.enrol(ann.id, picture_of(["ann"])).id, seconds=PATIENCE_SECONDS)
    assert task.state == "done"
    assert facepass.face(task.result["face_id"]).user_id == ann.id
    assert [face.id for face in facepass.faces_of(ann.id)] == [task.result["face_id"]]
    failed = facepass.wait(facepass.enrol(ann.id, picture_of(["ann", "bob"])).id, seconds=PATIENCE_SECONDS)
    assert (failed.state, failed.error) == ("failed", "multiple_faces")
    assert facepass.delete_user(ann.id) == {"pictures": 2, "faces": 1, "unnamed": 0}


def photos(facepass, tmp_path):
    session = facepass.create_session("Party", id=str(uuid.uuid4()), facepass_enabled=True)
    gallery = facepass.create_gallery("Party", session_id=session["id"])
    paths = []
    for number, who in enumerate((["bob"], ["bob", "eve"], ["eve"])):
        paths.append(tmp_path / f"{number}.jpg")
        paths[-1].write_bytes(picture_of(who, seed=number))
    report = facepass.upload(gallery.id, [*paths, paths[0], b"no picture"])
    assert (len(report.accepted), len(report.duplicates), len(report.rejected)) == (3, 1, 1)
    progress = facepass.wait_for_gallery(gallery.id, seconds=PATIENCE_SECONDS)
    assert (progress.processed, progress.faces) == (3, 4)
    found = facepass.search_session(session["id"], picture_of(["bob#1"]), limit=10)
    assert sorted(match.filename for match in found) == ["0.jpg", "1.jpg"]
    assert httpx.get(found[0].thumbnail_url, timeout=PATIENCE_SECONDS).status_code == 200
    searched = facepass.find_in_session(session["id"], picture_of(["bob#1"]), limit=10)
    # Whole matches are not compared: the signature in an address tells the second in which it was asked for.
    assert [match.photo_id for match in searched.matches] == [match.photo_id for match in found]
    assert searched.possible == []
    assert searched.searched_face["quality"]["reasons"] == []
    assert [each.photo_count for each in facepass.galleries(session_id=session["id"])] == [3]
    seen = facepass.detect_faces_of_photo(found[0].photo_id)
    assert (seen.saved, seen.photo_id) == (False, found[0].photo_id)


def pictures(facepass):
    reference = facepass.create_reference(picture_of(["bob"]), label="passport")
    assert facepass.verify(reference.id, picture_of(["bob#1"])).verified
    assert not facepass.verify(reference.id, picture_of(["eve"])).verified
    facepass.delete_reference(reference.id)
    with pytest.raises(Refused) as refusal:
        facepass.verify(reference.id, picture_of(["bob"]))
    assert refusal.value.code == "not_found"
    assert len(facepass.detect_faces(picture_of(["bob", "eve"])).faces) == 2
    challenge = facepass.new_challenge()
    verdict = facepass.answer_challenge(challenge.challenge_id, [picture_of(["bob"])] * 3)
    assert not verdict.live
    assert "steps_not_done" in verdict.reasons
    with pytest.raises(Refused) as refusal:
        facepass.is_live(picture_of(["bob"]))
    assert refusal.value.code == "model_not_installed"


def settings_change(facepass):
    before, etag = facepass.config()
    changed = facepass.change_config({"confidence_thresholds": {"verify": 0.61}}, if_match=etag)
    assert changed["confidence_thresholds"] == {**before["confidence_thresholds"], "verify": 0.61}
    with pytest.raises(Refused) as refusal:
        facepass.change_config({"detection": "fast"}, if_match=etag)
    assert refusal.value.status == 412


def client_of(answers):
    """A client whose server gives these answers, one after the other, and the requests that it got."""
    got = []

    def answer(request):
        got.append(request)
        return answers.pop(0)

    client = FacePass("http://facepass.test", api_key="fp_x")
    client._http._client = httpx.Client(base_url="http://facepass.test", transport=httpx.MockTransport(answer))
    return client, got


def test_a_busy_server_is_asked_again_when_it_says_and_under_the_same_key(monkeypatch):
    waited = []
    monkeypatch.setattr(transport.time, "sleep", waited.append)
    busy = httpx.Response(429, headers={"Retry-After": "3"}, json={"error": {"code": "rate_limited", "message": "m"}})
    made = httpx.Response(201, json={"challenge_id": "c", "steps": [], "expires_at": "t"})
    client, got = client_of([busy, made])
    assert client.new_challenge().challenge_id == "c"
    assert waited == [3.0]
    assert got[0].headers["Idempotency-Key"] == got[1].headers["Idempotency-Key"]


def test_who_is_to_wait_for_long_or_for_ever_is_told(monkeypatch):
    monkeypatch.setattr(transport.time, "sleep", lambda _seconds: None)
    later = httpx.Response(
        429, headers={"Retry-After": "3600"}, json={"error": {"code": "rate_limited", "message": ""}}
    )
    client, got = client_of([later])
    with pytest.raises(Refused, match="rate_limited"):
        client.new_challenge()
    client, got = client_of([httpx.Response(503, headers={"Retry-After": "1"}, text="<html>") for _attempt in range(3)])
    with pytest.raises(Refused) as refusal:
        client.new_challenge()
    assert (refusal.value.code, len(got)) == ("unknown", 3)


def test_a_task_that_never_ends_is_a_timeout():
    waiting = {"id": "t", "kind": "k", "state": "pending", "progress": {}, "result": None, "error": None}
    client, _got = client_of([httpx.Response(200, json=waiting) for _attempt in range(9)])
    with pytest.raises(TimeoutError):
        client.wait("t", seconds=0.3)


def test_a_training_is_started_and_asked_about():
    state = {"id": "t", "kind": "train", "state": "pending", "progress": {}, "result": None, "error": None}
    answers = [{"task_id": "t", "session_id": "s"}, state, {"id": "s", "status": "running"}]
    client, got = client_of([httpx.Response(200, json=answer) for answer in answers])
    task = client.train()
    assert (task.id, task.state) == ("t", "pending")
    assert client.training("s")["status"] == "running"
    assert [request.url.path for request in got] == [
        "/api/v2/train/execute",
        "/api/v1/tasks/t",
        "/api/v2/train/status/s",
    ]


def test_photos_that_may_show_the_person_come_apart_from_those_that_do():
    row = {"filename": "a.jpg", "face_id": "f", "bbox": {}, "cosine": 0.5, "similarity": 0.6, "via": "face"}
    row |= {"thumbnail_url": "t", "image_url": "i"}
    body = {"session_id": "s", "searched_face": {}, "threshold": 0.55, "processing_ms": 3.0}
    body |= {"matches": [{**row, "photo_id": "sure"}], "possible": [{**row, "photo_id": "maybe"}]}
    client, _got = client_of([httpx.Response(200, json=body) for _search in range(2)])
    searched = client.find_in_session("s", b"picture")
    assert [match.photo_id for match in searched.matches] == ["sure"]
    assert [match.photo_id for match in searched.possible] == ["maybe"]
    assert client.search_session("s", b"picture") == searched.matches
