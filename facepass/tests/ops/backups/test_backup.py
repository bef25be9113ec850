"""A back-up is made while FacePass runs, read back before it counts, and restored; who was erased stays erased."""

import json
import os
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import override_settings
from django.utils import timezone
from psycopg import sql

from facepass.core.audit import chain
from facepass.core.errors import FacePassError
from facepass.core.trash import entries, erased_subjects
from facepass.models import ActorKind, AuditEntry, ErasedSubject, Heartbeat, Studio
from facepass.ops.backup import VERIFIED, database, encryption, making, restoring, retention, store, verification
from facepass.ops.backup.store import BackupStore
from facepass.ops.health import describe_backup
from facepass.testing.factories import FaceFactory, PersonFactory, PhotoFactory, descriptor
from galleries.models import GalleryImage, Person, PhotoFace

# In one process: a restoration keeps the database of before under a name of this second, on the server of all of them.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backups")]


@pytest.fixture
def identity(tmp_path):
    encryption.create_identity(tmp_path / "key.txt")
    return encryption.load_identity(tmp_path / "key.txt")


@pytest.fixture
def place(tmp_path, settings):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    return BackupStore.at(str(tmp_path / "backups"))


@pytest.fixture
def faces(settings):
    """Photos of three people; each face has a descriptor."""
    return [FaceFactory(insightface_descriptor=descriptor(seed)) for seed in range(3)]


@pytest.fixture
def made(place, identity, faces):
    return making.make_backup(place, identity.to_public())


@pytest.fixture
def kept_databases():
    """Nobody else is connected, as a thread of an earlier test may be; what a restoration keeps goes in the end."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {others} AND backend_type = 'client backend'")
    yield
    with psycopg.connect(**database._parameters(), autocommit=True) as session:
        names = session.execute("SELECT datname FROM pg_database WHERE datname LIKE 'facepass_before_%'").fetchall()
        for (name,) in names:
            session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_backup_is_good_once_it_was_read_back(place, made, identity):
    assert describe_backup() is None
    verdict = verification.verify_backup(place, made.id, identity)
    assert (verdict.problems, verdict.files_read) == ([], len(made.files))
    assert place.exists(store.verdict_name(made.id))
    assert describe_backup()["status"] == "ok"
    assert made.state.counts["photo_faces"] == 3
    assert len(made.state.searches) == 3


def test_nothing_of_it_is_readable_without_the_key(place, made, faces, tmp_path):
    stored = everything_in(tmp_path / "backups")
    name = faces[0].photo.original_name
    assert name.encode() not in stored
    assert default_storage.open(faces[0].photo.file.name).read()[-200:] not in stored
    other = encryption.create_identity(tmp_path / "other.txt")
    assert other.startswith("age1")
    with pytest.raises(FacePassError, match="cannot be decrypted"):
        verification.read_manifest(place, made.id, encryption.load_identity(tmp_path / "other.txt"))
    assert (tmp_path / "other.txt").stat().st_mode & 0o777 == 0o600


def test_no_secret_is_in_the_manifest(made, settings):
    told = json.dumps(made.to_json())
    for secret in (settings.SECRET_KEY, settings.TEMPLATE_KEY.hex(), settings.DATABASES["default"]["PASSWORD"]):
        assert secret not in told


def test_every_file_that_rows_refer_to_is_in_it():
    """A new FileField? Then its files belong into the back-up: `facepass.ops.backup.database.ORIGINALS`."""
    from django.apps import apps

    fields = [
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField)
    ]
    assert fields
    for table, column in fields:
        assert f"SELECT {column} FROM {table}" in database.ORIGINALS


def test_files_in_the_trash_are_in_it_too(place, identity, faces):
    photo = faces[0].photo
    entries.move_to_trash("photo", [photo], by=None)
    made = making.make_backup(place, identity.to_public())
    assert photo.file.name in {file.name for file in made.files}


def test_the_next_one_stores_only_what_is_new_and_reads_only_that(place, made, identity, monkeypatch):
    before = place.list_files()
    new = PhotoFactory()
    read = []
    monkeypatch.setattr("facepass.ops.backup.files.digest_of", lambda name: read.append(name) or "0" * 64)
    making.make_backup(place, identity.to_public())
    assert read == [new.file.name]
    assert place.list_files() - before == {"0" * 64}


def test_rows_that_come_while_it_is_made_are_not_half_in_it(place, identity, faces, monkeypatch):
    """The dump, the counts and the list of files are of one moment."""
    listing = database.list_originals

    def while_it_is_made(reader):
        late = FaceFactory(insightface_descriptor=descriptor(9))
        GalleryImage.objects.filter(pk=faces[0].photo_id).delete()
        names = listing(reader)
        assert late.photo.file.name not in names
        return names

    monkeypatch.setattr(database, "list_originals", while_it_is_made)
    made = making.make_backup(place, identity.to_public())
    monkeypatch.undo()
    assert made.state.counts["photo_faces"] == 3
    assert verification.verify_backup(place, made.id, identity).problems == []


def _cut_a_file(place, made):
    path = place.storage.path(store.file_name(made.files[0].digest))
    os.truncate(path, os.path.getsize(path) - 5)


def _lose_a_file(place, made):
    place.delete_file(made.files[0].digest)


def _change_the_dump(place, made):
    path = Path(place.storage.path(store.dump_name(made.id)))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_cut_a_file, _lose_a_file, _change_the_dump])
def test_what_is_damaged_does_not_count(damage, place, made, identity):
    damage(place, made)
    try:
        problems = verification.verify_backup(place, made.id, identity).problems
    except FacePassError as refusal:
        problems = [refusal.message]
    assert problems
    assert not place.exists(store.verdict_name(made.id))
    assert not Heartbeat.objects.filter(name=VERIFIED).exists()


def test_a_copy_that_differs_is_told_by_table_and_search(made):
    other = database.DatabaseState({**made.state.counts, "people": 7}, [], {pk: [] for pk in made.state.searches})
    problems = verification.compare(made.state, other)
    assert any(problem.startswith("people: ") for problem in problems)
    assert len([problem for problem in problems if "search" in problem]) == 3


def test_restored_it_is_as_it_was_and_who_was_erased_stays_erased(place, identity, faces, kept_databases):
    ann, bob = PersonFactory(real_name="Ann"), PersonFactory(real_name="Bob")
    made = making.make_backup(place, identity.to_public())
    entries.erase_at_once("person", [str(ann.pk)])
    lost = faces[1].photo.file.name
    content = default_storage.open(lost).read()
    default_storage.delete(lost)
    Studio.objects.update(name="changed since")
    told: list[str] = []
    restoring.restore_backup(place, made.id, identity, say=told.append)
    assert list(Person.objects.values_list("pk", flat=True)) == [bob.pk]
    assert not Studio.objects.filter(name="changed since").exists()
    assert PhotoFace.objects.count() == 3
    assert default_storage.open(lost).read() == content
    assert any("facepass_before_" in line for line in told)


def test_a_newer_list_beside_the_backups_counts_too(place, identity, faces, kept_databases, settings):
    """The host is lost, with FACEPASS_HOME."""
    ann = PersonFactory(real_name="Ann")
    made = making.make_backup(place, identity.to_public())
    entries.erase_at_once("person", [str(ann.pk)])
    making.copy_lists(place)
    erased_subjects.list_path().unlink()
    restoring.restore_backup(place, made.id, identity)
    assert not Person.objects.exists()


def test_what_another_host_has_erased_counts_too_and_the_list_goes_on(place, identity, faces, kept_databases, settings):
    """Each host has a file of its own; the table is of all."""
    people = PersonFactory.create_batch(3)
    made = making.make_backup(place, identity.to_public())
    own_home = settings.HOME
    entries.erase_at_once("person", [str(people[0].pk)])
    settings.HOME = own_home.with_name("other host")
    settings.HOME.mkdir()
    entries.erase_at_once("person", [str(people[1].pk)])
    assert erased_subjects.find_break(erased_subjects.read_file(erased_subjects.list_path())) is None
    settings.HOME = own_home
    for erased in (2, 3):
        restoring.restore_backup(place, made.id, identity)
        assert set(Person.objects.values_list("pk", flat=True)) == {person.pk for person in people[erased:]}
        rows = list(ErasedSubject.objects.order_by("pk"))
        assert erased_subjects.find_break(rows) is None
        listed = erased_subjects.read_file(erased_subjects.list_path())
        assert [row.digest for row in listed] == [row.digest for row in rows]
        entries.erase_at_once("person", [str(person.pk) for person in people[erased:]])


def act() -> None:
    """Somebody does something, which is sealed into the audit's chain, and the end of that is written down."""
    AuditEntry.objects.create(actor_kind=ActorKind.NOBODY, action="test", finished_at=timezone.now())
    chain.seal_entries()
    chain.note_head()


def test_the_audit_goes_on_after_a_restoration_and_what_was_written_down_is_a_proof(
    place, identity, faces, kept_databases, settings
):
    act()
    made = making.make_backup(place, identity.to_public())
    assert place.exists(chain.FILE)
    act()
    restoring.restore_backup(place, made.id, identity)
    assert chain.verify() == chain.Verdict(entries=1, waiting=0, erased_rows=0)
    [aside] = settings.HOME.glob("audit_before_*.jsonl")
    assert "up to 2 were written down, and the last one there is 1" in chain.verify(aside).problem
    act()
    assert [head.number for head in chain.list_heads()] == [1, 2]
    assert chain.verify() == chain.Verdict(entries=2, waiting=0, erased_rows=0)
    assert "not the one that was written down" in chain.verify(aside).problem


def test_without_its_keys_it_is_not_restored(place, made, identity, settings):
    settings.TEMPLATE_KEY = bytes(32)
    with pytest.raises(FacePassError, match="TEMPLATE_KEY"):
        restoring.restore_backup(place, made.id, identity)
    assert "TEMPLATE_KEY" in " ".join(verification.verify_backup(place, made.id, identity).problems)


def test_old_ones_go_with_their_files_and_the_last_good_one_stays(place, made, identity):
    verification.verify_backup(place, made.id, identity)
    GalleryImage.objects.all().delete()
    default_storage.save("photos/new/original.jpg", ContentFile(b"new"))
    PhotoFactory(stored=False, file="photos/new/original.jpg")
    later = [making.make_backup(place, identity.to_public()) for _ in range(3)]
    assert retention.delete_old(place, keep=1) == [one.id for one in later[:2]]
    assert place.list_backups() == [made.id, later[2].id]
    verification.verify_backup(place, later[2].id, identity)
    retention.delete_old(place, keep=1)
    assert place.list_backups() == [later[2].id]
    assert place.list_files() == {file.digest for file in later[2].files}


def test_a_bucket_takes_photos_and_backups(bucket, identity, settings, tmp_path):
    settings.HOME = tmp_path
    place = BackupStore.at(f"s3://{bucket.name}/kept apart")
    photo = FaceFactory(insightface_descriptor=descriptor(1)).photo
    made = making.make_backup(place, identity.to_public())
    assert {photo.file.name} <= {file.name for file in made.files}
    assert verification.verify_backup(place, made.id, identity, sample=None).problems == []
    assert place.list_backups() == [made.id]
    assert {row.key.partition("/")[0] for row in bucket.objects.all()} == {"kept apart", "photos"}
    assert retention.delete_old(place, keep=1) == []
    place.delete_backup(made.id)
    assert place.list_backups() == []


def test_a_role_that_may_create_no_database_is_told_what_it_needs(monkeypatch):
    def refuse(_statement):
        raise psycopg.errors.InsufficientPrivilege("permission denied to create database")

    monkeypatch.setattr(database, "_execute", refuse)
    with pytest.raises(FacePassError, match=r"ALTER ROLE \S+ CREATEDB"), database.scratch_database("verify"):
        pass


def test_the_commands_do_it(place, tmp_path, faces, settings):
    out = StringIO()
    call_command("backup", new_key=tmp_path / "new.txt", stdout=out, stderr=StringIO())
    recipient = out.getvalue().strip().partition("=")[2]
    with pytest.raises(CommandError, match="not overwritten"):
        call_command("backup", new_key=tmp_path / "new.txt")
    env = {"backup_recipient": recipient, "backup_identity": tmp_path / "new.txt"}
    with override_settings(ENV=settings.ENV.model_copy(update=env)):
        call_command("backup", to=str(tmp_path / "backups"), stdout=out)
        call_command("verify_backup", place=str(tmp_path / "backups"), identity=tmp_path / "new.txt", stdout=out)
        call_command("backup", to=str(tmp_path / "backups"), list=True, stdout=out)
    told = out.getvalue()
    assert "verified: " in told
    assert "is good: database, searches, and" in told
    assert f"{place.list_backups()[0]} verified" in told
    connection.ensure_connection()
