"""`/s/CODE/` without JavaScript: the page, the search, and everything that may be wrong with a selfie."""

import re
import tempfile
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from facepass.core.errors import FacePassError
from facepass.core.requests import in_memory_uploads
from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory
from facepass.testing.pictures.costly import jpeg_of_scans
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from sessions_app.guest.domain import guest_search
from sessions_app.guest.domain.selfie_advice import Advice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture(autouse=True)
def english():
    """A request leaves its language behind in the thread that the tests share with it."""
    with translation.override("en"):
        yield


@pytest.fixture
def session():
    return SessionFactory(name="Summer party")


@pytest.fixture
def gallery(session):
    return GalleryFactory(studio=session.studio, session_id=session.pk)


@pytest.fixture
def photos(gallery, fake_engine):
    """Ann alone, Bob alone, both; analysed."""
    everyone = (["ann#1"], ["bob"], ["bob", "ann"])
    rows = [PhotoFactory(gallery=gallery, people=people, size=(800, 600)) for people in everyone]
    tasks.analyse_gallery(str(gallery.pk))
    return rows


def agree(client, session, **more):
    """The guest's consent, once: the cookie stays with the client."""
    return client.post(f"/s/{session.code}/consent/", {"agree": "on", **more})


def post(client, session, people, **picture):
    agree(client, session)
    return send(client, session, picture_of(people, **picture))


def send(client, session, data, name="me.jpg"):
    return client.post(f"/s/{session.code}/", {"selfie": SimpleUploadedFile(name, data)})


def text(response):
    return unescape(response.content.decode())


def links(response):
    """The result's previews, as the page links them."""
    return re.findall(r'<li data-photo="[^"]+"><a href="([^"]+)"', text(response))


def test_the_page_has_a_form_that_works_without_javascript(client, session, photos):
    agree(client, session)
    page = text(client.get(f"/s/{session.code}/"))
    assert "Summer party" in page
    assert "3 photos" in page
    assert re.search(r'<form[^>]+method="post"[^>]+enctype="multipart/form-data"', page)
    assert re.search(r'<input[^>]+type="file" name="selfie" accept="image/\*" capture="user"', page)
    assert "is not stored" in page


def test_the_code_may_be_typed_in_capitals_and_without_the_slash(client, session):
    assert client.get(f"/s/{session.code.upper()}").status_code == 200


def test_the_interface_of_the_api_is_the_same_page(client, session, photos):
    assert f'action="/s/{session.code}/consent/"' in text(client.get(f"/api/v1/sessions/{session.pk}/interface"))
    agree(client, session)
    page = text(client.get(f"/api/v1/sessions/{session.pk}/interface"))
    assert f'action="/s/{session.code}/"' in page


def test_the_page_costs_few_queries(client, session, photos, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get(f"/s/{session.code}/")


def test_there_is_no_inline_script_or_style(client, session, photos):
    page = text(post(client, session, ["ann"]))
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", page)


@pytest.mark.parametrize("path", ["/s/nosuchco/", "/api/v1/sessions/3fa85f64-5717-4562-b3fc-2c963f66afa6/interface/"])
def test_an_unknown_session_is_a_404_page(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "Check the code on your card" in text(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_without_search_says_so(client, method):
    session = SessionFactory(facepass_enabled=False)
    response = getattr(client, method)(f"/s/{session.code}/")
    assert response.status_code == 403
    assert "not enabled" in text(response)
    assert '<input type="file"' not in text(response)


def test_a_code_that_was_typed_in_leads_to_its_page(client):
    assert client.get("/s/", {"code": " abcd 2345 "})["Location"] == "/s/abcd2345/"
    assert client.get("/s/", {"code": "//evil.example"})["Location"] == "/"


def test_a_selfie_finds_every_photo_of_the_guest_best_first(client, session, photos):
    alone, _bob, both = photos
    response = post(client, session, ["ann"])
    assert response.status_code == 200
    assert "You are in 2 photos" in text(response)
    assert [str(photo.pk) in link for photo, link in zip([both, alone], links(response), strict=True)] == [True, True]
    assert re.search(rf'<img src="/found/[^/]+/{both.pk}/thumbnail\?', text(response))
    assert 'width="800" height="600" fetchpriority="high"' in text(response)


def test_the_results_show_no_score_and_no_file_name(client, session, photos):
    page = text(post(client, session, ["ann"]))
    assert photos[0].original_name not in page
    assert not re.search(r"0\.\d{2}|similarity|cosine", page)


def test_photos_of_other_sessions_are_not_searched(client, session, photos):
    other = GalleryFactory(studio=session.studio, session_id=SessionFactory(studio=session.studio).pk)
    foreign = GalleryFactory(session_id=session.pk)  # another studio that names this session
    for gallery in (other, foreign):
        PhotoFactory(gallery=gallery, people=["ann"])
        tasks.analyse_gallery(str(gallery.pk))
    assert len(links(post(client, session, ["ann"]))) == 2


def test_nobody_found_is_a_friendly_page(client, session, photos):
    response = post(client, session, ["carol"])
    assert response.status_code == 200
    assert "We have not found you yet" in text(response)
    assert not links(response)


def test_a_page_before_the_search_says_nothing_about_results(client, session):
    page = text(client.get(f"/s/{session.code}/"))
    assert "not found you" not in page
    assert "data-searched" not in page


def test_photos_that_wait_are_counted_and_those_that_failed_are_not(client, session, photos, gallery):
    PhotoFactory(gallery=gallery)
    GalleryImage.objects.filter(pk=photos[0].pk).update(state=PhotoState.FAILED)
    agree(client, session)
    assert "2 of 3 are ready" in text(client.get(f"/s/{session.code}/"))
    assert "Search again in a few minutes" in text(post(client, session, ["carol"]))


def test_a_session_without_photos_says_so_and_takes_no_selfie(client, session):
    page = text(client.get(f"/s/{session.code}/"))
    assert 'type="file"' not in page
    assert "No photos have been added yet" in page


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize(
    ("data", "refusal", "hint"),
    [
        (picture_of([]), (422, "face_not_found"), "look straight into it"),
        (picture_of(["ann", "bob"]), (422, "multiple_faces"), "Take the picture alone"),
        (picture_of(["ann"], side=24), (422, "low_quality"), "Come closer"),
        (b"hello", (415, "not_an_image"), "JPEG, PNG, WebP or HEIC"),
        (b"GIF89a" + bytes(600), (415, "unsupported_type"), "JPEG, PNG, WebP or HEIC"),
        (jpeg_of_scans(64, extra=60), (413, "image_too_complex"), "JPEG, PNG, WebP or HEIC"),
    ],
)
def test_a_picture_that_cannot_be_used_comes_with_advice(client, session, data, refusal, hint):
    status, code = refusal
    agree(client, session)
    response = send(client, session, data)
    assert response.status_code == status
    assert f'data-code="{code}"' in text(response).split('<div class="messages"')[0]
    assert hint in text(response)
    assert not links(response)


def test_each_reason_of_low_quality_has_its_own_advice_once():
    reasons = {"reasons": ["too_small", "too_dark", "turned_away", "something_new"]}
    advice = Advice.from_refusal(FacePassError("low_quality", "no", status=422, details=reasons))
    assert len(advice.hints) == 3


def test_a_form_without_a_picture_asks_for_one(client, session):
    response = client.post(f"/s/{session.code}/")
    assert response.status_code == 400
    assert "Choose a picture first" in text(response)


def test_a_picture_over_the_limit_is_refused_before_it_is_read(client, session, monkeypatch):
    monkeypatch.setattr(in_memory_uploads, "MAX_PICTURE_BYTES", 20_000)
    response = send(client, session, bytes(40_000))
    assert response.status_code == 413
    assert "This picture is too large" in text(response)


def test_an_engine_that_is_missing_is_not_the_guests_fault(client, session, monkeypatch):
    def missing(*_args, **_options):
        raise FacePassError("model_not_installed", "secret path", status=503)

    monkeypatch.setattr(guest_search, "search_session", missing)
    response = post(client, session, ["ann"])
    assert response.status_code == 503
    assert "does not work at the moment" in text(response)
    assert "secret path" not in text(response)


def test_a_large_selfie_never_becomes_a_file(client, session, photos, monkeypatch):
    def forbidden(*_args, **_kwargs):
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, forbidden)
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", forbidden)
    agree(client, session)
    large = picture_of(["ann"]) + bytes(4_000_000)
    assert "You are in 2 photos" in text(send(client, session, large))


def test_every_form_needs_the_csrf_token_of_its_page(session, photos):
    client = Client(enforce_csrf_checks=True)
    refused = send(client, session, picture_of(["ann"]))
    assert refused.status_code == 403
    assert "This page is out of date" in text(refused)
    assert agree(client, session).status_code == 403
    agreed = agree(client, session, csrfmiddlewaretoken=token_of(client, session))
    assert agreed.status_code == 302
    answer = client.post(
        f"/s/{session.code}/",
        {
            "csrfmiddlewaretoken": token_of(client, session),
            "selfie": SimpleUploadedFile("me.jpg", picture_of(["ann"])),
        },
    )
    assert "You are in 2 photos" in text(answer)


def token_of(client, session):
    return re.search(r'csrfmiddlewaretoken" value="(\w+)"', text(client.get(f"/s/{session.code}/")))[1]


def test_results_are_not_kept_by_any_cache(client, session, photos):
    assert "no-store" in post(client, session, ["ann"])["Cache-Control"]


def test_the_page_speaks_russian(client, session, photos):
    russian = Client(headers={"Accept-Language": "ru"})
    assert '<html lang="ru">' in text(russian.get(f"/s/{session.code}/"))
    assert "Найдите свои фотографии" in text(russian.get(f"/s/{session.code}/"))
    assert "Вы на 2 фотографиях" in text(post(russian, session, ["ann"]))


def test_the_language_can_be_switched(client, session, photos):
    response = client.post("/language/", {"language": "ru", "next": f"/s/{session.code}/"}, follow=True)
    assert "Найдите свои фотографии" in text(response)
