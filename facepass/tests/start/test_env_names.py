"""Names of variables: former ones are understood or refused with what took their place, unknown ones are refused."""

import re

import pytest
from django.conf import settings

from facepass import env, env_names
from facepass.env import Environment

MOVING = (settings.BASE_DIR / "docs" / "moving.md").read_text()
UNDERSTOOD = [
    ({"SERVER_HOST": "0.0.0.0"}, {"host": "0.0.0.0"}),
    ({"SERVER_PORT": "9000"}, {"port": "9000"}),
    (
        {"S3_ENDPOINT": "https://s3.example.com", "S3_BUCKET_NAME": "photos", "S3_ACCESS_KEY": "a",
         "S3_SECRET_KEY": "b"},
        {
            "s3_endpoint_url": "https://s3.example.com",
            "s3_bucket": "photos",
            "aws_access_key_id": "a",
            "aws_secret_access_key": "b",
        },
    ),
    ({"S3_REGION": "eu-central-1"}, {"aws_default_region": "eu-central-1"}),
    ({"AWS_REGION": "eu-central-1"}, {"aws_default_region": "eu-central-1"}),
    ({"JWT_SECRET_KEY": "x" * 40}, {"secret_key": "x" * 40}),
    ({"MAX_UPLOAD_SIZE": "10485760"}, {"max_upload_mb": "11"}),
    ({"MAX_UPLOAD_SIZE": "50000000"}, {"max_upload_mb": "50"}),
    ({"ENVIRONMENT": "production"}, {}),
    ({"ENVIRONMENT": "Staging"}, {}),
    (
        {"POSTGRES_HOST": "db", "POSTGRES_USER": "face pass", "POSTGRES_DB": "facepass"},
        {"database_url": "postgresql://face%20pass@db/facepass"},
    ),
    (
        {"POSTGRES_HOST": "::1", "POSTGRES_PORT": "5433", "POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p@/:",
         "POSTGRES_DATABASE": "n"},
        {"database_url": "postgresql://u:p%40%2F%3A@[::1]:5433/n"},
    ),
    ({"POSTGRES_URL": "postgresql://u@h/n"}, {"database_url": "postgresql://u@h/n"}),
    ({"POSTGRES_HOST": "h", "POSTGRES_USER": "u", "POSTGRES_NAME": "n"}, {"database_url": "postgresql://u@h/n"}),
    (
        {"MAIN_DB_HOST": "pixora", "MAIN_DB_PORT": "5432", "MAIN_DB_NAME": "main", "MAIN_DB_USER": "reader",
         "MAIN_DB_PASSWORD": "secret"},
        {"main_app_database_url": "postgresql://reader:secret@pixora:5432/main"},
    ),
    ({"MAIN_DB_HOST": "h", "MAIN_DB_USER": "u", "MAIN_DB_DB": "n"}, {"main_app_database_url": "postgresql://u@h/n"}),
    ({"MAIN_DB_HOST": "h", "MAIN_DB_USER": "u", "MAIN_DB_DATABASE": "n"},
     {"main_app_database_url": "postgresql://u@h/n"}),
    ({"MAIN_DB_URL": "postgresql://u@h/n"}, {"main_app_database_url": "postgresql://u@h/n"}),
    ({"REDIS_HOST": "redis"}, {"redis_url": "redis://redis/"}),
    (
        {"REDIS_HOST": "redis", "REDIS_PORT": "6380", "REDIS_DB": "2", "REDIS_PASSWORD": "p"},
        {"redis_url": "redis://:p@redis:6380/2"},
    ),
    ({"REDIS_HOST": "r", "REDIS_USERNAME": "u", "REDIS_NAME": "1"}, {"redis_url": "redis://u@r/1"}),
    ({"REDIS_HOST": "r", "REDIS_USER": "u", "REDIS_DATABASE": "1"}, {"redis_url": "redis://u@r/1"}),
]  # fmt: skip
REFUSED = [
    *env_names.REFUSED,
    "ENVIRONMENT",
    "MAX_UPLOAD_SIZE",
    "VECTOR_DB_HOST",
    "VECTOR_DB_PORT",
    "VECTOR_DATABASE_URL",
    "POSTGRES_POOL_SIZE",
    "MAIN_DB_SSL",
    "REDIS_MAX_CONNECTIONS",
]
UNKNOWN = {
    "FACEPASS_HOEM": "FACEPASS_HOME",
    "FACEPASS_PORT": "",
    "S3_BUCKTE": "S3_BUCKET",
    "OIDC_ISSUERS": "OIDC_ISSUER",
    "RATE_LIMIT_BURSTS": "RATE_LIMIT_BURST",
    "INFERENCE_THREAD": "INFERENCE_THREADS",
    "TEMPLATE_KEY_FIEL": "TEMPLATE_KEY_FILE",
    "FACE_PCK": "FACE_PACK",
}


def problems(capsys):
    with pytest.raises(SystemExit) as end:
        env.load_environment()
    assert end.value.code == 2
    return capsys.readouterr().err.splitlines()


def name_of(line):
    return line.removeprefix("FacePass cannot start: ").partition(":")[0]


@pytest.mark.parametrize(("given", "values"), UNDERSTOOD, ids=",".join)
def test_a_former_name_is_understood_as_what_took_its_place(given, values, monkeypatch):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    loaded = env.load_environment()
    assert {name: str(getattr(loaded, name)) for name in values} == values


@pytest.mark.parametrize("name", REFUSED)
def test_a_former_name_without_a_meaning_stops_the_start_and_says_what_took_its_place(name, monkeypatch, capsys):
    monkeypatch.setenv(name, "1")
    (line,) = problems(capsys)
    assert name_of(line) == name
    assert re.search(r"[A-Z]+_[A-Z]+|DEBUG|in the admin", line.partition(name)[2]), line


def test_no_former_name_is_left_out_of_these_tests_or_of_the_page_that_lists_them():
    told = {name for given, _values in UNDERSTOOD for name in given} | set(REFUSED)
    assert env_names.list_former_names() <= told
    assert not [name for name in env_names.list_former_names() if f"`{name}`" not in MOVING]


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_name_of_ours_stops_the_start_with_what_was_meant(name, monkeypatch, capsys):
    monkeypatch.setenv(name, "1")
    (line,) = problems(capsys)
    assert name_of(line) == name
    assert UNKNOWN[name] in line


def test_in_the_file_of_variables_a_misspelt_name_stops_the_start_too(tmp_path, monkeypatch, capsys):
    (tmp_path / "env").write_text("MAX_UPLAOD_MB=5\nCOMPOSE_PROJECT_NAME=photos\nSERVER_PORT=9000\n")
    monkeypatch.setitem(Environment.model_config, "env_file", tmp_path / "env")
    assert problems(capsys) == ["FacePass cannot start: MAX_UPLAOD_MB: unknown; MAX_UPLOAD_MB was meant, perhaps"]
    (tmp_path / "env").write_text("SERVER_PORT=9000\n")
    assert env.load_environment().port == 9000


@pytest.mark.parametrize(
    "given",
    [
        {"FACEPASS_PORT": "tcp://10.0.0.1:80", "FACEPASS_SERVICE_HOST": "10.0.0.1", "FACEPASS_SERVICE_PORT_HTTP": "80"},
        {"REDIS_PORT": "tcp://10.0.0.1:6379", "REDIS_PORT_6379_TCP_ADDR": "10.0.0.1", "REDIS_SERVICE_PORT": "6379"},
        {"POSTGRES_INITDB_ARGS": "--data-checksums"},
    ],
)
def test_names_that_kubernetes_and_the_containers_beside_it_need_are_left_alone(given, monkeypatch):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert not env.load_environment().redis_url


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"PORT": "8000", "SERVER_PORT": "9000"}, "SERVER_PORT"),
        ({"DATABASE_URL": "postgresql://u@h/n", "POSTGRES_HOST": "other"}, "POSTGRES_HOST"),
        ({"REDIS_URL": "redis://h/0", "REDIS_PORT": "6380"}, "REDIS_PORT"),
    ],
)
def test_a_former_name_that_contradicts_the_present_one_stops_the_start(given, named, monkeypatch, capsys):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    (line,) = problems(capsys)
    assert name_of(line) == named
    assert "says otherwise" in line


def test_parts_that_say_the_same_as_the_address_may_stand_beside_it(monkeypatch):
    """As where one file of variables is for PostgreSQL's container too."""
    given = {
        "DATABASE_URL": "postgresql://u:p%40@db/n",
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": "u",
        "POSTGRES_PASSWORD": "p@",
        "POSTGRES_DB": "n",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert env.load_environment().database_url == given["DATABASE_URL"]


def test_a_wrong_value_is_named_as_it_was_given(monkeypatch, capsys):
    monkeypatch.setenv("SERVER_PORT", "many")
    assert problems(capsys) == ["FacePass cannot start: SERVER_PORT: expected a TCP port from 1 to 65535"]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"S3_BUCKET": "b"}, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_ENDPOINT_URL"]),
        ({"S3_BUCKET_NAME": "b", "S3_ACCESS_KEY": "a", "S3_REGION": "eu-central-1"}, ["AWS_SECRET_ACCESS_KEY"]),
        ({"S3_BUCKET": "b", "S3_ENDPOINT_URL": "https://s3.test"}, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
        ({"S3_BUCKET": "b", "S3_MACHINE_ROLE": "true"}, ["S3_ENDPOINT_URL"]),
        ({"S3_MACHINE_ROLE": "true"}, ["S3_BUCKET"]),
        ({"S3_ACCESS_KEY": "a"}, ["AWS_SECRET_ACCESS_KEY"]),
        ({"S3_SECRET_KEY": "a"}, ["AWS_ACCESS_KEY_ID"]),
        ({"POSTGRES_HOST": "db"}, ["POSTGRES_DB", "POSTGRES_USER"]),
        ({"POSTGRES_PASSWORD": "p"}, ["POSTGRES_DB", "POSTGRES_HOST", "POSTGRES_USER"]),
        ({"MAIN_DB_HOST": "db", "MAIN_DB_USER": "u"}, ["MAIN_DB_DB"]),
        ({"REDIS_PASSWORD": "p"}, ["REDIS_HOST"]),
        ({"BACKUP_TO": "/mnt/backups"}, ["BACKUP_RECIPIENT"]),
    ],
    ids=",".join,
)  # fmt: skip
def test_a_half_set_group_stops_the_start_and_names_what_is_missing(given, missing, monkeypatch, capsys):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert [name_of(line) for line in problems(capsys)] == missing


def test_a_bucket_may_be_opened_by_the_machines_role_or_be_there_for_backups_only(monkeypatch):
    for name, value in {"S3_BUCKET": "b", "S3_MACHINE_ROLE": "true", "S3_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(name, value)
    assert env.load_environment().s3_machine_role
    monkeypatch.delenv("S3_BUCKET")
    for name, value in {"BACKUP_TO": "s3://kept", "BACKUP_IDENTITY": "/key", "S3_ENDPOINT": "https://s3.test"}.items():
        monkeypatch.setenv(name, value)
    assert env.load_environment().backup_to == "s3://kept"
