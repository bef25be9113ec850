"""The environment: documented, validated, and refused in one line."""

import os
import re

import pytest
from django.core.management import call_command

from facepass.env import BASE_DIR, EXPECTED, Environment
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
    "CORS_ALLOWED_ORIGINS": "*",
    "WEBHOOK_ALLOWED_NETWORKS": "localhost",
    "OAUTH2_ENABLED": "perhaps",
    "EMAIL_URL": "mail.example.com",
    "EMAIL_FROM": "photos",
    "WORKERS": "-1",
    "ANALYSIS_LEASE_SECONDS": "1",
    "LANGUAGE_CODE": "fr",
    "TIME_ZONE": "Mars/Olympus",
    "LOG_LEVEL": "LOUD",
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
