"""Restoring a back-up: into a database of its own that then takes our database's name; files beside it; erased stays
erased.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import chain as chain_of_rows
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now
from pyrage import x25519

from facepass.core.audit import chain
from facepass.core.errors import FacePassError
from facepass.core.trash import erased_subjects
from facepass.models import ErasedSubject, Heartbeat
from facepass.ops.backup import RESTORED, database, store
from facepass.ops.backup.manifest import KeptFile, Manifest, list_missing_keys
from facepass.ops.backup.store import BackupStore
from facepass.ops.backup.verification import compare, decrypt_file, read_manifest, restore_dump

Progress = Callable[[str], None]


def restore_backup(
    place: BackupStore,
    pk: str,
    identity: x25519.Identity,
    *,
    ledger: Path | None = None,
    other_keys: bool = False,
    say: Progress = lambda _line: None,
) -> None:
    """Put the back-up in the place of the database, and its files where they are missing.

    The database that was there is kept under another name. Whoever was erased since the back-up is erased again: by the
    lists of that database, of FACEPASS_HOME, beside the back-ups, and `ledger`. Raise FacePassError where keys are
    others, unless `other_keys`, and where something is connected to the database.
    """
    manifest = read_manifest(place, pk, identity)
    if (missing := list_missing_keys(manifest)) and not other_keys:
        message = f"First put in place what the back-up was made with: {', '.join(missing)}. --other-keys does without."
        raise FacePassError("backup_failed", message, status=409)
    ledgers = [*_read_ledgers(place, ledger), _read_table(say)]
    moment = f"{datetime.now(UTC):%Y%m%d_%H%M%S_%f}"
    _restore_database(place, manifest, identity, kept_as=f"facepass_before_{moment}", say=say)
    say(f"files: {_restore_files(place, manifest.files, identity)} were missing, and are back")
    call_command("migrate", verbosity=0)
    Heartbeat.objects.update_or_create(name=RESTORED, defaults={"beaten_at": Now()})
    _begin_audit(moment, say)
    erased = [*chain_of_rows.from_iterable(ledgers), *ErasedSubject.objects.order_by("pk")]
    erased_subjects.go_on_from(ledgers)
    counts = erased_subjects.erase_again(erased)
    erased_subjects.bring_file_up_to_date()
    say(f"erased again: {json.dumps(dict(sorted(counts.items())))}")


def _begin_audit(moment: str, say: Progress) -> None:
    """Let the audit go on from the back-up's last entry; what was written down of later ones is kept as a proof."""
    if aside := chain.begin_file_anew(kept_as=f"audit_before_{moment}.jsonl"):
        say(f"audit: goes on from the back-up's last entry; what was written down of later ones is {aside.name} now")


def _restore_database(
    place: BackupStore, manifest: Manifest, identity: x25519.Identity, *, kept_as: str, say: Progress
) -> None:
    with database.scratch_database("restore") as name:
        restore_dump(place, manifest, identity, into=name)
        with database.connect(name) as reader:
            problems = compare(manifest.state, database.read_state(reader, probes=list(manifest.state.searches)))
        if problems:
            raise FacePassError(
                "backup_failed", " ".join(["The copy is not what was backed up.", *problems]), status=409
            )
        database.replace_database(name, kept_as=kept_as)
    say(f"database: restored; the one that was there is {kept_as} now")


def _read_ledgers(place: BackupStore, ledger: Path | None) -> Iterable[list[ErasedSubject]]:
    """Yield the lists that are files. Raise FacePassError where one was changed."""
    texts = [
        path.read_text(encoding="utf-8") for path in (erased_subjects.list_path(), ledger) if path and path.exists()
    ]
    if place.exists(erased_subjects.FILE):
        with place.open(erased_subjects.FILE) as file:
            texts.append(file.read().decode())
    for text in texts:
        rows = erased_subjects.read_text(text)
        if broken := erased_subjects.find_break(rows):
            raise FacePassError("backup_failed", f"A list of erasures was changed: line {broken.number}.", status=409)
        yield rows


def _read_table(say: Progress) -> list[ErasedSubject]:
    """Return the list of the database that is there, in which all hosts write; none where it is empty yet."""
    if ErasedSubject._meta.db_table not in connection.introspection.table_names():
        return []
    rows = list(ErasedSubject.objects.order_by("pk"))
    if broken := erased_subjects.find_break(rows):
        say(
            f"the list of erasures of the database that was there was changed: it counts up to line {broken.number - 1}"
        )
        return rows[: broken.number - 1]
    return rows


def _restore_files(place: BackupStore, files: Iterable[KeptFile], identity: x25519.Identity) -> int:
    """Write the files that are not there, or are shorter than they were; return how many."""
    there, written = place.list_files(), 0
    for file in files:
        if file.digest not in there or _is_whole(file):
            continue
        restore_file(place, file, identity)
        written += 1
    return written


def restore_file(place: BackupStore, file: KeptFile, identity: x25519.Identity) -> None:
    """Write the file in the place of what is there. Raise FacePassError where the back-up's copy is damaged."""
    with store.scratch_file() as plain:
        decrypt_file(place, file, identity, plain)
        default_storage.delete(file.name)
        default_storage.save(file.name, File(plain))


def _is_whole(file: KeptFile) -> bool:
    return default_storage.exists(file.name) and default_storage.size(file.name) == file.size
