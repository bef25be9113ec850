"""What every answer says about the device and the connection, and addresses that make no sense."""

import stat
from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator

from facepass.asgi import application
from facepass.core import private_files
from facepass.testing.factories import PhotoFactory, SessionFactory
from facepass.testing.pages.sockets import Socket
from facepass.testing.waiting import PATIENCE_SECONDS

PATHS = ["/", "/health/", "/api/v1/galleries/", "/admin/login/", "/nothing/", "/static/facepass/guest.css", "/s/%00/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_says_what_a_page_may_use(client, path):
    answer = client.get(path)
    assert "camera=()" in answer["Permissions-Policy"] or path.startswith("/s/")
    assert "microphone=()" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in answer


@pytest.mark.django_db
def test_the_camera_is_for_guests_pages_alone(client):
    assert "camera=(self)" in client.get(f"/s/{SessionFactory(facepass_enabled=True).code}/")["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_behind_https_every_answer_asks_for_https(client, settings, path):
    settings.PUBLIC_URL, settings.SECURE_HSTS_SECONDS = "https://photos.example.com", 31_536_000
    assert client.get(path)["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/s/%00/", "/s/%00", "/s/abc%00def/pin/", "/%00", "/s/%0d%0a/", "/s/%FF%FE/", "/s/%ED%A0%80/", "/my/%00/",
        "/shared/%00/", "/photos-of/%00/", "/s/%E2%80%AE/", "/s/" + "a" * 2000 + "/", "/ws/nothing/", "/ws/", "/s/../",
        "/api/v1/sessions/%00/interface/", "/photos/%00/original", "/api/v1/galleries/%00/", "/admin/%00/", "/s/a b/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_makes_no_sense_is_not_found(client, path, method):
    client.raise_request_exception = False
    assert getattr(client, method)(path).status_code in (302, 400, 401, 403, 404, 405)
    if path.startswith(("/s/%00", "/s/abc%00")):
        assert client.get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
@pytest.mark.parametrize(
    "path", ["/ws/nothing/", "/ws/", "/", "/ws/galleries/x/progress/", "/ws/\0/", "/ws/decisions/x"]
)
async def test_a_websocket_of_an_unknown_address_is_refused_at_once(path):
    plain = Socket(path)
    assert await plain.connect() == {"type": "websocket.close", "code": 4404}
    able = Socket(path)
    able.scope["extensions"] = {"websocket.http.response": {}}
    assert (await able.connect())["status"] == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_a_body_that_is_refused_while_it_arrives_has_the_headers_too(settings):
    settings.PUBLIC_URL = "https://photos.example.com"
    headers = [(b"content-length", b"99999999999"), (b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": "/nothing/", "headers": headers, "query_string": b""}
    asked = ApplicationCommunicator(application, scope)
    await asked.send_input({"type": "http.request", "body": b"", "more_body": True})
    answer = await asked.receive_output(PATIENCE_SECONDS)
    names = {name for name, _value in answer["headers"]}
    assert (answer["status"], {b"permissions-policy", b"strict-transport-security"} <= names) == (413, True)


def modes(home):
    return {path.relative_to(home).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in home.rglob("*")}


@pytest.mark.parametrize(
    ("has_database", "is_root", "mode"), [(True, True, 0o711), (False, True, 0o700), (True, False, 0o700)]
)
def test_the_home_and_what_is_in_it_are_closed_to_others(tmp_path, monkeypatch, has_database, is_root, mode):
    home = tmp_path / "home"
    (home / "mail").mkdir(parents=True, mode=0o755)
    (home / "mail" / "one.log").write_text("to: somebody")
    owner = home.stat().st_uid
    monkeypatch.setattr(private_files.os, "geteuid", lambda: owner)
    monkeypatch.setattr(private_files, "is_root", lambda: is_root)
    private_files.close_home(home, has_database=has_database)
    assert stat.S_IMODE(home.stat().st_mode) == mode
    assert modes(home) == {"mail": 0o700, "mail/one.log": 0o600, "media": 0o700, "secrets": 0o700}


def test_a_stored_photo_is_the_service_s_alone(db):
    photo = PhotoFactory()
    path = Path(photo.file.storage.path(photo.file.name))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
