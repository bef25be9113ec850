"""A folder becomes a gallery: what becomes of each file, of a second run, and of files that are still being written."""

import csv
import errno
import io
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from facepass.testing.factories import GalleryFactory
from facepass.testing.pictures.fake import picture_of
from galleries.models import Gallery, GalleryImage, ImportedFile
from galleries.photos import ingest
from galleries.photos.folders import importing
from galleries.photos.folders.importing import import_folder
from galleries.photos.folders.listing import Outcome
from galleries.photos.folders.watching import FolderWatch
from recognition.pictures import file_names

pytestmark = pytest.mark.django_db


def photo(number: int) -> bytes:
    return picture_of([], size=(64, 48), seed=number)


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def gallery():
    return GalleryFactory()


def outcomes(gallery: Gallery, folder: Path) -> dict[str, Outcome]:
    return {file.name: file.outcome for file in import_folder(gallery, folder)}


HIDDEN = [
    "@eaDir/IMG_1.JPG/SYNOPHOTO_THUMB_XL.jpg",
    "#recycle/gone.jpg",
    ".Trashes/501/gone.jpg",
    "__MACOSX/._IMG_1.JPG",
    ".thumbnails/small.jpg",
    "card/.thumbnails/small.jpg",
    "card/@Recycle/gone.jpg",
    "card/._IMG_1.JPG",
    "card/Thumbs.db",
    "card/.DS_Store",
    "card/desktop.ini",
    "$RECYCLE.BIN/S-1/gone.jpg",
    "System Volume Information/tracking.log",
]


def test_every_file_has_an_outcome_and_none_stops_the_others(gallery, tmp_path, monkeypatch):
    """All kinds that lie on cards, disks and network shares, in one folder."""
    for number, name in enumerate(HIDDEN):
        write(tmp_path, name, photo(number))
    expected = dict.fromkeys(HIDDEN, Outcome.HIDDEN)
    cases = {
        "IMG_1.JPG": (photo(100), Outcome.IMPORTED),
        "card/IMG_1 copy.JPG": (photo(100), Outcome.DUPLICATE),
        "card/IMG_2.jpg_large": (photo(102), Outcome.IMPORTED),
        "card/without ending": (photo(103), Outcome.IMPORTED),
        "card/empty.jpg": (b"", Outcome.REFUSED),
        "card/broken.jpg": (b"no picture at all", Outcome.REFUSED),
        "card/IMG_3.CR3": (b"\0\0\0\x18ftypcrx ", Outcome.RAW),
        "card/IMG_3.nef": (b"MM\0*", Outcome.RAW),
        "card/MVI_4.MOV": (b"\0\0\0\x14ftypqt  ", Outcome.VIDEO),
        "card/clip": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Outcome.VIDEO),
        "card/IMG_1.xmp": (b"<x:xmpmeta/>", Outcome.OTHER),
        "notes.txt": (b"", Outcome.OTHER),
    }
    for name, (content, outcome) in cases.items():
        write(tmp_path, name, content)
        expected[name] = outcome
    outside = write(tmp_path.parent, "outside/secret.jpg", photo(200))
    (tmp_path / "link.jpg").symlink_to(outside)
    (tmp_path / "nowhere.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "linked folder").symlink_to(outside.parent)
    (tmp_path / "round").symlink_to(tmp_path)
    expected |= dict.fromkeys(["link.jpg", "nowhere.jpg", "linked folder", "round"], Outcome.LINK)
    os.mkfifo(tmp_path / "pipe.jpg")
    write(tmp_path, "locked.jpg", photo(300))
    write(tmp_path, "locked folder/a.jpg", photo(301))
    write(tmp_path, os.fsdecode(b"\xff\xfe caf\xe9.jpg"), photo(302))
    expected |= {
        "pipe.jpg": Outcome.UNREADABLE,
        "locked.jpg": Outcome.UNREADABLE,
        "locked folder/": Outcome.UNREADABLE,
        "\\xff\\xfe caf\\xe9.jpg": Outcome.IMPORTED,
    }
    lock(monkeypatch, {"locked.jpg", "locked folder"})
    assert outcomes(gallery, tmp_path) == expected
    assert GalleryImage.objects.filter(gallery=gallery).count() == 4


def lock(monkeypatch, names):
    """Refuse to open these; file permissions do not hold for root, as whom tests may run."""
    scandir, path_open = os.scandir, Path.open

    def refuse_to(do):
        def open_or_refuse(path, *rest, **options):
            if not isinstance(path, int) and Path(path).name in names:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return do(path, *rest, **options)

        return open_or_refuse

    monkeypatch.setattr(os, "scandir", refuse_to(scandir))
    monkeypatch.setattr(Path, "open", refuse_to(path_open))


def test_a_folder_that_is_itself_a_link_or_hidden_is_imported(gallery, tmp_path):
    write(tmp_path, ".card/a.jpg", photo(1))
    (tmp_path / "link").symlink_to(tmp_path / ".card")
    assert outcomes(gallery, tmp_path / "link") == {"a.jpg": Outcome.IMPORTED}


def test_a_full_disk_ends_the_import_loudly(gallery, tmp_path, monkeypatch):
    write(tmp_path, "a.jpg", photo(1))

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ingest, "add_photo", full)
    with pytest.raises(OSError, match="No space"):
        outcomes(gallery, tmp_path)


def test_a_second_run_reads_only_what_is_new_or_changed(gallery, tmp_path, monkeypatch):
    for number in range(3):
        write(tmp_path, f"{number}.jpg", photo(number))
    outcomes(gallery, tmp_path)
    write(tmp_path, "3.jpg", photo(3))
    changed = write(tmp_path, "1.jpg", photo(4))
    os.utime(changed, ns=(1, 1))
    read = []
    monkeypatch.setattr(importing.formats, "detect_format", counted(importing.formats.detect_format, read))
    assert outcomes(gallery, tmp_path) == {
        "0.jpg": Outcome.DUPLICATE,
        "1.jpg": Outcome.IMPORTED,
        "2.jpg": Outcome.DUPLICATE,
        "3.jpg": Outcome.IMPORTED,
    }
    heads = len(read)
    outcomes(gallery, tmp_path)
    assert heads
    assert len(read) == heads


def counted(do, calls):
    return lambda *args: calls.append(args) or do(*args)


def test_what_was_deleted_comes_in_again_and_what_was_moved_does_not(gallery, tmp_path):
    for number in range(2):
        write(tmp_path, f"{number}.jpg", photo(number))
    outcomes(gallery, tmp_path)
    deleted, moved = GalleryImage.objects.order_by("original_name")
    deleted.delete()
    GalleryImage.objects.filter(pk=moved.pk).update(gallery=GalleryFactory(studio=gallery.studio))
    assert outcomes(gallery, tmp_path) == {"0.jpg": Outcome.IMPORTED, "1.jpg": Outcome.DUPLICATE}
    gallery.delete()
    assert not ImportedFile.objects.exists()


def test_a_watched_folder_waits_for_a_file_until_it_stands_still(gallery, tmp_path):
    watch, whole = FolderWatch(gallery, tmp_path), photo(1)

    def poll():
        return {file.name: file.outcome for file in watch.poll()}

    path = write(tmp_path, "IMG_1.JPG", b"")
    assert poll() == {}
    assert poll() == {}  # empty: the camera has only made its name yet
    path.write_bytes(whole[:500])
    assert poll() == {}
    path.write_bytes(whole)
    write(tmp_path, "MVI_2.MOV", b"video")
    assert poll() == {"MVI_2.MOV": Outcome.VIDEO}
    assert poll() == {"IMG_1.JPG": Outcome.IMPORTED}
    assert poll() == {}
    path.write_bytes(photo(2))
    os.utime(path, ns=(1, 1))
    assert poll() == {}
    assert poll() == {"IMG_1.JPG": Outcome.IMPORTED}


def test_a_watch_that_is_started_anew_leaves_what_it_has(gallery, tmp_path):
    write(tmp_path, "a.jpg", photo(1))
    first, second = FolderWatch(gallery, tmp_path), FolderWatch(gallery, tmp_path)
    assert [list(first.poll()), len(list(first.poll()))] == [[], 1]
    list(second.poll())
    assert [file.outcome for file in second.poll()] == [Outcome.DUPLICATE]


def command(folder, *args):
    out, errors = io.StringIO(), io.StringIO()
    call_command("import_photos", str(folder), "--title", "party", "--no-wait", *args, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def test_the_command_sums_up_and_writes_a_line_for_each_file(gallery, tmp_path):
    write(tmp_path, "card/a.jpg", photo(1))
    write(tmp_path, "=cmd.jpg", b"nothing")
    write(tmp_path, "b.NEF", b"MM\0*")
    write(tmp_path, "@eaDir/a.jpg", photo(2))
    report = tmp_path.parent / "report.csv"
    out, errors = command(tmp_path, "--report", str(report))
    assert "1 new, 0 there already, 1 refused" in out
    assert "raw files, left out: 1" in out
    assert "hidden files and thumbnails of systems, left out: 1" in out
    assert "refused =cmd.jpg: not_an_image" in errors
    rows = list(csv.reader(io.StringIO(report.read_text("utf-8-sig"))))
    assert rows[0] == ["file", "outcome", "code", "why", "photo"]
    assert Counter(row[1] for row in rows[1:]) == {"imported": 1, "refused": 1, "raw": 1, "hidden": 1}
    assert {row[0] for row in rows[1:]} == {"card/a.jpg", "'=cmd.jpg", "b.NEF", "'@eaDir/a.jpg"}
    assert str(GalleryImage.objects.get().pk) in report.read_text()


def test_the_report_lies_in_the_home_where_no_other_place_is_named(gallery, tmp_path):
    write(tmp_path, "a.jpg", photo(1))
    out, _errors = command(tmp_path)
    (where,) = re.findall(r"each file: (.*)", out)
    assert Path(where).parent == Path(settings.HOME) / "imports"
    assert Path(where).read_text("utf-8-sig").count("\n") == 2


def test_a_folder_that_is_not_there_is_named(gallery, tmp_path):
    with pytest.raises(CommandError, match="no such folder"):
        command(tmp_path / "gone")


def test_watching_goes_on_while_the_folder_is_away_and_ends_by_ctrl_c(gallery, tmp_path, monkeypatch):
    """A network disk that is away for a moment."""
    folder = tmp_path / "card"
    steps = [lambda: write(folder, "a.jpg", photo(1)), lambda: None, lambda: None]

    def wait(_seconds):
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    monkeypatch.setattr("galleries.management.commands.import_photos.time.sleep", wait)
    # It would end the transaction in which a test runs.
    monkeypatch.setattr("galleries.management.commands.import_photos.close_old_connections", lambda: None)
    out, errors = command(folder, "--watch")
    assert "no such folder" in errors
    assert "imported a.jpg" in out
    assert "1 new, 0 there already, 0 refused" in out


def test_what_is_dropped_on_a_page_is_sorted_out_by_the_same_names():
    script = (settings.BASE_DIR / "static" / "facepass-admin" / "gallery" / "upload_files.js").read_text()
    for name, pattern in (
        ("PICTURE", file_names.PICTURE),
        ("RAW", file_names.RAW),
        ("VIDEO", file_names.VIDEO),
        ("NOISE", file_names.HIDDEN),
    ):
        (of_page,) = re.findall(rf"const {name} = /(.*)/i;", script)
        assert of_page.replace("\\/", "/") == pattern.pattern.replace("\\/", "/"), name
