"""`manage.py doctor`: each part that is missing or does not fit has a line that says what to do."""

import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError

from facepass.core.keys import key_ring
from facepass.ops.checks import Pgvector
from facepass.ops.doctor import database, machine, public, secrets, services
from facepass.testing.factories import ModelVersionFactory, SessionFactory
from facepass.testing.keys import rotate_to_new_key
from recognition.models import ModelVersion
from sessions_app.guest.domain import readiness

pytestmark = pytest.mark.django_db


def found(examination):
    return {finding.name: (finding.status, finding.text) for finding in examination()}


def environment(settings, **values):
    settings.ENV = settings.ENV.model_copy(update=values)


def run(*options):
    out = io.StringIO()
    code = 0
    try:
        call_command("doctor", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def test_all_is_well_in_one_line_each(fake_engine):
    code, said = run()
    assert (code, [line for line in said.splitlines() if line.startswith("error")]) == (0, [])
    names = ["database", "role", "extension", "schema", "connections", "clock", "template key", "data keys"]
    assert [line[8:22].strip() for line in said.splitlines()][: len(names)] == names
    assert "fingerprint" in said


def test_json_has_the_same(fake_engine):
    _code, said = run("--json")
    assert {"name", "status", "text"} == set(json.loads(said)[0])


def test_an_error_is_the_exit_code_and_the_rest_is_looked_at(fake_engine, monkeypatch):
    monkeypatch.setattr(machine, "TOO_LITTLE_SPACE", 10**18)
    code, said = run()
    assert code == 1
    assert "error   disk" in said
    assert "ok      model" in said


def test_a_database_that_is_away_is_one_line(monkeypatch):
    def away(_statement):
        raise OperationalError("connection refused\nmore of it")

    monkeypatch.setattr(database, "_row", away)
    assert found(database.examine_database) == {"database": ("error", "does not answer: connection refused")}
    assert found(database.examine_connections) == {}


@pytest.mark.parametrize(
    ("installed", "available", "may", "status", "words"),
    [
        ("0.8.1", "0.8.1", False, "ok", "pgvector 0.8.1"),
        (None, "0.8.1", True, "ok", "which the first migration creates"),
        (None, "0.8.1", False, "error", "As its superuser: CREATE EXTENSION vector;"),
        (None, None, True, "error", "Install its package"),
        ("0.7.4", "0.8.1", True, "error", "0.7.4 is too old"),
    ],
)
def test_a_missing_extension_is_one_line_that_says_what_to_run(installed, available, may, status, words):
    finding = database._judge_extension(Pgvector(installed, available, may))
    assert finding.status == status
    assert words in finding.text


@pytest.mark.parametrize(("may", "expected"), [(True, {}), (False, {"back-ups"})])
def test_a_role_that_cannot_read_backups_back_is_an_error_where_they_are_made(
    settings, monkeypatch, tmp_path, may, expected
):
    environment(settings, backup_to=str(tmp_path), backup_identity=tmp_path / "key.txt")
    asked = database._row
    monkeypatch.setattr(database, "_row", lambda text: (may,) if "rolcreatedb" in text else asked(text))
    errors = {name for name, (status, _text) in found(database.examine_database).items() if status == "error"}
    assert errors == set(expected)


def test_too_few_connections_are_an_error(settings):
    settings.WORKERS = 1000
    status, text = found(database.examine_connections)["connections"]
    assert status == "error"
    assert "raise max_connections, or lower WORKERS or DATABASE_POOL_SIZE" in text


def test_a_schema_of_a_newer_release_is_an_error(monkeypatch):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.create(app="galleries", name="9999_of_tomorrow")
    assert found(database.examine_schema)["schema"] == (
        "error",
        "a newer FacePass has migrated this database: 9999_of_tomorrow",
    )


def test_a_clock_that_is_wrong_is_an_error(monkeypatch):
    monkeypatch.setattr(machine.timezone, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    assert found(machine.examine_clock)["clock"][0] == "error"


def test_another_template_key_is_an_error_with_both_fingerprints():
    ModelVersion.objects.activate(ModelVersionFactory(template_key_id="32b2dcb3361a14fe"))
    status, text = found(secrets.examine_keys)["template key"]
    assert status == "error"
    assert "32b2dcb3361a14fe protects the stored faces" in text


def test_a_key_that_the_ring_lacks_is_an_error(settings, tmp_path, fake_engine):
    readiness.put_down(SessionFactory(), "ann@example.com")
    lost = rotate_to_new_key(settings, tmp_path)
    key_ring.write_keys(tmp_path / "data_keys", [])
    status, text = found(secrets.examine_keys)["data keys"]
    assert status == "error"
    assert f"{lost.id.hex()} (1 values)" in text


def test_a_storage_that_refuses_is_named(monkeypatch):
    def refuse(*_args, **_options):
        raise services.FacePassError("storage_unavailable", "There is no room left for files.", status=503)

    monkeypatch.setattr(default_storage, "save", refuse)
    status, text = found(services.examine_storage)["storage"]
    assert status == "error"
    assert "no room left" in text


def test_redis_that_does_not_answer_is_named_without_its_password(settings):
    environment(settings, redis_url="redis://user:hush@127.0.0.1:9/0")
    assert found(services.examine_redis)["redis"] == ("error", "127.0.0.1 does not answer: ConnectionError")


PROXIES = [
    ({"Strict-Transport-Security": "max-age=1"}, 200, 1, {"address": ("ok", "https://photos.example.com leads here")}),
    ({}, 200, 1, {"proxy": ("error", "X-Forwarded-Proto does not arrive: have the proxy set it to https")}),
    ({}, 502, 1, {"address": ("error", "https://photos.example.com/health answers 502: is the server running?")}),
    (
        {"Strict-Transport-Security": "max-age=1"},
        200,
        0,
        {
            "proxy": ("warning", "TRUSTED_PROXIES is 0: guests behind the proxy share one limit. Set it to 1"),
            "address": ("ok", "https://photos.example.com leads here"),
        },
    ),
]


@pytest.mark.parametrize("case", PROXIES)
def test_what_the_proxy_does_not_say_is_an_error(settings, monkeypatch, case):
    headers, status, proxies, expected = case
    settings.PUBLIC_URL = "https://photos.example.com"
    environment(settings, trusted_proxies=proxies)
    answer = SimpleNamespace(status=status, headers=headers)
    monkeypatch.setattr(public.urllib3, "request", lambda *_args, **_options: answer)
    assert found(public.examine_address) == expected


def test_proxies_that_are_named_by_their_addresses_need_no_number(settings, monkeypatch):
    settings.PUBLIC_URL = "https://photos.example.com"
    environment(settings, trusted_proxies=0, forwarded_allow_ips="10.0.0.5")
    answer = SimpleNamespace(status=200, headers={"Strict-Transport-Security": "max-age=1"})
    monkeypatch.setattr(public.urllib3, "request", lambda *_args, **_options: answer)
    assert [name for name, (status, _text) in found(public.examine_address).items() if status != "ok"] == []


def test_each_web_process_counts_with_its_pool(settings):
    environment(settings, database_pool_size=7)
    settings.WORKERS, settings.WEB_PROCESSES = 1, 3
    assert f"up to {3 * (7 + 1) + 2 + 5}" in found(database.examine_connections)["connections"][1]


def test_an_address_that_leads_nowhere_is_an_error(settings, monkeypatch):
    settings.PUBLIC_URL = "http://127.0.0.2.nip.invalid:9"
    assert found(public.examine_address)["address"][0] == "error"
