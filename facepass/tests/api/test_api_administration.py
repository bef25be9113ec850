"""/api/v1/admin/users, /api/v1/admin/stats, /metrics and /health/detailed"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from facepass.core.public_address import host_of
from facepass.models import Scope
from facepass.ops import metrics
from facepass.testing.factories import (
    ApiKeyFactory,
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    UserFactory,
)
from galleries.models import GalleryImage
from sessions_app.models import KeyDay, SessionDay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

USERS, STATS = "/api/v1/admin/users", "/api/v1/admin/stats"
TOKEN = "a-token-of-some-length"


@pytest.fixture
def api(client_of, studio):
    return client_of(studio, scopes=Scope.values)


def test_the_staff_of_the_studio_with_their_roles(api, studio, django_assert_num_queries):
    for name, role in (("ann", "owner"), ("bob", "viewer"), ("eve", "manager")):
        MembershipFactory(studio=studio, role=role, user=UserFactory(username=name))
    MembershipFactory()
    api.get(USERS)  # notes the use of the key
    with django_assert_num_queries(3):  # the key, the count, the page
        rows = api.get(USERS).json()["results"]
    assert [(row["username"], row["role"]) for row in rows] == [("ann", "owner"), ("bob", "viewer"), ("eve", "manager")]
    assert {row["studio_id"] for row in rows} == {str(studio.pk)}
    assert "password" not in str(rows)
    assert [row["username"] for row in api.get(f"{USERS}/?role=viewer").json()["results"]] == ["bob"]
    assert [row["username"] for row in api.get(f"{USERS}?search=eve").json()["results"]] == ["eve"]
    assert api.get(f"{USERS}?role=king").status_code == 400


def test_stats_count_what_is_the_studios(api, studio, django_assert_num_queries):
    gallery = GalleryFactory(studio=studio)
    photo = PhotoFactory(gallery=gallery, state="processed", processed_at=timezone.now(), stored=False)
    PhotoFactory(gallery=gallery, state="quarantined", stored=False)
    gallery.photos.update(created_at=photo.processed_at)  # else at midnight they would be of two days
    FaceFactory(photo=photo, person=PersonFactory(studio=studio), verified=True)
    FaceFactory(photo=photo)
    FaceFactory()  # somebody else's
    api.get(STATS)
    with django_assert_num_queries(10):  # the key, eight counts and the queue
        found = api.get(STATS).json()
    assert found["photos"] == {"total": 2, "pending": 0, "processing": 0, "processed": 1, "failed": 1}
    assert found["faces"] == {"total": 2, "named": 1, "verified": 1}
    assert (found["galleries"], found["people"]) == (1, 1)
    assert found["storage_bytes"] == sum(gallery.photos.values_list("byte_size", flat=True))
    assert found["model"] == {"name": "fake", "model": "squares", "contract_id": "fake-squares-1"}
    assert found["per_day"] == [{"date": str(timezone.localdate(photo.processed_at)), "uploaded": 2, "processed": 1}]


@pytest.mark.parametrize(("zone", "day"), [("UTC", 0), ("Asia/Kathmandu", 1), ("America/St_Johns", 0)])
def test_a_day_of_the_stats_begins_at_midnight_where_the_installation_is(api, studio, settings, zone, day):
    settings.TIME_ZONE = zone
    evening = (timezone.now() - timedelta(days=2)).replace(hour=20, minute=0)
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio), stored=False)
    GalleryImage.objects.filter(pk=photo.pk).update(created_at=evening)
    assert [row["date"] for row in api.get(STATS).json()["per_day"]] == [str(evening.date() + timedelta(days=day))]


@pytest.mark.parametrize("path", [USERS, STATS])
def test_only_who_administers_may_look(client_of, client, studio, path):
    assert client_of(studio, scopes=["read", "write", "search"]).get(path).status_code == 403
    assert client.get(path).status_code == 401


def value(text, name, **labels) -> float:
    for line in text.splitlines():
        if line.startswith(name) and all(f'{key}="{wanted}"' in line for key, wanted in labels.items()):
            return float(line.rpartition(" ")[2])
    return 0.0


def test_metrics_count_answers_by_route_and_never_by_path(api, client, studio):
    gallery = GalleryFactory(studio=studio)
    before = client.get("/metrics").content.decode()
    labels = {"route": "api/v1/galleries/<uuid:pk>/", "method": "GET", "status": "200"}
    api.get(f"/api/v1/galleries/{gallery.pk}")
    api.get("/no/such/path")
    PhotoFactory(gallery=gallery, stored=False)
    after = client.get("/metrics/").content.decode()
    counted = [value(text, "facepass_requests_total", **labels) for text in (before, after)]
    assert counted[1] - counted[0] == 1
    assert value(after, "facepass_photos", state="pending") == 1
    assert value(after, "facepass_queue_depth") == 0
    assert str(gallery.pk) not in after
    assert "no/such" not in after
    assert value(after, "facepass_request_seconds_count", route=labels["route"]) >= 1


@pytest.mark.parametrize("path", ["/metrics", "/health/detailed"])
def test_without_a_token_only_this_machine_may_ask_and_not_through_a_proxy(client, path):
    assert client.get(path).status_code == 200
    assert client.get(path, REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get(path, REMOTE_ADDR="").status_code == 404
    for name in metrics.FORWARDED:
        assert client.get(path, headers={name: "192.0.2.7"}).status_code == 404, name


@pytest.mark.parametrize("path", ["/metrics", "/health/detailed"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "https://photos.example.com"),
        ("PUBLIC_URL", "http://192.0.2.7:8000"),
        ("TRUSTED_PROXIES", 1),
    ],
)
def test_where_a_proxy_may_be_in_front_this_machine_alone_opens_nothing(client, settings, path, name, value):
    """A proxy on this machine that adds no header sends everybody's requests from here."""
    setattr(settings, name, value)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, host_of(settings.PUBLIC_URL)]  # as at the start
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/metrics", "/health/detailed"])
def test_with_a_token_the_token_decides(client, settings, path):
    settings.ENV = settings.ENV.model_copy(update={"metrics_token": TOKEN})
    assert client.get(path).status_code == 404
    assert client.get(path, HTTP_AUTHORIZATION="Bearer wrong").status_code == 404
    assert client.get(path, HTTP_AUTHORIZATION=f"Bearer {TOKEN}", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_health_in_detail_says_what_waits_and_whether_files_can_be_kept(client, studio, monkeypatch):
    PhotoFactory(gallery__studio=studio, stored=False)
    answer = client.get("/health/detailed").json()
    assert answer["checks"]["queue"]["photos"] == 1
    assert answer["checks"]["storage"]["status"] == "ok"
    assert answer["checks"]["storage"]["free_bytes"] > 0

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    answer = client.get("/health/detailed")
    assert (answer.status_code, answer.json()["checks"]["storage"]["status"]) == (503, "unavailable")


def test_a_method_that_somebody_made_up_makes_no_series(client):
    client.generic("BREW", "/health")
    assert "BREW" not in client.get("/metrics").content.decode()


def test_stats_say_how_much_is_searched_day_by_day(api, studio):
    session, other, strange = SessionFactory(studio=studio), SessionFactory(studio=studio), SessionFactory()
    day = date(2026, 11, 20)
    for where, searches, hits, when in (
        (session, 5, 3, day),
        (other, 2, 1, day),
        (session, 4, 4, day + timedelta(days=1)),
        (session, 100, 0, day - timedelta(days=1)),
        (strange, 100, 0, day),
    ):
        SessionDay.objects.create(session=where, day=when, searches=searches, hits=hits)
    usage = api.get(f"{STATS}?from=2026-11-20&to=2026-11-21").json()["usage"]
    assert (usage["from"], usage["to"]) == ("2026-11-20", "2026-11-21")
    assert [(row["date"], row["searches"], row["hits"]) for row in usage["days"]] == [
        ("2026-11-20", 7, 4),
        ("2026-11-21", 4, 4),
    ]
    assert (usage["total"]["searches"], usage["total"]["hits"], usage["total"]["hit_rate"]) == (11, 8, 0.7273)


def test_stats_say_how_much_each_key_searches(api, studio):
    ours, idle, strange = ApiKeyFactory(studio=studio), ApiKeyFactory(studio=studio), ApiKeyFactory()
    day = date(2026, 11, 20)
    for key, searches, hits, when in (
        (ours, 4, 4, day + timedelta(days=1)),
        (ours, 5, 2, day),
        (idle, 9, 9, day - timedelta(days=1)),
        (strange, 100, 0, day),
    ):
        KeyDay.objects.create(key=key, day=when, searches=searches, hits=hits)
    usage = api.get(f"{STATS}?from=2026-11-20&to=2026-11-21").json()["usage"]
    days = [{"date": "2026-11-20", "searches": 5, "hits": 2}, {"date": "2026-11-21", "searches": 4, "hits": 4}]
    sums = {"searches": 9, "hits": 6, "hit_rate": 0.6667}
    assert usage["keys"] == [{"key_id": str(ours.pk), "name": ours.name, **sums, "days": days}]
    ours.delete()
    assert api.get(f"{STATS}?from=2026-11-20&to=2026-11-21").json()["usage"]["keys"] == []


@pytest.mark.parametrize(
    "period", ["from=2020-01-01&to=2026-01-01", "from=2026-02-02&to=2026-02-01", "from=&to=", "to=x"]
)
def test_stats_are_of_a_year_at_most(api, period):
    assert api.get(f"{STATS}?{period}").status_code == 400
