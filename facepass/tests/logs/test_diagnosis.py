"""The bundle for whoever helps has nothing of anybody in it, whatever the rows, the settings and the logs hold."""

import json
import re
import stat
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone
from django_q.models import Failure

from facepass.env import Environment
from facepass.models import ApiKey
from facepass.ops import diagnosis
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    SessionFactory,
    StudioFactory,
)

pytestmark = pytest.mark.django_db

NAMES = ["Ludmila", "Zwetkowa", "Brautpaar", "zwetkowa-hochzeit", "ludmila.zwetkowa@example.net", "203.0.113.9"]
SECRETS = {
    "secret_key": "s" * 8 + "SECRETKEY" + "x" * 30,
    "template_key": "ab" * 32,
    "metrics_token": "METRICSTOKEN-0123456789",
    "database_url": "postgresql://dbuser:DBPASSWORD@db.internal.example:5432/photos",
    "main_app_database_url": "postgresql://reader:PIXORAPASSWORD@pixora.internal.example:5432/app",
    "redis_url": "redis://:REDISPASSWORD@redis.internal.example:6379/0",
    "email_url": "smtp://mailer:MAILPASSWORD@mail.internal.example:587",
    "email_from": "photos@studio-zwetkowa.example",
    "public_url": "https://photos.studio-zwetkowa.example",
    "allowed_hosts": ("photos.studio-zwetkowa.example",),
    "oidc_issuer": "https://id.studio-zwetkowa.example",
    "oidc_client_id": "CLIENTIDENTITY",
    "oidc_client_secret": "CLIENTSECRET",
    "s3_bucket": "zwetkowa-bucket",
    "s3_endpoint_url": "https://s3.internal.example",
    "update_check_url": "https://releases.internal.example/facepass",
    "clamav_url": "tcp://clamav.internal.example:3310",
}
LOG = """\
2026-11-28 16:00:00.000 UTC [11] LOG:  database system is ready to accept connections
2026-11-28 16:00:01.000 UTC [12] ERROR:  duplicate key value violates unique constraint "people_Ludmila"
2026-11-28 16:00:01.000 UTC [12] DETAIL:  Key (email)=(ludmila.zwetkowa@example.net) already exists.
2026-11-28 16:00:01.000 UTC [12] STATEMENT:  SELECT 'Ludmila Zwetkowa'
2026-11-28 16:00:02.000 UTC [13] FATAL:  password authentication failed for user "Zwetkowa"
2026-11-28 16:00:03.000 UTC [14] LOG:  could not send data to client Ludmila at 203.0.113.9
2026-11-28 16:00:04.000 UTC [15] LOG:  Ludmila says METRICSTOKEN-0123456789
2026-11-28 16:00:05.000 UTC [11] LOG:  server process (PID 77) was terminated by signal 9: Killed
Ludmila Zwetkowa, and a line that is none
"""


@pytest.fixture
def planted(settings, tmp_path):
    """Put names, addresses and secrets wherever an installation has any. Return what must not be in the bundle."""
    studio = StudioFactory(name="Studio Zwetkowa", slug="zwetkowa-hochzeit", contact="ludmila.zwetkowa@example.net")
    user = MembershipFactory(
        studio=studio, user__username="ludmila", user__email="ludmila.zwetkowa@example.net", user__last_name="Zwetkowa"
    ).user
    person = PersonFactory(studio=studio, real_name="Ludmila Zwetkowa", email="ludmila.zwetkowa@example.net")
    session = SessionFactory(studio=studio, name="Brautpaar Zwetkowa")
    gallery = GalleryFactory(studio=studio, session_id=session.pk, title="Brautpaar Zwetkowa")
    face = FaceFactory(photo__gallery=gallery, photo__original_name="Ludmila.jpg", person=person)
    key, token = ApiKey.issue(studio, name="Zwetkowa's app")
    trouble = "Traceback\nValueError: Ludmila Zwetkowa at ludmila.zwetkowa@example.net\nKeyError: 'METRICSTOKEN'"
    now = timezone.now()
    Failure.objects.create(
        id="1" * 32, name="x", func="galleries.tasks.analyse_gallery", args=("Ludmila",), kwargs={}, result=trouble,
        started=now, stopped=now, success=False, group="Zwetkowa",
    )  # fmt: skip
    settings.ENV = Environment.model_construct(**settings.ENV.model_dump() | SECRETS)
    settings.HOME = tmp_path
    (tmp_path / "postgresql.log").write_text(LOG)
    ids = [str(row.pk) for row in (studio, person, session, gallery, face, key)]
    values = [value for kept in SECRETS.values() for value in (kept if isinstance(kept, tuple) else (kept,))]
    return [*NAMES, *values, token, key.prefix, key.digest, user.password, *ids]


def read_bundle(path):
    with ZipFile(path) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


@pytest.fixture
def bundle(planted, tmp_path):
    call_command("diagnose", out=tmp_path / "bundle.zip")
    return read_bundle(tmp_path / "bundle.zip")


def test_no_name_address_token_or_secret_is_in_it(bundle, planted):
    assert len(planted) > 25
    text = "\n".join([*bundle, *bundle.values()]).lower()
    assert [one for one in planted if one.lower() in text] == []
    words = re.findall(r"[A-Z]{8,}", " ".join(map(str, SECRETS.values())))
    assert [word for word in words if word.lower() in text] == []
    # Addresses of any kind, and long random texts.
    for pattern in (r"[\w.]+@[\w.]+", r"\b\d{2,3}\.\d+\.\d+\.\d+\b", r"://", r"[0-9a-f]{32}", r"fp_"):
        assert re.findall(pattern, text) == [], pattern


def test_it_tells_what_helps(bundle):
    report = json.loads(bundle["report.json"])
    assert report["settings"]["SECRET_KEY"] == "set"
    assert report["settings"]["WORKERS"] is None
    assert report["settings"]["LOG_LEVEL"] == "INFO"
    assert report["database"]["unapplied_migrations"] == []
    assert report["database"]["server_version"] > 140000
    assert report["database"]["failed_tasks"][0]["task"] == "galleries.tasks.analyse_gallery"
    assert report["database"]["failed_tasks"][0]["error"] == "KeyError"
    assert sum(report["database"]["photos"].values()) == 1
    assert "people" in report["database"]["rows"]
    assert report["health"]["database"]["status"] == "ok"
    assert report["packages"]["Django"]
    assert bundle["postgresql.log"].splitlines() == [
        "2026-11-28 16:00:00.000 UTC LOG: database system is ready…",
        "2026-11-28 16:00:01.000 UTC ERROR: duplicate key value…",
        "2026-11-28 16:00:02.000 UTC FATAL: password authentication failed…",
        "2026-11-28 16:00:03.000 UTC LOG: could not send…",
        "2026-11-28 16:00:04.000 UTC LOG: …",
        "2026-11-28 16:00:05.000 UTC LOG: server process…signal 9",
    ]


def test_it_is_the_owner_s_alone(planted, tmp_path):
    call_command("diagnose", out=tmp_path / "bundle.zip")
    assert stat.S_IMODE((tmp_path / "bundle.zip").stat().st_mode) == 0o600


def test_a_database_that_does_not_answer_is_told_by_the_kind_of_its_error(monkeypatch):
    def fail():
        raise OperationalError("connection to Ludmila failed")

    assert diagnosis._attempt(fail) == {"error": "OperationalError"}


def test_every_setting_is_told_as_set_or_as_a_value_that_says_nothing_of_anybody(settings):
    shown = {name: diagnosis.describe_setting(name) for name in Environment.model_fields}
    texts = {name for name, value in shown.items() if isinstance(value, str) and value not in ("set", "not set")}
    assert texts <= {
        "inference_device", "inference_runtime", "language_code", "log_level", "log_format", "face_engine",
        "s3_addressing_style",
    }  # fmt: skip
