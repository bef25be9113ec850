"""What every request passes: its id, and other origins."""

import logging
import re

import pytest

from facepass.core.requests.middleware import RequestIdFilter
from facepass.env import Environment

ORIGIN = "https://app.example.com"
PREFLIGHT = {"origin": ORIGIN, "access-control-request-method": "POST", "access-control-request-headers": "x-studio"}


@pytest.fixture
def logged():
    """Lines as the console gets them."""
    lines = []

    class Keeper(logging.Handler):
        def emit(self, record):
            lines.append(f"{record.request_id}: {record.getMessage()}")

    keeper = Keeper()
    keeper.addFilter(RequestIdFilter())
    logging.getLogger().addHandler(keeper)
    yield lines
    logging.getLogger().removeHandler(keeper)


def test_an_id_comes_back_as_it_was_sent(client, db):
    assert client.get("/health", headers={"X-Request-ID": "order-4711.a_b"})["X-Request-ID"] == "order-4711.a_b"


@pytest.mark.parametrize("sent", ["", "two words", "x" * 65, "new\nline", "é"])
def test_an_id_that_is_not_sane_is_replaced(client, db, sent):
    assert re.fullmatch("[0-9a-f]{32}", client.get("/health", headers={"X-Request-ID": sent})["X-Request-ID"])


def test_the_id_stands_in_the_log(client, db, logged, monkeypatch):
    from facepass.ops import health

    monkeypatch.setattr(health.timezone, "now", lambda: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/health", headers={"X-Request-ID": "broken"}).status_code == 500
    client.get("/api/v1/nothing", headers={"X-Request-ID": "missing"})
    assert "broken: Internal Server Error: /health" in logged
    assert "missing: Not Found: /api/v1/nothing" in logged
    logging.getLogger("facepass").warning("outside")
    assert "-: outside" in logged


def test_no_other_origin_may_call_by_default(client, db):
    answer = client.options("/api/v1/galleries/", headers=PREFLIGHT)
    assert "Access-Control-Allow-Origin" not in answer


def test_origins_that_are_named_may_call_without_cookies(client, db, settings):
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    answer = client.options("/api/v1/galleries", headers=PREFLIGHT)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert "x-studio" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    refused = client.get("/api/v1/galleries/", headers={"origin": ORIGIN})
    assert "x-request-id" in refused["Access-Control-Expose-Headers"].lower()
    other = client.get("/api/v1/galleries/", headers={"origin": "https://evil.example.com"})
    assert "Access-Control-Allow-Origin" not in other


@pytest.mark.parametrize("value", ["app.example.com", "https://app.example.com/", "https://app.example.com/path", "*"])
def test_an_origin_is_a_scheme_and_a_host(monkeypatch, value):
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", value)
    with pytest.raises(ValueError, match="cors_allowed_origins"):
        Environment()


def test_origins_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", "https://a.example.com, http://localhost:3000")
    assert Environment().cors_allowed_origins == ("https://a.example.com", "http://localhost:3000")
