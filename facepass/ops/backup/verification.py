"""Reading a back-up back before it counts: into a database of its own, compared with what was there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from django.db.models.functions import Now
from pyrage import x25519

from facepass.core.errors import FacePassError
from facepass.models import Heartbeat
from facepass.ops.backup import VERIFIED, database, encryption, store
from facepass.ops.backup.database import DatabaseState
from facepass.ops.backup.files import hash_stream
from facepass.ops.backup.manifest import KeptFile, Manifest, list_missing_keys
from facepass.ops.backup.store import BackupStore

# How many files are read back where nobody asks for all of them.
SAMPLE = 200


@dataclass(slots=True)
class Verdict:
    """What is wrong with a back-up; it is good where nothing is."""

    problems: list[str] = field(default_factory=list)
    files_read: int = 0

    @property
    def is_good(self) -> bool:
        return not self.problems


def read_manifest(place: BackupStore, pk: str, identity: x25519.Identity) -> Manifest:
    """Return the manifest. Raise FacePassError where there is none, or another key is needed."""
    if not place.exists(store.manifest_name(pk)):
        raise FacePassError("backup_failed", f"There is no back-up {pk}.", status=404)
    with store.scratch_file() as plain:
        with place.open(store.manifest_name(pk)) as source:
            encryption.decrypt(source, plain, identity)
        plain.seek(0)
        return Manifest.from_json(json.loads(plain.read()))


def verify_backup(place: BackupStore, pk: str, identity: x25519.Identity, *, sample: int | None = SAMPLE) -> Verdict:
    """Read the back-up back and compare. A good one is marked as such, and the health check hears of it.

    `sample`: how many files are decrypted and compared by their digests, spread over all; None for every one.
    """
    verdict = Verdict()
    manifest = read_manifest(place, pk, identity)
    verdict.problems += [f"It needs another {name} than this installation has." for name in list_missing_keys(manifest)]
    with database.scratch_database("verify") as name:
        restore_dump(place, manifest, identity, into=name)
        with database.connect(name) as reader:
            found = database.read_state(reader, probes=list(manifest.state.searches))
            verdict.problems += compare(manifest.state, found)
            verdict.problems += _find_unnamed(reader, manifest)
    _read_files(place, manifest, identity, verdict, sample=sample)
    if verdict.is_good:
        told = {"verified_at": datetime.now(UTC).isoformat(), "files_read": verdict.files_read}
        place.write_json(store.verdict_name(pk), told)
        Heartbeat.objects.update_or_create(name=VERIFIED, defaults={"beaten_at": Now()})
    return verdict


def restore_dump(place: BackupStore, manifest: Manifest, identity: x25519.Identity, *, into: str) -> None:
    """Read the dump into an empty database. Raise FacePassError where it is not the one that was made."""
    with store.scratch_file() as plain:
        with place.open(store.dump_name(manifest.id)) as source:
            encryption.decrypt(source, plain, identity)
        plain.seek(0)
        if hash_stream(plain) != manifest.dump_digest:
            raise FacePassError("backup_failed", "The dump is not the one that the manifest names.", status=409)
        plain.seek(0)
        database.restore_into(into, plain)


def compare(made: DatabaseState, found: DatabaseState) -> list[str]:
    """Return how the copy differs from what was backed up: rows, migrations, results of searches."""
    tables = sorted(made.counts.keys() | found.counts.keys())
    counts = [(table, made.counts.get(table), found.counts.get(table)) for table in tables]
    problems = [f"{table}: {was} rows, and {now} in the copy" for table, was, now in counts if was != now]
    if made.migrations != found.migrations:
        problems.append("Other migrations have run in the copy.")
    other = [pk for pk, faces in made.searches.items() if found.searches.get(pk) != faces]
    return [*problems, *(f"The search with face {pk} finds something else in the copy." for pk in other)]


def _find_unnamed(reader: database.Connection, manifest: Manifest) -> list[str]:
    """Return the files of the copy's rows that the manifest does not know."""
    named = {file.name for file in manifest.files} | set(manifest.missing)
    unnamed = [name for name in database.list_originals(reader) if name not in named]
    return [f"{len(unnamed)} files of rows are not in the manifest, such as {unnamed[0]}"] if unnamed else []


def _read_files(
    place: BackupStore, manifest: Manifest, identity: x25519.Identity, verdict: Verdict, *, sample: int | None
) -> None:
    if not manifest.with_originals:
        return
    there = place.list_files()
    lost = [file for file in manifest.files if file.digest not in there]
    verdict.problems += [f"{len(lost)} files are not in the back-up, such as {lost[0].name}"] if lost else []
    for file in _spread([file for file in manifest.files if file.digest in there], sample):
        verdict.files_read += 1
        verdict.problems += _read_file(place, file, identity)


def _spread(files: Sequence[KeptFile], number: int | None) -> Sequence[KeptFile]:
    step = max(1, len(files) // number) if number else 1
    return files[::step]


def _read_file(place: BackupStore, file: KeptFile, identity: x25519.Identity) -> list[str]:
    with store.scratch_file() as plain:
        try:
            decrypt_file(place, file, identity, plain)
        except FacePassError as error:
            return [f"{file.name}: {error.message}"]
    return []


def decrypt_file(place: BackupStore, file: KeptFile, identity: x25519.Identity, plain: BinaryIO) -> None:
    """Write the file's bytes, from the beginning. Raise FacePassError where they are not those that were backed up."""
    with place.open(store.file_name(file.digest)) as source:
        encryption.decrypt(source, plain, identity)
    plain.seek(0)
    if hash_stream(plain) != file.digest:
        raise FacePassError("backup_failed", "It is not the file that was backed up.", status=409)
    plain.seek(0)
