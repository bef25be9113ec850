"""Every error on a guest's path is a page of the studio: its name and contact, and no way to pages of staff."""

import re

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from facepass import urls
from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, text
from sessions_app.guest.views import error_pages, guest_view
from sessions_app.models import Guest, PhotoSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

CONTACT = "hello@ann.example"
# Files of a page, and what scripts ask for: no pages.
FILES = {"guest-brand", "guest-logo", "guest-manifest", "guest-worker", "guest-progress", "guest-look"}
# Every path of an event's, with something in the place of what its other parts name.
PATHS = {
    pattern.name: re.sub(r"<\w+:(?!code)\w+>", "favourite", "/" + str(pattern.pattern))
    for pattern in urls.urlpatterns
    if re.match(r"s/<\w+:code>/", str(pattern.pattern)) and pattern.name not in FILES
}

DOORS = [(pattern.name, str(pattern.pattern)) for pattern in urls.urlpatterns if hasattr(pattern, "name")]


def path_of(name, session):
    return re.sub(r"<\w+:code>", session.code, PATHS[name])


@pytest.fixture
def session(session):
    session.studio.contact = CONTACT
    session.studio.save()
    return session


def check(response, session, *, status):
    assert response.status_code == status
    page = text(response)
    assert session.studio.name in page
    assert CONTACT in page
    assert leads_nowhere_else(page)


def leads_nowhere_else(page):
    """Whether no link of the page leads to staff's pages, those of developers, or the product's start page."""
    return not re.search(r'href="/(admin|docs|redoc|health|")', page) and "Traceback" not in page


def raising(error):
    def enter(*_arguments, **_options):
        raise error

    return enter


ERRORS = {
    "our defect": (RuntimeError("secret detail"), 500),
    "the database": (OperationalError("secret detail"), 503),
    "a bad request": (SuspiciousOperation("secret detail"), 400),
}


def test_the_paths_are_found():
    assert len(PATHS) > 15
    assert {"guest-page", "guest-photos", "guest-withdraw"} <= PATHS.keys()


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", PATHS)
def test_an_error_in_the_middle_of_a_page(session, name, error, monkeypatch):
    raised, status = ERRORS[error]
    monkeypatch.setattr(guest_view, "_enter", raising(raised))
    monkeypatch.setattr("sessions_app.guest.domain.entrance.require_open", raising(raised))
    client = Client(raise_request_exception=False)
    answers = [getattr(client, method)(path_of(name, session)) for method in ("get", "post")]
    assert [answer for answer in answers if answer.status_code == status]
    for answer in answers:
        if answer.status_code != 302:  # what only a form opens leads to its page
            check(answer, session, status=405 if answer.status_code == 405 else status)
        assert "secret detail" not in text(answer)


@pytest.mark.parametrize("name", PATHS)
def test_a_form_without_its_token(session, photos, name):
    with_rules(session, uploads=True)
    client = device(session)
    client.handler.enforce_csrf_checks = True
    answer = client.post(path_of(name, session))
    if answer.status_code == 405:  # takes no form
        return check(answer, session, status=405)
    if answer.status_code == 302:  # leads to a page of the event before it reads the form
        return None
    return check(answer, session, status=403)


# What is opened by a form alone, with the page that has the form; a page without its guest leads on from there.
ONLY_FORMS = {
    "guest-pin": "",
    "guest-consent": "",
    "guest-ready": "",
    "guest-whose": "",
    "guest-alerts-stop": "",
    "guest-challenge": "search/",
    "guest-done": "person/",
    "guest-zip": "photos/",
    "guest-share": "photos/",
    "guest-act": "photos/",
}


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("name", PATHS)
def test_what_only_a_form_opens_leads_to_the_page_of_that_form(session, photos, name, method):
    ann = device(session)
    answer = getattr(ann, method)(path_of(name, session))
    assert answer.status_code != 405
    if name in ONLY_FORMS:
        assert (answer.status_code, answer["Location"]) == (302, f"/s/{session.code}/{ONLY_FORMS[name]}")
        assert answer["Cache-Control"] == "no-store"
        for visitor in (ann, Client()):
            assert visitor.get(path_of(name, session), follow=True).status_code == 200


@pytest.mark.parametrize("name", ONLY_FORMS)
def test_it_leads_to_the_page_of_the_same_guest_of_the_device_and_stays_behind_a_closed_door(session, name):
    if "<door:" in dict(DOORS)[name]:
        path = path_of(name, session).replace(session.code, f"{session.code}/0a1b2c3d")
        assert Client().get(path)["Location"] == f"/s/{session.code}/0a1b2c3d/{ONLY_FORMS[name]}"
    close(session)
    answer = Client().get(path_of(name, session), follow=True)
    check(answer, session, status=403)


def test_the_language_is_changed_on_the_page_of_the_challenge(session, photos):
    with_rules(session, challenge=True)
    ann, path = device(session), path_of("guest-challenge", session)
    assert ann.post(path).status_code == 200
    answer = ann.post("/language/", {"language": "ru", "next": path}, follow=True)
    assert answer.status_code == 200
    assert 'lang="ru"' in text(answer)


@pytest.mark.parametrize("part", ["nothing/", "photos/nothing/more/", "forget/x/", "withdrawn/x/"])
def test_an_unknown_path_of_an_event(session, part):
    check(Client().get(f"/s/{session.code}/{part}"), session, status=404)
    check(Client().get(f"/s/{session.code.upper()}/{part}"), session, status=404)


def close(session):
    PhotoSession.objects.update(facepass_enabled=False)
    return 403


def expire(session):
    with_rules(session, expires_at=timezone.now())
    return 410


def ask_for_a_pin(session):
    with_rules(session, pin="2468")
    return 403


@pytest.mark.parametrize("door", [close, expire, ask_for_a_pin])
@pytest.mark.parametrize("name", ["guest-page", "guest-photos", "guest-link", "guest-browse"])
def test_a_closed_door_has_a_handle(session, door, name):
    status = door(session)
    check(Client().get(path_of(name, session)), session, status=status)


@pytest.mark.parametrize("part", ["consent/", "browse/"])
def test_a_full_session_has_its_page(session, photos, part, monkeypatch):
    with_rules(session, browsing=True)

    def full(name, _bucket):
        if name == "guest_consent":
            raise FacePassError("rate_limited", "Full.", status=429, retry_after=7)

    monkeypatch.setattr(rate_limits, "require_quota", full)
    answer = Client().post(f"/s/{session.code}/{part}", {"agree": "on"})
    check(answer, session, status=429)
    assert "Many guests are coming in right now" in text(answer)
    assert answer["Retry-After"] == "7"
    assert not Guest.objects.exists()


LOST = (
    "/s/nobody22/", "/s/nobody22/photos/", "/s/nobody22/x/", "/shared/x/", "/shared/x/y/", "/my/x/", "/news/x/",
    "/forgotten/x/", "/hidden/x/", "/found/x/",
)  # fmt: skip


@pytest.mark.parametrize("path", LOST)
def test_where_no_event_is_known_the_page_is_the_guests_all_the_same(db, path):
    answer = Client().get(path)
    assert answer.status_code == 404
    page = text(answer)
    assert 'name="code"' in page, "another code can be typed"
    assert leads_nowhere_else(page)


def test_an_error_page_is_shown_while_the_database_is_away(session, monkeypatch):
    monkeypatch.setattr(guest_view, "_enter", raising(RuntimeError()))
    monkeypatch.setattr(error_pages.entrance, "find_session_by_code", raising(OperationalError()))
    answer = Client(raise_request_exception=False).get(f"/s/{session.code}/photos/")
    assert answer.status_code == 503
    assert leads_nowhere_else(text(answer))


def test_a_page_of_staff_keeps_its_own_errors(db):
    assert 'href="/"' in text(Client().get("/nothing/here"))
    assert Client().get("/api/v1/nothing").json()["error"]["code"] == "not_found"
