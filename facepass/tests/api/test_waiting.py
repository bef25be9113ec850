"""`?wait=20`, `Prefer: wait=20`, and the headers that say where and when to look, and how much may still be asked."""

import asyncio
import re
from uuid import uuid4

import pytest
from asgiref.sync import iscoroutinefunction
from django.http import HttpResponse
from django.test import RequestFactory

from facepass.core.api import waiting
from facepass.core.api.waiting import Hold, WaitMiddleware
from facepass.models import Scope
from facepass.testing import access_matrix
from facepass.testing.factories import GalleryFactory, PersonFactory
from facepass.tests.api.test_unknown_names import documented_rows, operations, send
from galleries.models import GalleryImage, Job
from galleries.photos import analysis

__all__ = ["operations"]


@pytest.fixture
def worker(monkeypatch):
    """A worker that does its work while a request waits."""

    def work(_seconds):
        while photo := GalleryImage.objects.claim_next():
            analysis.analyse_photo(photo)

    monkeypatch.setattr(waiting.time, "sleep", work)


def enrol(api, person, people, *, query="?wait=20", **headers):
    file = access_matrix.picture("me.jpg") if people else access_matrix.picture("nobody.jpg")
    form = {"person_id": str(person.pk), "file": file}
    return api.post(f"/api/v1/faces/upload/{query}", form, format="multipart", **headers)


@pytest.mark.usefixtures("fake_engine", "worker")
def test_an_enrolment_that_is_over_in_time_is_answered_with_what_came_of_it(api, studio):
    answer = enrol(api, PersonFactory(studio=studio), ["ann"])
    assert (answer.status_code, answer.json()["state"], answer.json()["error"]) == (200, "done", None)
    assert "Retry-After" not in answer.headers
    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.usefixtures("fake_engine", "worker")
def test_a_preference_is_taken_and_said(api, studio):
    answer = enrol(api, PersonFactory(studio=studio), ["ann"], query="", HTTP_PREFER="respond-async, wait=900")
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=30")


@pytest.mark.usefixtures("fake_engine", "worker")
def test_an_upload_says_of_each_photo_what_came_of_it(api, studio):
    gallery = GalleryFactory(studio=studio)
    form = {"files": [access_matrix.picture("a.jpg")]}
    answer = api.post(f"/api/v1/galleries/{gallery.pk}/images/?wait=20", form, format="multipart")
    [photo] = answer.json()["accepted"]
    assert (answer.status_code, photo["state"], photo["face_count"], photo["error"]) == (200, "processed", 1, None)


@pytest.mark.usefixtures("fake_engine")
def test_what_is_not_over_in_time_is_answered_as_without_waiting(api, studio, monkeypatch):
    monkeypatch.setattr(waiting, "_pauses", lambda _seconds: iter([0]))
    answer = enrol(api, PersonFactory(studio=studio), ["ann"])
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    assert answer.headers["Location"].endswith(f"/api/v1/tasks/{answer.json()['task_id']}/")
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("wait", ["31", "-1", "x", "", "9" * 5000])
@pytest.mark.usefixtures("fake_engine")
def test_a_wait_that_is_none_or_too_long_is_refused_before_anything_is_done(api, studio, wait):
    answer = enrol(api, PersonFactory(studio=studio), ["ann"], query=f"?wait={wait}")
    assert (answer.status_code, list(answer.json()["error"]["details"])) == (400, ["wait"])
    assert not GalleryImage.objects.exists()


def test_under_asgi_no_thread_is_held_while_it_waits():
    looks = iter([None, None, {"state": "done"}])

    async def view(_request):
        response = HttpResponse(b"{}", status=202)
        response.hold = Hold(lambda: next(looks), 20, preferred=False)
        return response

    middleware = WaitMiddleware(view)
    assert iscoroutinefunction(middleware)
    answer = asyncio.run(middleware(RequestFactory().get("/")))
    assert (answer.status_code, answer.content) == (200, b'{"state":"done"}')


@pytest.mark.usefixtures("fake_engine")
def test_what_is_made_or_begun_says_where_it_is(operations, studio, client_of):
    client, its = client_of(studio, scopes=Scope.values), access_matrix.world(studio)
    elsewhere = {"/api/v1/liveness/challenges/", "/api/v1/webhooks/{webhook}/test/"}
    elsewhere |= {"/api/v1/webhooks/deliveries/{delivery}/replay/"}
    for row, _said in documented_rows(operations):
        if row.own in (201, 202) and row.path not in elsewhere:
            answer = send(client, row, its)
            assert answer.status_code == row.own, row.path
            assert client.get(answer.headers["Location"]).status_code == 200, row.path
            assert ("Retry-After" in answer.headers) is (row.own == 202), row.path


def test_a_task_says_when_to_look_again_until_it_is_over(api, studio):
    job = Job.objects.create(studio=studio, kind="train")
    assert api.get(f"/api/v1/tasks/{job.pk}/").headers["Retry-After"] == "1"
    Job.objects.update(state="failed")
    assert "Retry-After" not in api.get(f"/api/v1/tasks/{job.pk}/").headers


def test_every_answer_says_how_much_may_still_be_asked(api, client, settings):
    settings.RATE_LIMITS = {"key": (60, 3), "guest": (60, 10), "login": (60, 5)}
    policy, left = '"key";q=3;w=3', []
    for path in ("/api/v1/people/", f"/api/v1/people/{uuid4()}/", "/api/v1/people/?x=1", "/api/v1/people/"):
        answer = api.get(path)
        assert answer.headers["RateLimit-Policy"] == policy
        left.append(int(re.fullmatch(r'"key";r=(\d+);t=\d+', answer.headers["RateLimit"])[1]))
    assert (left, answer.status_code) == ([2, 1, 0, 0], 429)
    assert client.get("/api/v1/people/").headers["RateLimit-Policy"] == '"guest";q=10;w=10'
    tokens = client.post("/api/v1/auth/token/", {"username": "a", "password": "b"}, content_type="application/json")
    assert tokens.headers["RateLimit-Policy"] == '"login";q=5;w=5'
