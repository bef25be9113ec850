"""What `/metrics` says: searches, analyses, what waits, hosts, partners, studios; what it costs and hides."""

import os

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from facepass.core.metrics import REGISTRY
from facepass.core.storage import faults
from facepass.core.work import work_counts
from facepass.models import Heartbeat, Host, OutboxEvent, WorkCount
from facepass.ops import backup
from facepass.ops.metrics import installation, view
from facepass.ops.metrics.families import FAMILIES
from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, SessionFactory, StudioFactory
from facepass.testing.pages.guests import agree, search
from facepass.testing.pages.sockets import Socket, closed, session_of_member
from facepass.testing.pictures.fake import picture_of
from facepass.tests.ops.monitoring.scrape import list_samples, scrape, total, values_of
from galleries import tasks
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from sessions_app.models import WebhookDelivery, WebhookEndpoint
from sessions_app.webhooks.courier import SentRequest, record_attempt
from sessions_app.webhooks.transport import Outcome

pytestmark = pytest.mark.django_db
# Everything that a label may be called. None of it is of a person, a guest or a picture.
LABELS = {
    "code", "device", "django", "engine", "host", "le", "license", "method", "model", "outcome", "python", "reason",
    "route", "stage", "state", "status", "studio", "version",
}  # fmt: skip


def deliver(studio, *outcomes):
    endpoint = WebhookEndpoint.objects.create(studio=studio, url="https://partner.example.org/hook", events=[])
    for outcome in outcomes:
        event = OutboxEvent.objects.create(studio=studio, type="gallery.processed", data={})
        delivery = WebhookDelivery.objects.create(endpoint=endpoint, event=event)
        if outcome:
            record_attempt(SentRequest(delivery, {}, delivery.created_at), outcome)
    work_counts.write_counts()


def test_every_metric_that_is_named_is_exported(client, party, settings, monkeypatch):
    """By an installation that has some of everything."""
    monkeypatch.setattr("facepass.ops.metrics.host._ping_redis", lambda _address: False)
    monkeypatch.setattr("sessions_app.pixora.gateway.is_configured", lambda: True)
    settings.ENV = settings.ENV.model_copy(update={"redis_url": "redis://localhost:1/0"})
    monkeypatch.setattr(
        "facepass.ops.metrics.figures.webhooks.collect_gauges",
        lambda: {name: ("", 1.0) for name in FAMILIES if "pixora" in name},
    )
    Host.objects.create(name="one", version="1", workers=2)
    Heartbeat.objects.create(name=backup.VERIFIED)
    PhotoFactory(stored=False, state=PhotoState.FAILED, error="unreadable_image")
    deliver(party.studio, Outcome(200, "", "", 1.0), None)
    agree(client, party)
    search(client, party, ["ann"])
    exported = {family.name for family in scrape(client)}
    exported |= {f"{name}_total" for name in exported}
    assert set(FAMILIES) - exported == set()
    assert "facepass_redis_up" in exported


def test_searches_are_counted_by_outcome_with_their_stages_and_refusals_by_code(client, party, api):
    before = scrape(client)
    agree(client, party)
    search(client, party, ["ann"])
    search(client, party, ["nobody we know"])
    search(client, party, [])
    after = scrape(client)

    def more(name, **labels):
        return total(after, name, **labels) - total(before, name, **labels)

    assert more("facepass_searches_total", outcome="hit") == 1
    assert more("facepass_searches_total", outcome="miss") == 1
    assert more("facepass_search_refusals_total", code="face_not_found") == 1
    assert more("facepass_search_seconds_count", stage="describe") == 3
    assert more("facepass_search_seconds_count", stage="compare") == 2
    assert total(after, "facepass_studio_searches", studio=str(party.studio_id)) == 2
    assert total(after, "facepass_studio_search_hits", studio=str(party.studio_id)) == 1


def test_a_partners_search_is_counted_too(client, api, studio, fake_engine):
    before = scrape(client)
    session = SessionFactory(studio=studio)
    picture = SimpleUploadedFile("me.jpg", picture_of([]))
    fields = {"session_id": str(session.pk), "file": picture}
    assert api.post("/api/v1/faces/search-session", fields, format="multipart").status_code == 422
    after = scrape(client)
    name = "facepass_search_refusals_total"
    assert total(after, name, code="face_not_found") == total(before, name, code="face_not_found") + 1


def test_workers_count_analyses_by_outcome_and_how_long_photos_wait(client, fake_engine):
    gallery = GalleryFactory()
    for people in (["ann"], ["bob"]):
        PhotoFactory(gallery=gallery, people=people)
    broken = PhotoFactory(gallery=gallery)
    broken.file.storage.delete(broken.file.name)
    tasks.analyse_gallery(str(gallery.pk))
    found = scrape(client)
    assert values_of(found, "facepass_analyses_total") == {("file_missing",): 1, ("processed",): 2}
    assert values_of(found, "facepass_photos_failed") == {("file_missing",): 1}
    assert total(found, "facepass_photo_seconds_count") == 2
    assert total(found, "facepass_photo_seconds_bucket", le="+Inf") == 2
    stages = values_of(found, "facepass_analysis_stage_photos_total")
    assert {stage: int(number) for (stage,), number in stages.items()} == {
        "decode": 3, "networks": 2, "record": 2, "thumbnails": 2,
    }  # fmt: skip


def test_counts_of_workers_add_up_and_wait_for_a_database_that_is_away(monkeypatch):
    monkeypatch.setattr(work_counts, "_unwritten", {})
    work_counts.count("analysis", "processed", number=3, seconds=1.5)
    with monkeypatch.context() as away:
        away.setattr(work_counts.connection, "cursor", raise_away)
        work_counts.write_counts()
    work_counts.write_counts()
    work_counts.count("analysis", "processed", seconds=0.5)
    work_counts.write_counts()
    work_counts.write_counts()
    assert list(WorkCount.objects.values_list("label", "number", "seconds")) == [("processed", 4, 2.0)]


def raise_away(*_arguments, **_named):
    raise OperationalError("the database is away")


def test_a_time_falls_into_the_bucket_whose_bound_it_does_not_pass(client):
    for seconds in (0.5, 1.0, 1.1, 100_000.0):
        work_counts.observe("photo_seconds", seconds)
    work_counts.write_counts()
    found = scrape(client)
    counted = {le: total(found, "facepass_photo_seconds_bucket", le=le) for le in ("1.0", "2.5", "86400.0", "+Inf")}
    assert counted == {"1.0": 2, "2.5": 3, "86400.0": 3, "+Inf": 4}


def test_what_waits_says_since_when_and_what_for(client):
    PhotoFactory(stored=False)
    PhotoFactory(stored=False, error=faults.UNAVAILABLE)
    GalleryImage.objects.update(created_at="2026-01-01T00:00:00Z")
    found = scrape(client)
    assert values_of(found, "facepass_photos_waiting") == {("turn",): 1, (faults.UNAVAILABLE,): 1}
    assert total(found, "facepass_oldest_waiting_photo_seconds") > 24 * 3600


def test_workers_that_are_alive_are_those_of_live_hosts_less_those_that_end_again_and_again(client):
    Host.objects.create(name="one", version="1", workers=4, down={"Worker 2": "exit code 3", "The courier": "…"})
    Host.objects.create(name="two", version="1", workers=8, seen_at="2026-01-01T00:00:00Z")
    found = scrape(client)
    assert total(found, "facepass_workers_alive") == 3
    assert values_of(found, "facepass_host_up") == {("one",): 1, ("two",): 0}


def test_webhooks_are_counted_by_state_and_outcome(client, studio):
    outcomes = [Outcome(200, "", "", 1.0), Outcome(503, "", "", 1.0), Outcome(None, "", "timeout", 1.0), None]
    deliver(studio, *outcomes)
    found = scrape(client)
    attempts = values_of(found, "facepass_webhook_attempts_total")
    assert attempts == {("5xx",): 1, ("delivered",): 1, ("timeout",): 1}
    assert values_of(found, "facepass_webhook_deliveries") == {("failed",): 0, ("pending",): 3}
    assert values_of(found, "facepass_webhook_endpoints") == {("disabled",): 0, ("enabled",): 0, ("failing",): 1}


def test_a_storage_that_does_not_serve_is_counted(client):
    before = total(scrape(client), "facepass_storage_faults_total")
    faults.unavailable(OSError(28, "No space left on device"))
    assert total(scrape(client), "facepass_storage_faults_total") == before + 1


@pytest.mark.django_db(transaction=True)
def test_open_websockets_are_counted(client, studio):
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)

    async def watch():
        socket = Socket(f"/ws/galleries/{gallery.pk}/progress/", session=await session_of_member(studio))
        await socket.connect()
        await socket.event()
        opened = REGISTRY.get_sample_value("facepass_websockets")
        await closed(socket)
        return opened

    before = REGISTRY.get_sample_value("facepass_websockets")
    assert async_to_sync(watch)() == before + 1
    assert REGISTRY.get_sample_value("facepass_websockets") == before


def test_without_the_database_the_rest_is_shown(client, monkeypatch):
    monkeypatch.setattr(installation, "list_figures", raise_away)
    found = scrape(client)
    assert total(found, "facepass_database_up") == 0
    assert total(found, "facepass_build_info") == 1
    assert total(found, "facepass_disk_free_bytes") > 0
    assert "facepass_photos" not in {family.name for family in found}


def test_the_figures_are_counted_once_for_all_who_scrape(client, settings):
    settings.METRICS_SECONDS = 60
    PhotoFactory(stored=False)
    first = scrape(client)
    PhotoFactory(stored=False)
    with CaptureQueriesContext(connection) as queries:
        second = scrape(client)
    assert not [query["sql"] for query in queries if "gallery_images" in query["sql"]]
    assert values_of(second, "facepass_photos") == values_of(first, "facepass_photos")
    assert total(second, "facepass_figures_age_seconds") > 0


def test_where_counting_takes_long_it_is_done_less_often(client, settings, monkeypatch):
    settings.METRICS_SECONDS = 5
    claimed = []
    monkeypatch.setattr(installation.cache, "get", lambda _key: {"at": 0.0, "took": 3.0, "samples": []})
    claim = lambda _name, *, every: claimed.append(every.total_seconds())  # noqa: E731
    monkeypatch.setattr(installation.Chore.objects, "claim", claim)
    installation.load_samples()
    assert claimed == [57.0]


def test_labels_say_nothing_of_people_sessions_or_pictures(client, fake_engine):
    secret = "Wilhelmina"
    studio = StudioFactory(name=f"{secret} Photo", slug="slug-wilhelmina")
    session = SessionFactory(studio=studio, name=f"{secret}'s wedding")
    gallery = GalleryFactory(studio=studio, session_id=session.pk, title=secret)
    PersonFactory(studio=studio, real_name=secret, email="wilhelmina@example.org")
    photo = PhotoFactory(gallery=gallery, people=["ann"], original_name=f"{secret}.jpg")
    deliver(studio, Outcome(500, secret, "", 1.0))
    tasks.analyse_gallery(str(gallery.pk))
    client.get(f"/s/{session.code}/")
    found = scrape(client)
    texts = [value.lower() for _name, labels in list_samples(found) for value in labels.values()]
    for trace in (secret.lower(), session.code.lower(), "partner.example.org", *map(str, (photo.pk, gallery.pk))):
        assert not [text for text in texts if trace in text], trace
    assert {name for _name, labels in list_samples(found) for name in labels} <= LABELS


def test_what_a_process_held_that_has_ended_is_forgotten_and_what_it_counted_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    ended = 2**22 + 1  # beyond what Linux gives to a process
    for name in (f"gauge_livesum_{ended}.db", f"counter_{ended}.db", f"gauge_livesum_{os.getpid()}.db"):
        (tmp_path / name).touch()
    view._forget_ended_processes(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {f"counter_{ended}.db", f"gauge_livesum_{os.getpid()}.db"}
