"""The environment: documented, validated, and refused in one line."""

import os
import re
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from pydantic import ValidationError

from facepass.env import BASE_DIR, EXPECTED, Environment
from facepass.settings import databases
from facepass.testing.live import manage

WRONG = {
    "PORT": "eighty",
    "HOST": "here",
    "PUBLIC_URL": "photos.example.com",
    "DATABASE_URL": "mysql://u@h/n",
    "MAIN_APP_DATABASE_URL": "postgresql:///pixora",
    "REDIS_URL": "localhost:6379",
    "DEBUG": "perhaps",
    "SECRET_KEY": "short",
    "TEMPLATE_KEY": "zz",
    "FACE_ENGINE": "magic",
    "INSIGHTFACE_PACK": "../../etc",
    "FACE_PACK": "../../etc",
    "INFERENCE_DEVICE": "tpu",
    "INFERENCE_RUNTIME": "tensorflow",
    "MODEL_IDLE_SECONDS": "-1",
    "INFERENCE_THREADS": "0",
    "MAX_UPLOAD_MB": "0",
    "RATE_LIMIT_REQUESTS_PER_MINUTE": "0",
    "RATE_LIMIT_BURST": "0",
    "RATE_LIMIT_KEY_REQUESTS_PER_MINUTE": "many",
    "RATE_LIMIT_KEY_BURST": "-1",
    "TRUSTED_PROXIES": "all",
    "FORWARDED_ALLOW_IPS": "proxy.example.com",
    "DATABASE_POOL_SIZE": "1",
    "S3_PUBLIC_ENDPOINT_URL": "files.example.com",
    "S3_ADDRESSING_STYLE": "both",
    "CORS_ALLOWED_ORIGINS": "*",
    "WEBHOOK_ALLOWED_NETWORKS": "localhost",
    "OAUTH2_ENABLED": "perhaps",
    "REQUIRE_TWO_FACTOR": "sometimes",
    "PASSWORD_LOGIN": "perhaps",
    "OIDC_ISSUER": "http://id.example.com",
    "OIDC_NAME": "x" * 41,
    "OIDC_SCOPES": "email profile",
    "OIDC_USERNAME_CLAIM": "a..b",
    "OIDC_ROLES_CLAIM": "a b",
    "OIDC_STUDIO_CLAIM": ".a",
    "EMAIL_URL": "mail.example.com",
    "EMAIL_FROM": "photos",
    "WORKERS": "-1",
    "ANALYSIS_LEASE_SECONDS": "1",
    "LANGUAGE_CODE": "fr",
    "TIME_ZONE": "Mars/Olympus",
    "LOG_LEVEL": "LOUD",
    "LOG_FORMAT": "xml",
    "SLOW_REQUEST_MS": "-1",
}


def test_the_example_names_every_variable_and_no_other():
    named = re.findall(r"^#([A-Z0-9_]+)=", (BASE_DIR / ".env.example").read_text(), flags=re.MULTILINE)
    former = {"FACE_ENGINE", "INSIGHTFACE_PACK"}
    assert sorted(named) == sorted({name.upper() for name in Environment.model_fields} - former)


def test_every_variable_has_a_hint_for_a_wrong_value():
    assert EXPECTED.keys() == Environment.model_fields.keys()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_and_named(name, monkeypatch, capsys):
    from facepass import env

    monkeypatch.setenv(name, WRONG[name])
    with pytest.raises(SystemExit) as end:
        env.load_environment()
    assert end.value.code == 2
    assert capsys.readouterr().err == f"FacePass cannot start: {name}: expected {EXPECTED[name.lower()]}\n"


ISSUER, CLIENT, SECRET = ("OIDC_ISSUER", "https://id.example.com"), ("OIDC_CLIENT_ID", "a"), ("OIDC_CLIENT_SECRET", "b")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ([ISSUER], ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"]),
        ([CLIENT], ["OIDC_CLIENT_SECRET", "OIDC_ISSUER"]),
        ([SECRET], ["OIDC_CLIENT_ID", "OIDC_ISSUER"]),
        ([ISSUER, CLIENT], ["OIDC_CLIENT_SECRET"]),
        ([ISSUER, CLIENT, SECRET, ("OIDC_STUDIO_CLAIM", "studio")], ["OIDC_ROLES_CLAIM"]),
        ([("OIDC_NAME", "Example")], ["OIDC_ISSUER"]),
        ([("PASSWORD_LOGIN", "false")], ["OIDC_ISSUER"]),
        ([("S3_ENDPOINT_URL", "https://s3.example.com")], ["S3_BUCKET"]),
        ([("S3_PUBLIC_ENDPOINT_URL", "https://files.example.com")], ["S3_BUCKET"]),
    ],
)
def test_a_group_of_variables_that_is_half_set_stops_the_start_and_is_named(given, missing, monkeypatch, capsys):
    from facepass import env

    for name, value in given:
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as end:
        env.load_environment()
    assert end.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == missing
    assert all(" needed where " in line and EXPECTED[line.split(": ")[1].lower()] in line for line in lines)


def test_a_whole_group_and_defaults_that_are_written_out_start(monkeypatch):
    from facepass import env

    for name, value in [ISSUER, CLIENT, SECRET, ("PASSWORD_LOGIN", "false"), ("REQUIRE_TWO_FACTOR", "none")]:
        monkeypatch.setenv(name, value)
    assert env.load_environment().require_two_factor == ()
    for name, _value in (ISSUER, CLIENT, SECRET):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PASSWORD_LOGIN", "true")
    assert env.load_environment().password_login


@pytest.mark.parametrize("command", ["check", "migrate", "up"])
def test_every_command_refuses_a_wrong_value_in_one_line(empty_home, command):
    done = manage(empty_home, command, PORT="eighty")
    assert done.returncode == 2
    assert done.stderr == "FacePass cannot start: PORT: expected a TCP port from 1 to 65535\n"


def test_a_home_that_is_a_file_is_refused_in_one_line(empty_home):
    (empty_home / "file").touch()
    done = manage(empty_home / "file", "check")
    assert done.returncode == 2
    assert done.stderr.startswith("FacePass cannot start: FACEPASS_HOME: expected a folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_may_not_be_written_is_refused_in_one_line(empty_home):
    empty_home.chmod(0o500)
    assert manage(empty_home / "inside", "check").returncode == 2
    empty_home.chmod(0o700)


def test_a_refusal_of_a_command_is_one_line(empty_home):
    (empty_home / "pgdata").mkdir()
    (empty_home / "pgdata" / "PG_VERSION").write_text("16\n")
    done = manage(empty_home, "migrate")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [line for line in done.stderr.splitlines() if line.startswith("FacePass: ")]
    assert "made by PostgreSQL 16" in done.stderr


@pytest.mark.django_db
def test_every_model_change_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("given", "pack"),
    [
        ({}, "auto"),
        ({"FACE_PACK": "antelopev2"}, "antelopev2"),
        ({"FACE_ENGINE": "insightface"}, "buffalo_l"),
        ({"FACE_ENGINE": "insightface", "INSIGHTFACE_PACK": "antelopev2"}, "antelopev2"),
        ({"FACE_ENGINE": "auto", "INSIGHTFACE_PACK": "antelopev2"}, "auto"),
        ({"INSIGHTFACE_PACK": "antelopev2"}, "auto"),
        ({"FACE_ENGINE": "dlib"}, "auto"),
        ({"FACE_ENGINE": "dlib", "FACE_PACK": "buffalo_s"}, "buffalo_s"),
    ],
)
def test_former_names_of_the_pack_are_understood_and_named_in_a_warning(given, pack, monkeypatch, settings):
    from facepass.ops import checks

    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.ENV = Environment()
    assert settings.ENV.wanted_pack == pack
    former = [name for name in ("FACE_ENGINE", "INSIGHTFACE_PACK") if name in given]
    warnings = list(checks.check_former_names())
    assert [warning.id for warning in warnings] == ["facepass.W005"] * bool(former)
    for warning in warnings:
        assert all(name in warning.msg for name in former)
        assert f"FACE_PACK={pack}" in warning.hint


@pytest.mark.django_db
def test_the_database_may_be_at_a_socket():
    """As the tests' own is: libpq gets the folder from the query."""
    there = connection.settings_dict
    user, password = quote(there["USER"]), quote(there["PASSWORD"], safe="")
    address = f"postgresql://{user}:{password}@/{there['NAME']}?host={quote(str(there['HOST']))}"
    found = databases._database_at(Environment(database_url=address).database_url, connect_timeout=5)
    assert found["HOST"] == ""
    with psycopg.connect(
        host=found["OPTIONS"]["host"], dbname=found["NAME"], user=found["USER"], password=found["PASSWORD"]
    ) as opened:
        assert opened.execute("SELECT current_database()").fetchone() == (there["NAME"],)


@pytest.mark.parametrize("address", ["postgresql:///facepass", "postgresql://facepass@/facepass", "postgresql://db/"])
def test_without_host_or_name_there_is_no_database(address):
    with pytest.raises(ValidationError):
        Environment(database_url=address)
