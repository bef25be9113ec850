"""`manage.py check_files`: what is wrong between rows and files is found, in a folder and in a bucket, and repaired."""

import hashlib
import io
import json
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from facepass.core.database.advisory_locks import LockPurpose
from facepass.core.trash import entries
from facepass.models import Heartbeat, StaffNotice
from facepass.ops.backup import RESTORED, database, encryption, making
from facepass.ops.backup.store import BackupStore
from facepass.ops.file_check import nightly, orphans
from facepass.ops.file_check.checking import check_files
from facepass.ops.file_check.findings import Extent, Kind
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
)
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.models import FaceCluster, Gallery, GalleryImage, PhotoFace
from galleries.photos import media_files
from sessions_app.models import Guest, GuestUpload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
REPAIR = Extent(rebuilds=True, restores=True)


@pytest.fixture(params=["folder", "bucket"])
def storage(request, settings, tmp_path):
    """An empty storage, of either kind."""
    if request.param == "bucket":
        return request.getfixturevalue("bucket")
    backend = "facepass.core.storage.folder.FolderStorage"
    folder = tmp_path / "media"
    folder.mkdir()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": {"location": folder}}}
    return folder


@pytest.fixture
def photos(storage):
    """Three photos of one event: two analysed, the second of them turned; the third waits."""
    session = SessionFactory()
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
    first, turned = (PhotoFactory(gallery=gallery, people=[name], size=(800, 600)) for name in ("ann", "bob"))
    tasks.analyse_gallery(str(gallery.pk))
    GalleryImage.objects.filter(pk=turned.pk).update(rotation=90, state="pending", attempts=0)
    tasks.analyse_gallery(str(gallery.pk))
    waiting = PhotoFactory(gallery=gallery)
    return [GalleryImage.objects.get(pk=photo.pk) for photo in (first, turned, waiting)]


@pytest.fixture
def a_day_later(monkeypatch):
    """Files that were written just now count as old."""
    monkeypatch.setattr(orphans, "KEPT_FOR", -timedelta(days=1))


def run(*options):
    out, code = io.StringIO(), 0
    try:
        call_command("check_files", *options, stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def found(extent=None):
    return {(problem.kind, problem.subject) for problem in check_files(extent or Extent()).problems}


def write(name, content=b""):
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content))
    return name


def read(name):
    with default_storage.open(name) as file:
        return file.read()


def test_where_all_is_well_nothing_is_found_and_nothing_changes(photos, a_day_later):
    before = [file.name for file in default_storage.list_below("photos")]
    assert run()[0] == 0
    code, said = run("--repair", "--json")
    told = json.loads(said)
    assert (code, told["problems"], told["remaining"], told["is_whole"]) == (0, [], 0, True)
    assert told["looked_at"]["photos"] == told["looked_at"]["photos_read"] == 3
    assert [file.name for file in default_storage.list_below("photos")] == before


def _lose_original(photo):
    default_storage.delete(photo.file.name)
    return photo.file.name


def _shorten_original(photo):
    return write(photo.file.name, read(photo.file.name)[:-100])


def _change_original(photo):
    content = bytearray(read(photo.file.name))
    content[len(content) // 2] ^= 1
    return write(photo.file.name, bytes(content))


def _lose(variant):
    def damage(photo):
        name = media_files.storage_name(photo, variant)
        default_storage.delete(name)
        return name

    return damage


def _empty(variant):
    return lambda photo: write(media_files.storage_name(photo, variant))


def _cut(variant):
    def damage(photo):
        name = media_files.storage_name(photo, variant)
        return write(name, read(name)[:-50])

    return damage


def _empty_copy(photo):
    """A copy with a watermark, which is made when somebody asks for it."""
    return write(media_files.watermarked_name(photo, "preview", text="x"))


# What is done to a file, what is found, and whether `--repair` mends it without a back-up.
DAMAGES = {
    "original gone": (_lose_original, Kind.ORIGINAL_MISSING, False),
    "original cut off": (_shorten_original, Kind.ORIGINAL_DAMAGED, False),
    "original changed": (_change_original, Kind.ORIGINAL_DAMAGED, False),
    "preview gone": (_lose("preview"), Kind.PREVIEW_MISSING, True),
    "thumbnail gone": (_lose("thumbnail"), Kind.PREVIEW_MISSING, True),
    "preview empty": (_empty("preview"), Kind.PREVIEW_DAMAGED, True),
    "thumbnail empty": (_empty("thumbnail"), Kind.PREVIEW_DAMAGED, True),
    "preview cut off": (_cut("preview"), Kind.PREVIEW_DAMAGED, True),
    "copy empty": (_empty_copy, Kind.PREVIEW_DAMAGED, True),
}


@pytest.mark.parametrize("which", [0, 1], ids=["as it was", "turned"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_found_by_its_name_and_mended_where_it_can_be(photos, damage, which):
    harm, kind, is_mended = DAMAGES[damage]
    photo = photos[which]
    name = harm(photo)
    assert found() == {(kind, name)}
    report = check_files(REPAIR)
    assert [problem.repaired for problem in report.problems] == [is_mended]
    assert found() == (set() if is_mended else {(kind, name)})
    assert {problem.studio_id for problem in report.problems} == {photo.gallery.studio_id}


def test_a_quick_check_reads_no_file(photos, monkeypatch):
    _change_original(photos[0])
    monkeypatch.setattr("facepass.ops.file_check.photos.digest_of", pytest.fail)
    assert run("--quick")[0] == 0


def test_a_photo_that_waits_has_no_previews_yet(photos):
    name = _lose_original(photos[2])
    assert found() == {(Kind.ORIGINAL_MISSING, name)}


def test_a_picture_that_was_refused_to_enrol_somebody_keeps_no_file(photos):
    person = PersonFactory(studio=photos[2].gallery.studio)
    GalleryImage.objects.filter(pk=photos[2].pk).update(state="failed", subject=person)
    _lose_original(photos[2])
    assert found() == set()


def test_originals_come_back_from_the_backup(photos, settings, tmp_path):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    encryption.create_identity(tmp_path / "key.txt")
    identity = encryption.load_identity(tmp_path / "key.txt")
    kept = {"backup_to": str(tmp_path / "backups"), "backup_identity": tmp_path / "key.txt"}
    settings.ENV = settings.ENV.model_copy(update=kept)
    originals = [photo.file.name for photo in photos]
    making._store_files(BackupStore.at(kept["backup_to"]), identity.to_public(), originals, with_originals=True)
    _lose_original(photos[0])
    _lose("thumbnail")(photos[0])
    _shorten_original(photos[1])
    assert run("--repair")[0] == 0
    for photo in photos[:2]:
        assert hashlib.sha256(read(photo.file.name)).hexdigest() == photo.sha256
    assert found() == set()


# --- files without a row


def _interrupted():
    return write(f"photos/{uuid4()}/{uuid4()}/original.jpg", b"half")


def _part_of_another(photo):
    return write(f"{photo.file.name}.ab12cd34.part", b"half")


def _with_previews():
    folder = f"photos/{uuid4()}/{uuid4()}"
    return [write(f"{folder}/{name}", b"x") for name in ("original.jpg", "preview.jpg")]


def test_a_file_of_an_upload_that_is_under_way_is_no_orphan(photos):
    _interrupted()
    _part_of_another(photos[0])
    assert found(REPAIR) == set()


def test_what_interrupted_uploads_left_goes_after_a_day_and_what_was_a_photo_waits_for_somebody(photos, a_day_later):
    left = [
        _interrupted(),
        _part_of_another(photos[0]),
        write(f"given/{uuid4()}/a.jpg"),
        write(f"health/{uuid4().hex}"),
    ]
    whole = _with_previews()
    strange = write("photos/notes.txt", b"mine")
    report = nightly.check_now()
    gone = {problem.subject for problem in report.problems if problem.repaired}
    assert gone == set(left)
    assert {problem.subject for problem in report.remaining} == {*whole, strange}
    assert not any(default_storage.exists(name) for name in left)
    check_files(REPAIR)
    assert found() == {(Kind.UNKNOWN_FILE, strange)}
    assert read(strange) == b"mine"


def test_files_in_the_trash_and_those_of_a_backup_under_way_stay(photos, a_day_later):
    trashed = photos[0]
    names = media_files.storage_names(trashed)
    entries.move_to_trash("photo", [trashed], by=None)
    orphan = _interrupted()
    with _held_elsewhere(LockPurpose.BACKUP):
        assert found(REPAIR) == {(Kind.ORPHANED, orphan)}
        assert default_storage.exists(orphan)
    assert found(REPAIR) == {(Kind.ORPHANED, orphan)}
    assert not default_storage.exists(orphan)
    assert all(default_storage.exists(name) for name in names)


@contextmanager
def _held_elsewhere(purpose):
    """Hold the lock on another connection, as another process does."""
    with psycopg.connect(**database._parameters(), autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(%s)", [purpose.value])
        yield


def test_after_a_restoration_the_chore_deletes_nothing_that_is_older(photos, a_day_later):
    orphan = _interrupted()
    Heartbeat.objects.create(name=RESTORED, beaten_at=Now() + timedelta(minutes=5))
    nightly.check_now()
    assert default_storage.exists(orphan)


def test_more_interrupted_uploads_than_a_day_can_have_are_left_to_somebody(photos, a_day_later, monkeypatch):
    monkeypatch.setattr(orphans, "MOST_SWEPT", 1)
    names = [_interrupted(), _interrupted()]
    nightly.check_now()
    assert all(default_storage.exists(name) for name in names)


# --- photos from guests, logos


def test_what_guests_gave_and_logos_are_looked_for(photos):
    session = SessionFactory()
    guest = Guest.objects.create(session=session, notice="x", language="en")
    picture = picture_of(["ann"])
    digest = hashlib.sha256(picture).hexdigest()
    upload = GuestUpload.objects.create(
        guest=guest, file=ContentFile(picture, name="given.jpg"), original_name="a.jpg", sha256=digest
    )
    session.studio.logo.save("logo.png", ContentFile(b"logo"))
    assert found() == set()
    write(upload.file.name, picture[:-10])
    default_storage.delete(session.studio.logo.name)
    assert found() == {(Kind.UPLOAD_DAMAGED, upload.file.name), (Kind.LOGO_MISSING, session.studio.logo.name)}


# --- groups and counts


@pytest.fixture
def group(photos):
    place = photos[0].gallery
    group = ClusterFactory(studio=place.studio, session_id=place.session_id)
    FaceFactory(photo=photos[0], cluster=group)
    FaceFactory(photo=photos[1], cluster=group)
    return FaceCluster.objects.get(pk=group.pk)


def _wrong_size(group):
    FaceCluster.objects.filter(pk=group.pk).update(size=7)
    return Kind.GROUP_WRONG, str(group.pk)


def _wrong_centre(group):
    FaceCluster.objects.filter(pk=group.pk).update(centroid=FaceFactory().insightface_descriptor)
    return Kind.GROUP_WRONG, str(group.pk)


def _no_model(group):
    FaceCluster.objects.filter(pk=group.pk).update(model_version=None)
    return Kind.GROUP_WRONG, str(group.pk)


def _elsewhere(group):
    other = GalleryFactory(studio=group.studio, session_id=group.session_id)
    face = group.faces.first()
    PhotoFace.objects.filter(pk=face.pk).update(gallery=other)
    return Kind.FACE_ELSEWHERE, str(face.pk)


def _other_event(group):
    face = FaceFactory(photo=PhotoFactory(gallery=GalleryFactory(studio=group.studio)), cluster=group)
    return Kind.FACE_IN_OTHER_EVENT, str(face.pk)


def _never_done(group):
    gallery = group.faces.first().gallery
    Gallery.objects.filter(pk=gallery.pk).update(analyses=1, grouped_analyses=3)
    return Kind.COUNT_WRONG, str(gallery.pk)


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
@pytest.mark.parametrize("harm", [_wrong_size, _wrong_centre, _no_model, _elsewhere, _other_event, _never_done])
def test_groups_and_counts_are_those_of_their_faces_again(group, harm):
    assert found() == set()
    wrong = harm(group)
    assert wrong in found()
    assert wrong in found(REPAIR)
    assert found() == set()
    group.refresh_from_db()
    assert (group.size, group.faces.count()) == (2, 2)


# --- the chore, and the command


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_the_chore_rebuilds_and_tells_the_studio_what_is_lost(photos):
    lost = _lose_original(photos[0])
    thumbnail = _lose("thumbnail")(photos[1])
    report = nightly.check_now()
    assert [problem.subject for problem in report.remaining] == [lost]
    assert default_storage.exists(thumbnail)
    notice = StaffNotice.objects.get(kind="files.lost")
    assert (notice.studio_id, notice.data) == (photos[0].gallery.studio_id, {"files": 1})


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_it_runs_once_a_night_and_at_the_latest_after_two_days(photos, monkeypatch):
    runs = []
    monkeypatch.setattr(nightly, "check_now", lambda: runs.append(1))
    monkeypatch.setattr(nightly, "_is_night", lambda: False)
    nightly.check_at_night()
    assert runs == [1], "never checked before"
    Heartbeat.objects.create(name=nightly.CHECKED)
    nightly.Chore.objects.all().delete()
    nightly.check_at_night()
    assert runs == [1]
    monkeypatch.setattr(nightly, "_is_night", lambda: True)
    nightly.check_at_night()
    nightly.check_at_night()
    assert runs == [1, 1]


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_of_many_files_a_part_is_read_each_night_and_each_in_its_turn(photos, monkeypatch):
    monkeypatch.setattr(nightly, "NIGHT_BYTES", sum(photo.byte_size for photo in photos) // 2)
    nights = []
    for day in range(3):
        monkeypatch.setattr(
            nightly.timezone, "localdate", lambda day=day: nightly.timezone.now().date().replace(day=1 + day)
        )
        part = nightly.choose_part()
        nights.append({photo.pk for photo in photos if part(photo.pk)})
    assert set().union(*nights) == {photo.pk for photo in photos}


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_a_time_that_is_over_is_said(photos):
    assert not check_files(Extent(has_time=lambda: False)).is_whole


def test_a_storage_that_is_away_is_no_missing_file(photos, storage, settings):
    if isinstance(storage, type(settings.HOME)):
        storage.rename(storage.with_name("aside"))
    else:
        storage.objects.all().delete()
        storage.delete()
    with pytest.raises(CommandError, match="storage_unavailable"):
        run("--repair")


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_the_report_has_a_line_for_each_problem_and_the_exit_code_says_whether_one_remains(photos):
    name = _lose("thumbnail")(photos[0])
    code, said = run()
    assert (code, f"preview_missing     {name}" in said) == (1, True)
    code, said = run("--repair")
    assert (code, f"{name}  repaired" in said, "0 remain" in said) == (0, True, True)
