"""A row with a value that cannot be read stops none of its neighbours: lists, pages, claims, analyses and deletions go
on, and the row says what is wrong. The database refuses such values; here its constraints are taken away first.
"""

import importlib
import re
from contextlib import contextmanager
from itertools import zip_longest

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from facepass.testing.factories import ClusterFactory, FaceFactory, GalleryFactory, PersonFactory, PhotoFactory
from galleries import tasks
from galleries.models import Gallery, GalleryImage, Person, PhotoFace
from galleries.models.photo import PhotoState

pytestmark = pytest.mark.django_db

BEFORE_CHRIST = "'0001-12-31 22:00:00+00 BC'"
DEEP = "('" + '{"a":' * 1500 + "1" + "}" * 1500 + "')::jsonb"
LONG = '(\'{"a": ' + "9" * 5000 + "}')::jsonb"
# Of which table which column holds what.
POISON = [
    ("gallery_images", "taken_at", BEFORE_CHRIST),
    ("gallery_images", "taken_at", "'infinity'"),
    ("gallery_images", "taken_at", "'12026-05-01 12:00:00+00'"),
    ("gallery_images", "created_at", BEFORE_CHRIST),
    ("gallery_images", "created_at", "'infinity'"),
    ("gallery_images", "processed_at", "'-infinity'"),
    ("galleries", "shoot_date", "'0044-03-15 BC'"),
    ("galleries", "shoot_date", "'infinity'"),
    ("galleries", "created_at", "'infinity'"),
    ("photo_faces", "recognition_confidence", "'NaN'"),
    ("photo_faces", "insightface_confidence", "'Infinity'"),
    ("photo_faces", "insightface_bbox", "'{}'"),
    ("photo_faces", "insightface_bbox", "'null'"),
    ("photo_faces", "insightface_bbox", '\'{"x": "1", "y": 1, "width": 1, "height": 1}\''),
    ("photo_faces", "created_at", "'-infinity'"),
    ("people", "metadata", DEEP),
    ("people", "metadata", LONG),
    ("people", "created_at", "'infinity'"),
    ("photo_sessions", "scheduled_at", BEFORE_CHRIST),
    ("photo_sessions", "settings", LONG),
]
each = pytest.mark.parametrize(
    "where", POISON, ids=[f"{table}.{column}={value[:16]}" for table, column, value in POISON]
)
TABLES = {table: [one for one in POISON if one[0] == table] for table, _column, _value in POISON}
# For what takes dozens of requests: one value in each table at a time, so that each list has one such row.
ROUNDS = [[one for one in some if one] for some in zip_longest(*TABLES.values())]
one_in_each_table = pytest.mark.parametrize(
    "places", ROUNDS, ids=[" ".join(f"{table}.{column}" for table, column, _value in some) for some in ROUNDS]
)


@contextmanager
def without_constraint(table):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_readable")
        yield cursor


def poison(table, column, value):
    """Into one row of the table."""
    with without_constraint(table) as cursor:
        one = f"(SELECT id FROM {table} ORDER BY id LIMIT 1)"
        cursor.execute(f"UPDATE {table} SET {column} = {value} WHERE id = {one} RETURNING id")
        return cursor.fetchone()[0]


@pytest.fixture
def rows(gallery, session, fake_engine):
    """Two photos that are analysed, with faces of somebody, and two that wait."""
    person = PersonFactory(studio=gallery.studio)
    PersonFactory(studio=gallery.studio)
    other = GalleryFactory(studio=gallery.studio)
    for number in range(2):
        photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED)
        cluster = ClusterFactory(studio=gallery.studio, session_id=gallery.session_id)
        FaceFactory(photo=photo, person=person, cluster=cluster, seed=number)
        PhotoFactory(gallery=gallery, people=["ann"])
        PhotoFactory(gallery=other)
    return gallery


@pytest.fixture
def session(gallery):
    from facepass.testing.factories import SessionFactory

    SessionFactory(studio=gallery.studio)
    made = SessionFactory(studio=gallery.studio)
    Gallery.objects.filter(pk=gallery.pk).update(session_id=made.pk)
    gallery.refresh_from_db()
    return made


def pages_of(gallery, session):
    yield from ("/api/v1/galleries/", "/api/v1/images/", "/api/v1/people/", "/api/v1/groups/", "/api/v1/sessions/")
    yield f"/api/v1/galleries/{gallery.pk}/images/"
    for photo in gallery.photos.all():
        yield f"/api/v1/images/{photo.pk}/"
        yield reverse("admin:galleries_galleryimage_change", args=[photo.pk])
        yield reverse("admin:galleries_galleryimage_faces", args=[photo.pk])
        yield reverse("admin:galleries_galleryimage_faces", args=[photo.pk]) + "described/"
    for model, opts in ((m, m._meta) for m in (Gallery, GalleryImage, PhotoFace, Person, type(session))):
        name = f"admin:{opts.app_label}_{opts.model_name}"
        yield reverse(f"{name}_changelist")
        yield from (reverse(f"{name}_change", args=[row]) for row in model.objects.values_list("pk", flat=True))
    photos = reverse("admin:galleries_gallery_photos", args=[gallery.pk])
    yield from (photos, f"{photos}window/?limit=100", f"{photos}counts/", f"{photos}people/")
    yield f"/s/{session.code}/"


@one_in_each_table
def test_lists_and_pages_show_it_and_its_neighbours(rows, session, api, staff, places):
    for where in places:
        poison(*where)
    for page in pages_of(rows, session):
        client = api if page.startswith("/api/") else staff
        response = client.get(page)
        assert response.status_code == 200, page
        if response["Content-Type"].startswith("application/json"):
            assert not re.search(r"(?<![\w-])NaN(?![\w-])", response.content.decode()), page  # signatures may have it


@each
def test_the_analysis_of_its_gallery_goes_on(rows, where):
    poison(*where)
    for gallery in Gallery.objects.all():
        tasks.analyse_gallery(str(gallery.pk))
    unfinished = GalleryImage.objects.filter(state__in=[PhotoState.PENDING, PhotoState.PROCESSING])
    assert not unfinished.exists()


@each
def test_it_can_be_deleted_and_so_can_its_neighbours(rows, session, api, staff, where):
    poison(*where)
    for pk in GalleryImage.objects.values_list("pk", flat=True)[:3]:
        assert api.delete(f"/api/v1/images/{pk}/").status_code == 204
    for pk in Person.objects.values_list("pk", flat=True)[:2]:
        assert api.delete(f"/api/v1/people/{pk}/").status_code == 200
    first, second = Gallery.objects.values_list("pk", flat=True)
    assert api.delete(f"/api/v1/galleries/{first}/").status_code == 204
    gone = staff.post(reverse("admin:galleries_gallery_delete", args=[second]), {"post": "yes"})
    assert gone.status_code == 302
    assert not Gallery.objects.exists()
    rows.studio.delete()


def test_a_photo_that_cannot_be_read_fails_and_says_so(rows, api):
    waiting = rows.photos.filter(state=PhotoState.PENDING)
    with without_constraint("gallery_images") as cursor:
        cursor.execute(f"UPDATE gallery_images SET taken_at = {BEFORE_CHRIST} WHERE id = %s", [waiting[0].pk])
        culprit = waiting[0].pk
    tasks.analyse_gallery(str(rows.pk))
    told = {row["id"]: row for row in api.get(f"/api/v1/galleries/{rows.pk}/images/").json()["results"]}
    mine = told.pop(str(culprit))
    assert (mine["state"], mine["error"], mine["taken_at"]) == ("failed", "unreadable_value", None)
    assert {(row["state"], row["error"]) for row in told.values()} == {("processed", "")}


def test_one_that_was_analysed_before_says_so_too(rows, api):
    poison("gallery_images", "processed_at", "'infinity'")
    errors = [row["error"] for row in api.get("/api/v1/images/").json()["results"]]
    assert sorted(errors)[-2:] == ["", "unreadable_value"]


@each
def test_the_database_refuses_it(rows, where):
    table, column, value = where
    with pytest.raises(IntegrityError, match=f"{table}_readable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {value}")


@each
def test_the_migration_mends_it(rows, where):
    table, column, value = where
    names = {"photo_sessions": "sessions_app.migrations.0008_readable_values"}
    migration = importlib.import_module(names.get(table, "galleries.migrations.0015_readable_values"))
    definition = f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{table}_readable'"
    with connection.cursor() as cursor:
        cursor.execute(definition)
        (constraint,) = cursor.fetchone()
        pk = poison(table, column, value)
        cursor.execute("; ".join(migration.MENDED))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_readable {constraint}")
        cursor.execute(f"SELECT {column}::text FROM {table} WHERE id = %s", [pk])
        (mended,) = cursor.fetchone()
    assert mended is None or "infinity" not in mended
