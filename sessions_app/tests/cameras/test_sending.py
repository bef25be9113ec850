"""Cameras send photos by FTP: what is taken, what is refused, and what the camera is told."""

import errno
import ftplib
import socket
import threading
from pathlib import Path

import pytest
from django.conf import settings as present
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from facepass.core.storage import faults
from facepass.testing.factories import SessionFactory
from facepass.testing.pictures.fake import picture_of
from facepass.testing.stand_ins.cameras import HERE, Camera, SecureCamera, unchecked
from facepass.testing.waiting import eventually
from galleries.models import Gallery, GalleryImage
from galleries.photos import ingest
from sessions_app.cameras import accounts
from sessions_app.ftp.incoming import IncomingFile
from sessions_app.models import CameraFile, FoldersBecome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]

ANN, BOB = picture_of(["ann"]), picture_of(["bob"])


@pytest.fixture
def event(studio):
    return SessionFactory(studio=studio, name="Summer wedding")


@pytest.fixture
def access(event):
    return accounts.open_account(event, folders_become=FoldersBecome.GALLERIES)


@pytest.fixture
def camera(plain_port, access):
    with signed_in(Camera(), plain_port, access) as camera:
        yield camera


def signed_in(camera, port, access):
    camera.connect(HERE, port)
    camera.login(access.account.username, access.password)
    return camera


def refusal(camera, path, content):
    with pytest.raises((ftplib.error_temp, ftplib.error_perm)) as raised:
        camera.send(path, content)
    return str(raised.value)


def test_a_photo_is_there_once_the_camera_has_its_reply(camera, event):
    assert camera.send("IMG_0001.JPG", ANN) == "226 Taken."
    photo = GalleryImage.objects.get()
    assert (photo.original_name, photo.gallery.title, photo.gallery.session_id) == (
        "IMG_0001.JPG", "Summer wedding", event.pk,
    )  # fmt: skip
    assert default_storage.open(photo.file.name).read() == ANN
    assert camera.nlst() == ["IMG_0001.JPG"]
    camera.voidcmd("TYPE I")
    assert camera.size("IMG_0001.JPG") == len(ANN)


def test_commands_and_file_are_encrypted(secure_port, access):
    with SecureCamera(context=unchecked()) as camera:
        signed_in(camera, secure_port, access).prot_p()
        assert camera.send("IMG_0001.JPG", ANN) == "226 Taken."
        assert refusal(camera, "b.JPG", b"no picture") == "550 Not taken: not_an_image."
        assert [name for name, _facts in camera.mlsd()] == ["IMG_0001.JPG"]
    assert GalleryImage.objects.count() == 1


def test_a_folder_is_a_gallery_as_for_dropped_ones_and_there_the_next_time(camera, plain_port, access):
    camera.mkd("DCIM")
    camera.cwd("DCIM")
    camera.mkd("100CANON")
    camera.cwd("100CANON")
    assert camera.pwd() == "/DCIM/100CANON"
    camera.send("IMG_0001.JPG", ANN)
    camera.send("/IMG_0002.JPG", BOB)
    assert set(Gallery.objects.values_list("title", flat=True)) == {"100CANON"}
    assert GalleryImage.objects.get(original_name="IMG_0001.JPG").folder == "DCIM/100CANON"
    with signed_in(Camera(), plain_port, access) as again:
        again.cwd("/DCIM/100CANON")
        assert again.nlst() == ["IMG_0001.JPG"]
        assert sorted(again.nlst("/")) == ["DCIM", "IMG_0002.JPG"]
        with pytest.raises(ftplib.error_perm, match="exists"):
            again.mkd("/DCIM")
        with pytest.raises(ftplib.error_perm, match="No such folder"):
            again.cwd("/elsewhere")


def test_a_folder_may_be_a_tag(plain_port, event):
    access = accounts.open_account(event, folders_become=FoldersBecome.TAGS)
    with signed_in(Camera(), plain_port, access) as camera:
        camera.send("/DCIM/First dance/IMG_0001.JPG", ANN)
    photo = GalleryImage.objects.get()
    assert (photo.gallery.title, photo.tags) == ("Summer wedding", "First dance")


def test_the_same_file_again_is_no_second_photo_under_any_path(camera):
    for path in ("a/IMG_0001.JPG", "a/IMG_0001.JPG", "b/IMG_0001.JPG"):
        assert camera.send(path, ANN) == "226 Taken."
    assert GalleryImage.objects.count() == 1


def test_two_cameras_may_count_alike(camera):
    camera.send("IMG_0001.JPG", ANN)
    camera.send("IMG_0001.JPG", BOB)
    assert GalleryImage.objects.count() == 2
    lines = []
    camera.retrlines("LIST", lines.append)
    assert len(lines) == 1


def test_what_the_camera_did_not_call_binary_comes_through_unchanged(camera):
    camera.voidcmd("TYPE A")
    with camera.transfercmd("STOR a.JPG") as connection:
        connection.sendall(ANN + b"\r\n\r\n")
    camera.voidresp()
    assert default_storage.open(GalleryImage.objects.get().file.name).read() == ANN + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "not_an_image"), (b"no picture", "not_an_image"), (b"\0\0\0\x18ftypmp42" + bytes(64), "unsupported_type")],
)
def test_what_is_no_photo_is_refused_and_noted_once(camera, event, content, code):
    for _time in range(2):
        assert refusal(camera, "a.JPG", content) == f"550 Not taken: {code}."
    assert [(row.code, row.session) for row in CameraFile.objects.refused()] == [(code, event)]
    assert not GalleryImage.objects.exists()
    assert camera.nlst() == []


def test_a_file_that_grows_too_large_is_broken_off(camera, settings):
    settings.MAX_UPLOAD_BYTES = 300_000
    with camera.transfercmd("STOR a.JPG") as connection, pytest.raises(OSError):  # noqa: PT011, PT012
        while True:
            connection.sendall(bytes(65536))
    with pytest.raises(ftplib.error_perm, match="552 The file is too large"):
        camera.voidresp()
    assert CameraFile.objects.get().code == "image_too_large"
    assert camera.send("b.JPG", ANN) == "226 Taken."


def test_a_picture_with_too_many_pixels_is_refused(camera, settings):
    settings.MAX_PIXELS = 1000
    assert refusal(camera, "a.JPG", ANN) == "550 Not taken: image_too_large."


def test_a_transfer_that_breaks_off_leaves_nothing(camera, monkeypatch):
    begun = threading.Event()
    write = IncomingFile.write
    monkeypatch.setattr(IncomingFile, "write", lambda file, chunk: (write(file, chunk), begun.set()))
    with camera.transfercmd("STOR a.JPG") as connection:
        connection.sendall(ANN[: len(ANN) // 2])
        begun.wait()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closes it by a reset
    with pytest.raises(ftplib.error_temp, match="426"):
        camera.voidresp()
    assert not GalleryImage.objects.exists()
    assert not CameraFile.objects.exists()


def test_one_that_ends_too_early_has_to_come_again_and_what_is_so_on_the_card_is_taken(camera):
    cut = ANN[: len(ANN) * 2 // 3]
    assert refusal(camera, "a.JPG", cut) == "451 Send it again later: truncated_image."
    assert not GalleryImage.objects.exists()
    assert camera.send("a.JPG", ANN) == "226 Taken."
    assert not CameraFile.objects.refused().exists()
    broken = BOB[: len(BOB) * 2 // 3]
    assert refusal(camera, "b.JPG", broken).startswith("451")
    assert camera.send("b.JPG", broken) == "226 Taken."
    assert list(GalleryImage.objects.order_by("created_at").values_list("truncated", flat=True)) == [False, True]


def test_a_storage_that_does_not_serve_makes_cameras_try_again(camera, monkeypatch):
    def fail(*_args, **_kwargs):
        raise faults.unavailable(OSError(errno.ENOSPC, "full"))

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "save", fail)
        assert refusal(camera, "a.JPG", ANN) == "451 Send it again later: storage_unavailable."
    assert not CameraFile.objects.exists()
    assert camera.send("a.JPG", ANN) == "226 Taken."


def test_an_error_of_ours_is_no_word_of_success(camera, monkeypatch):
    def fail(*_args, **_kwargs):
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "add_photo", fail)
        assert refusal(camera, "a.JPG", ANN).startswith("4")
    assert camera.send("a.JPG", ANN) == "226 Taken."


@pytest.mark.parametrize(
    "command",
    ["DELE a.JPG", "RNFR a.JPG", "RMD /", "APPE a.JPG", "RETR a.JPG", "REST 10", "STOU", "SITE CHMOD 777 a.JPG"],
)
def test_what_was_taken_is_neither_read_nor_changed(camera, command):
    camera.send("a.JPG", ANN)
    with pytest.raises(ftplib.error_perm):
        camera.sendcmd(command)
    assert camera.nlst() == ["a.JPG"]


def test_a_camera_sees_nothing_of_other_events_nor_what_others_uploaded(camera, studio, event, plain_port):
    camera.send("a.JPG", ANN)
    other = accounts.open_account(SessionFactory(studio=studio), folders_become=FoldersBecome.GALLERIES)
    with signed_in(Camera(), plain_port, other) as stranger:
        assert stranger.nlst() == []
        stranger.send("a.JPG", ANN)
    ingest.add_photos(Gallery.objects.get(session_id=event.pk), [ContentFile(BOB, name="b.JPG")], by=None)
    assert camera.nlst() == ["a.JPG"]
    assert GalleryImage.objects.count() == 3


def test_a_photo_that_was_deleted_may_come_again(camera):
    camera.send("a.JPG", ANN)
    GalleryImage.objects.all().delete()
    assert camera.nlst() == []
    assert camera.send("a.JPG", ANN) == "226 Taken."
    assert GalleryImage.objects.count() == 1


def test_an_account_that_ends_meanwhile_takes_nothing_more(camera, event):
    before = files_of_photos()
    connection = camera.transfercmd("STOR a.JPG")
    accounts.end_account(event)
    connection.sendall(ANN)
    connection.close()
    with pytest.raises(ftplib.error_temp, match="421"):
        camera.voidresp()
    assert not GalleryImage.objects.exists()
    assert files_of_photos() == before
    with pytest.raises(ftplib.error_temp, match="421"):
        camera.nlst()
    eventually(lambda: is_closed(camera))


def files_of_photos():
    return [path for path in Path(present.MEDIA_ROOT).rglob("original*") if path.is_file()]


def is_closed(camera):
    return camera.sock.recv(1) == b""


def test_strange_names_are_kept_readable(camera):
    camera.encoding = "latin-1"  # cameras of some countries
    camera.send("B\xfchne/K\xfcss\x07.JPG", ANN)
    assert GalleryImage.objects.get().original_name.endswith(".JPG")
