"""The ring of keys: where its keys come from, what they seal, and what does not open."""

import base64
import os
import stat
import sys

import pytest
from cryptography.fernet import Fernet

from facepass.core.keys import key_ring, sealing
from facepass.core.keys.configured_secrets import KEYS_PATTERN, data_key_source
from facepass.core.keys.key_ring import KeyMissing
from facepass.core.keys.sealing import NotReadable, Place
from facepass.core.keys.sources import RereadSource, SecretSource, SecretUnavailable
from facepass.core.secrets import SecretLeftBehind, load_or_create_secret
from facepass.env import Environment
from facepass.testing.keys import use_ring_file
from facepass.testing.live import manage

HERE = Place("letters", "text", ("1",))
OLD, NEW = "0a" * 32, "0b" * 32


def ring_of(settings, **source):
    settings.DATA_KEYS = RereadSource(SecretSource("DATA_KEYS", **source), KEYS_PATTERN)


def test_what_is_sealed_opens_again_and_says_nothing():
    sealed = sealing.seal(b"ann@example.com", place=HERE)
    assert sealing.unseal(sealed, place=HERE) == b"ann@example.com"
    assert b"ann" not in sealed
    assert sealing.seal(b"ann@example.com", place=HERE) != sealed


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("notes", "text", ("1",)),
        Place("letters", "title", ("1",)),
        Place("letters", "text", ("2",)),
        Place("letters", "text", ("1", "")),
        Place("letters", "text", ()),
    ],
)
def test_a_value_that_was_copied_to_another_place_does_not_open(elsewhere):
    with pytest.raises(NotReadable):
        sealing.unseal(sealing.seal(b"x", place=HERE), place=elsewhere)


def test_a_value_of_which_any_byte_was_changed_or_cut_does_not_open():
    sealed = sealing.seal(b"x", place=HERE)
    for n in range(len(sealed)):
        changed = sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :]
        for broken in (changed, sealed[:n]):
            with pytest.raises((NotReadable, KeyMissing)):
                sealing.unseal(broken, place=HERE)


def test_the_first_key_writes_and_every_key_reads(settings):
    ring_of(settings, given=OLD)
    before = sealing.seal(b"x", place=HERE)
    ring_of(settings, given=f"{NEW}, {OLD}")
    assert sealing.unseal(before, place=HERE) == b"x"
    assert sealing.seal(b"x", place=HERE)[1:9] == key_ring.DataKey(bytes.fromhex(NEW)).id != before[1:9]
    ring_of(settings, given=NEW)
    with pytest.raises(KeyMissing):
        sealing.unseal(before, place=HERE)


def test_without_keys_of_its_own_the_ring_has_one_that_the_template_key_gives(settings):
    ring_of(settings)
    sealed = sealing.seal(b"x", place=HERE)
    ring_of(settings, given=NEW)
    assert sealing.unseal(sealed, place=HERE) == b"x", "it stays the last key of the ring"
    settings.TEMPLATE_KEY = bytes(32)
    with pytest.raises(KeyMissing):
        sealing.unseal(sealed, place=HERE)


def test_what_was_sealed_before_there_was_a_ring_opens(settings):
    key = base64.urlsafe_b64encode(key_ring.derive_key(b"facepass guests who want to hear of new photos"))
    assert sealing.unseal(Fernet(key).encrypt(b"x"), place=HERE) == b"x"
    with pytest.raises(NotReadable):
        sealing.unseal(Fernet(Fernet.generate_key()).encrypt(b"x"), place=HERE)


def test_no_key_is_shown_with_the_ring(settings):
    ring_of(settings, given=OLD)
    assert OLD not in repr(key_ring.current_ring())
    assert repr(bytes.fromhex(OLD)) not in repr(key_ring.current_ring())


def test_a_new_key_in_the_file_is_used_without_a_restart(settings, tmp_path):
    path = use_ring_file(settings, tmp_path)
    before = sealing.seal(b"x", place=HERE)
    new = key_ring.add_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sealing.seal(b"x", place=HERE)[1:9] == new.id
    assert sealing.unseal(before, place=HERE) == b"x"
    newer = key_ring.add_key(path)
    assert [key.id for key in key_ring.current_ring().keys[:2]] == [newer.id, new.id]


def test_a_command_gives_the_keys_and_is_asked_again_only_for_a_key_that_is_missing(settings, tmp_path, monkeypatch):
    """As a KMS does, of which another machine has a new key already."""
    answer, log = tmp_path / "answer", tmp_path / "log"
    answer.write_text(f"{OLD}\n")
    script = "import sys, pathlib; pathlib.Path(sys.argv[2]).open('a').write('.'); print(open(sys.argv[1]).read())"
    now = [0.0]
    monkeypatch.setattr("facepass.core.keys.sources.time.monotonic", lambda: now[0])
    ring_of(settings, command=f'{sys.executable} -c "{script}" {answer} {log}')
    for _number in range(3):
        sealing.seal(b"x", place=HERE)
    assert log.read_text() == "."
    other = RereadSource(SecretSource("DATA_KEYS", given=f"{NEW},{OLD}"), KEYS_PATTERN)
    mine, settings.DATA_KEYS = settings.DATA_KEYS, other
    theirs = sealing.seal(b"x", place=HERE)
    settings.DATA_KEYS = mine
    answer.write_text(f"{NEW}\n{OLD}\n")
    with pytest.raises(KeyMissing):
        sealing.unseal(theirs, place=HERE)
    now[0] = 11
    assert sealing.unseal(theirs, place=HERE) == b"x"
    assert log.read_text() == ".."


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"file": "/nowhere/keys"}, "DATA_KEYS_FILE: /nowhere/keys cannot be read (FileNotFoundError)"),
        ({"command": "/nowhere/kms --get"}, "DATA_KEYS_COMMAND: the command failed (FileNotFoundError)"),
        ({"command": "false"}, "DATA_KEYS_COMMAND: the command failed (CalledProcessError)"),
        ({"command": "echo 'not \"closed'\""}, "DATA_KEYS_COMMAND: the command failed (ValueError)"),
        ({"command": "echo secret"}, "DATA_KEYS_COMMAND: what it gives does not look like DATA_KEYS"),
    ],
)
def test_a_source_that_gives_no_keys_is_named_and_its_answer_is_not(settings, source, words, tmp_path):
    ring_of(
        settings, **{name: tmp_path.__class__(value) if name == "file" else value for name, value in source.items()}
    )
    with pytest.raises(SecretUnavailable) as refusal:
        sealing.seal(b"x", place=HERE)
    assert str(refusal.value) == words


@pytest.mark.parametrize("name", ["SECRET_KEY", "TEMPLATE_KEY"])
@pytest.mark.parametrize("way", ["FILE", "COMMAND"])
def test_both_other_secrets_come_from_files_and_commands_too(empty_home, tmp_path, name, way):
    path = tmp_path / "secret"
    path.write_text(f"{OLD}\n")
    given = {f"{name}_{way}": str(path) if way == "FILE" else f"cat {path}"}
    shown = manage(
        empty_home, "shell", "-v0", "-c", f"from django.conf import settings; print(settings.{name})", **given
    )
    expected = OLD if name == "SECRET_KEY" else str(bytes.fromhex(OLD))
    assert shown.stdout.strip() == expected, shown.stderr
    path.write_text("short")
    refused = manage(empty_home, "check", **given)
    assert (refused.returncode, refused.stderr) == (
        2,
        f"FacePass cannot start: {name}_{way}: what it gives does not look like {name}\n",
    )


def test_another_folder_for_secrets_must_have_those_that_there_are(tmp_path):
    home, elsewhere = tmp_path / "home", tmp_path / "secrets"
    made = load_or_create_secret(home, "template_key", hex_bytes=32)
    with pytest.raises(SecretLeftBehind):
        load_or_create_secret(home, "template_key", hex_bytes=32, folder=elsewhere)
    elsewhere.mkdir()
    os.rename(home / "secrets" / "template_key", elsewhere / "template_key")
    assert load_or_create_secret(home, "template_key", hex_bytes=32, folder=elsewhere) == made
    new = load_or_create_secret(home, "secret_key", hex_bytes=32, folder=elsewhere)
    assert (elsewhere / "secret_key").read_text().strip() == new


def test_the_ring_s_own_file_is_beside_the_other_secrets(tmp_path):
    assert data_key_source(Environment(facepass_home=tmp_path)).file == tmp_path / "secrets" / "data_keys"
    elsewhere = Environment(facepass_home=tmp_path, secrets_folder=tmp_path / "apart")
    assert data_key_source(elsewhere).file == tmp_path / "apart" / "data_keys"


@pytest.mark.parametrize("name", ["pgdata", "media", "media/keys"])
def test_secrets_are_not_kept_with_what_they_protect(empty_home, name):
    refused = manage(empty_home, "check", SECRETS_FOLDER=str(empty_home / name))
    assert refused.stderr.startswith("FacePass cannot start: SECRETS_FOLDER: expected a folder outside")
