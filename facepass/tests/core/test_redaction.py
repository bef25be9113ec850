"""No log holds what opens something, whatever handler reads it: lines, tracebacks and what comes with a record."""

import logging

import pytest

from facepass.core.requests.redaction import RedactingFormatter, redact
from facepass.testing.factories import SessionFactory

SECRETS = ["k7mnpqrs", "fp_0123abcd_" + "A" * 43, "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", "tok3nOfALink"]


@pytest.mark.parametrize(
    "text",
    [
        "/s/{}/", "/s/{}", "https://photos.example.com/s/{}/photos/?section=1", "Not Found: /s/{}/x",
        "No route for 's/{}/'",
        "/my/{}/", "/shared/{}/", "/shared/{}/3fa85f64-5717-4562-b3fc-2c963f66afa6/preview", "/news/{}/stop/",
        "/forgotten/{}/", "/hidden/{}/", "/photos-of/{}/", "/found/{}/x/original", "/admin/password-reset/reset/MQ/{}/",
        "/api/v1/sessions/{}/interface/", "/s/?code={}", "/photos/x/original?signature={}&download", "?a=1&token={}",
        "Authorization: Bearer {}", "Api-Key {}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("secret", SECRETS)
def test_what_opens_something_is_left_out(text, secret):
    assert secret not in redact(text.format(secret))


@pytest.mark.parametrize("secret", SECRETS[1:3])
def test_a_key_or_token_is_left_out_wherever_it_stands(secret):
    assert secret not in redact(f"refused {secret} of a partner")


@pytest.mark.parametrize(
    "text",
    [
        "gallery 3fa85f64-5717-4562-b3fc-2c963f66afa6 waits", "Not Found: /api/v1/nothing", "12 of 30 photos/s done",
        "/admin/galleries/gallery/", "the key's name", "state=processed",
    ],
)  # fmt: skip
def test_other_lines_stay_as_they_are(text):
    assert redact(text) == text


@pytest.fixture
def seen():
    """Whatever a handler of another program gets: the record itself, with all that it carries."""
    records = []

    class Keeper(logging.Handler):
        def emit(self, record):
            records.append(record)

    keeper = Keeper()
    logging.getLogger().addHandler(keeper)
    yield records
    logging.getLogger().removeHandler(keeper)


def everything_of(record):
    parts = [record.getMessage(), *map(str, record.__dict__.values())]
    if record.exc_info:
        parts.append(RedactingFormatter().formatException(record.exc_info))
    return "\n".join(parts)


def test_requests_that_are_refused_or_break_leave_no_address_in_a_record(client, db, seen, monkeypatch):
    code = SessionFactory().code
    client.raise_request_exception = False
    for path in (f"/s/{code}x/", "/my/tok3nOfALink/", "/shared/tok3nOfALink/", f"/s/{code}/nothing/", f"/s/{code}/%00"):
        client.get(path)
    monkeypatch.setattr(
        "sessions_app.guest.domain.entrance.require_open", lambda session: int(f"/s/{session.code}/ is no number")
    )
    assert client.get(f"/s/{code}/").status_code == 500
    assert len([record for record in seen if record.name == "django.request"]) >= 3
    for record in seen:
        assert code not in everything_of(record), record.name
        assert "tok3nOfALink" not in everything_of(record), record.name
        assert not hasattr(record, "request"), record.name


def test_arguments_of_every_kind_are_read(seen):
    logging.getLogger("facepass").warning("%s %s %d", "/s/k7mnpqrs/", ValueError("/my/tok3nOfALink/"), 3)
    logging.getLogger("facepass").warning("%(path)s", {"path": "/s/k7mnpqrs/"})
    assert [record.getMessage() for record in seen] == ["/s/… /my/…/ 3".replace("/s/… ", "/s/…/ "), "/s/…/"]
