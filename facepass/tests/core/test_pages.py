"""The front door and the error pages."""

import json
import re

import pytest
from django.test import RequestFactory
from django.utils import translation

from facepass import pages


@pytest.fixture(autouse=True)
def english():
    """A request leaves its language behind in the thread that the tests share with it."""
    with translation.override("en"):
        yield


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


def test_the_landing_page_leads_to_staff_api_and_health(client, db, home):
    page = client.get("/").content.decode()
    for path in ("/admin/", "/docs/", "/redoc/", "/health/"):
        assert f'href="{path}"' in page
    assert "demo event" not in page


def test_the_landing_page_leads_to_the_demo_where_there_is_one(client, db, home):
    (home / "demo.json").write_text(json.dumps({"guest_url": "http://localhost:8000/s/abcd2345/"}))
    assert 'href="/s/abcd2345/"' in client.get("/").content.decode()


@pytest.mark.parametrize("content", ["", "{", "{}", '{"guest_url": null}'])
def test_a_demo_file_that_is_being_written_is_ignored(client, db, home, content):
    (home / "demo.json").write_text(content)
    assert client.get("/").status_code == 200


def test_our_pages_carry_no_inline_script_or_style(client, db, home):
    for path in ("/", "/nothing/here"):
        page = client.get(path).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", page)


def test_the_icon_is_served(client, db):
    assert client.get("/static/facepass/logo.svg")["Content-Type"] == "image/svg+xml"


def test_an_unknown_path_is_a_page_and_under_the_api_the_envelope(client, db):
    page = client.get("/nothing/here")
    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()
    assert client.get("/api/v1/nothing").json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(("view", "status"), [(pages.bad_request, 400), (pages.forbidden, 403), (pages.not_found, 404)])
def test_each_refusal_has_its_page(view, status):
    response = view(RequestFactory().get("/somewhere"))
    assert response.status_code == status
    assert str(status) in response.content.decode()


def test_the_page_of_a_crash_needs_neither_database_nor_session():
    # Without the `db` fixture any query fails this test, and the bare request has no user and no session.
    response = pages.server_error(RequestFactory().get("/somewhere"))
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


def test_a_crash_under_the_api_is_the_envelope():
    response = pages.server_error(RequestFactory().get("/api/v1/somewhere"))
    assert json.loads(response.content)["error"]["code"] == "internal_error"


def test_pages_speak_russian_when_asked(client, db):
    page = client.get("/", headers={"accept-language": "ru"}).content.decode()
    assert '<html lang="ru">' in page
    assert "Каждый находит свои фотографии" in page
