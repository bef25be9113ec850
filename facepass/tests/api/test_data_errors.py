"""What a client sends that cannot be kept is the client's error, and named; a data error of our own is ours: 500, with
the request's id, and a line in the log at ERROR.
"""

import base64
import logging

import pytest
from django.db import DataError, OperationalError, connection
from django.urls import reverse
from rest_framework.test import APIClient
from rest_framework.views import APIView

from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, SessionFactory
from facepass.testing.pages.staff import member
from facepass.testing.pictures.fake import picture_of
from galleries.api.galleries import GalleryViewSet
from galleries.models import Gallery, Person

pytestmark = pytest.mark.django_db
BAD_TEXT = ["\0", "a\0b", "\ud800", "x\udfff"]
GARBAGE = [r'"\u0000"', r'"\ud800"', "1e999", "[" * 100_000, "9" * 5000, "NaN", "[" * 30 + "]" * 30, "{" + '"a":{' * 40]


@pytest.fixture
def quiet(api):
    """A partner whose server answers 500 instead of raising."""
    api.raise_request_exception = api.handler.raise_request_exception = False
    return api


@pytest.mark.parametrize(
    "error", [DataError("year is out of range"), ValueError("year -1 is out of range"), OverflowError("date value")]
)
def test_a_data_error_of_the_server_is_a_500_with_an_id_and_an_alert(quiet, monkeypatch, caplog, error):
    def broken(self):
        raise error

    monkeypatch.setattr(GalleryViewSet, "get_queryset", broken)
    caplog.set_level(logging.ERROR)
    response = quiet.get("/api/v1/galleries/", HTTP_X_REQUEST_ID="abc-1")
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal_error"
    assert response.json()["request_id"] == response["X-Request-ID"] == "abc-1"
    (alert,) = caplog.records
    assert (alert.levelno, alert.request_id) == (logging.ERROR, "abc-1")
    assert alert.exc_info[1] is error


@pytest.mark.parametrize("path", ["/detect-faces", "/batch-recognize/"])
def test_paths_without_a_prefix_answer_in_the_envelope_too(quiet, monkeypatch, path):
    def broken(self, *args, **kwargs):
        raise DataError

    monkeypatch.setattr(APIView, "initial", broken)
    response = quiet.post(path, {}, format="json")
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal_error"
    assert response.json()["request_id"] == response["X-Request-ID"]


def test_a_page_that_fails_names_the_request(studio, monkeypatch, caplog):
    def broken(self, *args, **kwargs):
        raise DataError

    gallery = GalleryFactory(studio=studio)
    monkeypatch.setattr(Gallery, "from_db", broken)
    client = member(studio)
    client.raise_request_exception = False
    response = client.get(
        reverse("admin:galleries_gallery_change", args=[gallery.pk]), headers={"X-Request-ID": "abc-2"}
    )
    assert response.status_code == 500
    assert "abc-2" in response.content.decode()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_an_error_in_reading_rows_is_not_blamed_on_the_cursor(quiet, studio, monkeypatch):
    for _number in range(3):
        GalleryFactory(studio=studio)
    following = quiet.get("/api/v1/galleries/?page_size=1").json()["next"]

    def broken(self, *args, **kwargs):
        raise ValueError("a row cannot be read")

    monkeypatch.setattr(Gallery, "from_db", broken)
    assert quiet.get(following).status_code == 500


def test_a_database_that_does_not_answer_is_still_a_503(quiet, monkeypatch):
    def broken(self):
        raise OperationalError

    monkeypatch.setattr(GalleryViewSet, "get_queryset", broken)
    assert quiet.get("/api/v1/galleries/").status_code == 503


@pytest.mark.parametrize("garbage", GARBAGE, ids=[text[:12] for text in GARBAGE])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/api/v1/people/", '{"real_name": "Ann", "metadata": {"a": %s}}'),
        ("post", "/api/v1/people/", '{"real_name": %s}'),
        ("post", "/api/v1/galleries/", '{"title": %s}'),
        ("post", "/api/v1/galleries/", '{"title": "a", "shoot_date": %s}'),
        ("post", "/api/v1/sessions/", '{"name": "a", "description": %s}'),
        ("post", "/api/v1/sessions/validate/", '{"ids": [%s]}'),
        ("post", "/api/v1/admin/keys/", '{"name": %s}'),
        ("post", "/api/v1/webhooks/", '{"url": %s, "events": ["face.enrolled"]}'),
        ("put", "/api/v2/config/", '{"quality_filters": {"min_size": %s}}'),
        ("post", "/api/v1/auth/token/", '{"username": %s, "password": "a"}'),
        ("post", "/detect-faces/", '{"photo_id": %s}'),
    ],
)
def test_json_that_cannot_be_kept_is_a_400(quiet, method, path, body, garbage):
    response = getattr(quiet, method)(path, (body % garbage).encode(), content_type="application/json")
    assert response.status_code in (400, 401), response.content
    assert not Person.objects.exists()


@pytest.mark.parametrize("garbage", [r'"\u0000"', r'"\ud800"', "1e999"])
def test_in_a_bulk_it_fails_its_row_only(quiet, garbage):
    rows = '{"external_id": "1", "real_name": "A", "metadata": {"a": %s}}, {"external_id": "2", "real_name": "B"}'
    body = f'{{"people": [{rows % garbage}]}}'.encode()
    told = quiet.post("/api/v1/people/bulk/", body, content_type="application/json").json()
    assert [row["status"] for row in told["results"]] == ["failed", "created"]


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/api/v1/galleries/", "shoot_date", "0001-01-01"),
        ("/api/v1/galleries/", "shoot_date", "0999-12-31"),
        ("/api/v1/galleries/", "shoot_date", "9999-12-31"),
        ("/api/v1/sessions/", "scheduled_at", "0001-01-01T00:00:00+02:00"),
        ("/api/v1/sessions/", "scheduled_at", "9999-12-31T23:59:59-12:00"),
        ("/api/v1/sessions/", "scheduled_at", "0500-01-01T00:00:00Z"),
        ("/api/v1/sessions/", "description", "x" * 10_001),
        ("/api/v1/admin/keys/", "expires_at", "9999-12-31T23:59:59Z"),
        ("/api/v1/people/", "avatar_url", "x" * 2001),
        ("/api/v1/people/", "metadata", {"a": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}),
    ],
)
def test_a_value_out_of_bounds_is_a_400_that_names_its_field(quiet, path, field, value):
    name = {"/api/v1/galleries/": "title", "/api/v1/people/": "real_name"}.get(path, "name")
    response = quiet.post(path, {name: "a", field: value}, format="json")
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == [field]


def test_the_last_day_that_can_be_kept_is_kept_and_shown(quiet, settings):
    for zone in ("UTC", "Pacific/Kiritimati", "Etc/GMT+12"):
        settings.TIME_ZONE = zone
        for day in ("9998-12-31", "1000-01-01"):
            made = quiet.post("/api/v1/galleries/", {"title": "a", "shoot_date": day}, format="json")
            assert made.json()["shoot_date"] == day
    assert quiet.get("/api/v1/galleries/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/people/?search=%00",
        "/api/v1/images/?ordering=%00",
        "/api/v1/people/?email=a%00",
        "/admin/galleries/person/?q=%00",
        "/admin/galleries/gallery/?title__exact=%00",
        "/s/?code=%00",
    ],
)
def test_nul_in_a_query_string_is_a_400(quiet, studio, path):
    client = quiet if path.startswith("/api/") else member(studio)
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("path", ["/s/%00/", "/s/%00/photos/", "/my/%00/", "/shared/%00/", "/api/v1/sessions/%00/"])
def test_what_nul_names_is_not_there(quiet, path):
    assert quiet.get(path).status_code == 404


def test_nul_in_a_cookie_is_a_400(client):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "abcdefghijklmnop\0"
    assert client.get("/admin/").status_code == 400


@pytest.mark.parametrize(
    "position",
    [
        b"p=%00",
        b"p=2026-05-01+00:00:00%2B23:59",
        b"p=0001-01-01+00:00:00%2B02:00",
        b"p=2026-05-01",
        b"p=infinity",
        b"p=x",
    ],
)
@pytest.mark.parametrize("ordering", ["created_at", "-title"])
def test_a_cursor_that_somebody_made_up_is_not_there(quiet, studio, position, ordering):
    GalleryFactory(studio=studio)
    cursor = base64.b64encode(position).decode()
    response = quiet.get("/api/v1/galleries/", {"cursor": cursor, "ordering": ordering})
    assert response.status_code == (404 if ordering == "created_at" or b"%00" in position else 200)


@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-Infinity", "1e999"])
@pytest.mark.parametrize("path", ["/api/v1/faces/search-session/", "/api/v1/verify/", "/recognize-face/"])
def test_a_form_s_number_that_is_none_is_a_400(quiet, studio, fake_engine, path, value):
    from django.core.files.uploadedfile import SimpleUploadedFile

    session = SessionFactory(studio=studio)
    file = SimpleUploadedFile("a.jpg", picture_of(["ann"]))
    names = {"/api/v1/faces/search-session/": "session_id", "/api/v1/verify/": "reference_id"}
    form = {"file": file, "threshold": value} | ({names[path]: session.pk} if path in names else {})
    response = quiet.post(path, form, format="multipart")
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["threshold"]


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00%2B02:00", "9999-12-31T23:59:59-12:00", "2026-05-01T00:00:00%2B23:59"]
)
def test_a_filter_by_any_moment_that_can_be_written_answers(quiet, studio, moment):
    PhotoFactory(gallery=GalleryFactory(studio=studio))
    for name in ("taken_after", "taken_before", "created_after", "created_before"):
        assert quiet.get(f"/api/v1/images/?{name}={moment}").status_code == 200


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "9" * 5000, '{"a": NaN}', r'{"a": "\u0000"}', "{" + '"a":{' * 9000, "1e999"]
)
def test_json_typed_into_the_admin_is_refused_beside_its_field(studio, text):
    person = PersonFactory(studio=studio)
    page = reverse("admin:galleries_person_change", args=[person.pk])
    response = member(studio, "owner").post(page, {"studio": studio.pk, "real_name": "a", "metadata": text})
    assert response.status_code == 200
    assert "metadata" in response.context["adminform"].form.errors


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_date_typed_into_the_admin_is_refused_beside_its_field(studio, day):
    gallery = GalleryFactory(studio=studio)
    page = reverse("admin:galleries_gallery_change", args=[gallery.pk])
    response = member(studio, "owner").post(page, {"studio": studio.pk, "title": "a", "shoot_date": day})
    assert response.status_code == 200
    assert "shoot_date" in response.context["adminform"].form.errors


@pytest.mark.parametrize("text", [r'{"a": "\u0000"}', r'{"a": "\ud800"}', '{"a": 1e999}', "[" * 50_000, "[]", "{"])
def test_a_script_of_the_staff_pages_is_told_that_it_asks_wrongly(studio, text):
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio), stored=False)
    page = reverse("admin:galleries_galleryimage_decide", args=[photo.pk])
    assert member(studio).post(page, text, content_type="application/json").status_code == 400


@pytest.mark.parametrize("side", ["nan", "inf", None, [], 1e308])
def test_a_box_of_no_numbers_is_refused(studio, side):
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio), stored=False)
    page = reverse("admin:galleries_galleryimage_draw", args=[photo.pk])
    box = {"x": 1, "y": 1, "width": 20, "height": side if side != 1e308 else -1e308}
    assert member(studio).post(page, box, content_type="application/json").status_code == 400


def test_an_address_that_is_longer_than_its_column_is_refused(client, studio, settings):
    settings.EMAIL_HOST = "localhost"
    session = SessionFactory(studio=studio)
    label = "a" * 60
    long = f"{label}@{'.'.join([label] * 4)}.org"
    client.raise_request_exception = False
    assert client.post(f"/s/{session.code}/ready/", {"email": long}).status_code == 400


def test_an_answer_with_a_number_that_is_none_has_null_there(studio, api):
    from facepass.testing.factories import FaceFactory

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE photo_faces DROP CONSTRAINT photo_faces_readable")
    face = FaceFactory(photo=PhotoFactory(gallery=GalleryFactory(studio=studio)), insightface_confidence=float("nan"))
    answer = APIClient.get(api, f"/api/v1/faces/{face.pk}/")
    assert answer.json()["confidence"] is None
