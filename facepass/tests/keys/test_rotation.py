"""Every sealed column is sealed anew by the newest key: in the trash too, after a kill, beside other processes."""

import ast
import base64
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection, models

from facepass.core.keys import key_ring, sealing
from facepass.core.keys.configured_secrets import KEYS_PATTERN
from facepass.core.keys.sealed_columns import list_sealed_columns
from facepass.core.keys.sealed_fields import SealedField
from facepass.core.keys.sources import RereadSource, SecretSource
from facepass.core.trash import entries
from facepass.models import TotpSecret, TrashRow
from facepass.ops import checks, key_rotation
from facepass.testing.factories import ModelVersionFactory, SessionFactory, UserFactory
from facepass.testing.keys import rotate_to_new_key, use_ring_file
from sessions_app.guest.domain import readiness
from sessions_app.models import Alert, Guest, GuestRules, ReadyNotice, WebhookEndpoint

pytestmark = pytest.mark.django_db
# Columns of bytes that are not sealed: answers that hold no secret (views whose answers do keep none), public keys.
NOT_SEALED = {"kept_answers.body", "passkeys.credential", "passkeys.credential_id"}


def an_alert(session):
    guest = Guest.objects.create(session=session, language="en")
    return Alert.objects.create(guest=guest, address="a", descriptor=b"d", model_version=ModelVersionFactory())


def an_endpoint(session):
    made = WebhookEndpoint.objects.create(studio=session.studio, url="https://a.example.com/", events=[])
    made.rotate()
    return made


# How each table with sealed columns gets a row of which all of them are full. A new one? Give it its line here.
ROWS = {
    "guest_alerts": an_alert,
    "guest_rules": lambda session: GuestRules.objects.create(session=session, pin="x", printed_pin="2468"),
    "ready_notices": lambda session: readiness.put_down(session, "ann@example.com"),
    "totp_secrets": lambda _session: TotpSecret.objects.create(user=UserFactory(), secret=b"s", last_step=0),
    "webhook_endpoints": an_endpoint,
}


@pytest.fixture
def session(fake_engine):
    return SessionFactory()


@pytest.fixture
def rows(session):
    """A row of every table with sealed columns, all sealed by the key that TEMPLATE_KEY gives."""
    return {table: make(session) for table, make in ROWS.items()}


def plain(row):
    fresh = type(row).objects.get(pk=row.pk)
    return {f.column: getattr(fresh, f.attname) for f in row._meta.concrete_fields if isinstance(f, SealedField)}


def keys_in_use():
    return {key for counts in key_rotation.count_by_key().values() for key in counts}


def rotate(*options):
    out = StringIO()
    call_command("rotate_keys", *options, stdout=out)
    return out.getvalue()


def test_every_column_of_bytes_is_sealed_or_said_not_to_be():
    fields = [
        f for model in apps.get_models() for f in model._meta.concrete_fields if isinstance(f, models.BinaryField)
    ]
    plain_ones = {f"{f.model._meta.db_table}.{f.column}" for f in fields if not isinstance(f, SealedField)}
    assert plain_ones == NOT_SEALED


def test_nothing_is_sealed_but_by_those_fields():
    """What seals for itself would not be found by the rotation. Migrations may."""
    by_hand = []
    for path in django_settings.BASE_DIR.glob("*/**/*.py"):
        parts = path.relative_to(django_settings.BASE_DIR).parts
        if {"tests", "testing", "migrations", "keys"} & {*parts} or parts[0].startswith((".", "node_modules")):
            continue
        names = {
            a.name for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom) for a in n.names
        }
        modules = {n.module or "" for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom)}
        if (
            "AESGCM" in names
            or "Fernet" in names
            or any(module.startswith("cryptography.fernet") for module in modules)
        ):
            by_hand.append("/".join(parts))
    assert by_hand == []


def test_every_sealed_column_is_sealed_anew(rows, settings, tmp_path):
    assert {column.table for column in list_sealed_columns()} == ROWS.keys()
    before = {table: plain(row) for table, row in rows.items()}
    assert all(value is not None for values in before.values() for value in values.values())
    new = rotate_to_new_key(settings, tmp_path)
    assert keys_in_use() == {new.id.hex()}
    settings.TEMPLATE_KEY = bytes(32)  # which no value needs any more
    assert {table: plain(row) for table, row in rows.items()} == before


def test_what_is_in_the_trash_is_sealed_anew_and_comes_back(session, rows, settings, tmp_path):
    before = {table: plain(rows[table]) for table in ("guest_alerts", "guest_rules")}
    entries.move_to_trash("event", [session], by=None)
    assert not Alert.objects.exists()
    [entry] = set(TrashRow.objects.values_list("entry", flat=True))
    new = rotate_to_new_key(settings, tmp_path)
    assert keys_in_use() == {new.id.hex()}
    entries.restore(entry)
    settings.TEMPLATE_KEY = bytes(32)
    assert {table: plain(rows[table]) for table in before} == before


def test_values_of_before_are_read_and_sealed_anew(session, settings, tmp_path):
    key = base64.urlsafe_b64encode(key_ring.derive_key(sealing.FERNET_PURPOSE))
    notice = readiness.put_down(session, "ann@example.com")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ready_notices SET address = %s", [Fernet(key).encrypt(b"ann@example.com")])
    assert plain(notice) == {"address": "ann@example.com"}
    use_ring_file(settings, tmp_path)
    assert "sealed before there was a ring: 1 values" in rotate("--status")
    rotate()
    assert keys_in_use() == {key_ring.current_ring().newest.id.hex()}
    assert plain(notice) == {"address": "ann@example.com"}


def test_a_run_that_was_killed_is_gone_on_with(session, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH_SIZE", 10)
    for number in range(35):
        readiness.put_down(session, f"guest{number}@example.com")
    new = key_ring.add_key(use_ring_file(settings, tmp_path))

    def killed(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        key_rotation.rotate(killed)
    counts = key_rotation.count_by_key()["ready_notices.address"]
    assert counts[new.id.hex()] == 10
    reported = []
    assert key_rotation.rotate(reported.append).done == 25
    assert [(report.done, report.total) for report in reported] == [(10, 25), (20, 25), (25, 25)]
    assert sorted(ReadyNotice.objects.values_list("pk", flat=True)) == sorted(n.pk for n in ReadyNotice.objects.all())
    assert {notice.address for notice in ReadyNotice.objects.all()} == {f"guest{n}@example.com" for n in range(35)}


def test_what_somebody_changes_meanwhile_is_kept_and_sealed_by_the_newest_key(rows, settings, tmp_path, monkeypatch):
    endpoint = rows["webhook_endpoints"]
    seal_anew = key_rotation._seal_anew

    def changed_meanwhile(column, row, value):
        new = seal_anew(column, row, value)
        if column.column == "secret":
            WebhookEndpoint.objects.get(pk=endpoint.pk).rotate()
        return new

    monkeypatch.setattr(key_rotation, "_seal_anew", changed_meanwhile)
    new = rotate_to_new_key(settings, tmp_path)
    monkeypatch.undo()
    secret = endpoint.secret
    fresh = WebhookEndpoint.objects.get(pk=endpoint.pk)
    assert fresh.secret != secret
    assert fresh.previous_secret == secret
    assert keys_in_use() == {new.id.hex()}


def test_the_command_makes_a_key_rotates_and_takes_out_those_that_are_done_with(rows, settings, tmp_path):
    path = use_ring_file(settings, tmp_path)
    rotate("--new")
    [first] = key_ring.list_texts(path.read_text())
    said = rotate("--new", "--retire")
    [second] = key_ring.list_texts(path.read_text())
    assert second != first
    assert f"1 keys taken out of {path}" in said
    assert f"key {key_ring.current_ring().newest.id.hex()}: 7 values" in said
    assert first not in said
    assert second not in said


def test_a_key_that_has_sealed_something_is_not_taken_out(rows, settings, tmp_path, monkeypatch):
    path = use_ring_file(settings, tmp_path)
    rotate("--new")
    key_ring.add_key(path)
    monkeypatch.setattr(key_rotation, "rotate", lambda _report: key_rotation.Progress("", 0, 0, 0))
    rotate("--retire")
    assert len(key_ring.list_texts(path.read_text())) == 2


def test_values_whose_key_is_lost_are_left_alone_and_counted(rows, settings, tmp_path):
    lost = rotate_to_new_key(settings, tmp_path)
    use_ring_file(settings, tmp_path).unlink()
    with pytest.raises(CommandError, match="7 values cannot be read"):
        rotate()
    assert f"key {lost.id.hex()}, which is not in the ring: 7 values" in rotate("--status")
    [warning] = checks.check_data_keys(databases=["default"])
    assert (warning.id, warning.msg.split(":")[0]) == ("facepass.W010", "7 addresses or secrets cannot be read")


def test_a_ring_that_cannot_be_read_is_an_error(rows, settings):
    assert list(checks.check_data_keys(databases=["default"])) == []
    settings.DATA_KEYS = RereadSource(SecretSource("DATA_KEYS", command="false"), KEYS_PATTERN)
    [error] = checks.check_data_keys(databases=["default"])
    assert (error.id, error.msg) == ("facepass.E009", "DATA_KEYS_COMMAND: the command failed (CalledProcessError)")


def test_where_the_environment_gives_the_keys_a_new_one_is_put_there_by_hand(rows, settings):
    settings.DATA_KEYS = RereadSource(SecretSource("DATA_KEYS", given="0a" * 32), KEYS_PATTERN)
    with pytest.raises(CommandError, match=r"The keys come from DATA_KEYS\. Put a new one there"):
        rotate("--new")
    assert "7 values sealed anew" in rotate()


def test_nothing_is_found_or_written_past_the_field(rows):
    with pytest.raises(TypeError, match="address is sealed"):
        ReadyNotice.objects.filter(address="ann@example.com").exists()
    with pytest.raises(TypeError, match="address is sealed"):
        ReadyNotice.objects.update(address="ann@example.com")


def test_no_table_tells_what_is_sealed(rows):
    secrets = ["ann@example.com", "2468", rows["webhook_endpoints"].secret]
    for table in ROWS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t")
            dump = str(cursor.fetchall())
        for secret in secrets:
            assert secret not in dump
            assert secret.encode().hex() not in dump
