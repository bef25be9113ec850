"""What is counted of a session's use, how it is told over the API and in the admin, and what is not kept."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.core.access import rate_limits
from facepass.core.work import chores
from facepass.models import ApiKey, RateBucket
from facepass.testing.factories import (
    ApiKeyFactory,
    GalleryFactory,
    MembershipFactory,
    PhotoFactory,
    SessionFactory,
    UserFactory,
)
from facepass.testing.pages.guests import agree
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from sessions_app import analytics
from sessions_app.analytics import BUCKET_BOUNDS_MS, UsageKind
from sessions_app.models import KeyDay, SessionDay

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"
LIST = "admin:sessions_app_sessionday_changelist"
CSV = "admin:sessions_app_sessionday_csv"


@pytest.fixture
def session(studio, fake_engine):
    """With one photo, of Ann."""
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    PhotoFactory(gallery=gallery, people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(gallery.pk))
    return session


@pytest.fixture
def staff(studio):
    client = Client()
    client.force_login(MembershipFactory(studio=studio).user)
    return client


def selfie(*people):
    return SimpleUploadedFile("me.jpg", picture_of(people, size=(800, 600)))


def guest_searches(session, *people, **extra):
    client = Client(**extra)
    agree(client, session)
    return client.post(f"/s/{session.code}/", {"selfie": selfie(*people)})


def path(session, **period):
    return f"/api/v1/sessions/{session.pk}/analytics?" + "&".join(f"{name}={day}" for name, day in period.items())


def day_of(session, day, **numbers):
    return SessionDay.objects.create(session=session, day=day, **numbers)


@pytest.fixture
def today(monkeypatch):
    """A day that does not end while a test runs."""
    day = date(2026, 5, 30)
    monkeypatch.setattr(timezone, "localdate", lambda *_moment, **_zone: day)
    return day


def test_searches_of_guests_and_partners_are_counted_and_so_is_who_was_found(api, session, today):
    guest_searches(session, "ann")
    guest_searches(session, "bob")
    api.post("/api/v1/faces/search-session", {"session_id": session.pk, "file": selfie("ann")}, format="multipart")
    row = SessionDay.objects.get()
    assert (row.session, row.day, row.searches, row.hits) == (session, today, 3, 2)
    assert (len(row.took), sum(row.took)) == (len(BUCKET_BOUNDS_MS) + 1, 3)
    by_key = KeyDay.objects.get()  # the guests had none
    assert (by_key.key.studio, by_key.day, by_key.searches, by_key.hits) == (session.studio, today, 1, 1)


def test_searches_by_a_key_add_up_and_one_that_is_gone_is_not_counted(session, today):
    key = ApiKeyFactory(studio=session.studio)
    for found in (0, 2, 1):
        analytics.count_search(session, found=found, processing_ms=5, key=key)
    assert KeyDay.objects.values_list("key", "day", "searches", "hits").get() == (key.pk, today, 3, 2)
    gone = ApiKeyFactory(studio=session.studio)
    ApiKey.objects.filter(pk=gone.pk).delete()
    analytics.count_search(session, found=1, processing_ms=5, key=gone)
    assert KeyDay.objects.count() == 1


def test_a_picture_without_a_face_is_no_search(session):
    assert guest_searches(session).status_code == 422
    assert SessionDay.objects.get().searches == 0


def test_counting_takes_one_query(session, django_assert_num_queries):
    with django_assert_num_queries(1):
        analytics.count_search(session, found=3, processing_ms=50)


def test_each_thing_that_guests_do_has_its_number(session):
    analytics.count_usage(session, UsageKind.CONSENT)
    analytics.count_usage(session, UsageKind.FAVOURITE)
    analytics.count_usage(session, UsageKind.DOWNLOAD, number=12)
    analytics.count_search(session, found=0, processing_ms=40)
    row = SessionDay.objects.get()
    assert (row.searches, row.hits, row.consents, row.favourites, row.downloads) == (1, 0, 1, 1, 12)
    assert sum(row.took) == 1


@pytest.mark.django_db(transaction=True)
def test_what_happens_at_once_is_counted_whole():
    session = SessionFactory()

    def search(number):
        analytics.count_search(session, found=number % 2, processing_ms=number)
        connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(search, range(200)))
    row = SessionDay.objects.get()
    assert (row.searches, row.hits, sum(row.took)) == (200, 100, 200)


def test_percentiles_are_off_by_a_fifth_at_most():
    times = np.random.default_rng(1).lognormal(4.5, 0.6, 5000)
    took = np.bincount(np.searchsorted(BUCKET_BOUNDS_MS, times), minlength=len(BUCKET_BOUNDS_MS) + 1).tolist()
    for share in (0.5, 0.95):
        assert analytics.percentile(took, share) == pytest.approx(np.quantile(times, share), rel=0.2)


def test_percentiles_of_nothing_and_of_what_took_very_long():
    nothing = [0] * (len(BUCKET_BOUNDS_MS) + 1)
    assert analytics.percentile(nothing, 0.5) is None
    assert analytics.percentile([*nothing[:-1], 4], 0.5) == BUCKET_BOUNDS_MS[-1]


# over the API


def test_the_api_tells_days_and_their_sum(api, session, today):
    day_of(session, today, searches=3, hits=3, downloads=2)
    day_of(session, today - timedelta(days=29), searches=1, consents=4)
    day_of(session, today - timedelta(days=30), searches=50)
    told = api.get(path(session)).json()
    assert (told["from"], told["to"]) == (str(today - timedelta(days=29)), str(today))
    assert [(day["date"], day["searches"], day["hit_rate"]) for day in told["days"]] == [
        (str(today - timedelta(days=29)), 1, 0.0),
        (str(today), 3, 1.0),
    ]
    assert told["total"] == {
        "searches": 4, "hits": 3, "hit_rate": 0.75, "p50_ms": None, "p95_ms": None, "downloads": 2, "favourites": 0,
        "consents": 4,
    }  # fmt: skip


def test_a_period_is_of_days_that_were_asked_for(api, session):
    for number in range(1, 6):
        day_of(session, date(2026, 5, number), searches=number)
    told = api.get(path(session, **{"from": "2026-05-02", "to": "2026-05-04"})).json()
    assert [day["searches"] for day in told["days"]] == [2, 3, 4]
    assert api.get(path(session, to="2026-05-01")).json()["total"]["searches"] == 1
    assert api.get(path(session, to="0001-01-01")).json()["days"] == []


@pytest.mark.parametrize(
    "period",
    [
        {"from": "yesterday"},
        {"from": "2026-05-02", "to": "2026-05-01"},
        {"from": "2024-01-01", "to": "2026-01-01"},
        {"from": "0001-01-01", "to": "9999-12-31"},
    ],
)
def test_a_period_that_is_none_is_refused(api, session, period):
    assert api.get(path(session, **period)).status_code == 400


def test_what_is_no_id_is_refused_and_a_strangers_session_is_not_there(api, stranger, session):
    assert api.get("/api/v1/sessions/none/analytics").status_code == 400
    assert stranger.get(path(session)).status_code == 404


def test_many_days_take_as_many_queries_as_one(api, session, today, django_assert_num_queries):
    for number in range(20):
        day_of(session, today - timedelta(days=number), searches=1)
    api.get(path(session))
    with django_assert_num_queries(3):  # the key, the session, its days
        assert len(api.get(path(session)).json()["days"]) == 20


# in the admin


def test_the_sessions_page_shows_plots_of_it(staff, session):
    day_of(session, date(2026, 5, 1), searches=7, hits=5, took=[0, 0, 7])
    page = staff.get(reverse("admin:sessions_app_photosession_change", args=[session.pk])).content.decode()
    assert page.count('class="fp-plot"') == 3
    assert "1 May 2026, searches: 7" in page
    assert f"{reverse(CSV)}?session__id__exact={session.pk}" in page


def test_a_session_that_nobody_used_has_no_plots(staff, session):
    page = staff.get(reverse("admin:sessions_app_photosession_change", args=[session.pk])).content.decode()
    assert "fp-plot" not in page


def test_the_list_sums_a_studio_up_over_time(staff, session):
    other = SessionFactory(studio=session.studio)
    for one in (session, other):
        day_of(one, date(2026, 5, 1), searches=2, hits=1)
    day_of(session, date(2026, 5, 3), searches=1)
    day_of(SessionFactory(), date(2026, 5, 2), searches=100)
    shown = staff.get(reverse(LIST)).context_data
    assert (shown["total"].searches, shown["hit_rate"]) == (5, "40%")
    assert [bar.text for bar in shown["plots"][0].series[0].bars] == [
        "1 May 2026, searches: 4",
        "2 May 2026, searches: 0",
        "3 May 2026, searches: 1",
    ]
    filtered = staff.get(reverse(LIST), {"session__id__exact": str(other.pk)}).context_data
    assert filtered["total"].searches == 2


def test_the_csv_has_the_rows_of_the_list(staff, session):
    day_of(session, date(2026, 5, 1), searches=4, hits=1, took=[0, 4], downloads=3)
    day_of(SessionFactory(), date(2026, 5, 1), searches=100)
    session.name = "=1+1"
    session.save()
    answer = staff.get(reverse(CSV))
    assert answer["Content-Type"].startswith("text/csv")
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    [row] = [dict(zip(header, row, strict=True)) for row in rows]
    assert (row["day"], row["session_id"], row["session"]) == ("2026-05-01", str(session.pk), "'=1+1")
    assert (row["searches"], row["hit_rate"], row["p50_ms"], row["downloads"]) == ("4", "0.25", "12.1", "3")
    none = staff.get(reverse(CSV), {"day_from": "2026-06-01"}).content.decode("utf-8-sig")
    assert len(none.splitlines()) == 1
    assert staff.get(reverse(CSV), {"nonsense": "1"}).status_code == 400


def test_a_stranger_downloads_nothing(session):
    day_of(session, date(2026, 5, 1), searches=4)
    client = Client()
    assert client.get(reverse(CSV)).status_code == 302
    client.force_login(UserFactory())
    assert client.get(reverse(CSV)).status_code == 403
    client.force_login(MembershipFactory().user)
    assert len(client.get(reverse(CSV)).content.splitlines()) == 1


# what is not kept


def test_a_guests_address_is_nowhere_once_its_rate_limit_has_run_empty(api, session, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "guest_address": (60, 10)}
    guest_searches(session, "ann", REMOTE_ADDR=ADDRESS)
    Client(REMOTE_ADDR=ADDRESS).post("/admin/login/", {"username": "guest", "password": "wrong"})
    assert set(tables_with(ADDRESS)) == {"rate_buckets"}
    chores.enqueue_due_chores()
    assert set(tables_with(ADDRESS)) == {"rate_buckets"}
    RateBucket.objects.update(due=timezone.now() - timedelta(minutes=11))
    rate_limits.delete_empty_buckets()
    assert tables_with(ADDRESS) == []


def tables_with(text):
    """Of all tables of the database, those in which some row has the text in some column."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}" AS kept WHERE kept::text LIKE %s)', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found
