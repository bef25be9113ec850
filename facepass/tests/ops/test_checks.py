"""The system checks, each against a setting that it is there to refuse."""

import pytest
from django.conf import settings as django_settings

from facepass.core.errors import FacePassError
from facepass.ops import checks


def ids(found) -> list[str]:
    return [message.id for message in found]


def environment(settings, **changes) -> None:
    settings.ENV = django_settings.ENV.model_copy(update=changes)


@pytest.mark.django_db
def test_this_installation_has_no_errors():
    errors, _ = checks.list_problems()
    assert errors == []


@pytest.mark.django_db
@pytest.mark.parametrize("found", [None, "0.7.4"])
def test_a_database_without_a_recent_pgvector_is_refused(monkeypatch, found):
    monkeypatch.setattr(checks, "read_pgvector", lambda _alias: checks.Pgvector(found, found, may_create=True))
    (error,) = checks.check_pgvector(databases=["default"])
    assert error.id == "facepass.E002"
    assert (found or "not on the server") in error.msg


@pytest.mark.django_db
def test_an_extension_that_only_a_superuser_may_create_is_one_line(monkeypatch):
    monkeypatch.setattr(checks, "read_pgvector", lambda _alias: checks.Pgvector(None, "0.8.1", may_create=False))
    (error,) = checks.check_pgvector(databases=["default"])
    assert "As its superuser: CREATE EXTENSION vector;" in error.msg
    assert "\n" not in error.msg


def test_an_engine_that_is_not_there_is_an_error(monkeypatch):
    def refuse():
        raise FacePassError("model_not_installed", "The pack buffalo_l is not installed.")

    monkeypatch.setattr("recognition.engines.registry.engine_in_use", refuse)
    (error,) = checks.check_face_engine()
    assert (error.id, error.msg) == ("facepass.E003", "The pack buffalo_l is not installed.")


def test_debug_on_a_public_address_is_an_error(settings):
    settings.DEBUG, settings.PUBLIC_URL = True, "https://photos.example.com"
    assert ids(checks.check_production()) == ["facepass.E004"]
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert ids(checks.check_production()) == []


def test_several_machines_need_secrets_that_they_share(settings):
    environment(settings, database_url="postgresql://a@b/c", secret_key="", template_key="")
    assert [error.msg for error in checks.check_production()] == ["SECRET_KEY is not set.", "TEMPLATE_KEY is not set."]
    environment(settings, database_url="postgresql://a@b/c", secret_key="x" * 32, template_key="0" * 64)
    assert ids(checks.check_production()) == []


def test_any_host_is_an_error(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.check_production()) == ["facepass.E006"]


def test_a_lock_shorter_than_the_work_before_it_is_an_error(settings):
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, "retry": 1200, "timeout": 600, "queue_limit": 1, "workers": 1}
    assert ids(checks.check_queue()) == ["facepass.E007"]
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, "retry": 1201}
    assert ids(checks.check_queue()) == []


@pytest.mark.django_db
def test_problems_are_one_line_each(settings):
    settings.ALLOWED_HOSTS = ["*"]
    errors, _ = checks.list_problems()
    assert errors == [
        "facepass.E006: ALLOWED_HOSTS may not hold *. It turns off the check of a websocket's origin. Name the hosts."
    ]
