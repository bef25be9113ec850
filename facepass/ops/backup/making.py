"""Making a back-up while FacePass runs: the dump in one snapshot, then the files that are new, the manifest last."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from pyrage import x25519

import facepass
from facepass.core.audit import chain
from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from facepass.core.trash import erased_subjects
from facepass.ops.backup import database, encryption, store
from facepass.ops.backup.database import DatabaseState
from facepass.ops.backup.files import DigestIndex, HashingReader, list_made, list_trashed
from facepass.ops.backup.manifest import KeptFile, Manifest, describe_settings, fingerprint_keys
from facepass.ops.backup.store import BackupStore

Progress = Callable[[str], None]


def make_backup(
    place: BackupStore, recipient: x25519.Recipient, *, with_originals: bool = True, say: Progress = lambda _line: None
) -> Manifest:
    """Make a back-up and return its manifest. Interrupted, it is none: the next one stores what is missing.

    Another one that is being made is waited for.
    """
    with hold_lock(LockPurpose.BACKUP):
        return _make_backup(place, recipient, with_originals=with_originals, say=say)


def _make_backup(place: BackupStore, recipient: x25519.Recipient, *, with_originals: bool, say: Progress) -> Manifest:
    now = datetime.now(UTC)
    pk = now.strftime("%Y%m%dT%H%M%S.%fZ")
    state, originals, dumped = _store_dump(place, recipient, pk)
    say(f"database: {dumped.size} bytes, {sum(state.counts.values())} rows")
    files, missing = _store_files(place, recipient, originals, with_originals=with_originals)
    say(f"files: {len(files)}, {sum(file.size for file in files)} bytes; {len(missing)} are not there")
    manifest = Manifest(
        id=pk,
        made_at=now.isoformat(),
        version=facepass.__version__,
        settings=describe_settings(),
        keys=fingerprint_keys(),
        dump_size=dumped.size,
        dump_digest=dumped.digest,
        state=state,
        files=files,
        missing=missing,
        with_originals=with_originals,
    )
    place.write_json(store.contents_name(pk), sorted({file.digest for file in files}))
    copy_lists(place)
    _write_encrypted(place, store.manifest_name(pk), BytesIO(json.dumps(manifest.to_json()).encode()), recipient)
    return manifest


def copy_lists(place: BackupStore) -> None:
    """Lay the list of erasures and the heads of the audit beside the back-ups: digests, newer than any of them."""
    erased_subjects.bring_file_up_to_date()
    for path in (erased_subjects.list_path(), chain.list_path()):
        if path.exists():
            with path.open("rb") as file:
                place.write(path.name, file)


def _store_dump(
    place: BackupStore, recipient: x25519.Recipient, pk: str
) -> tuple[DatabaseState, list[str], HashingReader]:
    with database.open_snapshot() as (reader, snapshot):
        state, originals = database.read_state(reader), database.list_originals(reader)
        with database.dump(snapshot) as stream:
            dumped = HashingReader(stream)
            _write_encrypted(place, store.dump_name(pk), cast(BinaryIO, dumped), recipient)
    return state, originals, dumped


def _store_files(
    place: BackupStore, recipient: x25519.Recipient, originals: list[str], *, with_originals: bool
) -> tuple[list[KeptFile], list[str]]:
    """Store what is not there yet; return all files, and the originals that are not to be found (any more)."""
    index, there = DigestIndex.load(), place.list_files()
    described = [index.describe(name) for name in dict.fromkeys([*originals, *list_trashed(), *list_made()])]
    files = [file for file in described if file]
    for file in files if with_originals else ():
        if file.digest not in there and _store_file(place, file, recipient):
            there.add(file.digest)
    index.save()
    kept = [file for file in files if file.digest in there or not with_originals]
    return kept, sorted(set(originals) - {file.name for file in kept})


def _store_file(place: BackupStore, file: KeptFile, recipient: x25519.Recipient) -> bool:
    """Return whether the file was there still: one may be deleted at any time."""
    try:
        with default_storage.open(file.name) as source:
            _write_encrypted(place, store.file_name(file.digest), cast(BinaryIO, source), recipient)
    except FileNotFoundError:
        return False
    return True


def _write_encrypted(place: BackupStore, name: str, source: BinaryIO, recipient: x25519.Recipient) -> None:
    with store.scratch_file() as draft:
        encryption.encrypt(source, draft, recipient)
        draft.seek(0)
        place.write(name, draft)
