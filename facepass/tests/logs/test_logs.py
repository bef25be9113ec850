"""Lines of the log: as objects, with the request's id from an upload to the webhook, and about what is slow."""

import json
import logging

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from facepass.core import events
from facepass.core.logs import request_ids
from facepass.core.logs.log_lines import log_line
from facepass.core.requests.middleware import RequestIdFilter
from facepass.core.requests.probe_hosts import PROBED
from facepass.core.requests.redaction import RedactingJsonFormatter
from facepass.models import EventType, OutboxEvent
from facepass.ops import draining
from facepass.ops.embedded import server
from facepass.testing import home
from facepass.testing.database import wait_for_the_log
from facepass.testing.factories import GalleryFactory, PhotoFactory
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.models import GalleryImage
from sessions_app.models import WebhookEndpoint
from sessions_app.webhooks import courier, outbox

log = logging.getLogger("facepass.tests.lines")


@pytest.fixture
def as_json(caplog):
    """What the lines are as JSON."""
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(RequestIdFilter())

    def read(what=None):
        lines = [json.loads(RedactingJsonFormatter().format(record)) for record in caplog.records]
        return [line for line in lines if what is None or line.get("event") == what]

    return read


def test_a_line_is_an_object_with_its_fields(as_json):
    with request_ids.on_behalf_of("upload-1"):
        log_line(log, "analysis", photo="a", faces=3, ok=True)
    (line,) = as_json()
    assert line["time"].endswith("+00:00")
    wanted = {"level": "INFO", "logger": "facepass.tests.lines", "request_id": "upload-1", "event": "analysis"}
    assert wanted.items() <= line.items()
    assert (line["message"], line["photo"], line["faces"], line["ok"]) == (
        "analysis: photo=a faces=3 ok=True",
        "a",
        3,
        True,
    )


def test_an_error_is_one_line_without_what_opens_something(as_json):
    error = ValueError("https://photos.example.com/s/SECRETCODE/?token=abc")
    log.error("it went wrong\nin two lines at /s/SECRETCODE/", exc_info=error)
    (line,) = as_json()
    assert "ValueError" in line["error"]
    assert "SECRETCODE" not in json.dumps(line)
    assert "abc" not in line["error"]


def test_each_format_of_the_setting_is_there():
    assert set(django_settings.LOGGING["formatters"]) == {"line", "json"}


@pytest.mark.django_db
def test_a_request_that_takes_long_is_logged_by_its_route(client, settings, as_json):
    gallery = GalleryFactory()
    path = f"/api/v1/galleries/{gallery.pk}/"
    settings.SLOW_REQUEST_SECONDS = 3600
    client.get(path, headers={"x-request-id": "quick"})
    assert as_json("slow request") == []
    settings.SLOW_REQUEST_SECONDS = 1e-9
    client.get(path, headers={"x-request-id": "slow-1"})
    (line,) = as_json("slow request")
    assert (line["level"], line["request_id"], line["method"], line["status"]) == ("WARNING", "slow-1", "GET", 401)
    assert str(gallery.pk) not in json.dumps(line)
    assert line["route"].startswith("api/v1/galleries/")
    settings.SLOW_REQUEST_SECONDS = 0
    client.get(path)
    assert len(as_json("slow request")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(PROBED))
def test_probes_leave_no_line_however_they_are_answered(path, client, settings, monkeypatch, caplog):
    """Django would log each 503 while the models are loaded: dozens of them at every start."""
    caplog.set_level(logging.INFO)
    settings.SLOW_REQUEST_SECONDS = 1e-9
    monkeypatch.setattr(draining, "is_under_way", lambda: True)
    assert client.get(path).status_code == (503 if path == "/health/ready" else 200)
    assert caplog.records == []


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_engine")
def test_the_id_of_an_upload_goes_with_its_photo_to_the_worker_and_the_webhook(api, studio, as_json):
    gallery = GalleryFactory(studio=studio)
    WebhookEndpoint.objects.create(studio=studio, url="https://app.example.com/", events=["gallery.processed"])
    file = SimpleUploadedFile("Ludmila.jpg", picture_of(["ann"]), content_type="image/jpeg")
    sent = {"files": [file]}
    path = f"/api/v1/galleries/{gallery.pk}/images/"
    assert api.post(path, sent, format="multipart", headers={"x-request-id": "upload-7"}).status_code == 202
    assert GalleryImage.objects.get().request_id == "upload-7"
    tasks.analyse_gallery(str(gallery.pk))
    (line,) = as_json("analysis")
    assert (line["request_id"], line["gallery"], line["faces"], line["attempt"]) == ("upload-7", str(gallery.pk), 1, 1)
    assert "Ludmila" not in json.dumps(as_json())
    event = OutboxEvent.objects.get(type=EventType.GALLERY_PROCESSED)
    assert event.request_id == "upload-7"
    outbox.create_deliveries()
    delivery = WebhookEndpoint.objects.get().deliveries.get()
    assert courier._headers(delivery, b"{}")["X-Request-ID"] == "upload-7"


@pytest.mark.django_db
def test_an_event_outside_of_requests_names_none(studio):
    events.emit(EventType.TRAINING_COMPLETED, studio_id=studio.pk, data={})
    assert OutboxEvent.objects.get().request_id == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_engine")
def test_a_photo_that_fails_names_the_upload_that_brought_it(as_json):
    photo = PhotoFactory(request_id="upload-8")
    photo.file.storage.delete(photo.file.name)
    with photo.file.storage.open(photo.file.name, "wb") as file:
        file.write(b"no picture")
    tasks.analyse_gallery(str(photo.gallery_id))
    lines = [line for line in as_json() if str(photo.pk) in line["message"]]
    assert {line["request_id"] for line in lines} == {"upload-8"}


def test_the_database_server_s_log_is_cut_while_the_server_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "LOG_BYTES", 1000)
    path = tmp_path / "postgresql.log"
    with path.open("ab") as log_of_server:
        log_of_server.write(b"old line\n" * 200)
        log_of_server.flush()
        server.EmbeddedPostgres(tmp_path).rotate_log()
        log_of_server.write(b"new line\n")
    assert path.read_bytes() == b"new line\n"
    assert path.with_suffix(".log.1").read_bytes() == b"old line\n" * 200
    server.EmbeddedPostgres(tmp_path).rotate_log()
    assert path.read_bytes() == b"new line\n"


@pytest.mark.django_db
def test_an_error_of_a_statement_is_for_who_sent_it_and_not_for_the_server_s_log():
    """The cache runs into such keys whenever two processes keep the same value."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept_twice (key text PRIMARY KEY)")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("INSERT INTO kept_twice VALUES ('a'), ('a')")
    wait_for_the_log()
    assert "kept_twice" not in (home.run_folder() / "postgresql.log").read_text(errors="replace")
